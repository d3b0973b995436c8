"""Receptions on both databases: terms, sign-up, proposals, publication (M1–M3)."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from hall.actor import SYSTEM_ACTOR
from hall.calendar.actions import SetYear, set_year
from hall.calendar.rules import SpecialDay
from hall.rota.models import Duty, RotaSession
from hall.unit_of_work import perform, units
from tests.cases_at_work import at
from tests.rota_at_work import CODE, EARLY, FIRST, LAST, Mondays

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


def test_M1_a_term_is_made_once_and_what_is_signed_is_only_told(hall: Mondays) -> None:
    sessions = hall.sessions(FIRST, LAST)
    assert [row["held_on"] for row in sessions] == ["2026-03-09", "2026-03-16", "2026-03-23", "2026-03-30"]
    assert [len(row["seats"]) for row in sessions] == [2, 2, 2, 2]
    assert sessions[1]["signup_until"] == "2026-03-06"
    assert sessions[1]["publish_on"] == "2026-03-11"
    again = hall.term(FIRST, LAST)
    assert (again["new"], again["kept"], again["differences"]) == (0, 4, [])

    first, second = hall.seats("2026-03-23")
    hall.sign(first, 0)
    hall.must("PUT", f"/sites/xixian/rotas/{CODE}", hall.rota(places=[{"window": "xixian-06", "part": "am"}]))
    told = hall.term(FIRST, LAST)["differences"]
    assert [(row["due_on"], row["what"], row["now"]) for row in told] == [
        ("2026-03-23", "seat_gone", str(first))
    ]
    assert hall.seats("2026-03-23") == [first, second]
    assert len(hall.seats("2026-03-30")) == 1


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
    first, second = hall.seats("2026-03-16")
    assert hall.sign(first, 0)["state"] == "signed"
    people = hall.people()
    assert hall.code(f"/seats/{first}/sign-up", {"person": people["局长1"]}, "head1") == "taken"
    assert hall.code(f"/seats/{second}/sign-up", {"person": people["局长0"]}, "head0") == "own_turn"
    assert hall.sign(second, 1, who="liaison1")["state"] == "signed"


def test_M2_only_the_department_itself_signs_up_and_only_its_head(hall: Mondays) -> None:
    seat, _other = hall.seats("2026-03-16")
    people = hall.people()
    assert hall.code(f"/seats/{seat}/sign-up", {"person": people["局长1"]}, "head0") == "forbidden"
    assert hall.code(f"/seats/{seat}/sign-up", {"person": people["副局长0"]}, "head0") == "not_head"
    assert hall.code(f"/seats/{seat}/sign-up", {"person": 987654}, "head0") == "unknown_person"
    assert hall.code("/seats/987654/sign-up", {"person": people["局长0"]}, "head0") == "unknown_seat"


def test_M2_sign_up_closes_and_a_past_day_is_over(hall: Mondays) -> None:
    seat, _other = hall.seats("2026-03-16")
    body = {"person": hall.people()["局长0"]}
    with at(AFTER_SIGN_UP):
        assert hall.code(f"/seats/{seat}/sign-up", body, "head0") == "signup_closed"
        assert hall.must("POST", f"/seats/{seat}/sign-up", body)["state"] == "signed"  # the manager still may
    with at(datetime(2026, 3, 17, 1, 0, tzinfo=UTC)):
        assert hall.code(f"/seats/{_other}/sign-up", {"person": hall.people()["局长1"]}, "head1") == "past"


def test_M2_what_was_signed_is_given_back_and_free_again(hall: Mondays) -> None:
    seat, _other = hall.seats("2026-03-16")
    duty = hall.sign(seat, 0)["duty"]
    assert hall.code(f"/duties/{duty}/withdraw", None, "head1") == "forbidden"
    assert hall.must("POST", f"/duties/{duty}/withdraw", who="liaison0")["state"] == "withdrawn"
    assert hall.code(f"/duties/{duty}/withdraw", None, "head0") == "conflict"
    assert hall.sign(seat, 1)["state"] == "signed"


def test_M2_the_seats_left_go_to_those_with_the_fewest_turns_with_a_reason(hall: Mondays) -> None:
    hall.sign(hall.seats("2026-03-30")[0], 0)
    hall.sign(hall.seats("2026-03-16")[0], 1)
    with at(AFTER_SIGN_UP):
        made = hall.must("POST", f"/sites/xixian/rotas/{CODE}/propose")["duties"]
        assert hall.must("POST", f"/sites/xixian/rotas/{CODE}/propose")["duties"] == []
    assert [row["state"] for row in made] == ["proposed"]
    seat = hall.sessions("2026-03-16", "2026-03-16")[0]["seats"][1]["sitting"]
    assert (seat["body_name"], seat["because"], seat["basis"]) == ("第2局", "none_yet", "proposed")
    assert hall.standing("2026-1")["第2局"]["turns"] == 1


def test_M3_publishing_confirms_and_closes_sign_up(hall: Mondays) -> None:
    seat, free = hall.seats("2026-03-16")
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


def test_M2_one_seat_has_one_turn_in_the_database_too(hall: Mondays, app: Flask) -> None:
    first, second = hall.seats("2026-03-16")
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
    for odd in ("spring", "2026-5", "2026-4x"):
        standings = f"/sites/xixian/rotas/{CODE}/standings?quarter={odd}"
        assert hall.ask("GET", standings, who="head0").status_code == 422


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


def test_M3_a_day_that_is_over_is_not_published_any_more(hall: Mondays) -> None:
    (session,) = hall.sessions("2026-03-16", "2026-03-16")
    hall.sign(hall.seats("2026-03-16")[0], 0)
    with at(datetime(2026, 3, 17, 1, 0, tzinfo=UTC)):
        assert hall.code(f"/rota-sessions/{session['session']}/publish") == "past"
    assert hall.sessions("2026-03-16", "2026-03-16")[0]["state"] == "open"
    with at(datetime(2026, 3, 16, 0, 30, tzinfo=UTC)):
        hall.must("POST", f"/rota-sessions/{session['session']}/publish")


def test_M2_only_who_has_a_turn_every_quarter_is_proposed_and_told_to_be_missing(hall: Mondays) -> None:
    free = {"name": "第2局", "listed": False, "people": [{"name": "局长2", "post": "head", "title": "局长"}]}
    hall.must("POST", f"/sites/xixian/rotas/{CODE}/bodies", free)
    assert not hall.standing("2026-1")["第2局"]["listed"]
    hall.sign(hall.seats("2026-03-30")[0], 0)
    told = hall.client.get(
        "/admin/receptions/directors?quarter=2026-1",
        headers={"Authorization": f"Bearer {hall.tokens['manager']}"},
    ).text
    assert re.findall(r'scope="row">(第\d局) <span[^>]*>本季度尚未轮到', told) == ["第1局", "第3局"]
    with at(AFTER_SIGN_UP):
        hall.must("POST", f"/sites/xixian/rotas/{CODE}/propose")
    sitting = [seat["sitting"] for seat in hall.sessions("2026-03-16", "2026-03-16")[0]["seats"]]
    assert [one["body_name"] for one in sitting] == ["第1局", "第3局"]
