"""Q9 on the glass: the server goes, a number is drawn and printed by the agent alone, and the server comes back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Page, Response, expect

from tests.cut_off import tickets
from tests.fake_printer import FakePrinter
from tests.kiosk_machine import KioskMachine

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.browser.conftest import OpenPage
    from tests.servers import LiveHall

LIMIT = 300_000
LOST = r"WebSocket|Failed to load resource|request to a foreign host: http://127\.0\.0\.1"
PATIENCE = 40_000


@pytest.mark.expected_errors(LOST)
def test_Q9_the_kiosk_goes_on_without_its_server_and_comes_back_by_itself(
    live_server: LiveHall, tmp_path: Path, open_page: OpenPage, axe: Callable[[Page], None]
) -> None:
    with FakePrinter() as printer, KioskMachine(live_server, tmp_path / "one", printer) as one:
        one.wait_until("here")
        page = open_page("kiosk")
        page.goto(f"{one.url}/kiosk")
        expect(page.locator("body")).to_have_attribute("data-server", "online", timeout=PATIENCE)
        live_server.stop()
        told = page.locator("[data-part=cut-off]")
        expect(told, "Q9 broke: the kiosk stands still without its server.").to_be_visible(timeout=PATIENCE)
        expect(told).to_contain_text("大厅网络暂时中断")
        axe(page)
        page.locator("[data-line=xixian-a]").tap()
        axe(page)
        page.locator("[data-key=draw]").tap()
        expect(page.locator("[data-number]"), "Q9 broke: no number.").to_have_text("A9001")
        expect(page.locator("[data-paper=printed]"), "Q9 broke: no slip.").to_be_visible(timeout=PATIENCE)
        assert len(printer.inked) == 1, "Q9 broke: not one slip came out."
        axe(page)
        page.locator("[data-key=home]").tap()
        live_server.start()
        expect(page.locator("body"), "Q9 broke: the kiosk does not come back by itself.").to_have_attribute(
            "data-server", "online", timeout=PATIENCE
        )
        expect(page.locator("[data-line=xixian-a]")).to_contain_text("1")
        assert [row.number for row in tickets(live_server.prepared.database_url)] == ["A9001"]


@pytest.mark.expected_errors(LOST)
def test_Q9_elder_mode_english_and_priority_work_without_the_server(
    live_server: LiveHall, tmp_path: Path, open_page: OpenPage, axe: Callable[[Page], None]
) -> None:
    with KioskMachine(live_server, tmp_path / "one") as one:
        one.wait_until("here")
        live_server.stop()
        one.wait_until("away")
        page = open_page("kiosk")
        loaded: list[Response] = []
        page.on("response", lambda response: loaded.append(response))  # noqa: PLW0108 - Playwright marks it
        page.goto(f"{one.url}/kiosk")
        expect(page.locator("[data-line=xixian-a]")).to_be_visible()
        weight = sum(len(one.body()) for one in loaded if "/fonts/" not in one.url)
        assert weight < LIMIT, f"The small page weighs {weight} bytes."
        page.locator("[data-key=language]").tap()
        page.locator("[data-key=elder]").tap()
        axe(page)
        top, news, ask = (page.locator(part).bounding_box() for part in ("main", ".kiosk-news", ".kiosk-ask"))
        assert top and news and ask
        assert ask["y"] + ask["height"] <= top["y"], "The question reaches under the tiles."
        assert news["y"] + news["height"] <= ask["y"], (
            "What is said of the network reaches into the question."
        )
        page.locator("[data-key=priority]").tap()
        axe(page)
        page.locator("[data-reason=elder]").tap()
        page.locator("[data-line=xixian-b]").tap()
        page.locator("[data-key=draw]").tap()
        expect(page.locator("[data-number]")).to_have_text("B9001")
        expect(page.locator("main")).to_contain_text("network is down")
        axe(page)
        assert one.papers()[0]["reason"] == "elder"
