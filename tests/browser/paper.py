"""A kiosk with a printer in a browser, and what its agent would say."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import requests
from playwright.sync_api import Page, Route, expect

from tests.printers import API, TestPrinter, add_printer, join_kiosks

if TYPE_CHECKING:
    from tests.browser.conftest import OpenPage
    from tests.servers import LiveHall

WAIT = {"p50_min": 15.0, "p90_min": 25.0}


class Paper:
    """The printer of all kiosks of a hall."""

    def __init__(self, hall: LiveHall) -> None:
        self.hall = hall
        self.printer: TestPrinter = add_printer(hall.prepared.database_url)

    def arrive(self, open_page: OpenPage, surface: str = "kiosk", *, joined: bool = True) -> Page:
        """The kiosk, registered by its first visit, connected."""
        page = open_page(surface, hall=self.hall)
        page.goto("/kiosk")
        join_kiosks(self.hall.prepared.database_url, self.printer.id if joined else None)
        page.reload()
        expect(page.locator("body")).to_have_attribute("data-server", "online")
        return page

    def says(self, paper: str = "ok", cover: str = "closed", *, online: bool = True) -> None:
        """How it is."""
        self._post(f"devices/{self.printer.id}/status", {"paper": paper, "cover": cover, "online": online})

    def prints(self, **how: Any) -> int:
        """Every waiting slip comes out; answers how many did."""
        path = f"{self.hall.url}{API}/devices/{self.printer.id}/print-jobs"
        jobs = requests.get(path, headers=self.printer.headers, timeout=10).json()["jobs"]
        for job in jobs:
            self._post(f"print-jobs/{job['id']}/printed", how)
        return len(jobs)

    def _post(self, path: str, body: dict[str, Any]) -> None:
        requests.post(
            f"{self.hall.url}{API}/{path}", json=body, headers=self.printer.headers, timeout=10
        ).raise_for_status()


def touch(page: Page, name: str) -> None:
    page.locator(f"[data-key={name}]").tap()


def draw(page: Page, *lines: str) -> None:
    """Touch the lines and draw."""
    if len(lines) > 1:
        touch(page, "several")
    for code in lines:
        tile = page.locator(f"[data-line={code}]")
        while not tile.count():
            touch(page, "more")
        tile.tap()
    if len(lines) > 1:
        touch(page, "next")
    touch(page, "draw")
    expect(page.locator("[data-number]")).to_have_count(len(lines))


def with_waits(page: Page) -> None:
    """The answers to draws carry a wait figure, as in a hall that has learned its own."""

    def add(route: Route) -> None:
        answer = route.fetch()
        said = answer.json()
        for ticket in said.get("tickets", [said]):
            ticket["wait"] = WAIT
        route.fulfill(response=answer, json=said)

    page.route("**/api/v1/tickets", add)
    page.route("**/api/v1/visits", add)
