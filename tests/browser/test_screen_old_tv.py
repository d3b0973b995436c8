"""Screens on televisions of another age (no modules, no grid, no variables), and a file lost on the way."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Error as PlaywrightError
from playwright.sync_api import Page, Route, expect

from tests.browser.boards import AWAY, BOARD, PLATE
from tests.browser.calling import Staffed

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.browser.conftest import OpenPage
    from tests.servers import LiveHall

NEWER = re.compile(r"(?<=[{;])\s*(?:display:\s*grid|grid-[a-z-]+:[^;}]*|[a-z-]+:[^;}]*var\([^;}]*);?")


def without_modules(route: Route) -> None:
    """The page as a browser reads it that knows no modules."""
    change(route, lambda page: page.replace('type="module"', 'type="unknown"'))


def without_grid(route: Route) -> None:
    """A sheet as a browser reads it that knows neither grid nor variables."""
    change(
        route,
        lambda sheet: NEWER.sub(
            "", sheet.replace("@supports not (display: grid)", "@supports (display: block)")
        ),
    )


def change(route: Route, made: Callable[[str], str]) -> None:
    """Answer with a changed text, unless the page has gone on meanwhile: then nobody waits for it."""
    try:
        answer = route.fetch()
        text = answer.text()
    except PlaywrightError:
        return
    route.fulfill(response=answer, body=made(text))


def old_tv(page: Page) -> Page:
    page.route("**/screen/**", without_modules)
    page.route("**/*.css*", without_grid)
    return page


def background(page: Page) -> str:
    return str(page.locator("body").evaluate("node => getComputedStyle(node).backgroundColor"))


def inside(page: Page, part: str) -> None:
    box = page.locator(part).bounding_box()
    assert box is not None, f"{part} is not shown"
    assert box["x"] >= 0 and box["x"] + box["width"] <= 1920, f"{part} leaves the screen at a side"
    assert box["y"] + box["height"] <= 1080, f"{part} leaves the screen below"


def test_an_old_television_loads_the_board_anew_and_so_shows_the_next_call(
    live_server: LiveHall, open_page: OpenPage
) -> None:
    hall = Staffed(live_server)
    for _person in range(2):
        hall.draw()
    hall.call("xixian-01")
    page = old_tv(open_page("screen"))
    page.clock.install()
    page.goto(BOARD)
    expect(page.locator("#newest-number")).to_have_text("A001")
    hall.call("xixian-02")
    page.clock.fast_forward(20_000)
    expect(page.locator("#newest-number")).to_have_text("A002")
    expect(page.locator("#older .ticket")).to_have_text(["A001"])


def test_an_old_television_shows_the_board_dark_large_and_whole(
    live_server: LiveHall, open_page: OpenPage
) -> None:
    hall = Staffed(live_server)
    for letter in "abcdefghjklm":
        hall.draw(f"xixian-{letter}")
    for window in range(1, 7):
        hall.draw()
        hall.call(f"xixian-{window:02d}")
    page = old_tv(open_page("screen"))
    page.goto(BOARD)
    assert background(page) == "rgb(7, 26, 44)", (
        "White on nothing: board-plain.css must write its colours out."
    )
    size = page.locator("#newest-number").evaluate("node => parseFloat(getComputedStyle(node).fontSize)")
    assert size >= 200
    for part in ("#newest-where", "#older li:last-child", "#waiting li:last-child"):
        inside(page, part)


def test_an_old_television_shows_the_plate(live_server: LiveHall, open_page: OpenPage) -> None:
    hall = Staffed(live_server)
    hall.draw()
    hall.call("xixian-03")
    page = old_tv(open_page("screen"))
    page.goto(PLATE)
    assert background(page) == "rgb(7, 26, 44)"
    inside(page, "#number")
    inside(page, "#said")


@pytest.mark.expected_errors("ERR_FAILED")
def test_a_screen_whose_script_was_lost_on_the_way_begins_again(
    live_server: LiveHall, open_page: OpenPage
) -> None:
    page = open_page("screen")
    page.route("**/board.js*", lambda route: route.abort(), times=1)
    page.clock.install()
    page.goto(BOARD)
    expect(page.locator("html")).not_to_have_attribute("data-live", re.compile("."))
    page.clock.fast_forward(16_000)
    page.clock.resume()
    expect(page.locator("html")).to_have_attribute("data-live", "online")


@pytest.mark.expected_errors(AWAY)
def test_an_old_television_keeps_its_picture_while_the_server_is_away(
    live_server: LiveHall, open_page: OpenPage
) -> None:
    hall = Staffed(live_server)
    hall.draw()
    hall.call("xixian-01")
    page = old_tv(open_page("screen"))
    page.clock.install()
    page.goto(BOARD)
    page.unroute_all()
    live_server.stop()
    page.clock.fast_forward(20_000)
    page.clock.fast_forward(20_000)
    expect(page.locator("#newest-number")).to_have_text("A001")
