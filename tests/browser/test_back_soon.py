"""What hangs on walls or stands at windows is back within seconds of its server's return, however long that was away.

The page's own clock is moved by hand, and chance is set to its worst: how fast the machine is changes nothing.
"""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, WebSocketRoute, expect

from tests.browser.boards import AWAY, BOARD, connected
from tests.browser.calling import Staffed
from tests.browser.conftest import OpenPage
from tests.servers import LiveHall

STEP_MS, AWAY_MS, SOON_MS = 250, 90_000, 4_000
OPENED = '0{"sid":"nobody","upgrades":[],"pingInterval":25000,"pingTimeout":20000,"maxPayload":100000}'
REFUSED = '44/live,{"message":"database_away"}'
WORST = "Math.random = () => 0.999;"
MOST_STEPS = 2_000


def passes(page: Page, milliseconds: int) -> None:
    """The page's time goes on; what its sockets meet meanwhile arrives in true time."""
    for _ in range(milliseconds // STEP_MS):
        page.clock.run_for(STEP_MS)
        page.wait_for_timeout(30)


class Door:
    """Where the page's sockets go: to the server, or, while it is shut, to one that lets nobody in."""

    def __init__(self, page: Page) -> None:
        self.tries, self.shut = 0, False
        page.route_web_socket("**/socket.io/**", self.knock)

    def knock(self, socket: WebSocketRoute) -> None:
        """As a hall whose database is away: it answers, and refuses the namespace."""
        self.tries += 1
        if not self.shut:
            socket.connect_to_server()
            return
        socket.on_message(lambda said: socket.send(REFUSED) if str(said).startswith("40") else None)
        socket.send(OPENED)


@pytest.mark.expected_errors(AWAY)
@pytest.mark.parametrize("refuses", [False, True], ids=["no server", "a server that refuses"])
def test_Q11_a_screen_shows_the_truth_within_five_seconds_of_return(
    live_server: LiveHall, open_page: OpenPage, refuses: bool
) -> None:
    hall = Staffed(live_server)
    hall.draw()
    page = open_page("screen")
    door = Door(page)
    page.add_init_script(WORST)
    page.clock.install()
    page.goto(BOARD)
    connected(page)
    live_server.stop()
    if refuses:
        door.shut = True
        live_server.start()
    page.clock.pause_at(page.evaluate("Date.now()") / 1000 + 1)
    passes(page, AWAY_MS)
    before = door.tries
    for _ in range(MOST_STEPS):  # until it has just tried once more, in vain: the whole pause lies ahead
        passes(page, STEP_MS)
        if door.tries > before:
            break
    assert door.tries > before > 1, "It gave up."
    door.shut = False
    if not refuses:
        live_server.start()
    hall.call("xixian-01")
    passes(page, SOON_MS)
    expect(page.locator("#newest-number")).to_have_text("A001")
