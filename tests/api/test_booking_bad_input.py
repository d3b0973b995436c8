"""Bad input of booking, end to end at the interface: each is answered clearly, and nothing is lost by it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select

from hall import clock, tokens
from hall.actor import SYSTEM_ACTOR
from hall.catalog.models import ServiceItem
from hall.database import db
from hall.helpers.models import Booking, BookingCell, Helper, HelpExclusion
from hall.hours.models import OpeningHours, SpecialOpening
from hall.sites import Site, SiteSettings, new_stamp
from hall.unit_of_work import Work, perform
from tests.booking_at_work import PHONE, Front, tomorrow

if TYPE_CHECKING:
    from flask.testing import FlaskClient

DAY = timedelta(days=1)


@pytest.fixture
def front(working_hours: None, client: FlaskClient, demo: dict[str, Any]) -> Front:
    return Front(client, demo).staffed("B01", "B02", "B07")


def refused(answer: Any, status: int, code: str, said: str) -> None:
    """The answer says what is the matter, in words."""
    body = answer.get_json()
    assert (answer.status_code, body["code"]) == (status, code), answer.text
    assert said in body["detail"]


def stands(front: Front, booked: dict[str, Any]) -> None:
    """A booking is as it was, and its helper's time is still its own."""
    now = front.ask("GET", f"/bookings/{booked['token']}").get_json()
    same = ("state", "starts_at", "helper", "revision", "matter")
    assert {name: now[name] for name in same} == {name: booked[name] for name in same}
    with front.client.application.app_context():
        assert len(db.session.scalars(select(BookingCell)).all()) == 6


def move(front: Front, booked: dict[str, Any], at: datetime, **more: Any) -> Any:
    body = {"starts_at": at.isoformat(), "revision": booked["revision"], **more}
    return front.ask("POST", f"/bookings/{booked['token']}/change", body)


def opens(work: Work, day: Any) -> None:
    """The hall is open from eight to six, on this day until eleven."""
    site = work.session.scalars(select(Site)).one()
    site.settings_json, site.hours_stamp = SiteSettings().dump(), new_stamp()
    for weekday in range(7):
        work.session.add(OpeningHours(site_id=site.id, weekday=weekday, opens="08:00", closes="18:00"))
    work.session.add(SpecialOpening(site_id=site.id, day=day, opens="08:00", closes="11:00"))


def test_H2_a_time_that_is_past_is_neither_held_nor_moved_to(front: Front) -> None:
    past = clock.now().replace(minute=0, second=0, microsecond=0) - timedelta(hours=2)
    for who in ("", front.token("reception")):
        refused(front.hold(past, who=who), 422, "past_time", "past")
    booked = front.booked(tomorrow(10))
    refused(move(front, booked, past), 422, "past_time", "past")
    stands(front, booked)


@pytest.mark.parametrize("hour", [11, 12, 14])
def test_H2_a_time_inside_a_closure_is_neither_held_nor_moved_to(front: Front, hour: int) -> None:
    booked = front.booked(tomorrow(10, days=2))
    with front.client.application.app_context():
        perform(SYSTEM_ACTOR, opens, tomorrow(days=2).date())
    refused(front.hold(tomorrow(hour, days=2)), 422, "hall_closed", "closed at this time")
    refused(front.hold(tomorrow(10, 45, days=2)), 422, "not_a_beginning", "times offered")
    refused(move(front, booked, tomorrow(hour, days=2)), 422, "hall_closed", "closed at this time")
    stands(front, booked)
    assert front.hold(tomorrow(10, 30, days=2)).status_code == 201, "it ends when the hall closes"


def in_person(work: Work, code: str) -> None:
    item = work.session.scalars(select(ServiceItem).where(ServiceItem.code == code)).one()
    work.session.add(HelpExclusion(site_id=item.site_id, item_id=item.id, kind="agency"))


def test_H1_the_wrong_kind_for_an_item_names_the_right_ones_and_a_helper_who_does_not_do_it_is_told(
    front: Front,
) -> None:
    item = "411528-GAJ-003"
    with front.client.application.app_context():
        perform(SYSTEM_ACTOR, in_person, item)
    refused(front.hold(tomorrow(10), kind="agency", item=item), 409, "kind_not_offered", "Help in the hall")
    assert front.hold(tomorrow(10), item=item).status_code == 201
    refused(front.hold(tomorrow(11), kind="agency", helper="B07"), 422, "helper_cannot", "choose another")
    refused(front.hold(tomorrow(11), helper="B01", needs=["sign"]), 422, "helper_cannot", "choose another")


def withdraw(work: Work, badge: str) -> None:
    work.session.scalars(select(Helper).where(Helper.badge == badge)).one().retired_at = work.now


def test_H2_a_withdrawn_helper_is_neither_held_nor_moved_to_nor_confirmed(front: Front) -> None:
    held = front.held(tomorrow(9), helper="B02")
    booked = front.booked(tomorrow(10), helper="B01", phone="13900139000")
    with front.client.application.app_context():
        perform(SYSTEM_ACTOR, withdraw, "B02")
    refused(front.hold(tomorrow(11), helper="B02"), 422, "unknown_helper", "no longer here")
    refused(move(front, booked, tomorrow(11), helper="B02"), 422, "unknown_helper", "no longer here")
    late = front.confirm(held["token"])
    refused(late, 409, "hold_over", "no longer here")
    assert late.get_json()["nearest"], "what is free instead"
    front.ask("POST", f"/bookings/{held['token']}/cancel", {})
    stands(front, booked)


def test_H3_an_expired_hold_confirmed_late_takes_nothing_from_who_has_the_time_now(front: Front) -> None:
    front.staffed("B01")
    held = front.held(tomorrow(10))
    front.alter(held["token"], held_until=clock.now() - timedelta(seconds=1))
    booked = front.booked(tomorrow(10), phone="13900139000")
    for _twice in range(2):
        late = front.confirm(held["token"])
        refused(late, 409, "hold_over", "Nothing you typed is lost")
        assert tomorrow(10).isoformat() not in late.get_json()["nearest"]
    assert front.ask("GET", f"/bookings/{held['token']}").get_json()["state"] == "expired"
    stands(front, booked)


def test_H4_the_code_of_another_booking_checks_nobody_in(front: Front) -> None:
    mine, other = front.booked(tomorrow(10)), front.booked(tomorrow(11), phone="13900139000")
    kiosk = front.demo["kiosk"]["token"]
    wrong = front.ask("POST", "/check-ins", {"code": other["code"]}, who=kiosk)
    refused(wrong, 409, "too_early", "11:00")
    stale = front.ask(
        "POST", "/check-ins", {"code": tokens.short_code(b"x" * 32, "booking", b"n" * 9)}, who=kiosk
    )
    refused(stale, 404, "unknown_booking", "no booking")

    def elsewhere(work: Work, _none: None) -> None:
        here = work.session.scalars(select(Site)).one()
        site = Site(code="else", name="别处大厅", name_en="Elsewhere", settings_json=here.settings_json)
        work.session.add(site)
        work.session.flush()
        row = work.session.scalars(select(Booking).where(Booking.phone_shown.endswith("9000"))).one()
        row.site_id = site.id

    with front.client.application.app_context():
        perform(SYSTEM_ACTOR, elsewhere, None)
    refused(
        front.ask("POST", "/check-ins", {"code": other["code"]}, who=kiosk), 409, "other_hall", "别处大厅"
    )
    now = front.ask("GET", f"/bookings/{mine['token']}").get_json()
    assert now["state"] == "confirmed" and now["revision"] == mine["revision"]


@pytest.mark.parametrize("second", ["change", "cancel"])
@pytest.mark.parametrize("first", ["change", "cancel"])
def test_H3_of_two_devices_at_one_booking_the_second_sees_what_the_first_did(
    front: Front, first: str, second: str
) -> None:
    booked = front.booked(tomorrow(10))
    path = f"/bookings/{booked['token']}"

    def send(verb: str, hour: int) -> Any:
        body = {"revision": booked["revision"]}
        if verb == "change":
            body |= {"starts_at": tomorrow(hour).isoformat()}
        return front.ask("POST", f"{path}/{verb}", body)

    done = send(first, 11)
    assert done.status_code == 200
    refused(send(second, 12), 409, "stale_booking", "changed elsewhere")
    now = front.ask("GET", path).get_json()
    assert (now["state"], now["starts_at"]) == (done.get_json()["state"], done.get_json()["starts_at"])
    with front.client.application.app_context():
        taken = len(db.session.scalars(select(BookingCell)).all())
        assert taken == (6 if first == "change" else 0)
        assert db.session.scalars(select(Booking.phone_shown)).one().endswith(PHONE[-4:])
