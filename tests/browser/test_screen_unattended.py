"""A board that nobody touches for months: the turn of the day, a lost message, one voice at a time, quiet hours."""

from __future__ import annotations

import re
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING
from urllib.parse import urlencode
from urllib.request import Request, urlopen
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import expect

from hall import clock
from hall.sites import SiteSettings
from tests.browser.boards import BOARD, LISTEN, PLATE, connected, on_the_wall, spoken
from tests.browser.calling import Staffed

if TYPE_CHECKING:
    from tests.browser.conftest import OpenPage
    from tests.servers import LiveHall

# When each sound began and how long it lasts, by the clock of the sound card; voice and chime both go this way.
HEAR = """
window.heard = [];
const start = AudioBufferSourceNode.prototype.start;
AudioBufferSourceNode.prototype.start = function (when) {
  window.heard.push([when, this.buffer.duration]);
  return start.apply(this, arguments);
};
"""


def quiet(hall: Staffed) -> None:
    """The manager sets mute hours around the present, as the form of the administration does."""
    manager = next(row for row in hall.hall.demo["staff"] if row["role"] == "manager")
    now = clock.now().astimezone(ZoneInfo("Asia/Shanghai"))
    form: dict[str, object] = {
        **asdict(SiteSettings(always_open=True, voice_english=True)),
        **{name: f"{now + timedelta(hours=by):%H:%M}" for name, by in (("mute_from", -1), ("mute_until", 1))},
    }
    request = Request(  # noqa: S310 - the loopback
        hall.hall.url + "/admin/site/settings",
        urlencode({name: 1 if value is True else value for name, value in form.items()}, doseq=True).encode(),
        {"Authorization": f"Bearer {manager['token']}"},
    )
    with urlopen(request, timeout=30) as answer:  # noqa: S310
        assert answer.url.endswith("/admin/site"), "The settings were refused."


# The first page says that it was made a day ago, as if it had been on since then.
OF_YESTERDAY = """
if (location.protocol === 'http:' && !sessionStorage.getItem('begun')) {
  sessionStorage.setItem('begun', '1');
  new MutationObserver((_changes, self) => {
    const wall = document.querySelector('.wall');
    if (!wall) return;
    self.disconnect();
    wall.dataset.asOf = new Date(Date.parse(wall.dataset.asOf) - 24 * 3600000).toISOString();
  }).observe(document, {childList: true, subtree: true});
}
"""


@pytest.mark.parametrize("address", [BOARD, PLATE])
def test_Q1_a_screen_begins_afresh_after_the_turn_of_the_business_date(
    live_server: LiveHall, open_page: OpenPage, address: str
) -> None:
    page = open_page("screen")
    page.add_init_script(OF_YESTERDAY)
    page.clock.install()
    page.goto(address)
    connected(page)
    page.evaluate("document.documentElement.dataset.yesterday = '1'")
    page.clock.run_for(3_000)
    page.clock.fast_forward(70_000)
    expect(page.locator("html")).not_to_have_attribute("data-yesterday", "1")
    connected(page)


@pytest.mark.parametrize("address", [BOARD, PLATE])
def test_E3_a_television_years_off_shows_the_halls_time_and_is_not_loaded_anew(
    live_server: LiveHall, open_page: OpenPage, address: str
) -> None:
    page = open_page("screen")
    page.clock.install(time=datetime(2019, 3, 1, 5, 7, tzinfo=UTC))
    page.goto(address)
    connected(page)
    page.evaluate("document.documentElement.dataset.before = '1'")
    page.clock.fast_forward(70_000)
    expect(page.locator("html")).to_have_attribute("data-before", "1")
    expect(page.locator("#clock")).not_to_have_text(re.compile("13:0"))


def test_Q12_two_windows_call_at_once_and_a_recall_and_no_two_sounds_overlap(
    live_server: LiveHall, open_page: OpenPage
) -> None:
    hall = Staffed(live_server)
    for _person in range(2):
        hall.draw()
    for window in ("xixian-01", "xixian-02"):
        hall.at(window, "open")
    page = on_the_wall(open_page, LISTEN, HEAR)
    hall.at("xixian-01", "call-next")
    hall.at("xixian-02", "call-next")
    spoken(page, "A001", "A002")
    expect(page.locator("#board")).to_have_attribute("data-speaking", "", timeout=60_000)
    heard = sorted(page.evaluate("window.heard"))
    assert len(heard) >= 2 * (1 + 2 * 8), "Chime and two Chinese sentences for each call."
    for (begin, length), (following, _length) in pairwise(heard):
        assert following >= begin + length - 0.001, "Two sounds at the same time."


def test_Q12_in_the_mute_hours_a_call_is_shown_and_not_spoken(
    live_server: LiveHall, open_page: OpenPage
) -> None:
    hall = Staffed(live_server)
    hall.draw()
    page = on_the_wall(open_page, LISTEN)
    quiet(hall)
    hall.call("xixian-01")
    expect(page.locator("#newest-number")).to_have_text("A001")
    expect(page.locator("html")).not_to_have_attribute("data-spoken", re.compile("A001"))


def test_Q12_a_screen_told_to_be_quiet_shows_and_never_speaks(
    live_server: LiveHall, open_page: OpenPage
) -> None:
    hall = Staffed(live_server)
    hall.draw()
    page = on_the_wall(open_page, HEAR, address=f"{BOARD}?sound=0")
    hall.call("xixian-01")
    expect(page.locator("#newest-number")).to_have_text("A001")
    expect(page.locator("#silent")).to_be_hidden()
    assert page.evaluate("window.heard") == []
