"""Coming for a booking (H4, Q3): by code, last digits or at the desk; early, late, twice, and not at all (H3)."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select

from hall import clock
from hall.database import db
from hall.helpers.models import Booking
from hall.queueing.models import Ticket
from tests.booking_at_work import PHONE, Front, tomorrow

if TYPE_CHECKING:
    from flask.testing import FlaskClient
    from werkzeug.test import TestResponse


@pytest.fixture
def front(working_hours: None, client: FlaskClient, demo: dict[str, Any]) -> Front:
    return Front(client, demo).staffed("B01", "B02")


def due(front: Front, minutes: float, **more: Any) -> dict[str, Any]:
    """A booking that begins so many minutes from now."""
    booked = front.booked(tomorrow(10), **more)
    at = clock.now() + timedelta(minutes=minutes)
    front.alter(booked["token"], starts_at=at, ends_at=at + timedelta(minutes=30))
    return {**booked, "at": at}


def come(front: Front, *, who: str = "", **said: str) -> TestResponse:
    return front.ask("POST", "/check-ins", said, who=who or front.demo["kiosk"]["token"])


def ticket_of(front: Front, number: str) -> Ticket:
    with front.client.application.app_context():
        return db.session.scalars(select(Ticket).where(Ticket.number == number)).one()


@pytest.mark.parametrize("way", ["code", "address", "digits", "desk"])
def test_H4_Q3_checking_in_joins_the_queue_at_the_booked_place(front: Front, way: str) -> None:
    booked = due(front, 20)
    said = {
        "code": {"code": booked["code"].lower()},
        "address": {"code": f"https://hall.example/book/{booked['token']}?booked={booked['code']}"},
        "digits": {"phone_digits": PHONE[-4:]},
        "desk": {"code": booked["code"]},
    }[way]
    answer = come(front, who=front.token("reception") if way == "desk" else "", **said)
    assert answer.status_code == 201, answer.text
    body = answer.get_json()
    assert body["booking"]["state"] == "arrived" and body["booking"]["ticket"] == body["ticket"]["number"]
    ticket = ticket_of(front, body["ticket"]["number"])
    assert (ticket.place, ticket.basis) == (booked["at"] - timedelta(minutes=30), "booked")
    with front.client.application.app_context():
        arrived = db.session.scalars(select(Booking.arrived_by)).one()
    assert arrived == {"digits": "phone", "desk": "desk"}.get(way, "code")


@pytest.mark.parametrize(("minutes", "keeps"), [(-14, True), (-16, False)])
def test_H4_more_than_fifteen_minutes_late_waits_from_now_on(front: Front, minutes: int, keeps: bool) -> None:
    booked = due(front, minutes)
    body = come(front, code=booked["code"]).get_json()
    ticket = ticket_of(front, body["ticket"]["number"])
    place = booked["at"] - timedelta(minutes=30) if keeps else ticket.issued_at
    assert (ticket.place, ticket.basis) == (place, "booked" if keeps else "issued")


@pytest.mark.parametrize(("minutes", "code"), [(125, "too_early"), (-31, "too_late")])
def test_H4_too_early_and_too_late_are_told(front: Front, minutes: int, code: str) -> None:
    booked = due(front, minutes)
    answer = come(front, code=booked["code"])
    assert (answer.status_code, answer.get_json()["code"]) == (409, code)


@pytest.mark.parametrize("way", ["code", "digits"])
def test_H4_a_second_check_in_says_where_one_stands(front: Front, way: str) -> None:
    booked = due(front, 20)
    said = {"code": booked["code"]} if way == "code" else {"phone_digits": PHONE[-4:]}
    ticket = come(front, **said).get_json()["ticket"]
    number = ticket["number"]
    again = come(front, **said)
    assert (again.status_code, again.get_json()["code"]) == (409, "already_here")
    assert f"{number}, people ahead of you: 0" in again.get_json()["detail"]
    window = next(row["code"] for row in front.demo["windows"] if ticket["line"] in row["lines"])
    who = next(row["token"] for row in front.demo["staff"] if row["window"] == window)
    for verb in ("open", "call-next"):
        assert front.ask("POST", f"/windows/{window}/{verb}", who=who).status_code == 200
    called = come(front, **said).get_json()
    assert called["code"] == "already_here" and number in called["detail"] and "go to" in called["detail"]


def test_H4_whoever_presses_twice_takes_nobody_else_s_place(front: Front) -> None:
    first = due(front, 20)
    assert come(front, phone_digits=PHONE[-4:]).status_code == 201
    due(front, 25, phone=f"1390099{PHONE[-4:]}")
    again = come(front, phone_digits=PHONE[-4:])
    assert (again.status_code, again.get_json()["code"]) == (409, "several_bookings")
    front.alter(first["token"], state="done", ended_at=clock.now())
    assert come(front, phone_digits=PHONE[-4:]).status_code == 201, "who is left may come"


@pytest.mark.parametrize(
    ("values", "status", "code"),
    [
        ({"state": "cancelled"}, 409, "booking_cancelled"),
        ({"state": "no_show"}, 409, "too_late"),
        ({"state": "done"}, 409, "booking_over"),
        ({"kind": "home_visit"}, 409, "at_home"),
        ({"days": 1}, 409, "another_day"),
        ({"days": -1, "state": "no_show"}, 409, "another_day"),
        ({"days": 1, "state": "cancelled"}, 404, "unknown_booking"),
        ({"days": -9, "state": "no_show"}, 404, "unknown_booking"),
    ],
)
def test_H4_four_digits_tell_what_became_of_a_booking_and_never_whose_it_is(
    front: Front, values: dict[str, Any], status: int, code: str
) -> None:
    booked = due(front, 20)
    values = dict(values)
    at = booked["at"] + timedelta(days=values.pop("days", 0))
    front.alter(booked["token"], starts_at=at, ends_at=at + timedelta(minutes=30), **values)
    answer = come(front, phone_digits=PHONE[-4:])
    assert (answer.status_code, answer.get_json()["code"]) == (status, code)
    said = answer.text
    assert not any(word in said for word in ("王", PHONE[:3], booked["code"], booked["matter"]["name"])), said


def test_H4_digits_of_several_on_another_day_name_no_day(front: Front) -> None:
    for day, phone in ((1, PHONE), (2, f"1390099{PHONE[-4:]}")):
        due(front, 20 + day * 1440, phone=phone)
    answer = come(front, phone_digits=PHONE[-4:])
    assert (answer.status_code, answer.get_json()["code"]) == (409, "several_bookings")


def test_H4_an_agency_needs_no_window_and_a_home_visit_no_checking_in(front: Front) -> None:
    agency = due(front, 20, kind="agency", helper="B01")
    body = come(front, code=agency["code"]).get_json()
    assert body["ticket"] is None and body["booking"]["state"] == "arrived"
    front.staffed("B03")
    held = front.held(tomorrow(10), kind="home_visit", bundle="xixian-restaurant")
    visit = front.confirm(held["token"], address="城关镇", phone="13900139000").get_json()
    assert come(front, code=visit["code"]).get_json()["code"] == "at_home"


def test_the_code_of_another_booking_and_digits_of_several_open_nothing_wrong(front: Front) -> None:
    due(front, 20)
    due(front, 25, phone="13900998000")
    several = come(front, phone_digits="8000")
    assert (several.status_code, several.get_json()["code"]) == (409, "several_bookings")
    assert come(front, phone_digits="1111").status_code == 404
    assert come(front, code="AAAAA-AAAAA").status_code == 404
    for said in ({}, {"code": "x", "phone_digits": "1234"}, {"phone_digits": "12"}):
        assert come(front, **said).status_code == 422
    assert front.ask("POST", "/check-ins", {"phone_digits": "8000"}).status_code == 401, "not from home"
