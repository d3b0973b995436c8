"""The window console in a real browser, by keyboard alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Page, expect

from tests.browser.clerks import Clerk

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.browser.conftest import OpenPage
    from tests.servers import LiveHall


def test_E1_a_clerk_opens_calls_starts_and_finishes_with_the_keyboard(
    live_server: LiveHall, open_page: OpenPage, axe: Callable[[Page], None]
) -> None:
    clerk = Clerk.arrive(open_page, live_server)
    axe(clerk.page)
    clerk.at_work()
    number = clerk.draw()
    clerk.press("n", "start")
    clerk.number(number)
    axe(clerk.page)
    clerk.press("s", "finish")
    expect(clerk.page.locator("#timer-started")).not_to_be_empty()
    clerk.press("f", "call-next")
    clerk.number("—")
    expect(clerk.page.locator("#waiting")).not_to_contain_text(number)
    clerk.page.keyboard.press("n")
    expect(clerk.page.locator("#console-error")).to_have_text("现在没有人在等。")


def test_Q5_the_list_shows_the_order_of_the_calls_with_reasons(
    live_server: LiveHall, open_page: OpenPage
) -> None:
    clerk = Clerk.arrive(open_page, live_server).at_work()
    clerk.draw()
    clerk.draw("xixian-m")
    clerk.draw(lane="priority", reason="elder", heads=3)
    expect(clerk.page.locator("#waiting button").first).to_contain_text("绿色通道：提前20分钟")
    shown = clerk.waiting()
    assert shown == ["A002", "A001", "M001"]
    called = []
    for _ in shown:
        clerk.press("n", "start")
        called.append(clerk.page.locator("#current-number").text_content())
        clerk.press("s", "finish")
        clerk.press("f", "call-next")
    assert called == shown


def test_Q6_the_pass_button_says_why_it_is_not_yet_possible(
    live_server: LiveHall, open_page: OpenPage
) -> None:
    clerk = Clerk.arrive(open_page, live_server).at_work()
    clerk.draw()
    clerk.press("n", "start")
    passing = clerk.page.locator("[data-verb=pass]")
    expect(passing).to_be_disabled()
    expect(passing).to_contain_text("还需重呼 2 次")
    expect(clerk.page.locator("#recall-why")).to_contain_text("秒后重呼才计次")
    clerk.page.keyboard.press("p")
    clerk.number("A001")


def test_E1_hold_and_resume_by_keyboard(
    live_server: LiveHall, open_page: OpenPage, axe: Callable[[Page], None]
) -> None:
    clerk = Clerk.arrive(open_page, live_server).at_work()
    clerk.draw()
    clerk.press("n", "start")
    clerk.page.keyboard.press("h")
    clerk.dialog("hold")
    axe(clerk.page)
    clerk.page.keyboard.press("2")
    clerk.page.fill("#hold-note", "n and f are only letters here")
    clerk.page.keyboard.press("Enter")
    clerk.no_dialog()
    clerk.ready("call-next")
    expect(clerk.page.locator("#held")).to_contain_text("n and f are only letters here")
    clerk.page.keyboard.press("k")
    clerk.press("Enter", "finish")
    clerk.number("A001")


def test_Q3_transfer_by_keyboard_with_a_note_for_the_colleague(
    live_server: LiveHall, open_page: OpenPage, axe: Callable[[Page], None]
) -> None:
    clerk = Clerk.arrive(open_page, live_server).at_work()
    colleague = Clerk.arrive(open_page, live_server, "xixian-03").at_work()
    clerk.draw()
    clerk.press("n", "start")
    clerk.page.keyboard.press("t")
    clerk.dialog("transfer")
    clerk.page.keyboard.type("3")
    expect(clerk.page.locator("#dialog-transfer [type=submit]")).to_contain_text("3号窗口")
    axe(clerk.page)
    clerk.page.keyboard.press("Tab")
    clerk.page.keyboard.type("原件在我这里")
    clerk.page.keyboard.press("Enter")
    clerk.ready("call-next")
    expect(colleague.page.locator("#waiting")).to_contain_text("指定本窗口办理")
    colleague.press("n", "start")
    expect(colleague.page.locator("#current-papers")).to_contain_text("原件在我这里")


def test_Q3_a_transfer_goes_nowhere_that_nobody_chose(live_server: LiveHall, open_page: OpenPage) -> None:
    clerk = Clerk.arrive(open_page, live_server).at_work()
    colleague = Clerk.arrive(open_page, live_server, "xixian-20").at_work()
    clerk.draw()
    clerk.press("n", "start")
    clerk.page.keyboard.press("t")
    clerk.dialog("transfer")
    expect(clerk.page.locator("#transfer-to-list [role=option]")).not_to_have_count(0)
    expect(clerk.page.locator("#transfer-to-list [aria-selected=true]")).to_have_count(0)
    clerk.page.keyboard.press("Enter")
    expect(clerk.page.locator("#dialog-transfer .wrong-text")).to_have_text("请从列表中选择。")
    clerk.page.keyboard.press("Escape")
    clerk.ready("start")
    clerk.number("A001")
    expect(colleague.page.locator("#waiting")).not_to_contain_text("A001")


@pytest.mark.expected_errors("422")
def test_Q7_out_of_order_only_with_a_reason(
    live_server: LiveHall, open_page: OpenPage, axe: Callable[[Page], None]
) -> None:
    clerk = Clerk.arrive(open_page, live_server).at_work()
    clerk.draw()
    chosen = clerk.draw()
    clerk.page.keyboard.press("c")
    clerk.dialog("call")
    axe(clerk.page)
    clerk.page.keyboard.press("Enter")
    expect(clerk.page.locator("#dialog-call .wrong-text")).to_have_text("请输入或选择一个号。")
    clerk.page.keyboard.type(chosen.lower())
    clerk.page.locator("#dialog-call [value=other]").check()
    clerk.page.keyboard.press("Enter")
    expect(clerk.page.locator("#dialog-call .wrong-text")).not_to_be_empty()
    clerk.page.fill("#call-note", "陪同翻译须离开")
    clerk.page.keyboard.press("Enter")
    clerk.no_dialog()
    clerk.number(chosen)


def test_Q7_a_waiting_number_tells_its_history_and_Q4_gets_priority(
    live_server: LiveHall, open_page: OpenPage, axe: Callable[[Page], None]
) -> None:
    clerk = Clerk.arrive(open_page, live_server).at_work()
    clerk.draw()
    late = clerk.draw()
    clerk.page.keyboard.press("l")
    clerk.page.keyboard.press("ArrowDown")
    clerk.page.keyboard.press("Enter")
    clerk.dialog("ticket")
    expect(clerk.page.locator("#ticket-history")).to_contain_text("取号机取号")
    axe(clerk.page)
    clerk.page.select_option("#priority-reason", "pregnant")
    clerk.page.click("#give-priority")
    clerk.no_dialog()
    expect(clerk.page.locator("#waiting button .ticket-number").first).to_have_text(late)


def test_E1_finishing_with_details_and_keys_that_never_act_while_typing(
    live_server: LiveHall, open_page: OpenPage, axe: Callable[[Page], None]
) -> None:
    clerk = Clerk.arrive(open_page, live_server).at_work()
    clerk.draw()
    clerk.page.keyboard.press("?")
    clerk.dialog("keys")
    axe(clerk.page)
    clerk.page.keyboard.press("n")
    clerk.page.keyboard.press("Escape")
    clerk.number("—")
    clerk.press("n", "start")
    clerk.press("s", "finish")
    clerk.page.keyboard.press("e")
    clerk.dialog("finish")
    axe(clerk.page)
    clerk.page.keyboard.press("2")
    clerk.page.keyboard.press("Enter")
    clerk.no_dialog()
    clerk.ready("call-next")
