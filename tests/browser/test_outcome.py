"""The outcome on the closing screen, by keyboard alone: granted at once, or told why not (I3)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Page, expect

from tests.browser.test_take_in import NUMBER, filling, served

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.browser.clerks import Clerk
    from tests.browser.conftest import OpenPage
    from tests.servers import LiveHall

DECIDED = "411528-ZWFW-001"  # which the demo's first clerk may decide


def received(page: Page, forms: int = 1) -> None:
    """The form on the page is filled in and received; how its case goes on is known."""
    page.fill("#field-name", "测试甲")
    page.fill("#field-number", NUMBER)
    page.click("#all-present")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".form-received")).to_have_count(forms)
    expect(page.locator("#done-forms")).to_have_attribute("data-outcomes", "known")


def revoke(clerk: Clerk) -> None:
    """The manager ends the demo's first authority, which is this clerk's."""
    manager = next(row["token"] for row in clerk.others.hall.demo["staff"] if row["user"] == "manager")
    ended = clerk.others._post("/api/v1/authorities/1/revoke", manager, {"reason": "岗位调整"})
    assert ended["item"] == DECIDED


@pytest.mark.expected_errors("422", "403")
def test_I3_a_case_is_granted_at_the_window_by_keys_and_a_revoked_authority_is_told(
    live_server: LiveHall, open_page: OpenPage, axe: Callable[[Page], None]
) -> None:
    clerk = served(open_page, live_server, item=DECIDED)
    page = clerk.page
    page.keyboard.press("i")
    filling(page)
    received(page)
    expect(page.locator(".outcome")).to_contain_text("息政务授〔2026〕2号")
    axe(page)
    page.keyboard.press("r")
    expect(page.locator("#outcome-reasons")).to_be_focused()
    page.keyboard.press("Control+Enter")
    expect(page.locator("#outcome-reasons-wrong")).not_to_be_empty()
    axe(page)
    page.keyboard.press("Escape")
    page.keyboard.press("g")
    expect(page.locator("#outcome-number")).to_be_focused()
    page.keyboard.type("帮办〔2026〕1号")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".form-received .badge")).to_have_text("待领取")
    expect(page.locator(".outcome a")).to_have_count(2)
    axe(page)
    page.keyboard.press("n")
    expect(page.locator("#matter-find")).to_be_focused()
    page.fill("#matter-find", DECIDED)
    expect(page.locator("#matter-find-list li").first).to_contain_text(DECIDED)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    filling(page)
    received(page, 2)
    revoke(clerk)
    page.keyboard.press("g")
    expect(page.locator("#outcome-number")).to_be_focused()
    page.keyboard.press("Control+Enter")
    expect(page.locator(".outcome [role=alert]")).to_contain_text("授权已撤销")
    expect(page.locator(".form-received .badge").first).to_have_text("部门办理中")
    axe(page)
