"""What a page does with a state whose version it has already: an answer heals, a message that came late does not."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from playwright.sync_api import expect

from tests.browser.boards import BOARD, connected
from tests.browser.calling import Staffed

if TYPE_CHECKING:
    from playwright.sync_api import WebSocketRoute

    from tests.browser.conftest import OpenPage
    from tests.servers import LiveHall

ANSWER, PUSH = "43/live,", "42/live,"
# All that the board has told of people waiting, in order
KEEP = """
window.told = [];
document.addEventListener('DOMContentLoaded', () => new MutationObserver(() => {
  window.told.push(document.getElementById('waiting').textContent);
}).observe(document.getElementById('waiting'), {childList: true}));
"""


@dataclass
class Wire:
    """The real wire between page and server. `waiting`, where given, stands in every answer under its own version."""

    page: WebSocketRoute | None = None
    state: dict[str, Any] | None = None
    waiting: dict[str, int] | None = None

    def join(self, page: WebSocketRoute) -> None:
        """Put this between the page and its server."""
        self.page, server = page, page.connect_to_server()
        server.on_message(lambda frame: page.send(self.altered(frame)))

    def altered(self, frame: str | bytes) -> str | bytes:
        """Keep the board's state of an answer, changed where that is wished."""
        if not isinstance(frame, str) or not frame.startswith(ANSWER):
            return frame
        head, bracket, rest = frame.partition("[")
        said = json.loads(bracket + rest)
        self.state = said[0]["state"]
        if self.waiting is not None:
            self.state["waiting"] = self.waiting
        return head + json.dumps(said)

    def push(self, later: int, **content: Any) -> None:
        """A message of the server's kind, `later` versions after the last answer."""
        assert self.page and self.state
        state = {**self.state, "version": self.state["version"] + later, **content}
        self.page.send(PUSH + json.dumps(["state", state]))


def test_an_answer_of_the_same_version_heals_the_page_and_a_message_of_it_does_not_replace(
    live_server: LiveHall, open_page: OpenPage
) -> None:
    Staffed(live_server).draw()
    wire = Wire()
    page = open_page("screen")
    page.add_init_script(KEEP)
    page.route_web_socket(re.compile("/socket.io/"), wire.join)
    page.goto(f"{BOARD}?sound=0")
    connected(page)
    waiting = page.locator("#waiting li")
    expect(waiting).to_have_text(["A1"])
    wire.waiting = {"A": 7}
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")  # it asks again
    expect(waiting, "The answer tells more under the version it has.").to_have_text(["A7"])
    wire.push(0, waiting={"A": 9})
    wire.push(1, waiting={"A": 3})
    expect(waiting).to_have_text(["A3"])
    assert "A9" not in page.evaluate("window.told"), (
        "A message of a version it has came late: it says nothing new."
    )
