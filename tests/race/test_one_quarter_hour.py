"""Fifty citizens press for one quarter hour of a head at the same moment, twenty times over, on both databases (M6)."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select

from hall.actor import PUBLIC_ACTOR
from hall.applicants.vault import Vault
from hall.catalog.models import Window
from hall.clock import now
from hall.database import db
from hall.errors import Conflict
from hall.keyring import Keys
from hall.rota.hours import all_hours
from hall.rota.matters.booking import Book, book
from hall.rota.matters.models import HardMatter
from hall.rota.matters.people import Person
from hall.rota.models import Duty, Rota, RotaBody, RotaPerson, RotaSession, Seat
from hall.sites import Site
from hall.unit_of_work import perform, units

if TYPE_CHECKING:
    from flask import Flask

ROUNDS, CLIENTS = 20, 50
VAULT = Vault(Keys(b"", b"", b"0" * 32))
AHEAD = timedelta(days=60)


def _reception(session: Any) -> tuple[int, int, int, datetime]:
    """A head who receives from 00:00 to 06:00; answers hall, session, body and the first moment."""
    site = Site(code="xixian", name="息县政务服务大厅")
    session.add(site)
    session.flush()
    window = Window(site_id=site.id, code="xixian-01", number=1, name="1号窗口")
    rota = Rota(site_id=site.id, code="directors", name="局长周一见", am_starts="00:00", am_ends="06:00")
    session.add_all([window, rota])
    session.flush()
    day = now().date() + AHEAD
    held = RotaSession(
        rota_id=rota.id,
        state="published",
        due_on=day,
        held_on=day,
        signup_until=day,
        publish_on=day,
        published_at=now(),
        **all_hours(rota),
    )
    body = RotaBody(rota_id=rota.id, name="自然资源局")
    session.add_all([held, body])
    session.flush()
    seat = Seat(session_id=held.id, window_id=window.id, part="am")
    person = RotaPerson(body_id=body.id, name="岳长河", post="head")
    session.add_all([seat, person])
    session.flush()
    session.add(
        Duty(
            seat_id=seat.id,
            session_id=held.id,
            body_id=body.id,
            person_id=person.id,
            state="confirmed",
            basis="signed",
            quarter="2026-1",
            made_at=now(),
        )
    )
    first = datetime.combine(day, datetime.min.time(), site.zone).astimezone(UTC)
    return site.id, held.id, body.id, first


def _press(app: Flask, where: tuple[int, int, int], at: datetime, client: int) -> str:
    with app.app_context():
        try:
            person = Person("欧阳", f"138{at.hour:04d}{at.minute:02d}{client:02d}", "宅基地")
            return perform(PUBLIC_ACTOR, book, Book(*where, at, VAULT, person)).row.state
        except Conflict as refused:
            return refused.code
        finally:
            db.session.remove()


def test_M6_fifty_at_one_quarter_hour_one_gets_it_and_the_others_hear_what_is_free(app: Flask) -> None:
    with app.app_context():
        site, session, body, first = units().run(_reception)
    with ThreadPoolExecutor(CLIENTS) as pool:
        for number in range(ROUNDS):
            at = first + timedelta(minutes=15 * number)
            said = list(pool.map(partial(_press, app, (site, session, body), at), range(CLIENTS)))
            assert sorted(said) == ["booked", *["slot_taken"] * (CLIENTS - 1)]
    with app.app_context():
        numbers = db.session.scalars(select(HardMatter.serial).order_by(HardMatter.serial)).all()
        assert list(numbers) == list(range(1, ROUNDS + 1)), "numbers run without gaps"
        assert db.session.scalar(select(func.count(HardMatter.starts_at.distinct()))) == ROUNDS
