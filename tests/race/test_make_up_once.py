"""A department that owes one turn is given two at the same moment, on both databases: one makes it good (M4)."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from hall.accounts.models import Staff
from hall.accounts.roles import Can
from hall.actor import Actor, ActorKind
from hall.catalog.models import Window
from hall.clock import now
from hall.database import db
from hall.rota.hours import all_hours
from hall.rota.models import Duty, Rota, RotaBody, RotaPerson, RotaSession, Seat
from hall.rota.signing import SignUp, sign_up
from hall.rota.wish_models import Wish
from hall.sites import Site
from hall.unit_of_work import perform, units

if TYPE_CHECKING:
    from datetime import date

    from flask import Flask

ROUNDS = 10


def _seat(session: Any, rota: Rota, window: Window, day: date, state: str = "open") -> Seat:
    published: datetime | None = now() if state == "published" else None
    held = RotaSession(
        rota_id=rota.id,
        state=state,
        due_on=day,
        held_on=day,
        signup_until=day,
        publish_on=day,
        published_at=published,
        **all_hours(rota),
    )
    session.add(held)
    session.flush()
    seat = Seat(session_id=held.id, window_id=window.id, part="am")
    session.add(seat)
    session.flush()
    return seat


def _reception(session: Any) -> tuple[int, int, list[tuple[int, list[int]]]]:
    """Departments that owe a turn each, with two open seats on two days; answers site, manager, heads with seats."""
    site = Site(code="xixian", name="息县政务服务大厅")
    session.add(site)
    session.flush()
    window = Window(site_id=site.id, code="xixian-01", number=1, name="1号窗口")
    rota = Rota(site_id=site.id, code="directors", name="局长周一见")
    manager = Staff(
        site_id=site.id, user="manager", name="周主任", role="manager", password_hash="-", session_nonce=b"9"
    )
    session.add_all([window, rota, manager])
    session.flush()
    first, found = now().date() + timedelta(days=60), []
    for number in range(ROUNDS):
        body = RotaBody(rota_id=rota.id, name=f"第{number}局")
        session.add(body)
        session.flush()
        head = RotaPerson(body_id=body.id, name=f"局长{number}", post="head")
        session.add(head)
        session.flush()
        days = [first + timedelta(days=3 * number + at) for at in range(3)]
        away = _seat(session, rota, window, days[0], "published")
        _leave(session, away, head, manager)
        found.append((head.id, [_seat(session, rota, window, day).id for day in days[1:]]))
    return site.id, manager.id, found


def _leave(session: Any, away: Seat, head: RotaPerson, manager: Staff) -> None:
    duty = Duty(
        seat_id=away.id,
        session_id=away.session_id,
        body_id=head.body_id,
        person_id=head.id,
        state="excused",
        basis="signed",
        quarter="2026-4",
        made_at=now(),
    )
    session.add(duty)
    session.flush()
    session.add(
        Wish(
            duty_id=duty.id,
            body_id=head.body_id,
            quarter="2026-4",
            kind="leave",
            state="approved",
            reason="flood",
            place=1,
            asked_at=now(),
            asked_by=manager.id,
        )
    )
    session.flush()


def test_M4_a_turn_that_is_owed_is_made_good_by_one_of_two_given_at_once(app: Flask) -> None:
    with app.app_context():
        site, manager, rounds = units().run(_reception)
    actor = Actor(ActorKind.STAFF, manager, site, frozenset({Can.ROTA_MANAGE, Can.ROTA_SIGN}))

    def give(seat: int, head: int) -> int:
        with app.app_context():
            return int(perform(actor, sign_up, SignUp(seat, head)).id)

    for head, seats in rounds:
        with ThreadPoolExecutor(2) as pool:
            given = sorted(pool.map(lambda seat, head=head: give(seat, head), seats))
        with app.app_context():
            duties = db.session.scalars(select(Duty).where(Duty.id.in_(given))).all()
            made_good = [one.id for one in duties if one.basis == "made_up"]
            by = db.session.scalars(select(Wish.made_up_by).where(Wish.made_up_by.in_(given))).all()
            db.session.remove()
        assert len(given) == 2
        assert (len(made_good), list(by)) == (1, made_good)


@pytest.mark.parametrize("moved", ["turn", "body", "session"])
def test_M2_a_turns_department_and_session_are_of_one_reception_in_the_database_too(
    app: Flask, moved: str
) -> None:
    with app.app_context():
        units().run(_reception)

        def mix(session: Any) -> None:
            site = session.scalars(select(Site)).one()
            other = Rota(site_id=site.id, code="banks", name="行长周一见")
            session.add(other)
            session.flush()
            duty = session.scalars(select(Duty).limit(1)).one()
            if moved == "body":
                session.get_one(RotaBody, duty.body_id).rota_id = other.id
            elif moved == "session":
                row = session.scalars(select(RotaSession).where(RotaSession.state == "open").limit(1)).one()
                row.rota_id = other.id
            else:
                body = RotaBody(rota_id=other.id, name="另一家")
                session.add(body)
                session.flush()
                head = RotaPerson(body_id=body.id, name="行长", post="head")
                session.add(head)
                session.flush()
                duty.body_id, duty.person_id = body.id, head.id
            session.flush()

        with pytest.raises(IntegrityError, match="of_its_rota"):
            units().run(mix)
