"""The call board in a real browser, at the size it hangs on the wall."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Page, expect

from tests.browser.boards import AWAY, BOARD, LISTEN, connected, on_the_wall, spoken
from tests.browser.calling import Staffed

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.browser.conftest import OpenPage
    from tests.servers import LiveHall


def test_Q11_a_call_shows_number_and_window_big_and_is_spoken(
    live_server: LiveHall, open_page: OpenPage
) -> None:
    hall = Staffed(live_server)
    hall.draw()
    page = open_page("screen")
    page.add_init_script(LISTEN)
    page.goto(BOARD)
    expect(page.locator("#nothing")).to_be_visible()
    connected(page)
    assert hall.call("xixian-03") == "A001"
    expect(page.locator("#newest-number")).to_have_text("A001")
    expect(page.locator("#newest")).to_have_class("newest glow")
    expect(page.locator("#newest-where")).to_have_text("一楼 3号窗口")
    for part in ("#newest-number", "#newest-where b"):
        size = page.locator(part).evaluate("node => parseFloat(getComputedStyle(node).fontSize)")
        assert size >= 200, f"{part} is {size} px: from ten metres it must be 200 px or more (board.css)"
    spoken(page, "A001")
    expect(page.locator("#newest")).to_have_class("newest", timeout=15_000)


def test_Q11_a_newcomer_shows_the_old_calls_and_speaks_only_new_ones(
    live_server: LiveHall, open_page: OpenPage
) -> None:
    hall = Staffed(live_server)
    for _person in range(8):
        hall.draw()
    for window in range(1, 8):
        hall.call(f"xixian-{window:02d}")
    page = open_page("screen")
    page.add_init_script(LISTEN)
    page.goto(BOARD)
    expect(page.locator("#newest-number")).to_have_text("A007")
    expect(page.locator("#older .ticket")).to_have_text(["A006", "A005", "A004", "A003", "A002"])
    connected(page)
    hall.call("xixian-08")
    spoken(page, "A008")  # and none of the old calls before it


def test_Q12_calls_are_spoken_one_after_the_other_and_a_recall_again(
    live_server: LiveHall, open_page: OpenPage
) -> None:
    hall = Staffed(live_server)
    for _person in range(2):
        hall.draw()
    page = on_the_wall(open_page, LISTEN)
    hall.call("xixian-01")
    hall.call("xixian-02")
    expect(page.locator("#older .ticket")).to_have_text(["A001"])
    spoken(page, "A001", "A002")


def test_Q11_waiting_counts_follow_and_name_nobody(live_server: LiveHall, open_page: OpenPage) -> None:
    hall = Staffed(live_server)
    page = open_page("screen")
    page.goto(BOARD)
    expect(page.locator("#none-waiting")).to_be_visible()
    connected(page)
    hall.draw()
    hall.draw(lane="priority", reason="elder")
    hall.draw("xixian-b")
    expect(page.locator("#waiting li")).to_have_text(["A2", "B1"])
    expect(page.locator("#none-waiting")).to_be_hidden()


@pytest.mark.expected_errors(AWAY)
def test_a_board_that_lost_its_server_says_so_and_heals_itself(
    live_server: LiveHall, open_page: OpenPage
) -> None:
    hall = Staffed(live_server)
    hall.draw()
    page = on_the_wall(open_page)
    live_server.stop()
    expect(page.locator("#stale")).to_be_visible(timeout=30_000)
    expect(page.locator("#stale")).to_contain_text("未更新")
    live_server.start()
    hall.call("xixian-01")
    expect(page.locator("#newest-number")).to_have_text("A001", timeout=60_000)
    expect(page.locator("#stale")).to_be_hidden()


def test_a_board_without_scripts_shows_the_calls(live_server: LiveHall, open_page: OpenPage) -> None:
    hall = Staffed(live_server)
    hall.draw("xixian-c")
    hall.call("xixian-13")
    page = open_page("screen", java_script_enabled=False)
    page.goto(BOARD)
    expect(page.locator("#newest-number")).to_have_text("C001")
    expect(page.locator("#newest-where")).to_contain_text("13")
    assert page.locator("noscript meta[http-equiv=refresh]").count() == 1


def test_E1_the_board_is_readable_for_everybody_and_fits_its_screen(
    live_server: LiveHall, open_page: OpenPage, axe: Callable[[Page], None]
) -> None:
    hall = Staffed(live_server)
    for letter in "abcdefghjklm":
        hall.draw(f"xixian-{letter}")
    for window in range(1, 7):
        hall.draw()
        hall.call(f"xixian-{window:02d}")
    page = on_the_wall(open_page)
    axe(page)
    for part in ("#older li:last-child", "#waiting li:last-child", "#newest-where"):
        box = page.locator(part).bounding_box()
        assert box is not None, f"{part} is not shown"
        assert box["x"] + box["width"] <= 1920 and box["y"] + box["height"] <= 1080, (
            f"{part} leaves the screen"
        )
