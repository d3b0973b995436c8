"""A clerk takes cases in by keyboard alone; what was typed outlives a closed tab (I2, I6, I10)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.clerks import W1, Clerk

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.browser.conftest import OpenPage
    from tests.servers import LiveHall

BUNDLE, ITEM = {"bundle": "xixian-company-start"}, {"item": "411528-SCJG-001"}
NUMBER = "11010519491231002X"


def served(open_page: OpenPage, hall: LiveHall, **matter: Any) -> Clerk:
    """A clerk who serves a ticket drawn for the matter, at the console."""
    clerk = Clerk.arrive(open_page, hall).at_work()
    drawn = clerk.others._post("/api/v1/tickets", hall.demo["kiosk"]["token"], matter)
    clerk.others.at(W1, "call", ticket=drawn["number"], reason="other", note="t")
    clerk.number(drawn["number"])
    clerk.press("s", "finish")
    return clerk


def filling(page: Page) -> None:
    """The form is ready to be typed into."""
    expect(page.locator("#filling")).to_be_visible()
    expect(page.locator("#field-name")).to_be_focused()


def saved(page: Page) -> None:
    """Everything typed is safe."""
    expect(page.locator("#saved")).to_contain_text("已保存")


def test_I6_a_company_opening_is_taken_in_by_keyboard_and_outlives_a_closed_tab(
    live_server: LiveHall, open_page: OpenPage, axe: Callable[[Page], None]
) -> None:
    clerk = served(open_page, live_server, **BUNDLE)
    keys = clerk.page.keyboard
    keys.press("i")
    filling(clerk.page)
    expect(clerk.page.locator("#offices")).to_contain_text("6 → 1")
    axe(clerk.page)
    keys.type("息县测试农产品有限公司")
    keys.press("Tab")
    keys.press("Tab")
    keys.type(NUMBER)
    expect(clerk.page.locator("#said-number")).to_contain_text("校验通过")
    keys.press("F8")
    keys.press("2")
    keys.type("当场补签名")
    saved(clerk.page)
    clerk.page.context.new_page()
    clerk.page.close()
    page = clerk.page.context.pages[0]
    page.goto(f"/console?window={W1}")
    expect(page.locator("#live-status")).to_have_attribute("data-state", "online")
    page.keyboard.press("i")
    expect(page.locator("#field-number")).to_have_value(NUMBER)
    expect(page.locator("#papers .input").first).to_have_value("当场补签名")
    page.keyboard.press("F8")
    page.keyboard.press("a")
    expect(page.locator("#papers-left")).to_have_text("材料已全部核对")
    axe(page)
    page.keyboard.press("Control+Enter")
    expect(page.locator(".form-received li")).to_have_count(6)
    axe(page)
    page.keyboard.press("b")
    expect(page.locator("#next")).to_have_attribute("data-verb", "take-over")  # another tab is another seat
    page.keyboard.press("o")
    expect(page.locator("#next")).to_have_attribute("data-verb", "finish")
    expect(page.locator("#next"), "keys wait for the answer").to_be_enabled()
    page.keyboard.press("e")
    expect(page.locator("#dialog-finish [value=received]")).to_be_checked()
    expect(page.locator("#finish-items li")).to_have_count(6)


@pytest.mark.expected_errors("422")
def test_I10_what_is_wrong_is_told_at_the_field_and_above_and_nothing_is_lost(
    live_server: LiveHall, open_page: OpenPage, axe: Callable[[Page], None]
) -> None:
    clerk = served(open_page, live_server, **ITEM)
    page = clerk.page
    page.keyboard.press("i")
    filling(page)
    page.fill("#field-number", "110105194912310021")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#problems")).to_be_focused()
    expect(page.locator("#problems")).to_contain_text("材料")
    expect(page.locator("[data-field=number]")).to_have_class("field wrong")
    expect(page.locator("#field-number")).to_have_value("110105194912310021")
    expect(page.locator("#problems")).to_contain_text("证件号码：号码有误")
    expect(page.locator("#problems"), "the digit that would be right is not told").not_to_contain_text("X")
    axe(page)
    page.keyboard.press("Enter")
    expect(page.locator("#field-name"), "the first thing to put right").to_be_focused()
    page.fill("#field-number", "110105194902300021")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#error-number")).to_contain_text("出生日期")
    page.fill("#field-number", NUMBER)
    expect(page.locator("[data-field=number]"), "put right").to_have_class("field")


@pytest.mark.expected_errors("409")
def test_two_tabs_do_not_overwrite_each_other_and_the_second_chooses(
    live_server: LiveHall, open_page: OpenPage
) -> None:
    clerk = served(open_page, live_server, **ITEM)
    first = clerk.page
    first.keyboard.press("i")
    filling(first)
    second = first.context.new_page()
    second.goto(f"/windows/{W1}/form")
    filling(second)
    second.fill("#field-name", "乙")
    saved(second)
    first.fill("#field-subject", "内容")
    expect(first.locator("#told")).to_contain_text("另一个页面")
    first.locator("#told-ways button").nth(1).click()
    saved(first)
    expect(first.locator("#field-name")).to_have_value("乙")
    second.reload()
    expect(second.locator("#field-subject")).to_have_value("内容")


def test_I2_papers_on_file_are_reused_with_one_press_at_the_next_matter_of_the_visit(
    live_server: LiveHall, open_page: OpenPage, axe: Callable[[Page], None]
) -> None:
    clerk = served(open_page, live_server, **ITEM)
    page = clerk.page
    page.keyboard.press("i")
    filling(page)
    page.fill("#field-name", "测试甲")
    page.fill("#field-number", NUMBER)
    page.click("#all-present")
    page.locator("#receive").dblclick()
    expect(page.locator(".form-received li")).to_have_count(1)
    page.keyboard.press("n")
    expect(page.locator("#matter-find")).to_be_focused()
    page.keyboard.type("gsslzd")
    page.fill("#matter-find", ITEM["item"])
    expect(page.locator("#matter-find-list li").first).to_contain_text(ITEM["item"])
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    filling(page)
    page.fill("#field-name", "测试甲")
    page.fill("#field-number", NUMBER)
    expect(page.locator("#offers")).to_be_visible()
    axe(page)
    page.keyboard.press("F8")
    page.keyboard.press("r")
    expect(page.locator("#papers-left")).to_have_text("材料已全部核对")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".form-received")).to_have_count(2)


@pytest.mark.expected_errors("ERR_FAILED")
def test_I2_a_usual_case_goes_by_Enter_from_name_to_printed_receipt_even_where_the_server_was_lost(
    live_server: LiveHall, open_page: OpenPage
) -> None:
    page = served(open_page, live_server, **ITEM).page
    keys = page.keyboard
    keys.press("i")
    filling(page)
    page.route("**/save", lambda route: route.abort())
    for typed in ("测试甲", NUMBER, "13800000000"):
        keys.type(typed)
        keys.press("Enter")
    keys.press("a")
    expect(page.locator("#receive")).to_be_focused()
    expect(page.locator("#saved")).to_have_attribute("data-state", "offline")
    keys.press("Enter")
    expect(page.locator("#told")).to_contain_text("服务器")
    page.unroute("**/save")
    saved(page)
    expect(page.locator("#told")).to_be_hidden()
    keys.press("Enter")
    expect(page.locator(".form-received .print")).to_be_focused()
    with page.context.expect_page() as opened:
        keys.press("Enter")
    sheet = opened.value
    expect(sheet.locator(".sheet h2")).to_have_text("收件凭证")
    expect(sheet).to_have_url(re.compile(r"/receipt\?printing=\d+$"))
    assert sheet.evaluate("history.length") == 1, "so that it closes by itself when it is printed"
    expect(page.locator("#to-window")).to_be_focused()
    keys.press("Enter")
    expect(page).to_have_url(re.compile("/console"))
