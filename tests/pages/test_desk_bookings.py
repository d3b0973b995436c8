"""The desk books for people, on the same pages and on its own (H3)."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import delete, select

from hall import clock
from hall.database import db
from hall.helpers.models import Booking, BookingCell
from hall.unit_of_work import units
from tests.booking_visitor import PHONE, Visitor
from tests.pages.premises import Manager

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Flask
    from flask.testing import FlaskClient
    from sqlalchemy.orm import Session


@pytest.fixture
def desk(working_hours: None, app: Flask, client: FlaskClient, demo: dict[str, Any]) -> Visitor:
    Manager(app, client, demo, "desk")
    return Visitor(client, staff=True)


def change(app: Flask, act: Callable[[Booking], None]) -> None:
    """Time passes for the newest booking."""

    def do(session: Session) -> None:
        booking = session.scalars(select(Booking).order_by(Booking.id.desc()).limit(1)).one()
        if booking.state == "confirmed":
            act(booking)
        if booking.state == "no_show":
            session.execute(delete(BookingCell).where(BookingCell.booking_id == booking.id))

    with app.app_context():
        units().run(do)
        db.session.rollback()


def begins(minutes: int) -> Callable[[Booking], None]:
    def move(booking: Booking) -> None:
        length = booking.ends_at - booking.starts_at
        booking.starts_at = clock.now() + timedelta(minutes=minutes)
        booking.ends_at = booking.starts_at + length

    return move


soon, much_later = begins(10), begins(300)


def missed(booking: Booking) -> None:
    booking.state, booking.ended_at = "no_show", clock.now()
    booking.ends_at = clock.now() - timedelta(hours=1)
    booking.starts_at = booking.ends_at - timedelta(minutes=30)


def test_a_day_lists_its_bookings_masked_and_an_empty_day_says_so(desk: Visitor) -> None:
    address = desk.book()
    day = desk.times()[0][:10]
    page = desk.get(f"/desk/bookings?date={day}").text
    assert address in page and "138****1234" in page and PHONE not in page
    assert "没有预约" in desk.get("/desk/bookings?date=2030-01-06").text
    assert desk.get("/desk/bookings?date=x").status_code == 200


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31", "2026-02-30", "soon"])
def test_a_day_that_can_be_none_is_today(desk: Visitor, day: str) -> None:
    shown = [desk.get(f"/desk/bookings{asked}") for asked in ("", f"?date={day}")]
    assert [one.status_code for one in shown] == [200, 200]
    first, second = (re.search(r'name="date" value="([^"]+)"', one.text) for one in shown)
    assert first and second and first[1] == second[1]


def test_H4_a_booking_is_found_by_four_digits_or_code_and_checked_in(app: Flask, desk: Visitor) -> None:
    address = desk.book()
    assert desk.post("/desk/bookings/find", q="1234").headers["Location"] == address
    code = re.search(r'class="booking-code"[^>]*>([^<]+)<', desk.get(address).text)
    assert code
    assert desk.post("/desk/bookings/find", q=code[1]).headers["Location"] == address
    for wrong in ("4321", "AAAAA-AAAAA", "", "%00"):
        assert desk.post("/desk/bookings/find", q=wrong).status_code == 404, wrong
    early = desk.post(f"{address}/nothing")
    assert early.status_code in {404, 405}
    change(app, much_later)
    desk.post(address.replace("/book/", "/desk/bookings/") + "/arrive")
    assert "note bad" in desk.get(address).text, "it is too early"
    change(app, soon)
    desk.post(address.replace("/book/", "/desk/bookings/") + "/arrive")
    page = desk.get(address).text
    assert "您已签到" in page and "按预约排位" in page
    desk.post(address.replace("/book/", "/desk/bookings/") + "/arrive")
    assert "note bad" in desk.get(address).text


def test_several_with_the_same_digits_are_listed(desk: Visitor) -> None:
    times = desk.times()
    desk.book(times[0])
    desk.book(times[1], phone="13900001234")
    found = desk.post("/desk/bookings/find", q="1234")
    assert found.status_code == 200
    assert "138****1234" in found.text and "139****1234" in found.text


def test_H3_the_desk_opens_online_booking_again_with_a_reason(app: Flask, desk: Visitor) -> None:
    for _ in range(2):
        desk.book()
        change(app, missed)
    assert desk.post("/desk/bookings/lift", who=PHONE, reason="").status_code == 422
    assert desk.post("/desk/bookings/lift", who="12", reason="住院").status_code == 422
    assert desk.post("/desk/bookings/lift", who=PHONE, reason="当时住院").status_code == 303
    assert "已恢复此人的网上预约" in desk.get("/desk/bookings").text
    assert desk.post("/desk/bookings/lift", who=PHONE, reason="当时住院").status_code == 409


def test_H3_the_desk_books_for_people_without_a_phone_and_prints_the_slip(desk: Visitor) -> None:
    assert "代群众预约" in desk.get("/book").text
    address = desk.book(phone="")
    page = desk.get(address).text
    assert f"{address}/slip" in page
    slip = desk.get(f"{address}/slip").text
    assert "帮办预约单" in slip and "公司章程" in slip
