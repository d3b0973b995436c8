"""A Monday at the window: the console shows the code, the director's phone types it, console and room say so (M5)."""

from __future__ import annotations

import re
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Page, expect

from tests import applications
from tests.browser.clerks import Clerk, press
from tests.on_the_day import morning

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.browser.conftest import OpenPage
    from tests.servers import LiveHall

WINDOW = "xixian-05"


@contextmanager
def beside(hall: LiveHall) -> Iterator[None]:
    """It is Monday morning in the hall that the server serves."""
    with applications.beside(hall) as app:
        morning(app)
        yield


@pytest.fixture
def monday(live_server: LiveHall) -> Iterator[LiveHall]:
    with beside(live_server):
        yield live_server


def sign_in(open_page: OpenPage, hall: LiveHall, user: str, path: str, surface: str = "phone") -> Page:
    person = next(row for row in hall.demo["staff"] if row["user"] == user)
    page = open_page(surface, hall=hall)
    page.goto("/sign-in")
    page.fill("[name=user]", person["user"])
    page.fill("[name=password]", person["password"])
    page.press("[name=password]", "Enter")
    page.wait_for_url(lambda address: "/sign-in" not in address)
    page.goto(path)
    return page


def digits_on(console: Page) -> str:
    return re.sub(r"\D", "", console.locator("#presence-code").inner_text())


@pytest.mark.expected_errors("422")
def test_M5_the_console_shows_the_code_the_phone_types_it_and_the_room_changes_live(
    monday: LiveHall, open_page: OpenPage, axe: Callable[[Page], None]
) -> None:
    clerk = Clerk.arrive(open_page, monday, WINDOW)
    clerk.at_work()
    panel = clerk.page.locator("#presence")
    room = sign_in(open_page, monday, "manager", "/receptions/today", "desk")
    seat = room.locator(".room-seat", has_text="5号窗口").first
    expect(seat).to_have_class(re.compile("awaited"))
    axe(room)
    expect(panel).to_have_attribute("data-stage", "expected")
    axe(clerk.page)
    phone = sign_in(open_page, monday, "director01", "/mondays/here")
    axe(phone)
    phone.fill(".here-code", "000000" if digits_on(clerk.page) != "000000" else "111111")
    phone.click("button[type=submit].big")
    expect(phone.locator("[role=alert]")).to_contain_text("签到码不对")
    axe(phone)
    phone.fill(".here-code", digits_on(clerk.page))
    phone.click("button[type=submit].big")
    expect(phone.locator(".here-told")).to_contain_text("到席")
    axe(phone)
    expect(panel).to_have_attribute("data-stage", "here")
    expect(seat).to_have_class(re.compile("here"))
    axe(room)
    number = clerk.draw()  # and the keys of the console are what they were
    clerk.press("n", "start")
    clerk.number(number)
    clerk.press("s", "finish")
    clerk.press("f", "call-next")


def test_M5_a_code_that_was_scanned_stands_in_the_field_and_in_no_address(
    monday: LiveHall, open_page: OpenPage
) -> None:
    clerk = Clerk.arrive(open_page, monday, WINDOW).at_work()
    expect(clerk.page.locator("#presence")).to_be_visible()
    phone = sign_in(open_page, monday, "director01", "/mondays")
    asked: list[str] = []
    phone.on("request", lambda request: asked.append(request.url))
    digits = digits_on(clerk.page)
    phone.goto(f"/mondays/here#{digits}")
    expect(phone.locator(".here-code")).to_have_value(digits)
    expect(phone.locator("[name=how]")).to_have_value("scanned")
    press(phone, "Enter")
    expect(phone.locator(".here-told")).to_contain_text("到席")
    assert not [address for address in asked if digits in address]
