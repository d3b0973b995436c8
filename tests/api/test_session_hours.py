"""Hours of a session on both databases: the reception's until its list is public, then its own (M1, M3)."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from flask_migrate import Migrate, downgrade, upgrade
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from hall.cli import SCHEMA
from hall.database import db
from hall.rota.models import Rota, RotaSession
from hall.rota.payloads import monday
from hall.unit_of_work import units
from tests.cases_at_work import at
from tests.rota_at_work import CODE, EARLY, FIRST, LAST, Mondays

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask import Flask
    from flask.testing import FlaskClient

PUBLISHING = datetime(2026, 3, 13, 1, 0, tzinfo=UTC)
BEFORE_HOURS = "0049"
SUMMER = {"am_starts": "08:30", "am_ends": "11:00"}


@pytest.fixture
def hall(client: FlaskClient, demo: dict[str, Any]) -> Iterator[Mondays]:
    with at(EARLY):
        mondays = Mondays(client, demo)
        mondays.term(FIRST, LAST)
        yield mondays


def mornings(hall: Mondays) -> list[str]:
    """The hours of each session in March."""
    return [f"{one['am_starts']}–{one['am_ends']}" for one in hall.sessions(FIRST, LAST)]


def change(hall: Mondays, **values: Any) -> None:
    hall.must("PUT", f"/sites/xixian/rotas/{CODE}", hall.rota(**values))


def test_M3_new_hours_of_a_reception_move_no_published_day(hall: Mondays, app: Flask) -> None:
    hall.sign(hall.seats("2026-03-16")[0], 0)
    hall.sign(hall.seats("2026-03-23")[0], 1)
    (published,) = hall.sessions("2026-03-16", "2026-03-16")
    with at(PUBLISHING):
        hall.must("POST", f"/rota-sessions/{published['session']}/publish")
        change(hall, **SUMMER)
        with app.app_context():
            told = monday(db.session(), "xixian")
        seats = [seat for one in told["next"] if one["rota"] == CODE for seat in one["seats"]]
        assert [(seat["starts"], seat["ends"]) for seat in seats] == [("09:00", "11:30")]
        feed = hall.client.get(f"/calendars/xixian/{CODE}.ics").text
    assert "DTSTART:20260316T010000Z" in feed
    assert mornings(hall) == ["09:00–11:30", "09:00–11:30", "09:00–11:30", "08:30–11:00"]


def test_M1_hours_that_somebody_signed_up_for_are_told_and_moved_by_a_person_alone(hall: Mondays) -> None:
    signed, free = "2026-03-23", "2026-03-30"
    hall.sign(hall.seats(signed)[0], 1)
    change(hall, **SUMMER)
    told = hall.term(FIRST, LAST)["differences"]
    assert [(row["due_on"], row["what"], row["now"], row["would_be"]) for row in told] == [
        (signed, "hours_am", "09:00–11:30", "08:30–11:00")
    ]
    (kept,), (taken,) = hall.sessions(signed, signed), hall.sessions(free, free)
    path = f"/rota-sessions/{kept['session']}/hours"
    assert hall.code(path, who="head1") == "forbidden"
    hall.must("POST", path)
    assert mornings(hall)[2:] == ["08:30–11:00", "08:30–11:00"]
    assert hall.code(path) == "same_hours"
    assert hall.code(f"/rota-sessions/{taken['session']}/hours") == "same_hours"
    assert hall.term(FIRST, LAST)["differences"] == []


def test_M1_a_half_day_that_is_held_no_longer_goes_with_its_seats_and_stays_where_somebody_signed(
    hall: Mondays,
) -> None:
    both = [{"window": "xixian-05", "part": part} for part in ("am", "pm")]
    change(hall, pm_starts="14:30", pm_ends="17:00", places=both)
    hall.term(FIRST, LAST)
    hall.sign(next(key for key in reversed(hall.seats("2026-03-23"))), 1)
    change(hall, places=both[:1])
    assert {one["pm_starts"] for one in hall.sessions(FIRST, LAST)} == {"14:30"}
    told = hall.term(FIRST, LAST)["differences"]
    assert [(row["due_on"], row["what"]) for row in told] == [("2026-03-23", "seat_gone")]
    assert [one["pm_starts"] for one in hall.sessions(FIRST, LAST)] == ["", "", "14:30", ""]


def test_M1_a_session_taken_up_again_has_the_hours_of_today(hall: Mondays) -> None:
    (one,) = hall.sessions("2026-03-30", "2026-03-30")
    hall.must("POST", f"/rota-sessions/{one['session']}/drop")
    change(hall, **SUMMER)
    assert mornings(hall)[3] == "09:00–11:30"
    hall.must("POST", f"/rota-sessions/{one['session']}/restore")
    hall.must("POST", f"/rota-sessions/{one['session']}/date", {"day": "2026-03-30"})
    assert mornings(hall)[3] == "08:30–11:00"


@pytest.mark.parametrize("change", [{"am_starts": "08:00"}, {"pm_starts": "14:00", "pm_ends": "16:00"}])
def test_M3_the_database_keeps_the_hours_of_what_is_published(
    hall: Mondays, app: Flask, change: dict[str, str]
) -> None:
    hall.sign(hall.seats("2026-03-16")[0], 0)
    (published,) = hall.sessions("2026-03-16", "2026-03-16")
    with at(PUBLISHING):
        hall.must("POST", f"/rota-sessions/{published['session']}/publish")
    assert hall.code(f"/rota-sessions/{published['session']}/hours") == "not_open"
    statement = update(RotaSession).values(**change)
    with app.app_context():
        with pytest.raises(IntegrityError, match="rota_session_stays"):
            units().run(
                lambda session: session.execute(statement.where(RotaSession.id == published["session"]))
            )
        units().run(lambda session: session.execute(statement.where(RotaSession.state == "open")))


def test_M1_sessions_that_were_there_took_the_hours_of_their_reception(
    app: Flask, demo: dict[str, Any]
) -> None:
    with app.app_context():
        Migrate(app, db, directory=str(SCHEMA))
        downgrade(revision=BEFORE_HOURS)
        units().run(lambda session: session.execute(update(Rota).values(am_starts="08:15", pm_ends="18:00")))
        upgrade(revision="heads")
        rows = db.session.execute(
            select(RotaSession.am_starts, RotaSession.am_ends, RotaSession.pm_starts, RotaSession.pm_ends)
        ).all()
        db.session.remove()
    assert demo["staff"]
    assert {tuple(row) for row in rows} == {("08:15", "11:30", "14:30", "18:00")}
