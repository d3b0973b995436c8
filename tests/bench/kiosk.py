"""What the kiosk's page weighs: everything that a browser fetches for it, fonts aside."""

from __future__ import annotations

import shutil
from collections import defaultdict
from typing import TYPE_CHECKING

from playwright.sync_api import sync_playwright

from tests.bench import Goal, Table
from tests.bench.halls import served

if TYPE_CHECKING:
    from playwright.sync_api import Request

LIMIT_KB = 300


def run() -> Table:
    """Open it once with an empty cache."""
    weights: dict[str, list[int]] = defaultdict(list)

    with served("") as (hall,), sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium") or shutil.which("chromium-browser"),
            args=["--no-sandbox", "--disable-gpu"],
        )
        page = browser.new_page(viewport={"width": 1080, "height": 1920})
        fetched: list[Request] = []
        page.on("requestfinished", lambda request: fetched.append(request))  # noqa: PLW0108 - it marks the function
        page.goto(f"{hall.url}/kiosk", wait_until="networkidle")
        page.wait_for_timeout(1000)
        for request in fetched:
            response = request.response()
            if response is not None and response.status == 200:  # others have no body
                weights[request.resource_type].append(len(response.body()))
        browser.close()
    kilobytes = {kind: sum(sizes) / 1024 for kind, sizes in weights.items()}
    without = sum(weight for kind, weight in kilobytes.items() if kind != "font")
    rows = [(kind, len(weights[kind]), round(weight, 1)) for kind, weight in sorted(kilobytes.items())]
    return Table(
        title="Kiosk page",
        question="What does the kiosk's page weigh as it comes from the server, uncompressed?",
        columns=("kind", "files", "KB"),
        rows=(*rows, ("all but fonts", sum(row[1] for row in rows if row[0] != "font"), round(without, 1))),
        goals=(Goal(f"under {LIMIT_KB} KB without the font", f"{without:.0f} KB", without < LIMIT_KB),),
    )
