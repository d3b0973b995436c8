"""The day sheet in a real browser: its plot is drawn, its table is one key away."""

from __future__ import annotations

from typing import TYPE_CHECKING

from playwright.sync_api import Page, expect

from tests.browser.calling import Staffed

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.browser.conftest import OpenPage
    from tests.servers import LiveHall


def test_the_plot_answers_its_question_and_T_shows_the_table(
    live_server: LiveHall, open_page: OpenPage, axe: Callable[[Page], None]
) -> None:
    hall = Staffed(live_server)
    hall.draw("xixian-a")
    hall.call("xixian-01")
    person = next(row for row in live_server.demo["staff"] if row["role"] == "manager")
    page = open_page("desk", hall=live_server)
    page.goto("/sign-in")
    page.fill("[name=user]", person["user"])
    page.fill("[name=password]", person["password"])
    page.press("[name=password]", "Enter")
    page.wait_for_url("**/floor")
    page.goto("/reports/day")
    expect(page.locator("#plot canvas")).to_be_visible()
    expect(page.locator("#plot-table")).to_be_hidden()
    axe(page)
    page.keyboard.press("t")
    expect(page.locator("#plot-table tbody tr")).to_have_count(1)
    expect(page.locator("#plot-table")).to_be_visible()
    expect(page.locator("#plot-switch")).to_have_attribute("aria-expanded", "true")
