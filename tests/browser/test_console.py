"""The window console in a real browser, by keyboard alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from playwright.sync_api import APIRequestContext, Page, expect

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.browser.conftest import OpenPage
    from tests.servers import LiveHall


def _draw(requests: APIRequestContext, hall: LiveHall, line: str) -> str:
    answer = requests.post(
        "/api/v1/tickets",
        data={"line": line},
        headers={"Authorization": f"Bearer {hall.demo['kiosk']['token']}", "Idempotency-Key": "console-1"},
    )
    assert answer.status == 201, answer.text()
    return str(answer.json()["number"])


def test_E1_a_clerk_opens_calls_starts_and_finishes_with_the_keyboard(
    live_server: LiveHall, open_page: OpenPage, axe: Callable[[Page], None]
) -> None:
    clerk = next(person for person in live_server.demo["staff"] if person["window"])
    served = next(row for row in live_server.demo["windows"] if row["code"] == clerk["window"])
    page = open_page("console", hall=live_server)
    page.goto("/sign-in")
    page.fill("[name=user]", clerk["user"])
    page.fill("[name=password]", clerk["password"])
    page.press("[name=password]", "Enter")
    page.wait_for_url("**/console")
    expect(page.locator("#live-status")).to_have_attribute("data-state", "online")
    page.keyboard.press("o")
    expect(page.locator("#next")).to_have_text("呼叫下一位 (N)")
    expect(page.locator("#next")).to_be_enabled()

    number = _draw(page.request, live_server, served["lines"][0])
    expect(page.locator("#waiting"), "A drawn ticket must appear without a reload.").to_contain_text(number)
    page.keyboard.press("n")
    expect(page.locator("#current-number")).to_have_text(number)
    expect(page.locator("#next")).to_have_text("开始办理 (S)")
    expect(page.locator("#next")).to_be_enabled()
    axe(page)
    page.keyboard.press("s")
    expect(page.locator("#next")).to_have_text("办理完成 (F)")
    expect(page.locator("#next")).to_be_enabled()
    page.keyboard.press("f")
    expect(page.locator("#current-number")).to_have_text("—")
    expect(page.locator("#waiting")).not_to_contain_text(number)
