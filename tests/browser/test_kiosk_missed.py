"""A missed call at the kiosk: back in line by the number on the slip (Q6)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Page, expect

from tests.browser.calling import Staffed
from tests.browser.stored import change
from tests.browser.test_kiosk import _within_reach, arrive, touch

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.browser.conftest import OpenPage
    from tests.servers import LiveHall


def missed(hall: LiveHall) -> str:
    """A number that was called often enough and passed; the number."""
    staffed = Staffed(hall)
    staffed.draw()
    number = staffed.call("xixian-01")
    change(hall, "UPDATE ticket SET counted_calls = 3 WHERE number = :number", number=number)
    staffed.at("xixian-01", "pass")
    return number


def type_number(page: Page, number: str) -> None:
    for sign in number:
        touch(page, f"'{sign}'")
    expect(page.locator("h1")).to_have_text(number)


@pytest.mark.expected_errors("status of (403|404)")
def test_Q6_a_missed_number_comes_back_at_the_kiosk_once(
    live_server: LiveHall, open_page: OpenPage, axe: Callable[[Page], None]
) -> None:
    number = missed(live_server)
    page = arrive(open_page)
    touch(page, "missed")
    axe(page)
    _within_reach(page)
    type_number(page, "B999")
    touch(page, "rejoin")
    expect(page.locator("[role=alert]:visible")).to_contain_text("今天没有这个号")
    for _sign in "B999":
        touch(page, "delete")
    type_number(page, number)
    touch(page, "rejoin")
    expect(page.locator("h1")).to_have_text(f"{number} 已恢复排队")
    expect(page.locator("main")).to_contain_text("前面没有人等候")
    _within_reach(page)
    assert Staffed(live_server).call("xixian-01") == number
    touch(page, "home")
    expect(page.locator("h1")).to_have_text("请选择您要办的业务")


@pytest.mark.parametrize("mode", ["english", "elder", "english elder"])
@pytest.mark.usefixtures("shared_hall")
def test_E1_the_keys_for_a_missed_number_fit_in_every_mode(open_page: OpenPage, mode: str) -> None:
    page = arrive(open_page)
    for name in mode.split():
        touch(page, {"english": "language"}.get(name, name))
    _within_reach(page)
    touch(page, "missed")
    _within_reach(page)
