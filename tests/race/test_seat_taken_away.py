"""A seat is signed while a term without it is made again, on both databases: signed or gone, never both (M1)."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Barrier
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from hall.accounts.roles import Can
from hall.actor import Actor, ActorKind
from hall.database import db
from hall.errors import DomainError
from hall.rota.generating import set_seats
from hall.rota.models import Duty, Rota, RotaSession, Seat
from hall.rota.signing import SignUp, sign_up
from hall.unit_of_work import perform, units
from tests.race.test_one_seat import _reception

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Flask

    from hall.unit_of_work import Work


def _made_again(work: Work, seat_id: int) -> int:
    """The reception has no places: what is free is taken away."""
    row = work.session.get_one(RotaSession, work.session.get_one(Seat, seat_id).session_id)
    return len(set_seats(work, work.session.get_one(Rota, row.rota_id), row))


def _press(app: Flask, actor: Actor, start: Barrier, what: tuple[Callable[..., object], object]) -> str:
    with app.app_context():
        start.wait()
        try:
            perform(actor, *what)
        except DomainError as refused:
            return refused.code
        finally:
            db.session.remove()
        return "done"


def test_M1_a_seat_is_signed_or_gone_never_both(app: Flask) -> None:
    with app.app_context():
        site, seats, heads = units().run(_reception)
    actor = Actor(ActorKind.STAFF, None, site, frozenset({Can.ROTA_MANAGE, Can.ROTA_SIGN}))
    start = Barrier(2)
    with ThreadPoolExecutor(2) as pool:
        for seat, head in zip(seats, heads, strict=False):
            pressed = ((sign_up, SignUp(seat, head)), (_made_again, seat))
            said = list(pool.map(partial(_press, app, actor, start), pressed))
            assert said in (["done", "done"], ["unknown_seat", "done"]), said
    with app.app_context():
        both = select(func.count()).select_from(Duty).join(Seat, Seat.id == Duty.seat_id)
        assert db.session.scalar(both.where(Seat.retired_at.is_not(None))) == 0
