"""A real browser: Debian's Chromium, one window a surface at its true size, no console error allowed.

`open_page("kiosk")` opens a surface of the hall that the test asked for (`live_server` or `shared_hall`); `page` is
one at the console's size. Every message of a console, every script error and every request that leaves the hall is
kept, and the test fails for it at the end, unless it said `@pytest.mark.expected_errors("pattern")`.
"""

from __future__ import annotations

import re
import shutil
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

import pytest
from axe_playwright_python.base import AXE_SCRIPT as AXE
from playwright.sync_api import Error as BrowserError
from playwright.sync_api import sync_playwright

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request

    from tests.servers import LiveHall

FLAGS = [
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--autoplay-policy=no-user-gesture-required",  # as on the hall's own screens
]
SURFACES: dict[str, dict[str, Any]] = {
    "kiosk": {"viewport": {"width": 1080, "height": 1920}, "has_touch": True},
    "kiosk-landscape": {"viewport": {"width": 1920, "height": 1080}, "has_touch": True},
    "screen": {"viewport": {"width": 1920, "height": 1080}},
    "console": {"viewport": {"width": 1440, "height": 900}},
    "desk": {"viewport": {"width": 1440, "height": 900}},
    "tablet": {"viewport": {"width": 1024, "height": 768}, "has_touch": True},
    "phone": {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True},
    "small-phone": {"viewport": {"width": 320, "height": 568}, "has_touch": True, "is_mobile": True},
}
SERIOUS = {"serious", "critical"}
# Colours are judged when they have arrived: half-way through a change of state a button has neither
SETTLED = """() => Promise.all(document.getAnimations()
    .filter((moving) => moving.effect.getComputedTiming().endTime !== Infinity)
    .map((moving) => moving.finished.catch(() => null)))"""
FAILED = pytest.StashKey[bool]()


class OpenPage(Protocol):
    """`open_page(surface, lang, hall=None, **context)`; the context's options are Playwright's."""

    def __call__(
        self, surface: str = "console", lang: str = "zh-CN", hall: LiveHall | None = None, **context: Any
    ) -> Page: ...


@dataclass(slots=True)
class Watch:
    """What went wrong in the windows of one test."""

    expected: list[re.Pattern[str]] = field(default_factory=list)
    contexts: list[BrowserContext] = field(default_factory=list)
    troubles: list[str] = field(default_factory=list)

    def follow(self, page: Page, home: str) -> None:
        """Keep what this window complains about."""

        def on_console(message: ConsoleMessage) -> None:
            if message.type in {"error", "warning"}:
                self.add(f"console {message.type}: {message.text} ({message.location.get('url', '')})")

        def on_request(request: Request) -> None:
            if request.url.startswith(("http:", "https:")) and not request.url.startswith(home):
                self.add(f"request to a foreign host: {request.url}")

        page.on("console", on_console)
        page.on("pageerror", lambda error: self.add(f"script error: {error}"))
        page.on("request", on_request)

    def add(self, trouble: str) -> None:
        """Note one, unless the test expects it."""
        if not any(pattern.search(trouble) for pattern in self.expected):
            self.troubles.append(trouble)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Any:
    report: pytest.TestReport = yield
    if report.when == "call":
        item.stash[FAILED] = report.failed
    return report


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """Chromium. It ends with this folder: Playwright's event loop must not run while other tests want their own."""
    program = shutil.which("chromium") or shutil.which("chromium-browser")
    assert program, "Chromium is missing. Run: sh .ci/test-needs"
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=program, args=FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture
def open_page(request: pytest.FixtureRequest, browser: Browser, tmp_path: Path) -> Iterator[OpenPage]:
    """Open surfaces; see the top of this file."""
    mark = request.node.get_closest_marker("expected_errors")
    watch = Watch([re.compile(pattern) for pattern in (mark.args if mark else ())])

    def opened(
        surface: str = "console", lang: str = "zh-CN", hall: LiveHall | None = None, **options: Any
    ) -> Page:
        hall = hall or _hall_of(request)
        context = browser.new_context(base_url=hall.url, locale=lang, **{**SURFACES[surface], **options})
        watch.contexts.append(context)
        context.on("page", lambda page: watch.follow(page, hall.url))
        return context.new_page()

    yield opened
    if request.node.stash.get(FAILED, True):
        _take_pictures(watch, tmp_path)
    for context in watch.contexts:
        context.close()
    if watch.troubles:
        told = "\n  ".join(["Mend these, or declare them with expected_errors:", *watch.troubles])
        pytest.fail(told, pytrace=False)


@pytest.fixture
def page(open_page: OpenPage) -> Page:
    """A window of the console's size."""
    return open_page()


@pytest.fixture
def axe() -> Callable[[Page], None]:
    """`axe(page)`: no serious or critical finding on the page as it stands."""

    def check(page: Page) -> None:
        try:
            found = _violations(page)
        except BrowserError:  # the press before led to another page while this one was looked at
            page.wait_for_load_state()
            found = _violations(page)
        grave = [_told(finding) for finding in found if finding["impact"] in SERIOUS]
        assert not grave, f"{page.url} is hard to use for some people:\n" + "\n".join(grave)

    return check


def _violations(page: Page) -> list[dict[str, Any]]:
    page.evaluate(SETTLED)
    page.evaluate(AXE)
    found: list[dict[str, Any]] = page.evaluate(
        "axe.run({resultTypes: ['violations']}).then((found) => found.violations)"
    )
    return found


def _hall_of(request: pytest.FixtureRequest) -> LiveHall:
    name = "shared_hall" if "shared_hall" in request.fixturenames else "live_server"
    hall: LiveHall = request.getfixturevalue(name)
    return hall


def _take_pictures(watch: Watch, folder: Path) -> None:
    for number, page in enumerate(page for context in watch.contexts for page in context.pages):
        path = folder / f"failed-{number}.png"
        page.screenshot(path=path)
        watch.troubles.append(f"picture of {page.url}: {path}")


def _told(finding: dict[str, Any]) -> str:
    places = "; ".join(" ".join(map(str, node["target"])) for node in finding["nodes"][:5])
    return f"{finding['id']} ({finding['impact']}): {finding['help']} — {places}"
