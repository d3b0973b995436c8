"""Fifty departments press for one seat at the same moment, twenty times over, on both databases (M2)."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select

from hall.accounts.roles import Can
from hall.actor import Actor, ActorKind
from hall.catalog.models import Window
from hall.clock import now
from hall.database import db
from hall.errors import Conflict
from hall.rota.hours import all_hours
from hall.rota.models import Duty, Rota, RotaBody, RotaPerson, RotaSession, Seat
from hall.rota.signing import SignUp, sign_up
from hall.sites import Site
from hall.unit_of_work import perform, units

if TYPE_CHECKING:
    from flask import Flask

ROUNDS, CLIENTS = 20, 50
AHEAD = timedelta(days=60)


def _reception(session: Any) -> tuple[int, list[int], list[int]]:
    """A hall with one window, a seat for each round, and fifty heads; answers site, seats, heads."""
    site = Site(code="xixian", name="息县政务服务大厅")
    session.add(site)
    session.flush()
    window = Window(site_id=site.id, code="xixian-01", number=1, name="1号窗口")
    rota = Rota(site_id=site.id, code="directors", name="局长周一见")
    session.add_all([window, rota])
    session.flush()
    seats, heads = [], []
    first = now().date() + AHEAD
    for number in range(ROUNDS):
        day: date = first + timedelta(weeks=number)
        held = RotaSession(
            rota_id=rota.id,
            state="open",
            due_on=day,
            held_on=day,
            signup_until=day,
            publish_on=day,
            **all_hours(rota),
        )
        session.add(held)
        session.flush()
        seat = Seat(session_id=held.id, window_id=window.id, part="am")
        session.add(seat)
        session.flush()
        seats.append(seat.id)
    for number in range(CLIENTS):
        body = RotaBody(rota_id=rota.id, name=f"第{number}局")
        session.add(body)
        session.flush()
        person = RotaPerson(body_id=body.id, name=f"局长{number}", post="head")
        session.add(person)
        session.flush()
        heads.append(person.id)
    return site.id, seats, heads


def _press(app: Flask, actor: Actor, seat: int, head: int) -> str:
    with app.app_context():
        try:
            return perform(actor, sign_up, SignUp(seat, head)).state
        except Conflict as refused:
            return refused.code
        finally:
            db.session.remove()


def test_M2_fifty_at_one_seat_one_gets_it_and_the_others_hear_so(app: Flask) -> None:
    with app.app_context():
        site, seats, heads = units().run(_reception)
    actor = Actor(ActorKind.STAFF, None, site, frozenset({Can.ROTA_MANAGE, Can.ROTA_SIGN}))
    with ThreadPoolExecutor(CLIENTS) as pool:
        for seat in seats:
            said = list(pool.map(partial(_press, app, actor, seat), heads))
            assert sorted(said) == ["signed", *["taken"] * (CLIENTS - 1)]
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Duty)) == ROUNDS
