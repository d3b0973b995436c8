"""From a clerk's press to the number on a screen in a real browser, alone and with a thousand phones connected."""

from __future__ import annotations

import asyncio
import shutil
import time
from typing import TYPE_CHECKING, Any

from playwright.async_api import async_playwright

from tests.bench import Cell, Goal, Table
from tests.bench.crowd import Crowd
from tests.bench.halls import LINE, desks, draw, served
from tests.bench.wire import quantile

if TYPE_CHECKING:
    from playwright.async_api import Page

    from tests.bench.halls import Desk
    from tests.servers import LiveHall

CALLS, GAP_S, PHONES = 60, 0.5, 1000
# When a number is painted, not only put into the page: two frames after the change
WATCH = """() => {
  window.seen = {};
  const look = () => {
    const number = document.getElementById("newest-number").textContent.trim();
    if (number && !(number in window.seen)) {
      window.seen[number] = 0;
      requestAnimationFrame(() => requestAnimationFrame(() => { window.seen[number] = Date.now(); }));
    }
  };
  new MutationObserver(look).observe(document.body, {subtree: true, childList: true, characterData: true});
}"""


async def _calls(page: Page, desk: Desk) -> list[float]:
    pressed: dict[str, float] = {}
    for _ in range(CALLS):
        at = time.time() * 1000
        number = await desk.call()
        assert number
        pressed[number] = at
        await desk.finish()
        await asyncio.sleep(GAP_S)
    await asyncio.sleep(1)
    seen: dict[str, Any] = await page.evaluate("window.seen")
    missing = [number for number in pressed if not seen.get(number)]
    assert not missing, f"never shown: {missing}"
    return [seen[number] - at for number, at in pressed.items()]


async def _measure(hall: LiveHall) -> tuple[list[float], list[float]]:
    tickets = await draw(hall, PHONES + 2 * CALLS + 20)
    (desk,) = await desks(hall, 1)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=shutil.which("chromium") or shutil.which("chromium-browser"),
            args=["--no-sandbox", "--disable-gpu"],
        )
        page = await browser.new_page(viewport={"width": 1920, "height": 1080})
        await page.goto(f"{hall.url}/screen/xixian")
        await page.wait_for_timeout(2000)
        await page.evaluate(WATCH)
        alone = await _calls(page, desk)
        crowd = Crowd(hall.url, LINE)
        await asyncio.to_thread(crowd.join, [ticket["token"] for ticket in tickets[-PHONES:]])
        with_phones = await _calls(page, desk)
        await asyncio.to_thread(crowd.leave)
        await browser.close()
    return alone, with_phones


def run() -> Table:
    """One screen, one window."""
    with served("") as (hall,):
        alone, phones = asyncio.run(_measure(hall))
    p95 = quantile(phones, 0.95)
    rows: list[tuple[Cell, ...]] = [
        (name, *(round(quantile(took, share)) for share in (0.5, 0.95, 0.99)))
        for name, took in (("screen alone", alone), (f"with {PHONES:,} phones connected", phones))
    ]
    return Table(
        title="Call to screen",
        question="How long from the press until the number is painted in Chromium, in milliseconds?",
        columns=("when", "p50, ms", "p95, ms", "p99, ms"),
        rows=tuple(rows),
        goals=(Goal("p95 under 150 ms with 1,000 phones", f"{p95:.0f} ms", p95 < 150),),
        notes=(f"{CALLS} calls each; server, phones, driver and browser share this machine.",),
    )
