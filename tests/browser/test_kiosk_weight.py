"""What a kiosk's browser really loads on the way to a ticket."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Response, expect

if TYPE_CHECKING:
    from tests.browser.conftest import OpenPage

LIMIT = 300_000


@pytest.mark.usefixtures("shared_hall")
def test_the_kiosk_page_weighs_under_300_kb_without_the_font(open_page: OpenPage) -> None:
    page = open_page("kiosk")
    loaded: list[Response] = []
    page.on("response", lambda response: loaded.append(response))  # noqa: PLW0108 - Playwright marks it
    page.goto("/kiosk")
    expect(page.locator("body")).to_have_attribute("data-server", "online")
    page.locator("[data-line=xixian-b]").tap()
    page.locator("[data-key=draw]").tap()
    expect(page.locator("[data-number]")).to_be_visible()
    weights = {
        response.url: len(response.body())
        for response in loaded
        if response.status == 200 and "/fonts/" not in response.url
    }
    assert any("kiosk.js" in url for url in weights)
    heaviest = sorted(weights.items(), key=lambda item: -item[1])[:6]
    assert sum(weights.values()) < LIMIT, f"{sum(weights.values())} bytes; the heaviest: {heaviest}"
