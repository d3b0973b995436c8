"""Leaves of one department are approved at the same moment, on both databases: never more than the limit (M4)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select, update

from hall.accounts.roles import Can
from hall.actor import Actor, ActorKind
from hall.database import db
from hall.rota.models import Duty, Rota
from hall.rota.wish_models import Wish
from hall.rota.wishing import AskLeave, DecideWish, ask_leave, decide_wish
from hall.unit_of_work import perform, units
from tests.race.test_swap_or_leave import _at_once, _reception

if TYPE_CHECKING:
    from flask import Flask

LIMIT = 2


def test_M4_leaves_approved_at_once_never_exceed_the_limit(app: Flask) -> None:
    with app.app_context():
        site, manager, rounds = units().run(_reception)
    actor = Actor(ActorKind.STAFF, manager, site, frozenset({Can.ROTA_MANAGE, Can.ROTA_SIGN}))
    days = [turns[0] for turns in rounds]  # one department, in one quarter each time
    for at in range(0, len(days), 4):
        some, quarter = days[at : at + 4], f"2027-{1 + at // 4}"
        with app.app_context():
            units().run(
                lambda session, some=some, quarter=quarter: session.execute(  # type: ignore[misc]
                    update(Duty).where(Duty.id.in_(some)).values(quarter=quarter)
                )
            )
            units().run(lambda session: session.execute(update(Rota).values(leaves=LIMIT)))
            asked = [perform(actor, ask_leave, AskLeave(duty, "illness")).id for duty in some]
        said = _at_once(
            app,
            *(lambda wish=wish: perform(actor, decide_wish, DecideWish(wish, "approve")) for wish in asked),
        )
        assert sorted(said) == ["done", "done", "leave_limit", "leave_limit"]
        with app.app_context():
            places = db.session.scalars(select(Wish.place).where(Wish.quarter == quarter)).all()
            assert sorted(place for place in places if place) == [1, 2]
