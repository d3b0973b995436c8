"""The process behind the proxy dies with a press in its hands: the pages repeat it by themselves, with its key (Q2)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.clerks import Clerk

if TYPE_CHECKING:
    from tests.browser.conftest import OpenPage
    from tests.servers import LiveHall

FOREIGN = "<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>"


def die(page: Page, path: str, status: int = 502, times: int = 1) -> list[str]:
    """So many presses are carried out and answered by a proxy that is not ours; answers their keys as they come."""
    keys: list[str] = []

    def dying(route: Route) -> None:
        keys.append(route.request.headers["idempotency-key"])
        if len(keys) > times:
            route.continue_()
            return
        route.fetch()
        route.fulfill(status=status, body=FOREIGN, content_type="text/html")

    page.route(path, dying)
    return keys


@pytest.mark.expected_errors("Failed to load resource")
def test_Q2_a_kiosk_whose_process_dies_draws_the_ticket_once(
    live_server: LiveHall, open_page: OpenPage
) -> None:
    page = open_page("kiosk", hall=live_server)
    page.goto("/kiosk")
    keys = die(page, "**/api/v1/tickets")
    page.locator("[data-line=xixian-a]").tap()
    page.locator("[data-key=draw]").tap()
    expect(page.locator("[data-number]"), "Q2: it repeats by itself").to_have_text("A001")
    assert len(keys) == 2 and len(set(keys)) == 1, "Q2: with the same key"


@pytest.mark.expected_errors("Failed to load resource")
def test_Q2_a_window_whose_process_dies_calls_once(live_server: LiveHall, open_page: OpenPage) -> None:
    clerk = Clerk.arrive(open_page, live_server).at_work()
    first, second = clerk.draw(), clerk.draw()
    keys = die(clerk.page, "**/call-next", status=504)
    clerk.press("n", "start")
    clerk.number(first)
    assert len(keys) == 2 and len(set(keys)) == 1, "Q2: repeated with the same key"
    expect(clerk.page.locator("#waiting")).to_contain_text(second)
    expect(clerk.page.locator("#console-error")).to_be_empty()


@pytest.mark.expected_errors("Failed to load resource")
def test_a_window_that_reaches_no_process_says_so_in_words(
    live_server: LiveHall, open_page: OpenPage
) -> None:
    clerk = Clerk.arrive(open_page, live_server).at_work()
    clerk.draw()
    keys = die(clerk.page, "**/call-next", times=2)
    clerk.page.keyboard.press("n")
    expect(clerk.page.locator("#console-error")).to_have_text("暂时连不上服务器，请稍后再试。")
    assert len(keys) == 2


def refuse(page: Page, path: str, after: str | None) -> list[str]:
    """One press is answered 503 by the hall itself, with this `Retry-After`; answers the keys as they come."""
    keys: list[str] = []

    def refusing(route: Route) -> None:
        keys.append(route.request.headers["idempotency-key"])
        if len(keys) > 1:
            route.continue_()
            return
        said = {"code": "database_away", "title": "", "detail": "数据库暂时没有应答。"}
        headers = {} if after is None else {"Retry-After": after}
        route.fulfill(status=503, json=said, content_type="application/problem+json", headers=headers)

    page.route(path, refusing)
    return keys


@pytest.mark.expected_errors("Failed to load resource")
def test_Q2_a_window_told_to_come_back_soon_does_so_by_itself_and_calls_once(
    live_server: LiveHall, open_page: OpenPage
) -> None:
    clerk = Clerk.arrive(open_page, live_server).at_work()
    first = clerk.draw()
    keys = refuse(clerk.page, "**/call-next", after="3")
    clerk.press("n", "start")
    clerk.number(first)
    assert len(keys) == 2 and len(set(keys)) == 1, "Q2: repeated with the same key"
    expect(clerk.page.locator("#console-error")).to_be_empty()


@pytest.mark.expected_errors("Failed to load resource")
@pytest.mark.parametrize("after", ["10", None])
def test_a_window_told_to_come_back_later_says_so_at_once_and_repeats_nothing(
    live_server: LiveHall, open_page: OpenPage, after: str | None
) -> None:
    clerk = Clerk.arrive(open_page, live_server).at_work()
    first = clerk.draw()
    keys = refuse(clerk.page, "**/call-next", after)
    clerk.page.keyboard.press("n")
    expect(clerk.page.locator("#console-error")).to_have_text("数据库暂时没有应答。")
    assert len(keys) == 1, "what would be refused again is not sent again"
    clerk.ready("call-next")
    clerk.press("n", "start")
    clerk.number(first)
