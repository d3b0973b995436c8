"""A helper booked at the kiosk by touch alone, and checked in there with four digits (H3, H4, E1)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlsplit
from uuid import uuid4

import pytest
import requests
from playwright.sync_api import expect

from tests.browser.calling import Staffed
from tests.browser.paper import Paper
from tests.browser.test_booking import PHONE, soon
from tests.browser.test_kiosk import arrive, touch

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page

    from tests.browser.conftest import OpenPage
    from tests.servers import LiveHall

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


@pytest.mark.usefixtures("live_server")
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


def to_the_telephone(page: Page, **wish: str) -> None:
    """From the kiosk's pages of booking to a time that is held."""
    asked = "&".join(f"{name}={value}" for name, value in wish.items())
    page.goto(f"/kiosk/book?{asked}")
    page.wait_for_selector("html[data-book=on]")
    for key in ("assist", "matter"):
        page.locator(f"[data-key={key}]").first.tap()
    page.locator(".kiosk-times .time").first.tap()
    expect(page.locator("#phone")).to_be_visible()


def telephone(page: Page, digits: str = PHONE) -> None:
    for digit in digits:
        page.locator(f"[data-digit='{digit}']").tap()
    touch(page, "confirm")


@pytest.fixture(scope="module")
def paper(shared_hall: LiveHall) -> Paper:
    return Paper(shared_hall)


def test_H3_a_kiosk_with_a_printer_prints_the_booking_and_once_again(
    paper: Paper, open_page: OpenPage, axe: Callable[[Page], None]
) -> None:
    paper.says()
    page = paper.arrive(open_page)
    to_the_telephone(page)
    telephone(page)
    expect(page.locator("[data-paper=printing]")).to_contain_text("正在打印小票")
    expect(page.locator("[data-key=print]")).to_be_hidden()
    axe(page)
    assert paper.prints() == 1
    expect(page.locator("[data-paper=printed]")).to_contain_text("请取走小票")
    axe(page)
    touch(page, "print")
    expect(page.locator("[data-paper=printing]")).to_be_visible()
    assert paper.prints() == 1, "a second slip of the same booking"
    expect(page.locator("[data-paper=printed]")).to_be_visible()
    expect(page.locator("[data-key=print]"), "More only by staff.").to_be_hidden()


def test_H3_without_paper_the_code_stays_longer_and_the_booking_stands(
    paper: Paper, open_page: OpenPage, axe: Callable[[Page], None]
) -> None:
    paper.says("out", online=False)
    page = paper.arrive(open_page)
    to_the_telephone(page)
    telephone(page, "13800007777")
    note = page.locator("[data-paper=held]")
    expect(note).to_contain_text("打印机缺纸")
    expect(note).to_contain_text("预约照常有效")
    expect(page.locator("#home-in")).to_contain_text(re.compile("9[0-9]|8[0-9]"))
    axe(page)
    paper.says("low")
    expect(page.locator("[data-paper=printing]")).to_be_visible()
    paper.prints()
    expect(page.locator("[data-paper=printed]")).to_be_visible()


@pytest.mark.expected_errors("status of 409")
def test_H2_somebody_was_faster_and_the_nearest_free_times_are_shown(
    live_server: LiveHall, open_page: OpenPage, axe: Callable[[Page], None]
) -> None:
    page = arrive(open_page)
    page.goto("/kiosk/book/matter?kind=assist")
    page.locator("[data-key=matter]").first.tap()
    chosen = page.locator(".kiosk-times .time").first
    at, days = chosen.get_attribute("value"), page.url
    everybody_else_takes(live_server, at or "", days)
    chosen.tap()
    expect(page.locator("h1")).to_have_text("这个时间刚被约走")
    axe(page)
    near = page.locator(".kiosk-times .time")
    assert at not in [one.get_attribute("value") for one in near.all()]
    near.first.tap()
    expect(page.locator("#held-left")).to_have_text(re.compile(r"\d"))
    telephone(page)
    expect(page.locator(".kiosk-code")).to_be_visible()


def everybody_else_takes(hall: LiveHall, at: str, days: str) -> None:
    """Whoever is free at this time is taken, by others, while somebody still looks at the times."""
    wish = dict(parse_qsl(urlsplit(days).query))
    for _helper in range(20):
        held = requests.post(
            f"{hall.url}/api/v1/sites/{hall.demo['site']}/bookings",
            json={**wish, "starts_at": at},
            headers={
                "Idempotency-Key": str(uuid4()),
                "Authorization": f"Bearer {hall.demo['kiosk']['token']}",
            },
            timeout=10,
        )
        if held.status_code == 409:
            return
        assert held.status_code == 201, held.text
    raise AssertionError("the time is free without end")


@pytest.mark.expected_errors("ERR_INTERNET_DISCONNECTED", "Failed to load", "WebSocket")
def test_a_server_that_cannot_be_reached_is_said_and_nothing_is_lost(
    live_server: LiveHall, open_page: OpenPage, axe: Callable[[Page], None]
) -> None:
    page = arrive(open_page)
    to_the_telephone(page)
    page.context.set_offline(offline=True)
    telephone(page)
    expect(page.locator("#away")).to_be_visible()
    expect(page.locator("#away")).to_contain_text("连不上系统")
    expect(page.locator("#home-in"), "There is time to try again.").to_contain_text(re.compile("30|2[0-9]"))
    axe(page)
    expect(page.locator("#phone")).to_have_value(PHONE)
    page.context.set_offline(offline=False)
    touch(page, "confirm")
    expect(page.locator(".kiosk-code")).to_be_visible()
    expect(page.locator("#away")).to_be_hidden()


@pytest.mark.usefixtures("shared_hall")
def test_E1_each_step_of_booking_is_spoken_to_those_who_wish_it(paper: Paper, open_page: OpenPage) -> None:
    paper.says()
    page = paper.arrive(open_page)
    touch(page, "voice")
    touch(page, "booked")
    with page.expect_request("**/say-book-kind.*"):
        touch(page, "book")
    touch(page, "assist")
    with page.expect_request("**/say-book-time.*"):
        page.locator("[data-key=matter]").first.tap()
    with page.expect_request("**/say-book-phone.*"):
        page.locator(".kiosk-times .time").first.tap()
    telephone(page, "13800006666")
    expect(page.locator("[data-paper=printing]")).to_be_visible()
    with page.expect_request("**/say-booked-slip.*"):
        paper.prints()


def test_H5_who_waits_for_help_at_the_kiosk_can_book_a_time_instead(
    live_server: LiveHall, open_page: OpenPage, axe: Callable[[Page], None]
) -> None:
    Staffed(live_server).here("helper01")
    page = arrive(open_page)
    touch(page, "voice")
    touch(page, "help")
    expect(page.locator(".kiosk-help-said")).to_be_visible()
    axe(page)
    touch(page, "book")
    page.wait_for_url("**/kiosk/book?voice=1")
    touch(page, "home")
    expect(page.locator("[data-key=help]"), "The call goes on.").to_contain_text("正在为您呼叫帮办员")
