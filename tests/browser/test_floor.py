"""The manager's floor in two browsers: who acts and who looks see the same, without a reload."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Page, expect

from tests.browser.calling import Staffed

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.browser.conftest import OpenPage
    from tests.servers import LiveHall


def _manager(open_page: OpenPage, hall: LiveHall, surface: str = "desk") -> Page:
    person = next(row for row in hall.demo["staff"] if row["role"] == "manager")
    page = open_page(surface, hall=hall)
    page.goto("/sign-in")
    page.fill("[name=user]", person["user"])
    page.fill("[name=password]", person["password"])
    page.press("[name=password]", "Enter")
    page.wait_for_url("**/floor")
    expect(page.locator("#live-status")).to_have_attribute("data-state", "online")
    return page


def test_Q5_Q10_Q14_what_a_manager_does_another_browser_sees_live(
    live_server: LiveHall, open_page: OpenPage, axe: Callable[[Page], None]
) -> None:
    hall = Staffed(live_server)
    acts, looks = _manager(open_page, live_server), _manager(open_page, live_server, "tablet")
    ninth, first = (looks.locator(f"#windows [data-key={code}]") for code in ("xixian-09", "xixian-01"))
    line = looks.locator("#lines [data-key=xixian-c]")
    expect(first).to_contain_text("今日未开")

    hall.draw("xixian-c")
    hall.draw("xixian-a")
    number = hall.call("xixian-01")
    expect(first).to_contain_text(number)
    expect(first).to_contain_text("王芳")
    expect(line).to_contain_text("无窗口")

    acts.locator("#windows [data-key=xixian-09] button").click()
    acts.select_option("#field-line", "xixian-c")
    axe(acts)
    acts.click("#lend-form [type=submit]")
    expect(ninth).to_contain_text("借调不动产登记至")

    acts.click("#lines [data-key=xixian-c] [data-verb=stop]")
    acts.fill("#field-reason", "系统维护")
    acts.click("#stop-form [type=submit]")
    expect(line).to_contain_text("系统维护")

    acts.click("[data-dialog=notice-dialog]")
    acts.fill("#field-text", "下午停水")
    acts.click("#notice-form [type=submit]")
    expect(looks.locator("#notices")).to_contain_text("下午停水")

    acts.click("[data-dialog=end-dialog]")
    expect(acts.locator("#end-count")).to_contain_text("1 个号将记为“当日未办”")
    expect(acts.locator("#end-served")).to_contain_text("1 人正在窗口")
    hall.draw("xixian-b")
    expect(acts.locator("#end-count"), "the count goes on while it is read").to_contain_text("2 个号")
    acts.click("#end-form [type=submit]")
    expect(looks.locator("#lines [data-key=xixian-a]")).to_contain_text("今天的办理已结束")
    expect(looks.locator("#figures")).to_contain_text("0 人")
    axe(looks)


@pytest.mark.expected_errors("422")
def test_an_error_stands_at_the_field_and_at_the_top_and_keeps_what_was_typed(
    shared_hall: LiveHall, open_page: OpenPage, axe: Callable[[Page], None]
) -> None:
    page = _manager(open_page, shared_hall)
    page.click("#lines [data-key=xixian-d] [data-verb=stop]")
    page.fill("#field-reason", "   ")
    page.click("#stop-form [type=submit]")
    expect(page.locator("#stop-form .summary")).to_contain_text("请填写要告诉群众的内容")
    expect(page.locator("#field-reason")).to_have_attribute("aria-invalid", "true")
    axe(page)
    page.click("#stop-form [data-close]")
    page.click("[data-dialog=notice-dialog]")
    page.fill("#field-text", "会保留的通知")
    page.click("#notice-form [data-close]")
    page.click("[data-dialog=notice-dialog]")
    expect(page.locator("#field-text")).to_have_value("会保留的通知")


def test_Q5_a_loan_ends_by_itself_before_the_eyes_of_who_looks(
    shared_hall: LiveHall, open_page: OpenPage
) -> None:
    page = _manager(open_page, shared_hall)
    tile = page.locator("#windows [data-key=xixian-10]")
    token = next(row["token"] for row in shared_hall.demo["staff"] if row["role"] == "manager")
    until = (datetime.now(UTC) + timedelta(seconds=3)).isoformat()
    Staffed(shared_hall)._post("/api/v1/windows/xixian-10/lend", token, {"line": "xixian-e", "until": until})
    expect(tile).to_contain_text("借调医疗保障至")
    expect(tile, "nobody did anything").not_to_contain_text("借调医疗保障至")
