"""Receptions on both databases: terms, sign-up, proposals, publication, and what may change afterwards (M1–M4)."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from hall.actor import SYSTEM_ACTOR
from hall.calendar.actions import SetYear, set_year
from hall.calendar.rules import SpecialDay
from hall.rota.exchanging import lapse_swaps
from hall.rota.models import Duty, RotaSession, Wish
from hall.unit_of_work import perform, units
from tests.cases_at_work import at
from tests.rota_at_work import CODE, Mondays

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask import Flask
    from flask.testing import FlaskClient

EARLY = datetime(
    2026, 2, 27, 1, 0, tzinfo=UTC
)  # a Friday morning in the hall; Mondays in March are working days
AFTER_SIGN_UP = datetime(2026, 3, 9, 1, 0, tzinfo=UTC)  # sign-up for the 16th closed on the 6th
NEW_YEAR = {date(2027, 1, 1): SpecialDay("holiday", "元旦")}
FIRST, LAST = "2026-03-09", "2026-03-31"


@pytest.fixture
def hall(client: FlaskClient, demo: dict[str, Any]) -> Iterator[Mondays]:
    with at(EARLY):
        mondays = Mondays(client, demo)
        mondays.term(FIRST, LAST)
        yield mondays


def seats(hall: Mondays, day: str) -> list[int]:
    (session,) = hall.sessions(day, day)
    return [seat["seat"] for seat in session["seats"]]


def published(hall: Mondays, *days: str) -> dict[tuple[str, int], dict[str, Any]]:
    """Publish these days; answers turns by day and order of the seat."""
    for day in days:
        (session,) = hall.sessions(day, day)
        with at(datetime(2026, 3, 21, 1, 0, tzinfo=UTC)):
            hall.must("POST", f"/rota-sessions/{session['session']}/publish")
    found = {}
    for day in days:
        (session,) = hall.sessions(day, day)
        for number, seat in enumerate(session["seats"]):
            if seat["sitting"]:
                found[day, number] = seat["sitting"]
    return found


def test_M1_a_term_is_made_once_and_what_is_signed_is_only_told(hall: Mondays) -> None:
    sessions = hall.sessions(FIRST, LAST)
    assert [row["held_on"] for row in sessions] == ["2026-03-09", "2026-03-16", "2026-03-23", "2026-03-30"]
    assert [len(row["seats"]) for row in sessions] == [2, 2, 2, 2]
    assert sessions[1]["signup_until"] == "2026-03-06"
    assert sessions[1]["publish_on"] == "2026-03-11"
    again = hall.term(FIRST, LAST)
    assert (again["new"], again["kept"], again["differences"]) == (0, 4, [])

    first, second = seats(hall, "2026-03-23")
    hall.sign(first, 0)
    hall.must("PUT", f"/sites/xixian/rotas/{CODE}", hall.rota(places=[{"window": "xixian-06", "part": "am"}]))
    told = hall.term(FIRST, LAST)["differences"]
    assert [(row["due_on"], row["what"], row["now"]) for row in told] == [
        ("2026-03-23", "seat_gone", str(first))
    ]
    assert seats(hall, "2026-03-23") == [first, second]
    assert len(seats(hall, "2026-03-30")) == 1


def test_M1_a_year_that_is_confirmed_dates_its_drafts_at_once(hall: Mondays, app: Flask) -> None:
    hall.term("2026-12-28", "2027-01-11")
    states = [(row["state"], row["held_on"]) for row in hall.sessions("2026-12-28", "2027-01-11")]
    assert states == [("open", "2026-12-28"), ("draft", None), ("draft", None)]
    with app.app_context():
        perform(SYSTEM_ACTOR, set_year, SetYear(2027, NEW_YEAR))
    states = [(row["state"], row["held_on"]) for row in hall.sessions("2026-12-28", "2027-01-11")]
    assert states == [("open", "2026-12-28"), ("open", "2027-01-04"), ("open", "2027-01-11")]


def test_M1_a_term_that_cannot_be_is_refused_in_words(hall: Mondays) -> None:
    for first, last in (("2026-03-02", "2026-03-01"), ("2026-01-01", "2027-06-01")):
        assert hall.code(f"/sites/xixian/rotas/{CODE}/term", {"first": first, "last": last}) == "invalid"
    assert hall.code("/sites/xixian/rotas/nobody/term", {"first": FIRST, "last": LAST}) == "unknown_rota"


def test_M2_first_come_first_served_and_one_turn_a_department_and_day(hall: Mondays) -> None:
    first, second = seats(hall, "2026-03-16")
    assert hall.sign(first, 0)["state"] == "signed"
    people = hall.people()
    assert hall.code(f"/seats/{first}/sign-up", {"person": people["局长1"]}, "head1") == "taken"
    assert hall.code(f"/seats/{second}/sign-up", {"person": people["局长0"]}, "head0") == "own_turn"
    assert hall.sign(second, 1, who="liaison1")["state"] == "signed"


def test_M2_only_the_department_itself_signs_up_and_only_its_head(hall: Mondays) -> None:
    seat, _other = seats(hall, "2026-03-16")
    people = hall.people()
    assert hall.code(f"/seats/{seat}/sign-up", {"person": people["局长1"]}, "head0") == "forbidden"
    assert hall.code(f"/seats/{seat}/sign-up", {"person": people["副局长0"]}, "head0") == "not_head"
    assert hall.code(f"/seats/{seat}/sign-up", {"person": 987654}, "head0") == "unknown_person"
    assert hall.code("/seats/987654/sign-up", {"person": people["局长0"]}, "head0") == "unknown_seat"


def test_M2_sign_up_closes_and_a_past_day_is_over(hall: Mondays) -> None:
    seat, _other = seats(hall, "2026-03-16")
    body = {"person": hall.people()["局长0"]}
    with at(AFTER_SIGN_UP):
        assert hall.code(f"/seats/{seat}/sign-up", body, "head0") == "signup_closed"
        assert hall.must("POST", f"/seats/{seat}/sign-up", body)["state"] == "signed"  # the manager still may
    with at(datetime(2026, 3, 17, 1, 0, tzinfo=UTC)):
        assert hall.code(f"/seats/{_other}/sign-up", {"person": hall.people()["局长1"]}, "head1") == "past"


def test_M2_what_was_signed_is_given_back_and_free_again(hall: Mondays) -> None:
    seat, _other = seats(hall, "2026-03-16")
    duty = hall.sign(seat, 0)["duty"]
    assert hall.code(f"/duties/{duty}/withdraw", None, "head1") == "forbidden"
    assert hall.must("POST", f"/duties/{duty}/withdraw", who="liaison0")["state"] == "withdrawn"
    assert hall.code(f"/duties/{duty}/withdraw", None, "head0") == "conflict"
    assert hall.sign(seat, 1)["state"] == "signed"


def test_M2_the_seats_left_go_to_those_with_the_fewest_turns_with_a_reason(hall: Mondays) -> None:
    hall.sign(seats(hall, "2026-03-30")[0], 0)
    hall.sign(seats(hall, "2026-03-16")[0], 1)
    with at(AFTER_SIGN_UP):
        made = hall.must("POST", f"/sites/xixian/rotas/{CODE}/propose")["duties"]
        assert hall.must("POST", f"/sites/xixian/rotas/{CODE}/propose")["duties"] == []
    assert [row["state"] for row in made] == ["proposed"]
    seat = hall.sessions("2026-03-16", "2026-03-16")[0]["seats"][1]["sitting"]
    assert (seat["body_name"], seat["because"], seat["basis"]) == ("第2局", "none_yet", "proposed")
    assert hall.standing("2026-1")["第2局"]["turns"] == 1


def test_M3_publishing_confirms_and_closes_sign_up(hall: Mondays) -> None:
    seat, free = seats(hall, "2026-03-16")
    duty = hall.sign(seat, 0)["duty"]
    (session,) = hall.sessions("2026-03-16", "2026-03-16")
    assert hall.code(f"/rota-sessions/{session['session']}/publish") == "signup_open"
    with at(AFTER_SIGN_UP):
        assert hall.code(f"/rota-sessions/{session['session']}/publish", None, "head0") == "forbidden"
        hall.must("POST", f"/rota-sessions/{session['session']}/publish")
        assert hall.sessions("2026-03-16", "2026-03-16")[0]["seats"][0]["sitting"]["state"] == "confirmed"
        assert hall.code(f"/duties/{duty}/withdraw", None, "head0") == "published"
        body = {"person": hall.people()["局长1"]}
        assert hall.code(f"/seats/{free}/sign-up", body) == "not_open"
        assert hall.code(f"/rota-sessions/{session['session']}/publish") == "not_open"


def swapped(hall: Mondays) -> tuple[dict[tuple[str, int], dict[str, Any]], int]:
    """Two published turns and a wish to swap them, which the other has accepted."""
    hall.sign(seats(hall, "2026-03-23")[0], 0)
    hall.sign(seats(hall, "2026-03-30")[0], 1)
    turns = published(hall, "2026-03-23", "2026-03-30")
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
    hall.sign(seats(hall, "2026-03-23")[0], 0)
    hall.sign(seats(hall, "2026-03-30")[0], 1)
    turns = published(hall, "2026-03-23", "2026-03-30")
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
    hall.sign(seats(hall, "2026-03-23")[0], 0)
    hall.sign(seats(hall, "2026-03-23")[1], 1)
    hall.sign(seats(hall, "2026-03-30")[0], 1)
    turns = published(hall, "2026-03-23", "2026-03-30")
    body = {"other": turns["2026-03-30", 0]["duty"]}
    assert hall.code(f"/duties/{turns['2026-03-23', 0]['duty']}/swap", body, "head0") == "clash"


def test_M4_one_stand_in_a_quarter_by_a_deputy_with_a_reason(hall: Mondays) -> None:
    for day in ("2026-03-23", "2026-03-30"):
        hall.sign(seats(hall, day)[0], 0)
    turns = published(hall, "2026-03-23", "2026-03-30")
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
        hall.sign(seats(hall, day)[0], 0)
    turns = published(hall, "2026-03-23", "2026-03-30")
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
    hall.sign(seats(hall, "2026-03-30")[0], 0)
    turns = published(hall, "2026-03-30")
    leave = hall.must(
        "POST", f"/duties/{turns['2026-03-30', 0]['duty']}/leave", {"reason": "leadership"}, "head0"
    )
    hall.must("POST", f"/duty-wishes/{leave['id']}/approve")
    assert hall.standing("2026-1")["第0局"] | {"body": 0} == {
        "body": 0, "name": "第0局", "turns": 0, "last": None, "owed": 1,
    }  # fmt: skip
    assert hall.sign(seats(hall, "2026-03-23")[0], 0)["basis"] == "made_up"
    assert hall.standing("2026-1")["第0局"]["owed"] == 0


def test_M2_one_seat_has_one_turn_in_the_database_too(hall: Mondays, app: Flask) -> None:
    first, second = seats(hall, "2026-03-16")
    hall.sign(first, 0)
    hall.sign(second, 1)
    with app.app_context(), pytest.raises(IntegrityError):
        units().run(lambda session: session.execute(update(Duty).values(seat_id=first)))
    with app.app_context(), pytest.raises(IntegrityError):
        units().run(
            lambda session: session.execute(
                update(Duty).values(body_id=select(Duty.body_id).order_by(Duty.id).limit(1).scalar_subquery())
            )
        )
    with app.app_context(), pytest.raises(IntegrityError):
        units().run(lambda session: session.execute(update(RotaSession).values(held_on=EARLY.date())))


def test_strangers_see_and_do_nothing(hall: Mondays, demo: dict[str, Any]) -> None:
    clerk = next(row["token"] for row in demo["staff"] if row["role"] == "window")
    hall.tokens["clerk"] = clerk
    path = f"/sites/xixian/rotas/{CODE}/sessions"
    assert hall.ask("GET", path, who="clerk").status_code == 403
    assert hall.ask("PUT", f"/sites/xixian/rotas/{CODE}", hall.rota(), "head0").status_code == 403
    assert hall.ask("GET", f"{path}?from=2026-13-01", who="head0").status_code == 422
    assert hall.ask("GET", f"{path}?from=9999-12-31", who="head0").status_code == 422


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("weekday", 7),
        ("signup_days", 2),
        ("am_starts", "9:00"),
        ("pm_starts", "14:00"),
        ("places", [{"window": "nowhere", "part": "am"}]),
        ("name", "  "),
    ],
)
def test_M1_a_reception_that_makes_no_sense_is_refused_by_field(
    hall: Mondays, field: str, value: object
) -> None:
    said = hall.ask("PUT", f"/sites/xixian/rotas/{CODE}", hall.rota(**{field: value}))
    assert said.status_code == 422
    assert said.get_json()["errors"]
