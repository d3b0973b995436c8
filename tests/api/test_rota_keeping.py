"""A manager's hand on a reception, on both databases: days chosen, dropped, restored; bodies and people who leave."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from hall.actor import SYSTEM_ACTOR
from hall.database import db
from hall.rota.models import Duty, Seat
from hall.rota.wish_models import Wish
from hall.rota.wishing import lapse_wishes
from hall.unit_of_work import perform, units
from tests.cases_at_work import at
from tests.rota_at_work import CODE, EARLY, FIRST, LAST, Mondays

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask import Flask
    from flask.testing import FlaskClient

BY_HAND = ("2026-04-27", "2026-05-11")  # Monday 4 May is a holiday, 9 May (a Saturday) is made up


@pytest.fixture
def hall(client: FlaskClient, demo: dict[str, Any]) -> Iterator[Mondays]:
    with at(EARLY):
        mondays = Mondays(client, demo)
        mondays.must("PUT", f"/sites/xixian/rotas/{CODE}", mondays.rota(holiday_rule="manual"))
        mondays.term(FIRST, LAST)
        mondays.term(*BY_HAND)
        yield mondays


def waiting(hall: Mondays) -> int:
    """The session of 4 May, which waits for a person."""
    (session,) = hall.sessions("2026-05-04", "2026-05-04")
    assert (session["state"], session["why"], session["held_on"]) == ("draft", "manual", None)
    return int(session["session"])


def of(hall: Mondays, day: str) -> dict[str, Any]:
    (session,) = hall.sessions(day, day)
    return session


def test_M1_a_session_that_waits_for_a_person_is_given_its_day(hall: Mondays) -> None:
    key = waiting(hall)
    path = f"/rota-sessions/{key}/date"
    assert hall.code(path, {"day": "2026-05-06"}, "head0") == "forbidden"
    assert hall.code(path, {"day": "2026-05-04"}) == "no_working_day"
    assert hall.code(path, {"day": "2026-05-11"}) == "day_taken"
    assert hall.code(path, {"day": "2026-02-26"}) == "past"
    assert hall.code(path, {"day": "2026-07-08"}) == "too_far"
    assert hall.code(path, {"day": "2027-05-06"}) == "unconfirmed"
    assert hall.code("/rota-sessions/987654/date", {"day": "2026-05-06"}) == "unknown_session"
    made = hall.must("POST", path, {"day": "2026-05-09"})
    assert (made["state"], made["held_on"], made["publish_on"]) == ("open", "2026-05-09", "2026-05-06")
    assert len(of(hall, "2026-05-04")["seats"]) == 2
    assert hall.code(path, {"day": "2026-05-08"}) == "not_draft"
    assert hall.term(*BY_HAND) == {"new": 0, "dated": 0, "kept": 3, "differences": []}


def test_M1_a_day_chosen_by_hand_is_not_taken_twice_by_a_later_term(hall: Mondays) -> None:
    hall.must("POST", f"/rota-sessions/{waiting(hall)}/date", {"day": "2026-05-18"})
    hall.term("2026-05-18", "2026-05-25")
    assert [(row["state"], row["why"]) for row in hall.sessions("2026-05-18", "2026-05-25")] == [
        ("dropped", "same_day"),
        ("open", ""),
    ]


def test_M1_a_session_is_dropped_with_its_turns_and_taken_up_again(hall: Mondays) -> None:
    hall.sign(hall.seats("2026-03-16")[0], 0)
    key = of(hall, "2026-03-16")["session"]
    assert hall.code(f"/rota-sessions/{key}/drop", None, "head0") == "forbidden"
    assert hall.must("POST", f"/rota-sessions/{key}/drop")["state"] == "dropped"
    dropped = of(hall, "2026-03-16")
    assert (dropped["held_on"], dropped["why"]) == (None, "by_hand")
    assert [seat["sitting"] for seat in dropped["seats"]] == [None, None]
    assert hall.standing("2026-1")["第0局"]["turns"] == 0
    assert hall.term(FIRST, LAST)["new"] == 0
    assert of(hall, "2026-03-16")["state"] == "dropped"

    assert hall.must("POST", f"/rota-sessions/{key}/restore")["state"] == "draft"
    assert hall.code(f"/rota-sessions/{key}/restore") == "conflict"
    made = hall.must("POST", f"/rota-sessions/{key}/date", {"day": "2026-03-16"})
    assert (made["state"], made["signup_until"]) == ("open", "2026-03-06")
    hall.sign(hall.seats("2026-03-16")[0], 0)


def test_M3_a_published_session_is_not_dropped(hall: Mondays) -> None:
    hall.sign(hall.seats("2026-03-23")[0], 0)
    hall.published("2026-03-23")
    assert hall.code(f"/rota-sessions/{of(hall, '2026-03-23')['session']}/drop") == "published"


def test_M1_a_term_that_is_over_is_refused_and_past_days_are_not_made(hall: Mondays) -> None:
    path = f"/sites/xixian/rotas/{CODE}/term"
    assert hall.code(path, {"first": "2026-01-05", "last": "2026-02-20"}) == "past"
    assert hall.term("2026-02-01", "2026-03-02")["new"] == 1
    assert [row["due_on"] for row in hall.sessions("2026-02-01", "2026-03-02")] == ["2026-03-02"]


def test_M1_in_a_year_without_a_confirmed_calendar_nobody_signs_up_and_it_says_so(hall: Mondays) -> None:
    hall.term("2027-01-04", "2027-01-11")
    seat = hall.seats("2027-01-04")[0]
    people = hall.people()
    assert hall.code(f"/seats/{seat}/sign-up", {"person": people["局长0"]}, "head0") == "unconfirmed"
    key = of(hall, "2027-01-04")["session"]
    assert hall.code(f"/rota-sessions/{key}/date", {"day": "2027-01-05"}) == "unconfirmed"


def test_M2_a_head_who_leaves_hands_turns_on_to_the_new_one(hall: Mondays) -> None:
    hall.sign(hall.seats("2026-03-16")[0], 0)
    people = hall.people()
    assert hall.code(f"/rota-people/{people['局长0']}/retire", None, "head0") == "forbidden"
    assert hall.code(f"/rota-people/{people['局长0']}/retire") == "has_turns"
    assert "局长0" in hall.people()
    body = hall.body(0)
    body["people"][0] = {"name": "新局长", "post": "head", "title": "局长"}
    hall.must("POST", f"/sites/xixian/rotas/{CODE}/bodies", body)
    assert of(hall, "2026-03-16")["seats"][0]["sitting"]["person_name"] == "新局长"
    assert hall.must("POST", f"/rota-people/{people['副局长0']}/retire")["name"] == "副局长0"
    assert hall.code(f"/rota-people/{people['副局长0']}/retire") == "unknown_person"
    assert set(hall.people()) >= {"新局长", "联络员0"}


def test_M2_a_body_leaves_when_it_has_no_turn_to_come_and_can_come_back(hall: Mondays) -> None:
    duty = hall.sign(hall.seats("2026-03-16")[0], 0)["duty"]
    key = hall.standing("2026-1")["第0局"]["body"]
    assert hall.code(f"/rota-bodies/{key}/retire") == "has_turns"
    hall.must("POST", f"/duties/{duty}/withdraw")
    assert hall.must("POST", f"/rota-bodies/{key}/retire")["name"] == "第0局"
    assert hall.code(f"/rota-bodies/{key}/retire") == "unknown_body"
    assert "局长0" not in hall.people()
    assert "第0局" not in hall.standing("2026-1")
    hall.must("POST", f"/sites/xixian/rotas/{CODE}/bodies", hall.body(0))
    hall.sign(hall.seats("2026-03-16")[0], 0)


def test_M4_a_stand_in_who_has_left_meanwhile_is_not_approved(hall: Mondays) -> None:
    hall.sign(hall.seats("2026-03-23")[0], 0)
    duty = hall.published("2026-03-23")["2026-03-23", 0]["duty"]
    deputy = hall.people()["副局长0"]
    wish = hall.must("POST", f"/duties/{duty}/stand-in", {"person": deputy, "reason": "meeting"}, "head0")[
        "id"
    ]
    hall.must("POST", f"/rota-people/{deputy}/retire")
    assert hall.code(f"/duty-wishes/{wish}/approve") == "retired"


def test_M2_a_turns_session_is_its_seats_and_its_body_its_persons(hall: Mondays, app: Flask) -> None:
    hall.sign(hall.seats("2026-03-16")[0], 0)
    elsewhere, other = hall.seats("2026-03-30")[0], hall.people()["局长1"]
    with app.app_context():
        assert db.session.scalar(select(Seat.session_id).where(Seat.id == elsewhere))
    with app.app_context(), pytest.raises(IntegrityError):
        units().run(lambda session: session.execute(update(Duty).values(seat_id=elsewhere)))
    with app.app_context(), pytest.raises(IntegrityError):
        units().run(lambda session: session.execute(update(Duty).values(person_id=other)))


def test_M4_a_wish_is_of_its_turns_body(hall: Mondays, app: Flask) -> None:
    hall.sign(hall.seats("2026-03-23")[0], 0)
    hall.sign(hall.seats("2026-03-23")[1], 1)
    turns = hall.published("2026-03-23")
    hall.must("POST", f"/duties/{turns['2026-03-23', 0]['duty']}/leave", {"reason": "flood"}, "head0")
    with app.app_context(), pytest.raises(IntegrityError):
        units().run(
            lambda session: session.execute(update(Wish).values(duty_id=turns["2026-03-23", 1]["duty"]))
        )


def test_M4_a_wish_that_nobody_decided_ends_with_its_day_or_with_a_swap(hall: Mondays, app: Flask) -> None:
    hall.sign(hall.seats("2026-03-23")[0], 0)
    hall.sign(hall.seats("2026-03-30")[0], 1)
    turns = hall.published("2026-03-23", "2026-03-30")
    mine, other = turns["2026-03-23", 0]["duty"], turns["2026-03-30", 0]["duty"]
    swap = hall.must("POST", f"/duties/{mine}/swap", {"other": other}, "head0")["id"]
    leave = hall.must("POST", f"/duties/{other}/leave", {"reason": "illness"}, "head1")["id"]
    hall.must("POST", f"/swaps/{swap}/accept", who="head1")
    hall.must("POST", f"/swaps/{swap}/approve")
    assert hall.code(f"/duty-wishes/{leave}/approve") in {"conflict", "not_published"}
    again = of(hall, "2026-03-30")["seats"][0]["sitting"]["duty"]
    hall.must("POST", f"/duties/{again}/leave", {"reason": "illness"}, "head0")
    with at(datetime(2026, 3, 30, 1, 0, tzinfo=UTC)), app.app_context():
        assert perform(SYSTEM_ACTOR, lapse_wishes, None) == 1
        assert perform(SYSTEM_ACTOR, lapse_wishes, None) == 0
