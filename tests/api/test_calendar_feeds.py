"""Calendars of receptions on both databases, read by icalendar as a telephone would (M3, M4)."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from icalendar import Calendar
from sqlalchemy import select

from hall import tokens
from hall.database import db
from hall.journal import JournalEntry
from hall.rota.feeds.models import CalendarFeed
from tests.cases_at_work import at
from tests.rota_at_work import CODE, EARLY, FIRST, LAST, Mondays

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask import Flask
    from flask.testing import FlaskClient

AFTERWARDS = datetime(2026, 3, 21, 2, 0, tzinfo=UTC)
FIRST_DAY, SECOND_DAY = "2026-03-23", "2026-03-30"
PUBLIC = f"/calendars/xixian/{CODE}.ics"


@pytest.fixture
def hall(client: FlaskClient, demo: dict[str, Any]) -> Iterator[Mondays]:
    with at(EARLY):
        mondays = Mondays(client, demo)
        mondays.term(FIRST, LAST)
        mondays.sign(mondays.seats(FIRST_DAY)[0], 0)
        mondays.sign(mondays.seats(SECOND_DAY)[0], 1)
        yield mondays


def address(hall: Mondays, person: str, who: str) -> str:
    """A new secret address, as the page shows it."""
    said = hall.client.post(
        "/mondays/calendar",
        data={"person": hall.people()[person]},
        headers={"Authorization": f"Bearer {hall.tokens[who]}"},
    )
    assert said.status_code == 200, said.text
    assert said.headers["Cache-Control"] == "no-store"
    found = re.search(r"/calendars/own/[\w-]+\.ics", said.text)
    assert found, said.text
    return found[0]


def events(hall: Mondays, path: str) -> dict[str, dict[str, Any]]:
    """What the calendar says, by its stable names."""
    said = hall.client.get(path)
    assert said.status_code == 200, said.text
    assert said.mimetype == "text/calendar"
    found = {}
    calendar: Any = Calendar.from_ical(said.data)
    for event in calendar.walk("VEVENT"):
        found[str(event["UID"])] = {
            "sequence": int(event["SEQUENCE"]),
            "status": str(event["STATUS"]),
            "starts": event["DTSTART"].dt,
            "title": str(event["SUMMARY"]),
            "where": str(event["LOCATION"]),
        }
    return found


def test_M3_M4_a_calendar_follows_publication_swap_and_leave(hall: Mondays) -> None:
    own = address(hall, "局长0", "head0")
    (uid, before), *none = events(hall, own).items()
    assert (before["status"], none) == ("TENTATIVE", [])
    assert events(hall, PUBLIC) == {}, "what is not published is nobody else's"
    given_up = hall.sign(hall.seats(FIRST_DAY)[1], 2)
    hall.must("POST", f"/duties/{given_up['duty']}/withdraw", who="head2")

    turns = hall.published(FIRST_DAY, SECOND_DAY)
    mine, other = turns[FIRST_DAY, 0]["duty"], turns[SECOND_DAY, 0]["duty"]
    published = events(hall, own)[uid]
    assert (published["status"], published["sequence"] > before["sequence"]) == ("CONFIRMED", True)
    assert published["starts"] == datetime(2026, 3, 23, 1, 0, tzinfo=UTC)
    assert "5号窗口" in published["where"]
    assert {one["title"] for one in events(hall, PUBLIC).values()} == {
        "局长周一见 · 第0局 局长0 局长",
        "局长周一见 · 第1局 局长1 局长",
    }

    with at(AFTERWARDS):
        swap = hall.must("POST", f"/duties/{mine}/swap", {"other": other}, who="head0")
        assert events(hall, own)[uid] == published, "asked changes nothing"
        hall.must("POST", f"/swaps/{swap['id']}/accept", who="head1")
        hall.must("POST", f"/swaps/{swap['id']}/approve")
        swapped = events(hall, own)
        assert (swapped[uid]["status"], swapped[uid]["sequence"] > published["sequence"]) == (
            "CANCELLED",
            True,
        )
        (new,) = set(swapped) - {uid}
        assert swapped[new]["starts"] == datetime(2026, 3, 30, 1, 0, tzinfo=UTC)
        assert swapped[new]["status"] == "CONFIRMED"

        (turn,) = [
            seat["sitting"] for seat in hall.sessions(SECOND_DAY, SECOND_DAY)[0]["seats"] if seat["sitting"]
        ]
        leave = hall.must("POST", f"/duties/{turn['duty']}/leave", {"reason": "illness"}, who="liaison0")
        hall.must("POST", f"/duty-wishes/{leave['id']}/approve")
        excused = events(hall, own)[new]
        assert (excused["status"], excused["sequence"] > swapped[new]["sequence"]) == ("CANCELLED", True)
        told = hall.client.get(PUBLIC)
        assert "illness" not in told.text and "生病" not in told.text
        assert {one["status"] for one in events(hall, PUBLIC).values()} == {"CONFIRMED", "CANCELLED"}


def test_M4_a_stand_in_takes_the_turn_off_the_heads_calendar_alone(hall: Mondays) -> None:
    head, liaison = address(hall, "局长0", "liaison0"), address(hall, "联络员0", "liaison0")
    duty = hall.published(FIRST_DAY)[FIRST_DAY, 0]["duty"]
    (before,) = events(hall, head).values()
    with at(AFTERWARDS):
        asked = {"person": hall.people()["副局长0"], "reason": "meeting"}
        wish = hall.must("POST", f"/duties/{duty}/stand-in", asked, who="liaison0")
        hall.must("POST", f"/duty-wishes/{wish['id']}/approve")
        (off,), (on,), (told,) = (events(hall, path).values() for path in (head, liaison, PUBLIC))
    assert (off["status"], off["sequence"] > before["sequence"]) == ("CANCELLED", True)
    assert (on["status"], on["sequence"]) == ("CONFIRMED", off["sequence"])
    assert on["title"].endswith("副局长0") and "副局长0" in told["title"]


def test_M3_an_address_is_kept_hashed_replaced_and_ended(hall: Mondays, app: Flask) -> None:
    first = address(hall, "局长0", "head0")
    token = first.removeprefix("/calendars/own/").removesuffix(".ics")
    second = address(hall, "局长0", "head0")
    assert hall.client.get(first).status_code == 404, "a new address ends the one before"
    assert hall.client.get(second).status_code == 200
    with app.app_context():
        kept = db.session.scalars(select(CalendarFeed.digest).order_by(CalendarFeed.id)).first()
        assert kept == tokens.digest(token)
        said = " ".join(str((row.subject, row.data)) for row in db.session.scalars(select(JournalEntry)))
    assert "feed:" in said and token not in said and "局长0" not in said
    ended = hall.client.post(
        "/mondays/calendar/end",
        data={"person": hall.people()["局长0"]},
        headers={"Authorization": f"Bearer {hall.tokens['head0']}"},
    )
    assert ended.status_code == 303
    assert hall.client.get(second).status_code == 404


def test_M3_nobody_makes_an_address_for_another_department(hall: Mondays) -> None:
    for given, who in (("局长1", "head0"), ("局长0", "manager"), ("联络员0", "head0")):
        said = hall.client.post(
            "/mondays/calendar",
            data={"person": hall.people()[given]},
            headers={"Authorization": f"Bearer {hall.tokens[who]}"},
        )
        assert said.status_code == 404, (given, who)
    for nonsense in ("", "-1", "a", "９", "9" * 40):
        said = hall.client.post(
            "/mondays/calendar",
            data={"person": nonsense},
            headers={"Authorization": f"Bearer {hall.tokens['head0']}"},
        )
        assert said.status_code == 404, nonsense


def test_a_calendar_that_is_none_is_not_found(hall: Mondays) -> None:
    for path in (
        "/calendars/own/nothing.ics",
        "/calendars/xixian/none.ics",
        "/calendars/nowhere/directors.ics",
    ):
        assert hall.client.get(path).status_code == 404, path


def test_a_calendar_reads_in_english_where_it_is_asked_for(hall: Mondays) -> None:
    hall.published(FIRST_DAY)
    (event,) = events(hall, f"{PUBLIC}?lang=en").values()
    assert event["title"].startswith("Director Mondays")
