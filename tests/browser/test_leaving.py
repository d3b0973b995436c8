"""Somebody leaves without the code: one key on the console, told on their phone at once, objected to, answered (M5)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Page, expect

from tests.browser.clerks import Clerk
from tests.browser.test_presence import WINDOW, beside, digits_on, sign_in

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.browser.conftest import OpenPage
    from tests.servers import LiveHall


@pytest.fixture
def monday(live_server: LiveHall) -> Iterator[LiveHall]:
    with beside(live_server):
        yield live_server


@pytest.mark.expected_errors("422")
def test_M5_the_clerk_says_by_one_key_that_they_left_the_phone_hears_it_and_objects(
    monday: LiveHall, open_page: OpenPage, axe: Callable[[Page], None]
) -> None:
    clerk = Clerk.arrive(open_page, monday, WINDOW).at_work()
    panel, dialog = clerk.page.locator("#presence"), clerk.page.locator("#presence-gone-dialog")
    expect(panel).to_have_attribute("data-stage", "expected")
    clerk.page.keyboard.press("d")  # nobody is here yet: the key does nothing
    expect(dialog).not_to_be_visible()
    phone = sign_in(open_page, monday, "director01", "/mondays/here")
    phone.fill(".here-code", digits_on(clerk.page))
    phone.click("button[type=submit].big")
    expect(phone.locator(".here-told.good")).to_be_visible()
    room = sign_in(open_page, monday, "manager", "/receptions/today", "desk")
    expect(panel).to_have_attribute("data-stage", "here")

    clerk.page.keyboard.press("d")
    expect(dialog).to_be_visible()
    axe(clerk.page)
    time = clerk.page.locator("#presence-gone-time")
    expect(time).to_be_focused()
    now = time.input_value()
    time.fill("00:00" if now != "00:00" else "00:01")  # before they came, or still to come
    clerk.page.keyboard.press("Enter")
    expect(clerk.page.locator("#presence-gone-wrong")).to_be_visible()
    time.fill(now)
    clerk.page.keyboard.press("Enter")
    expect(dialog).not_to_be_visible()
    expect(clerk.page.locator("#presence-state")).to_contain_text("您登记")

    expect(phone.locator(".here-turn.said h2").first).to_contain_text(f"大厅登记您于 {now} 离席")  # live
    axe(phone)
    phone.click("summary:has-text('情况不属实')")
    phone.fill("textarea[name=text]", "只是去复印材料")
    phone.click("button:has-text('提出异议')")
    expect(phone.locator(".here-told.care")).to_contain_text("只是去复印材料")

    dispute = room.locator(".room-check", has_text="只是去复印材料")
    expect(dispute).to_be_visible()  # live
    axe(room)
    dispute.locator("summary", has_text="添加备注").click()
    dispute.locator("input[name=text]").fill("已核实，在席")
    dispute.locator("button", has_text="添加").click()
    expect(dispute).to_have_count(0)
    number = clerk.draw()  # the other keys of the console are what they were
    clerk.press("n", "start")
    clerk.number(number)


@pytest.mark.expected_errors("422")
def test_M5_the_manager_says_it_in_the_room_and_the_console_hears_it(
    monday: LiveHall, open_page: OpenPage
) -> None:
    clerk = Clerk.arrive(open_page, monday, WINDOW).at_work()
    expect(clerk.page.locator("#presence")).to_be_visible()
    phone = sign_in(open_page, monday, "director01", "/mondays/here")
    phone.fill(".here-code", digits_on(clerk.page))
    phone.click("button[type=submit].big")
    expect(phone.locator(".here-told.good")).to_be_visible()
    room = sign_in(open_page, monday, "manager", "/receptions/today", "desk")
    seat = room.locator(".room-seat", has_text="5号窗口").first
    expect(seat).to_have_class(re.compile("here"))
    seat.locator("summary", has_text="未签退已离席").click()
    seat.locator("select[name=reason]").select_option("other")
    seat.locator("button", has_text="登记").click()
    expect(seat.locator(".wrong-text")).to_contain_text("请简要说明")
    seat.locator("input[name=note]").fill("开会")
    seat.locator("button", has_text="登记").click()
    expect(seat).to_contain_text("离席时间由大厅负责人登记")
    expect(clerk.page.locator("#presence-state")).to_contain_text("大厅负责人登记")
    expect(clerk.page.locator("#presence-gone")).not_to_be_visible()
    clerk.page.keyboard.press("d")
    expect(clerk.page.locator("#presence-gone-dialog")).not_to_be_visible()
