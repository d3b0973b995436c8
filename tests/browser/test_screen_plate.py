"""The plate over a window in a real browser."""

from __future__ import annotations

from typing import TYPE_CHECKING

from playwright.sync_api import Page, expect

from tests.browser.boards import PLATE
from tests.browser.calling import Staffed

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.browser.conftest import OpenPage
    from tests.servers import LiveHall


def test_Q11_the_plate_follows_its_own_window_and_no_other(
    live_server: LiveHall, open_page: OpenPage, axe: Callable[[Page], None]
) -> None:
    hall = Staffed(live_server)
    for _person in range(2):
        hall.draw()
    page = open_page("screen")
    page.goto(PLATE)
    expect(page.locator("#said")).to_have_text("暂停服务")
    expect(page.locator("html")).to_have_attribute("data-live", "online")
    hall.call("xixian-01")
    hall.at("xixian-03", "open")
    expect(page.locator("#said")).to_have_text("请等候叫号")
    hall.at("xixian-03", "call-next")
    expect(page.locator("#number")).to_have_text("A002")
    expect(page.locator("#plate")).to_have_attribute("data-state", "called")
    axe(page)
    hall.at("xixian-03", "start")
    expect(page.locator("#plate")).to_have_attribute("data-state", "serving")
    hall.at("xixian-03", "finish", outcome="done")
    expect(page.locator("#number")).to_be_hidden()
    expect(page.locator("#said")).to_have_text("请等候叫号")


def test_the_plate_fills_its_screen_with_the_number(live_server: LiveHall, open_page: OpenPage) -> None:
    hall = Staffed(live_server)
    hall.draw()
    hall.call("xixian-03")
    page = open_page("screen")
    page.goto(PLATE)
    box = page.locator("#number").bounding_box()
    assert box is not None
    assert 0.6 * 1920 < box["width"] <= 1920, f"The number is {box['width']} px wide of 1920 (board.css)"
    assert box["y"] + box["height"] <= 1080, "The number leaves the screen below."
