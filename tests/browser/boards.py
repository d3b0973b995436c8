"""Screens as they hang on the wall, for tests that look at them and listen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from playwright.sync_api import Page, expect

if TYPE_CHECKING:
    from tests.browser.conftest import OpenPage

BOARD = "/screen/xixian"
PLATE = "/screen/window/xixian-03"
# What a browser writes down while its server is away: which of them depends on how far it had come when it went.
AWAY = r"WebSocket|socket\.io|Failed to load resource: net::ERR_|ERR_FAILED"
# Everything that the voice begins to say, in order.
LISTEN = """
window.spoken = [];
document.addEventListener('DOMContentLoaded', () => new MutationObserver(() => {
  const key = document.getElementById('board').dataset.speaking;
  if (key) window.spoken.push(key.split('@')[0]);
  document.documentElement.dataset.spoken = window.spoken.join(' ');
}).observe(document.getElementById('board'), {attributes: true, attributeFilter: ['data-speaking']}));
"""


def connected(page: Page) -> Page:
    """Once the live channel has told the page its state."""
    expect(page.locator("html")).to_have_attribute("data-live", "online")
    return page


def spoken(page: Page, *numbers: str) -> None:
    """The voice has begun with these numbers in this order (the page's policy lets no test evaluate strings in it)."""
    expect(page.locator("html")).to_have_attribute("data-spoken", " ".join(numbers), timeout=60_000)


def on_the_wall(open_page: OpenPage, *scripts: str, address: str = BOARD) -> Page:
    """A screen that is on and was told its state; the scripts run before those of its page."""
    page = open_page("screen")
    for script in scripts:
        page.add_init_script(script)
    page.goto(address)
    return connected(page)
