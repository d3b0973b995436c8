"""The kiosk when something is amiss: a stopped line, a server that is away, a registration that ended."""

from __future__ import annotations

from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Page, Route, expect

from hall import clock
from tests.browser.stored import change

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.browser.conftest import OpenPage
    from tests.servers import LiveHall


def test_Q10_a_stopped_line_says_so_and_why(
    live_server: LiveHall, open_page: OpenPage, axe: Callable[[Page], None]
) -> None:
    live_server.stop()
    today = clock.business_date(ZoneInfo("Asia/Shanghai"), clock.now()).isoformat()
    change(
        live_server,
        "UPDATE line SET stopped_reason = :why, stopped_on = :today WHERE code = 'xixian-h'",
        why="系统维护",
        today=today,
    )
    live_server.start()
    page = open_page("kiosk")
    page.goto("/kiosk")
    tile = page.locator("[data-line=xixian-h]")
    expect(tile).to_contain_text("暂停取号")
    tile.tap()
    expect(page.locator("main")).to_contain_text("系统维护")
    expect(page.locator("[data-key=draw]")).to_have_count(0)
    axe(page)


@pytest.mark.expected_errors(r"ERR_CONNECTION", r"WebSocket", r"Failed to load resource")
def test_a_server_that_is_away_is_said_plainly_and_no_ticket_is_drawn_twice(
    live_server: LiveHall, open_page: OpenPage, axe: Callable[[Page], None]
) -> None:
    page = open_page("kiosk")
    page.goto("/kiosk")
    expect(page.locator("body")).to_have_attribute("data-server", "online")
    page.locator("[data-line=xixian-a]").tap()
    live_server.stop()
    expect(page.locator("[data-part=away]")).to_be_visible()
    page.locator("[data-key=draw]").tap()
    expect(page.locator("[data-key=again]")).to_be_visible()
    expect(page.locator("main")).to_contain_text("不会重复取号")
    drawn = page.locator("main .icon use").evaluate_all("signs => signs.map((sign) => sign.getBBox().width)")
    assert drawn and all(drawn), "The signs are drawn from what the browser keeps (wsgi._headers)."
    axe(page)
    page.locator("h1").dispatch_event("pointerdown")  # a finger rests there: no way home
    live_server.start()
    expect(page.locator("[data-number]"), "It asks again by itself, under the same key.").to_have_text(
        "A001", timeout=30_000
    )
    expect(page.locator("[data-part=away]"), "It must see by itself that the server is back.").to_be_hidden(
        timeout=30_000
    )


@pytest.mark.expected_errors("Failed to load resource")
def test_Q2_an_answer_that_was_lost_brings_the_same_ticket_when_tried_again(
    live_server: LiveHall, open_page: OpenPage
) -> None:
    page = open_page("kiosk", hall=live_server)
    page.goto("/kiosk")
    drawn: list[str] = []

    def lose(route: Route) -> None:
        answer = route.fetch()
        drawn.append(answer.json()["number"])
        route.fulfill(status=502, body="{}", content_type="application/problem+json")

    page.route("**/api/v1/tickets", lose, times=2)  # once more than the page tries by itself
    page.locator("[data-line=xixian-a]").tap()
    page.locator("[data-key=draw]").tap()
    page.locator("[data-key=again]").tap()
    expect(page.locator("[data-number]")).to_have_text(drawn[0])
    assert drawn == [drawn[0]] * 2


@pytest.mark.expected_errors("ERR_CONNECTION", "WebSocket", "Failed to load resource")
def test_a_revoked_kiosk_sends_people_to_the_desk(live_server: LiveHall, open_page: OpenPage) -> None:
    page = open_page("kiosk")
    page.goto("/kiosk")
    page.locator("[data-line=xixian-a]").tap()
    live_server.stop()
    change(live_server, "UPDATE device SET revoked_at = enrolled_at")
    live_server.start()
    page.locator("[data-key=draw]").tap()
    expect(page.locator("main")).to_contain_text("本机登记已失效，请到导办台取号")
