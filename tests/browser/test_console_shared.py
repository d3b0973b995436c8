"""Q14 at the console: who holds the window, a lost server, a lost window, pausing, closing and handing over."""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Page, expect

from tests.browser.clerks import W1, Clerk

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.browser.conftest import OpenPage
    from tests.servers import LiveHall


@pytest.mark.expected_errors("404")  # where a manager begins the day
def test_Q14_a_colleague_reads_who_works_here_and_since_when(
    live_server: LiveHall, open_page: OpenPage, axe: Callable[[Page], None]
) -> None:
    clerk = Clerk.arrive(open_page, live_server)
    manager = Clerk.arrive(open_page, live_server, W1, "manager")
    manager.ready("open")
    clerk.at_work()
    expect(manager.page.locator("#console-error")).to_contain_text("王芳自")
    expect(manager.page.locator("#next")).to_be_disabled()
    axe(manager.page)
    clerk.press("x", "open")
    expect(manager.page.locator("#console-error")).to_be_empty()
    manager.ready("open")


def test_Q14_the_same_person_takes_over_on_another_screen(live_server: LiveHall, open_page: OpenPage) -> None:
    left = Clerk.arrive(open_page, live_server).at_work()
    right = Clerk.arrive(open_page, live_server)
    right.ready("take-over")
    expect(right.page.locator("#console-error")).to_contain_text("另一台电脑")
    right.press("o", "call-next")
    left.ready("take-over")
    left.draw()
    left.page.keyboard.press("n")
    left.number("—")
    right.press("n", "start")


@pytest.mark.expected_errors("ERR_CONNECTION", "WebSocket", "Failed to load resource")
def test_a_lost_server_is_said_and_nothing_can_be_pressed_until_it_is_back(
    live_server: LiveHall, open_page: OpenPage
) -> None:
    clerk = Clerk.arrive(open_page, live_server).at_work()
    number = clerk.draw()
    live_server.stop(signal.SIGKILL)
    expect(clerk.page.locator("#next")).to_be_disabled()
    expect(clerk.page.locator("#console-error")).to_contain_text("正在重新连接", timeout=20_000)
    live_server.start()
    expect(clerk.page.locator("#next")).to_be_enabled(timeout=40_000)
    expect(clerk.page.locator("#console-error")).to_be_empty()
    clerk.press("n", "start")
    clerk.number(number)


@pytest.mark.expected_errors("401")
def test_signed_out_elsewhere_is_said_plainly(live_server: LiveHall, open_page: OpenPage) -> None:
    clerk = Clerk.arrive(open_page, live_server).at_work()
    clerk.page.context.clear_cookies()
    clerk.page.keyboard.press("n")
    expect(clerk.page.locator("#console-error")).to_contain_text("已退出登录")
    expect(clerk.page.locator("#console-way")).to_have_text("重新登录")
    expect(clerk.page.locator("#next")).to_be_disabled()


def test_Q14_pause_with_a_reason_and_back(live_server: LiveHall, open_page: OpenPage) -> None:
    clerk = Clerk.arrive(open_page, live_server).at_work()
    clerk.page.keyboard.press("b")
    clerk.dialog("pause")
    clerk.page.keyboard.press("2")
    clerk.press("Enter", "open")
    expect(clerk.page.locator("#window-state")).to_have_text("暂停")
    expect(clerk.page.locator("#window-since")).to_contain_text("开会")
    clerk.press("o", "call-next")


@pytest.mark.expected_errors("409")
def test_Q14_closing_with_numbers_on_hold_hands_them_over(
    live_server: LiveHall, open_page: OpenPage, axe: Callable[[Page], None]
) -> None:
    clerk = Clerk.arrive(open_page, live_server).at_work()
    colleague = Clerk.arrive(open_page, live_server, "xixian-02").at_work()
    clerk.draw()
    clerk.press("n", "start")
    clerk.page.keyboard.press("h")
    clerk.dialog("hold")
    clerk.press("Enter", "call-next")
    clerk.page.keyboard.press("x")
    clerk.dialog("close")
    expect(clerk.page.locator("#close-held")).to_have_text("A001")
    axe(clerk.page)
    clerk.page.keyboard.type("5")
    clerk.page.keyboard.press("Enter")
    expect(clerk.page.locator("#dialog-close .wrong-text")).to_have_text("该窗口目前无人值守。")
    clerk.page.fill("#close-to", "2")
    clerk.press("Enter", "open")
    clerk.no_dialog()
    expect(colleague.page.locator("#held")).to_contain_text("A001")


def test_Q14_closing_needs_no_handover_when_nothing_is_on_hold(
    live_server: LiveHall, open_page: OpenPage
) -> None:
    clerk = Clerk.arrive(open_page, live_server).at_work()
    clerk.press("x", "open")
