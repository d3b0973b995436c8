"""Coming for a booking (H4, Q3): by code, last digits or at the desk; early, late, twice, and not at all (H3)."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import delete, select

from hall.actor import SYSTEM_ACTOR
from hall.database import db
from hall.helpers.jobs import forget_people, miss_bookings
from hall.helpers.models import Booking, BookingCell, BookingPardon
from hall.helpers.reminding import remind
from hall.journal import JournalEntry
from hall.queueing.models import Ticket
from hall.unit_of_work import perform
from tests.booking_at_work import PHONE, Front, tomorrow

if TYPE_CHECKING:
    from flask.testing import FlaskClient
    from werkzeug.test import TestResponse

    from config import Config


@pytest.fixture
def front(client: FlaskClient, demo: dict[str, Any]) -> Front:
    return Front(client, demo).staffed("B01", "B02")


def due(front: Front, minutes: float, **more: Any) -> dict[str, Any]:
    """A booking that begins so many minutes from now."""
    booked = front.booked(tomorrow(10), **more)
    at = datetime.now(UTC) + timedelta(minutes=minutes)
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
    front.alter(first["token"], state="done", ended_at=datetime.now(UTC))
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


def missed(front: Front, phone: str) -> None:
    """A booking to which nobody came."""
    due(front, -40, phone=phone, bundle="xixian-marriage")
    with front.client.application.app_context():
        assert [perform(SYSTEM_ACTOR, miss_bookings, None) for _run in range(2)] == [1, 0]


def test_H3_two_no_shows_lock_online_booking_and_the_desk_lifts_it_recorded(front: Front) -> None:
    for _time in range(2):
        missed(front, PHONE)
    with front.client.application.app_context():
        assert not db.session.scalars(select(BookingCell)).all(), "the helper is free again"
    held = front.held(tomorrow(10))
    answer = front.confirm(held["token"])
    assert (answer.status_code, answer.get_json()["code"]) == (403, "locked_out")
    until = datetime.fromisoformat(answer.get_json()["until"]) - datetime.now(UTC)
    assert timedelta(days=29) < until < timedelta(days=30)
    assert front.confirm(held["token"], phone="13900139000").status_code == 200, "somebody else is not"
    desk = front.token("reception")
    at_desk = front.held(tomorrow(11), who=desk)
    assert front.confirm(at_desk["token"], who=desk).status_code == 200, "the desk still books"
    path = f"/sites/{front.site}/lockouts"
    assert front.ask("POST", f"{path}/find", {"phone": PHONE}, who=desk).get_json()["locked_until"]
    assert front.ask("POST", f"{path}/lift", {"phone": PHONE, "reason": "在住院"}).status_code == 401
    lifted = front.ask("POST", f"{path}/lift", {"phone": PHONE, "reason": "在住院"}, who=desk)
    assert lifted.status_code == 200
    with front.client.application.app_context():
        pardon = db.session.scalars(select(BookingPardon)).one()
        assert pardon.reason == "在住院" and pardon.staff_id
    held = front.held(tomorrow(12), bundle="xixian-restaurant")
    assert front.confirm(held["token"]).status_code == 200
    again = front.ask("POST", f"{path}/lift", {"phone": PHONE, "reason": "again"}, who=desk)
    assert (again.status_code, again.get_json()["code"]) == (409, "not_locked")


ME, OTHER = "11010519491231002X", "440524188001010014"
NEW = "13700137000"


def nobody_is_taken(front: Front) -> None:
    """All helpers have all their time again."""
    with front.client.application.app_context():
        perform(SYSTEM_ACTOR, lambda work, _none: work.session.execute(delete(BookingCell)), None)


def known_by(front: Front, phone: str, number: str) -> None:
    """Somebody was helped under this telephone and number."""
    held = front.held(tomorrow(10), bundle="xixian-restaurant")
    assert front.confirm(held["token"], phone=phone, id_number=number).status_code == 200
    front.alter(held["token"], state="done", ended_at=datetime.now(UTC), starts_at=datetime.now(UTC))
    nobody_is_taken(front)


def may_book(front: Front, **person: str) -> bool:
    """Whether somebody can book online now; the time is given back."""
    held = front.held(tomorrow(14), bundle="xixian-farewell")
    answer = front.confirm(held["token"], **person)
    assert answer.status_code in {200, 403}, answer.text
    front.alter(held["token"], state="cancelled", held_until=None, ended_at=datetime.now(UTC))
    nobody_is_taken(front)
    return answer.status_code == 200


def test_H3_who_is_locked_by_telephone_is_so_by_the_number_known_with_it(front: Front) -> None:
    known_by(front, PHONE, ME)
    for _time in range(2):
        missed(front, PHONE)
    assert not may_book(front, phone=NEW, id_number=ME), "the same person with another telephone"
    assert may_book(front, phone=NEW, id_number=OTHER), "somebody else"
    desk, path = front.token("reception"), f"/sites/{front.site}/lockouts"
    found = front.ask("POST", f"{path}/find", {"id_number": ME}, who=desk).get_json()
    assert found["locked_until"]
    lifted = front.ask("POST", f"{path}/lift", {"id_number": ME, "reason": "在住院"}, who=desk)
    assert lifted.status_code == 200
    assert may_book(front, phone=NEW, id_number=ME) and may_book(front, phone=PHONE), "both are open again"
    with front.client.application.app_context():
        kept = db.session.scalars(select(BookingPardon)).all()
        assert len(kept) >= 2 and all(len(one.trace) == 32 and one.reason == "在住院" for one in kept)
        facts = db.session.scalars(select(JournalEntry.data).where(JournalEntry.fact == "lockout_lifted"))
        assert all(ME not in said and PHONE not in said for said in facts)


def test_H3_who_is_locked_by_number_is_so_by_a_telephone_that_is_theirs_alone(front: Front) -> None:
    known_by(front, PHONE, ME)
    for phone in ("13900000001", "13900000002"):
        due(front, -40, phone=phone, id_number=ME, bundle="xixian-marriage")
        with front.client.application.app_context():
            perform(SYSTEM_ACTOR, miss_bookings, None)
    assert not may_book(front, phone=PHONE), "their telephone, without the number"
    known_by(front, PHONE, OTHER)
    assert may_book(front, phone=PHONE), "a family's telephone is nobody's alone"


def test_H3_a_family_s_telephone_locks_no_other_number(front: Front) -> None:
    known_by(front, PHONE, ME)
    known_by(front, PHONE, OTHER)
    for _time in range(2):
        missed(front, PHONE)
    assert not may_book(front, phone=PHONE)
    assert may_book(front, phone=NEW, id_number=OTHER)


def test_who_booked_is_reminded_once_through_the_hall_s_channel(front: Front, config: Config) -> None:
    booked = front.booked(tomorrow(10))
    soon, before = datetime.now(UTC) + timedelta(hours=3), datetime.now(UTC) - timedelta(hours=2)
    app = front.client.application
    with app.app_context():
        assert remind() == 0, "just booked"
    front.alter(booked["token"], starts_at=soon, ends_at=soon + timedelta(minutes=30), confirmed_at=before)
    for sent in (1, 0):
        with app.app_context():
            assert remind() == sent
    (file,) = (config.data / "outbox").glob("*.json")
    said = json.loads(file.read_text(encoding="utf-8"))
    assert said["to"] == PHONE and booked["code"] in said["text"] and "王" not in said["text"]
    assert file.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("fault", [OSError, ValueError])
def test_a_reminder_that_cannot_be_sent_has_its_turn_again(
    front: Front, fault: type[Exception], capsys: pytest.CaptureFixture[str]
) -> None:
    class Broken:
        name = "broken"

        def send(self, to: str, text: str) -> None:
            raise fault(f"{to} is no number of mine")

    booked = front.booked(tomorrow(10))
    soon, before = datetime.now(UTC) + timedelta(hours=3), datetime.now(UTC) - timedelta(hours=2)
    front.alter(booked["token"], starts_at=soon, ends_at=soon + timedelta(minutes=30), confirmed_at=before)
    app = front.client.application
    with app.app_context():
        kept, app.extensions["hall_channel"] = app.extensions["hall_channel"], Broken()
        assert remind() == 0
        app.extensions["hall_channel"] = kept
        assert remind() == 1
    log = capsys.readouterr().out
    assert "reminder_failed" in log and PHONE not in log, "a gateway's words may hold the number"


def test_nobody_is_reminded_of_a_time_at_which_no_helper_would_come(front: Front) -> None:
    booked = front.booked(tomorrow(10))
    soon, before = datetime.now(UTC) + timedelta(hours=3), datetime.now(UTC) - timedelta(hours=2)
    at = {"starts_at": soon, "ends_at": soon + timedelta(minutes=30), "confirmed_at": before}
    front.alter(booked["token"], orphaned_at=before, **at)
    with front.client.application.app_context():
        assert remind() == 0
    front.alter(booked["token"], orphaned_at=None)
    with front.client.application.app_context():
        assert remind() == 1


@pytest.mark.parametrize(("state", "traced"), [("done", False), ("no_show", True)])
def test_E2_who_booked_is_forgotten_after_two_months_but_for_the_lock(
    front: Front, state: str, traced: bool
) -> None:
    booked = front.booked(tomorrow(10))
    app = front.client.application
    for days, kept, hashed in ((59, True, True), (61, False, traced), (366, False, False)):
        at = datetime.now(UTC) - timedelta(days=days)
        front.alter(booked["token"], state=state, starts_at=at, ends_at=at + timedelta(minutes=30))
        with app.app_context():
            for _run in range(2):
                perform(SYSTEM_ACTOR, forget_people, None)
            row = db.session.scalars(select(Booking)).one()
            assert (row.name_sealed is not None, bool(row.phone_shown)) == (kept, kept)
            assert (row.phone_trace is not None) == hashed
