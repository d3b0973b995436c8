"""What may change after a list is published, on both databases: swaps, stand-ins, leaves (M4)."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from hall.actor import SYSTEM_ACTOR
from hall.calendar.rules import SpecialDay
from hall.journal import JournalEntry
from hall.rota.exchanging import lapse_swaps
from hall.rota.wish_models import Wish
from hall.unit_of_work import perform, units
from tests.cases_at_work import at
from tests.rota_at_work import EARLY, FIRST, LAST, Mondays

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask import Flask
    from flask.testing import FlaskClient

AFTER_SIGN_UP = datetime(2026, 3, 9, 1, 0, tzinfo=UTC)  # sign-up for the 16th closed on the 6th
NEW_YEAR = {date(2027, 1, 1): SpecialDay("holiday", "元旦")}


@pytest.fixture
def hall(client: FlaskClient, demo: dict[str, Any]) -> Iterator[Mondays]:
    with at(EARLY):
        mondays = Mondays(client, demo)
        mondays.term(FIRST, LAST)
        yield mondays


def swapped(hall: Mondays) -> tuple[dict[tuple[str, int], dict[str, Any]], int]:
    """Two published turns and a wish to swap them, which the other has accepted."""
    hall.sign(hall.seats("2026-03-23")[0], 0)
    hall.sign(hall.seats("2026-03-30")[0], 1)
    turns = hall.published("2026-03-23", "2026-03-30")
    mine, other = turns["2026-03-23", 0]["duty"], turns["2026-03-30", 0]["duty"]
    swap = hall.must("POST", f"/duties/{mine}/swap", {"other": other}, "liaison0")["id"]
    assert hall.must("POST", f"/swaps/{swap}/accept", who="head1")["state"] == "accepted"
    return turns, swap


def names(hall: Mondays) -> list[str | None]:
    """Who sits where on the two days."""
    sessions = hall.sessions("2026-03-23", "2026-03-30")
    sitting = [seat["sitting"] for session in sessions for seat in session["seats"]]
    return [one["body_name"] if one else None for one in sitting]


def test_M4_a_swap_is_asked_accepted_approved_and_changes_both_seats(hall: Mondays) -> None:
    turns, swap = swapped(hall)
    assert names(hall) == ["第0局", None, "第1局", None]
    assert hall.code(f"/swaps/{swap}/approve", None, "head1") == "forbidden"
    assert hall.must("POST", f"/swaps/{swap}/approve")["state"] == "approved"
    assert names(hall) == ["第1局", None, "第0局", None]
    assert hall.code(f"/swaps/{swap}/approve") == "conflict"
    mine = turns["2026-03-23", 0]["duty"]
    assert hall.code(f"/duties/{mine}/swap", {"other": turns["2026-03-30", 0]["duty"]}) == "not_published"


def test_M4_a_swap_whose_seat_was_meanwhile_given_up_changes_nothing(hall: Mondays) -> None:
    turns, swap = swapped(hall)
    other = turns["2026-03-30", 0]["duty"]
    leave = hall.must("POST", f"/duties/{other}/leave", {"reason": "flood"}, "head1")["id"]
    hall.must("POST", f"/duty-wishes/{leave}/approve")
    assert hall.code(f"/swaps/{swap}/approve") == "conflict"
    assert names(hall) == ["第0局", None, None, None]


def test_M4_only_the_other_answers_and_a_wish_nobody_answers_lapses(hall: Mondays, app: Flask) -> None:
    hall.sign(hall.seats("2026-03-23")[0], 0)
    hall.sign(hall.seats("2026-03-30")[0], 1)
    turns = hall.published("2026-03-23", "2026-03-30")
    mine, other = turns["2026-03-23", 0]["duty"], turns["2026-03-30", 0]["duty"]
    assert hall.code(f"/duties/{mine}/swap", {"other": other}, "head1") == "forbidden"
    swap = hall.must("POST", f"/duties/{mine}/swap", {"other": other}, "head0")["id"]
    assert hall.code(f"/duties/{other}/swap", {"other": mine}, "head1") == "asked"
    assert hall.code(f"/swaps/{swap}/accept", None, "head0") == "forbidden"
    assert hall.code(f"/swaps/{swap}/approve") == "conflict"
    with at(datetime(2026, 3, 2, 1, 0, tzinfo=UTC)), app.app_context():
        assert hall.code(f"/swaps/{swap}/accept", None, "head1") == "lapsed"
        assert perform(SYSTEM_ACTOR, lapse_swaps, None) == 1
        assert perform(SYSTEM_ACTOR, lapse_swaps, None) == 0
    assert hall.code(f"/swaps/{swap}/accept", None, "head1") == "conflict"


def test_M4_nobody_comes_to_sit_twice_on_one_day_by_a_swap(hall: Mondays) -> None:
    hall.sign(hall.seats("2026-03-23")[0], 0)
    hall.sign(hall.seats("2026-03-23")[1], 1)
    hall.sign(hall.seats("2026-03-30")[0], 1)
    turns = hall.published("2026-03-23", "2026-03-30")
    body = {"other": turns["2026-03-30", 0]["duty"]}
    assert hall.code(f"/duties/{turns['2026-03-23', 0]['duty']}/swap", body, "head0") == "clash"


def test_M4_one_stand_in_a_quarter_by_a_deputy_with_a_reason(hall: Mondays) -> None:
    for day in ("2026-03-23", "2026-03-30"):
        hall.sign(hall.seats(day)[0], 0)
    turns = hall.published("2026-03-23", "2026-03-30")
    first, second = turns["2026-03-23", 0]["duty"], turns["2026-03-30", 0]["duty"]
    people = hall.people()
    body = {"person": people["副局长0"], "reason": "meeting"}
    assert hall.code(f"/duties/{first}/stand-in", {**body, "person": people["副局长1"]}, "head0") == "invalid"
    assert hall.code(f"/duties/{first}/stand-in", {**body, "person": people["联络员0"]}, "head0") == "invalid"
    assert hall.code(f"/duties/{first}/stand-in", {**body, "reason": "other"}, "head0") == "invalid"
    one = hall.must("POST", f"/duties/{first}/stand-in", body, "liaison0")["id"]
    two = hall.must("POST", f"/duties/{second}/stand-in", body, "liaison0")["id"]
    assert hall.must("POST", f"/duty-wishes/{one}/approve")["state"] == "approved"
    assert hall.code(f"/duty-wishes/{two}/approve") == "limit"
    assert hall.must("POST", f"/duty-wishes/{two}/take-back", who="head0")["state"] == "taken_back"
    assert hall.code(f"/duties/{second}/stand-in", body, "head0") == "limit"
    sitting = hall.sessions("2026-03-23", "2026-03-23")[0]["seats"][0]["sitting"]
    assert (sitting["person_name"], sitting["stand_in"]) == ("局长0", "副局长0")


def test_M4_the_database_itself_keeps_a_second_stand_in_out(hall: Mondays, app: Flask) -> None:
    for day in ("2026-03-23", "2026-03-30"):
        hall.sign(hall.seats(day)[0], 0)
    turns = hall.published("2026-03-23", "2026-03-30")
    body = {"person": hall.people()["副局长0"], "reason": "meeting"}
    asked = [
        hall.must("POST", f"/duties/{turns[day, 0]['duty']}/stand-in", body, "head0")["id"]
        for day in ("2026-03-23", "2026-03-30")
    ]
    with app.app_context(), pytest.raises(IntegrityError):
        units().run(
            lambda session: session.execute(update(Wish).where(Wish.id.in_(asked)).values(state="approved"))
        )


def test_M4_leave_frees_the_seat_and_owes_a_turn_which_comes_first(hall: Mondays) -> None:
    hall.sign(hall.seats("2026-03-30")[0], 0)
    turns = hall.published("2026-03-30")
    leave = hall.must(
        "POST", f"/duties/{turns['2026-03-30', 0]['duty']}/leave", {"reason": "leadership"}, "head0"
    )
    hall.must("POST", f"/duty-wishes/{leave['id']}/approve")
    assert hall.standing("2026-1")["第0局"] | {"body": 0} == {
        "body": 0, "name": "第0局", "turns": 0, "last": None, "owed": 1, "listed": True,
    }  # fmt: skip
    assert hall.sign(hall.seats("2026-03-23")[0], 0)["basis"] == "made_up"
    assert hall.standing("2026-1")["第0局"]["owed"] == 0


def test_M4_O3_the_journal_keeps_that_leave_was_asked_and_never_why(hall: Mondays, app: Flask) -> None:
    for number, day in enumerate(("2026-03-23", "2026-03-30")):
        hall.sign(hall.seats(day)[0], number)
    turns = hall.published("2026-03-23", "2026-03-30")
    deputy = hall.people()["副局长0"]
    asked = {"person": deputy, "reason": "illness", "note": "住院"}
    hall.must("POST", f"/duties/{turns['2026-03-23', 0]['duty']}/stand-in", asked, "liaison0")
    leave = {"reason": "illness", "note": "住院"}
    hall.must("POST", f"/duties/{turns['2026-03-30', 0]['duty']}/leave", leave, "head1")
    with app.app_context():
        rows = units().run(
            lambda session: [(row.fact, row.data) for row in session.scalars(select(JournalEntry))]
        )
    assert {"stand_in_asked", "leave_asked"} <= {fact for fact, _data in rows}
    assert "illness" not in str(rows)
    assert "住院" not in str(rows)


def test_M4_a_turn_with_a_stand_in_is_not_swapped_away_from_under_it(hall: Mondays) -> None:
    turns, swap = swapped(hall)
    mine, other = turns["2026-03-23", 0]["duty"], turns["2026-03-30", 0]["duty"]
    asked = {"person": hall.people()["副局长0"], "reason": "meeting"}
    wish = hall.must("POST", f"/duties/{mine}/stand-in", asked, "liaison0")["id"]
    hall.must("POST", f"/duty-wishes/{wish}/approve")
    assert hall.code(f"/swaps/{swap}/approve") == "stood_in"
    assert names(hall) == ["第0局", None, "第1局", None]
    hall.must("POST", f"/swaps/{swap}/take-back", who="liaison0")
    assert hall.code(f"/duties/{other}/swap", {"other": mine}, "head1") == "stood_in"
