"""Clerks in front of their consoles, for tests that look at what they see and press."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from playwright.sync_api import Page, expect

from tests.browser.calling import Staffed

if TYPE_CHECKING:
    from tests.browser.conftest import OpenPage
    from tests.servers import LiveHall

W1 = "xixian-01"


@dataclass(frozen=True, slots=True)
class Clerk:
    """One clerk's browser at the console, and the hall around it."""

    page: Page
    others: Staffed

    @classmethod
    def arrive(
        cls, open_page: OpenPage, hall: LiveHall, window: str = W1, user: str = "", **options: Any
    ) -> Clerk:
        """Sign in and wait until the page is live."""
        person = next(
            row for row in hall.demo["staff"] if (row["user"] == user if user else row["window"] == window)
        )
        page = open_page("console", hall=hall, **options)
        page.goto("/sign-in")
        page.fill("[name=user]", person["user"])
        page.fill("[name=password]", person["password"])
        page.press("[name=password]", "Enter")
        page.wait_for_url(lambda address: "/sign-in" not in address)
        page.goto(f"/console?window={window}")
        expect(page.locator("#live-status")).to_have_attribute("data-state", "online")
        return cls(page, Staffed(hall))

    def press(self, key: str, then: str) -> None:
        """Press a key; the big button then offers `then` and can be pressed."""
        self.page.keyboard.press(key)
        self.ready(then)

    def ready(self, verb: str) -> None:
        """The one next thing to do, by its verb."""
        expect(self.page.locator("#next")).to_have_attribute("data-verb", verb)
        expect(self.page.locator("#next")).to_be_enabled()

    def at_work(self) -> Clerk:
        """With the window open."""
        self.press("o", "call-next")
        return self

    def draw(self, line: str = "xixian-a", **more: Any) -> str:
        """Somebody draws; the number shows in the list."""
        number = str(self.others.draw(line, **more)["number"])
        expect(self.page.locator("#waiting")).to_contain_text(number)
        return number

    def waiting(self) -> list[str]:
        """Numbers in the list, from top to bottom."""
        return self.page.locator("#waiting button .ticket-number").all_text_contents()

    def number(self, text: str) -> None:
        """The number at the window."""
        expect(self.page.locator("#current-number")).to_have_text(text)

    def dialog(self, name: str) -> None:
        """The dialog that is open."""
        expect(self.page.locator("dialog[open]")).to_have_id(f"dialog-{name}")

    def no_dialog(self) -> None:
        """None is open."""
        expect(self.page.locator("dialog[open]")).to_have_count(0)


def press(clerk: Page, keys: str) -> None:
    """As soon as the page at hand listens: what it shows stands there before its script has run."""
    expect(clerk.locator("html")).to_have_attribute("data-keys", "on")
    clerk.keyboard.press(keys)
