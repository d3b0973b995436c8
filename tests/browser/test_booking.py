"""A helper booked on a phone in large text, checked in at the kiosk and at the desk (H3, H4, E1)."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from hall import clock
from hall.helpers.models import Booking
from hall.unit_of_work import units
from tests import applications
from tests.browser.test_desk import sit_down
from tests.browser.test_kiosk import arrive, touch
from tests.daytime import turn_zone

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sqlalchemy.orm import Session

    from tests.browser.conftest import OpenPage
    from tests.servers import LiveHall

PHONE = "13800004321"


@pytest.fixture
def soon(live_server: LiveHall) -> Iterator[Callable[[], None]]:
    """Time passes: the newest booking begins in ten minutes."""

    def move(session: Session) -> None:
        booking = session.scalars(select(Booking).order_by(Booking.id.desc()).limit(1)).one()
        length = booking.ends_at - booking.starts_at
        turn_zone(session)
        booking.starts_at = clock.now() + timedelta(minutes=10)
        booking.ends_at = booking.starts_at + length

    with applications.beside(live_server) as app:

        def pass_time() -> None:
            with app.app_context():
                units().run(move)

        yield pass_time


def fits(page: Page) -> None:
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide <= 0, f"{page.url} is {wide} px wider than the phone."


def choose(page: Page, axe: Callable[[Page], None], words: str, key: str) -> None:
    """From the front door to a held time, each page judged."""
    page.goto("/")
    axe(page)
    page.get_by_role("link", name=key, exact=True).click()
    for step in (".booking-kind >> nth=0", ".booking-offers a >> nth=0"):
        page.wait_for_selector(step)
        axe(page)
        fits(page)
        if step.startswith(".booking-offers"):
            page.locator("[name=q]").fill(words)
            page.locator(".booking-search button").click()
        page.locator(step).click()
    page.wait_for_selector(".booking-times")
    axe(page)
    fits(page)
    page.locator(".booking-times button").first.click()
    page.wait_for_selector("#details")


def confirm(page: Page, axe: Callable[[Page], None]) -> str:
    """Fill the form in; answers the booking's code."""
    expect(page.locator("#held-left")).to_have_text(re.compile(r"\d"))
    axe(page)
    fits(page)
    page.locator("[name=name]").fill("欧阳小明")
    page.locator("[name=phone]").fill(PHONE)
    page.locator("#details button.primary").click()
    page.wait_for_selector(".booking-card")
    axe(page)
    fits(page)
    return page.locator(".booking-code").inner_text()


@pytest.mark.expected_errors("status of 404")
def test_H4_booked_on_a_phone_in_large_text_and_checked_in_at_the_kiosk(
    soon: Callable[[], None], open_page: OpenPage, axe: Callable[[Page], None]
) -> None:
    phone = open_page("phone", "zh-CN")
    phone.goto("/")
    phone.locator(".preferences [name=elder]").click()
    expect(phone.locator("html")).to_have_attribute("data-elder", "1")
    choose(phone, axe, "营业执照", "预约帮办")
    code = confirm(phone, axe)
    expect(phone.locator(".booking-card h1")).to_have_text("预约成功")
    soon()
    kiosk = arrive(open_page)
    touch(kiosk, "booked")
    axe(kiosk)
    for sign in "9999":
        touch(kiosk, f"'{sign}'")
    touch(kiosk, "check-in")
    expect(kiosk.locator("[role=alert]:visible")).to_contain_text("未找到")
    touch(kiosk, "clear")
    for sign in code.replace("-", ""):
        touch(kiosk, f"'{sign}'")
    touch(kiosk, "check-in")
    number = kiosk.locator(".kiosk-number")
    expect(number).to_be_visible()
    expect(kiosk.locator(".kiosk-note", has_text="已通知帮办员")).to_be_visible()
    axe(kiosk)
    phone.reload()
    expect(phone.locator(".booking-card h1")).to_have_text("您已签到")
    expect(phone.locator(".booking-code")).to_have_text(number.inner_text())


def test_H4_a_scanned_code_checks_in_from_the_first_page(
    soon: Callable[[], None], open_page: OpenPage, axe: Callable[[Page], None]
) -> None:
    phone = open_page("phone", "en-GB")
    phone.goto("/")
    phone.locator(".preferences [name=lang][value=en]").click()
    expect(phone.locator("html")).to_have_attribute("lang", "en")
    choose(phone, axe, "licence", "Book a helper")
    code = confirm(phone, axe)
    expect(phone.locator(".booking-card h1")).to_have_text("Your booking is made")
    soon()
    kiosk = arrive(open_page)
    kiosk.keyboard.type(f"http://hall/book/x?booked={code}")
    kiosk.keyboard.press("Enter")
    expect(kiosk.locator(".kiosk-number")).to_be_visible()


def test_H4_the_desk_finds_a_booking_by_four_digits_and_checks_it_in(
    live_server: LiveHall, soon: Callable[[], None], open_page: OpenPage, axe: Callable[[Page], None]
) -> None:
    phone = open_page("phone", "zh-CN")
    choose(phone, axe, "营业执照", "预约帮办")
    confirm(phone, axe)
    soon()
    desk = sit_down(open_page, live_server)
    desk.goto("/desk/bookings")
    axe(desk)
    desk.locator("[name=q]").fill(PHONE[-4:])
    desk.locator("[role=search] button").click()
    desk.wait_for_selector(".booking-card")
    axe(desk)
    desk.get_by_role("button", name="签到").click()
    expect(desk.locator(".booking-card h1")).to_have_text("您已签到")
    expect(desk.locator(".note.good")).to_contain_text("已通知帮办员")
