"""A helper booked at the kiosk by touch alone, and checked in there with four digits (H3, H4, E1)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from playwright.sync_api import expect

from tests.browser.test_booking import PHONE, soon
from tests.browser.test_kiosk import arrive, touch

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page

    from tests.browser.conftest import OpenPage

__all__ = ["soon"]


def test_H4_booked_at_the_kiosk_and_checked_in_with_the_last_four_digits(
    soon: Callable[[], None],
    open_page: OpenPage,
    axe: Callable[[Page], None],
) -> None:
    page = arrive(open_page)
    touch(page, "booked")
    axe(page)
    touch(page, "book")
    for key in ("assist", "matter"):
        page.wait_for_selector(f"[data-key={key}]")
        axe(page)
        page.locator(f"[data-key={key}]").first.tap()
    page.wait_for_selector(".kiosk-times .time")
    axe(page)
    page.locator(".kiosk-times .time").first.tap()
    expect(page.locator("#held-left")).to_have_text(re.compile(r"\d"))
    axe(page)
    for digit in PHONE:
        page.locator(f"[data-digit='{digit}']").tap()
    expect(page.locator("#phone")).to_have_value(PHONE)
    touch(page, "confirm")
    expect(page.locator(".kiosk-code")).to_have_text(re.compile(r"\w{5}-\w{5}"))
    axe(page)
    touch(page, "home")
    soon()
    touch(page, "booked")
    for digit in PHONE[-4:]:
        touch(page, f"'{digit}'")
    touch(page, "check-in")
    expect(page.locator(".kiosk-number")).to_be_visible()


def test_H3_a_kiosk_left_alone_goes_home_and_gives_the_held_time_back(open_page: OpenPage) -> None:
    page = arrive(open_page)
    page.goto("/kiosk/book/matter?kind=assist")
    page.locator("[data-key=matter]").first.tap()
    time = page.locator(".kiosk-times .time").first
    free = time.get_attribute("value")
    page.clock.install()
    time.tap()
    held = page.locator("#phone-form").get_attribute("action") or ""
    expect(page.locator("#home-in")).to_contain_text("30")
    page.clock.fast_forward(31_000)
    expect(page).to_have_url(re.compile("/kiosk$"))
    page.goto(held.removesuffix("/confirm"))
    page.wait_for_url("**/kiosk/book/time?*")
    expect(page.locator(".kiosk-times .time").first).to_have_attribute("value", free or "")
