"""What is pressed while the page changes is pressed: nothing is exchanged under a finger, nothing typed is lost."""

from __future__ import annotations

from typing import TYPE_CHECKING

from playwright.sync_api import Page, expect

from tests.browser.calling import Staffed
from tests.browser.test_help_now import signed_in

if TYPE_CHECKING:
    from tests.browser.conftest import OpenPage
    from tests.servers import LiveHall

BOX = "#box-begin summary"


def held_on(page: Page, selector: str) -> None:
    """A finger rests on a key."""
    box = page.locator(selector).bounding_box()
    assert box
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.down()


def test_a_key_that_is_held_while_the_page_changes_is_pressed(
    live_server: LiveHall, open_page: OpenPage
) -> None:
    hall = Staffed(live_server)
    hall.here("helper02")
    page = signed_in(open_page, live_server, "helper01", "phone", "/helper")
    expect(page.locator("#live-status")).to_have_attribute("data-state", "online")
    page.locator(BOX).scroll_into_view_if_needed()
    page.evaluate("document.querySelector('#box-begin').dataset.before = '1'")
    with page.expect_response(lambda answer: "part=1" in answer.url) as changed:
        held_on(page, BOX)
        hall.here("helper03")  # the team changes, and with it the page
    changed.value.finished()
    page.evaluate("new Promise((done) => requestAnimationFrame(() => setTimeout(done)))")
    expect(page.locator("#box-begin")).to_have_attribute("data-before", "1")
    page.mouse.up()
    expect(page.locator("#field-number")).to_be_visible()
    page.fill("#field-number", "A001")
    hall.here("helper04")
    page.click(BOX)
    # the change comes as soon as the box is closed
    expect(page.locator("#box-begin:not([data-before])")).to_be_attached()
