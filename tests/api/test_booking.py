"""Booking through the interface: from free times to a confirmed booking, its file, and giving it up (H2, H3)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import icalendar
import pytest
from sqlalchemy import func, select

from hall import clock
from hall.actor import SYSTEM_ACTOR
from hall.database import db
from hall.helpers.jobs import expire_holds
from hall.helpers.models import Booking, BookingCell
from hall.unit_of_work import perform
from tests.booking_at_work import PHONE, Front, tomorrow

if TYPE_CHECKING:
    from flask.testing import FlaskClient


@pytest.fixture
def front(working_hours: None, client: FlaskClient, demo: dict[str, Any]) -> Front:
    return Front(client, demo).staffed("B01", "B02")


def times(front: Front, day: str, **wish: Any) -> list[str]:
    """Local times offered on a day."""
    query = "&".join(f"{name}={value}" for name, value in {"since": day, "days": 1, **wish}.items())
    answer = front.ask("GET", f"/sites/{front.site}/help/times?{query}")
    assert answer.status_code == 200, answer.text
    return [one["starts_at"][11:16] for found in answer.get_json()["days"] for one in found["times"]]


def cells(front: Front) -> int:
    with front.client.application.app_context():
        return db.session.scalar(select(func.count()).select_from(BookingCell)) or 0


def test_a_time_is_held_confirmed_and_given_up(front: Front) -> None:
    at = tomorrow(10)
    day = at.date().isoformat()
    assert "10:00" in times(front, day, helper="B01")
    held = front.held(at, helper="B01")
    assert (held["state"], held["may"]) == ("held", {"confirm": True, "change": False, "cancel": True})
    assert "10:00" not in times(front, day, helper="B01")
    booked = front.confirm(held["token"]).get_json()
    assert booked["state"] == "confirmed" and booked["helper"]["badge"] == "B01"
    assert booked["helper"]["because"] == "wished"
    assert (booked["name"], booked["phone"]) == ("王**", "138****8000")
    assert datetime.fromisoformat(booked["starts_at"]) == at
    assert front.ask("GET", f"/bookings/{held['token']}").get_json() == booked
    gone = front.ask("POST", f"/bookings/{held['token']}/cancel", {"revision": booked["revision"]})
    assert gone.get_json()["state"] == "cancelled"
    assert "10:00" in times(front, day, helper="B01")
    assert cells(front) == 0


def test_its_file_for_the_telephone_s_calendar_says_when_and_where(front: Front) -> None:
    booked = front.booked(tomorrow(10))
    answer = front.ask("GET", f"/bookings/{booked['token']}/calendar.ics")
    assert answer.content_type.startswith("text/calendar")
    event = icalendar.Calendar.from_ical(answer.data).walk("VEVENT")[0]
    assert event.decoded("dtstart") == tomorrow(10)
    assert booked["code"] in str(event["description"]) and PHONE not in answer.text
    code = front.ask("GET", f"/bookings/{booked['token']}/qr.svg")
    assert code.content_type == "image/svg+xml"


def test_H3_a_hold_frees_itself_after_ten_minutes_and_late_confirming_is_told(front: Front) -> None:
    held = front.held(tomorrow(10), helper="B01")
    front.alter(held["token"], held_until=tomorrow(10) - timedelta(days=2))
    assert front.hold(tomorrow(10), helper="B01").status_code == 201, "though no job has run"
    late = front.confirm(held["token"])
    assert (late.status_code, late.get_json()["code"]) == (409, "hold_over")
    assert late.get_json()["nearest"], "what is free instead"
    assert "Nothing you typed is lost" in late.get_json()["detail"]


def test_H3_the_job_frees_held_times_and_can_run_twice(front: Front) -> None:
    held = front.held(tomorrow(10))
    front.alter(held["token"], held_until=tomorrow(10) - timedelta(days=2))
    with front.client.application.app_context():
        assert [perform(SYSTEM_ACTOR, expire_holds, None) for _run in range(2)] == [1, 0]
    assert front.ask("GET", f"/bookings/{held['token']}").get_json()["state"] == "expired"
    assert cells(front) == 0


def test_H2_a_taken_time_is_refused_with_the_nearest_free_ones(front: Front) -> None:
    for _helper in range(2):
        front.held(tomorrow(10))
    answer = front.hold(tomorrow(10))
    body = answer.get_json()
    assert (answer.status_code, body["code"]) == (409, "slot_taken")
    near = [datetime.fromisoformat(at) for at in body["nearest"]]
    assert sorted(near) == near and tomorrow(9, 30) in near and tomorrow(10, 30) in near
    assert "09:30" in body["detail"]


def test_H3_one_live_booking_a_person_and_matter(front: Front) -> None:
    first = front.booked(tomorrow(10))
    second = front.held(tomorrow(11))
    answer = front.confirm(second["token"])
    assert (answer.status_code, answer.get_json()["code"]) == (409, "already_booked")
    assert first["code"] not in answer.text, "the other booking is not revealed"
    other = front.held(tomorrow(12), bundle="xixian-restaurant")
    assert front.confirm(other["token"]).status_code == 200, "another matter"
    front.ask("POST", f"/bookings/{first['token']}/cancel", {})
    assert front.confirm(second["token"]).status_code == 200, "once the first is given up"


def test_H3_cancelling_and_changing_end_two_hours_before_but_not_at_the_desk(front: Front) -> None:
    booked = front.booked(tomorrow(10))
    soon = clock.now() + timedelta(minutes=119)
    front.alter(booked["token"], starts_at=soon, ends_at=soon + timedelta(minutes=30))
    for verb, body in (("cancel", {}), ("change", {"starts_at": tomorrow(11).isoformat(), "revision": 2})):
        answer = front.ask("POST", f"/bookings/{booked['token']}/{verb}", body)
        assert (answer.status_code, answer.get_json()["code"]) == (409, "too_late")
    desk = front.token("reception")
    done = front.ask("POST", f"/bookings/{booked['token']}/cancel", {}, who=desk)
    assert done.get_json()["state"] == "cancelled"


def test_of_two_devices_that_change_one_booking_the_second_is_told(front: Front) -> None:
    booked = front.booked(tomorrow(10))
    path = f"/bookings/{booked['token']}/change"
    first = front.ask("POST", path, {"starts_at": tomorrow(11).isoformat(), "revision": booked["revision"]})
    assert first.status_code == 200 and datetime.fromisoformat(first.get_json()["starts_at"]) == tomorrow(11)
    second = front.ask("POST", path, {"starts_at": tomorrow(12).isoformat(), "revision": booked["revision"]})
    assert (second.status_code, second.get_json()["code"]) == (409, "stale_booking")
    stands = front.ask("GET", f"/bookings/{booked['token']}").get_json()
    assert datetime.fromisoformat(stands["starts_at"]) == tomorrow(11)
    assert cells(front) == 6, "the old time is free again"


def test_H2_a_booking_may_move_into_its_own_time(front: Front) -> None:
    front.staffed("B01")
    booked = front.booked(tomorrow(10), kind="agency")
    answer = front.ask(
        "POST",
        f"/bookings/{booked['token']}/change",
        {"starts_at": tomorrow(10, 30).isoformat(), "revision": booked["revision"]},
    )
    assert answer.status_code == 200, answer.text


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"starts_at": "2020-01-01T10:00:00+08:00"}, "past_time"),
        ({"starts_at": (tomorrow(days=300)).isoformat()}, "too_far_ahead"),
        ({"starts_at": tomorrow(10, 7).isoformat()}, "not_a_beginning"),
        ({"starts_at": "2026-01-01T10:00:00"}, "invalid"),
        ({"starts_at": "soon"}, "invalid"),
        ({"starts_at": "0001-01-01T00:00:00+14:00"}, "invalid"),
        ({"starts_at": "9999-12-31T23:30:00Z"}, "invalid"),
        ({"helper": "B99"}, "unknown_helper"),
        ({"kind": "rescue"}, "invalid"),
        ({"bundle": "nothing"}, "unknown_bundle"),
        ({"needs": ["magic"]}, "invalid"),
        ({"surprise": 1}, "invalid"),
    ],
)
def test_what_cannot_be_booked_is_said_at_its_field(front: Front, more: dict[str, Any], code: str) -> None:
    body = {"kind": "assist", "bundle": "xixian-company-start", "starts_at": tomorrow(10).isoformat(), **more}
    answer = front.ask("POST", f"/sites/{front.site}/bookings", body)
    assert (answer.status_code, answer.get_json()["code"]) == (422, code), answer.text
    assert {name.partition(".")[0] for name in answer.get_json()["errors"]} == {*more}, (
        "said where it is wrong"
    )


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31", "2026-02-30"])
def test_days_at_the_ends_of_the_calendar_are_refused(front: Front, day: str) -> None:
    for path, who in (
        (f"help/times?since={day}&days=31", ""),
        (f"bookings?date={day}", front.token("reception")),
    ):
        answer = front.ask("GET", f"/sites/{front.site}/{path}", who=who)
        assert (answer.status_code, answer.get_json()["code"]) == (422, "invalid"), answer.text


def test_who_books_is_checked_and_nothing_of_it_is_kept_in_the_open(front: Front) -> None:
    held = front.held(tomorrow(10))
    wrong = front.confirm(held["token"], phone="12", id_number="411528199001010001", name=" ")
    assert wrong.status_code == 422 and set(wrong.get_json()["errors"]) == {"name", "phone", "id_number"}
    assert front.confirm(held["token"], phone="").status_code == 422, "online a telephone is needed"
    assert front.confirm(held["token"]).status_code == 200
    with front.client.application.app_context():
        row = db.session.scalars(select(Booking)).one()
        values = [getattr(row, column.name) for column in Booking.__table__.c]
        assert not [value for value in values if PHONE in str(value) or "王小明" in str(value)]


@pytest.mark.parametrize("name", ["\u200b\u200b", "\u2060 \u00ad"])
def test_a_name_that_nobody_sees_is_none(front: Front, name: str) -> None:
    held = front.held(tomorrow(10))
    answer = front.confirm(held["token"], name=name)
    assert answer.status_code == 422 and list(answer.get_json()["errors"]) == ["name"]
    assert front.confirm(held["token"], name="\u200b王小明\u200b").get_json()["name"] == "王**"


def test_the_desk_books_for_people_without_telephone(front: Front) -> None:
    desk = front.token("reception")
    held = front.held(tomorrow(10), who=desk)
    answer = front.confirm(held["token"], who=desk, phone="")
    assert answer.status_code == 200 and answer.get_json()["channel"] == "desk"
    day = tomorrow(10).date().isoformat()
    listed = front.ask("GET", f"/sites/{front.site}/bookings?date={day}", who=desk).get_json()["bookings"]
    assert [one["token"] for one in listed] == [held["token"]]


def test_a_home_visit_has_an_address_and_its_way_is_kept_free(front: Front) -> None:
    front.staffed("B03")
    held = front.held(tomorrow(10), kind="home_visit")
    answer = front.confirm(held["token"])
    assert answer.status_code == 422 and "address" in answer.get_json()["errors"]
    assert front.confirm(held["token"], address="城关镇北大街 12 号").status_code == 200
    offered = times(front, tomorrow(10).date().isoformat(), kind="home_visit", helper="B03")
    assert offered[:17] == [f"{half // 2:02d}:{half % 2 * 30:02d}" for half in range(1, 17)] + ["12:00"]


@pytest.mark.parametrize("token", ["x", "A" * 24, "A" * 30])
def test_an_unknown_token_opens_nothing(front: Front, token: str) -> None:
    for method, rest, body in (("GET", "", None), ("POST", "/cancel", {}), ("GET", "/qr.svg", None)):
        assert front.ask(method, f"/bookings/{token}{rest}", body).status_code == 404
