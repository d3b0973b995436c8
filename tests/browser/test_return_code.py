"""Back with papers by the code on the notice, at the kiosk and at the desk (Q3)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Page, expect

from tests import applications
from tests.browser.test_desk import sit_down
from tests.browser.test_kiosk import _within_reach, arrive, touch
from tests.returning_at_work import Homecoming

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.browser.conftest import OpenPage
    from tests.servers import LiveHall


@pytest.fixture
def home(live_server: LiveHall) -> Iterator[Homecoming]:
    """Somebody of the served hall was sent home with a notice."""
    with applications.beside(live_server) as app:
        yield Homecoming(app.test_client(), live_server.demo)


def scan(page: Page, text: str) -> None:
    """A scanner types what it reads, and Enter."""
    page.keyboard.type(text)
    page.keyboard.press("Enter")


@pytest.mark.expected_errors("status of (404|409)")
def test_Q3_a_code_touched_or_scanned_at_the_kiosk_gives_the_old_place_back_once(
    home: Homecoming, open_page: OpenPage, axe: Callable[[Page], None]
) -> None:
    page = arrive(open_page)
    touch(page, "return")
    axe(page)
    wrong = "ZZZZZZZZZZ"
    for sign in wrong:
        touch(page, f"'{sign}'")
    expect(page.locator("[data-typed]")).to_have_attribute("data-typed", wrong)
    touch(page, "come-back")
    expect(page.locator("[role=alert]:visible")).to_contain_text("没有这个补件返回码")
    axe(page)
    touch(page, "clear")
    for sign in home.code.replace("-", ""):
        touch(page, f"'{sign}'")
    touch(page, "come-back")
    expect(page.locator("h1")).to_have_text("已恢复原次序，您的新号码")
    number = page.locator("[data-number]").inner_text()
    assert home.ticket(number).place == home.ticket(home.first).place
    touch(page, "home")
    scan(page, f"http://hall.example/case/x?back={home.code}")
    expect(page.locator("[role=alert]:visible")).to_contain_text(f"您的排队号是 {number}")
    assert home.waiting() == 1


@pytest.mark.expected_errors("status of 404")
@pytest.mark.usefixtures("shared_hall")
def test_E1_the_keys_for_a_return_code_fit_in_every_mode(open_page: OpenPage) -> None:
    for modes in (["language"], ["elder"], ["elder", "language"], ["lower"]):
        page = arrive(open_page)
        for name in modes:
            touch(page, name)
        touch(page, "return")
        expect(page.locator("[data-key=come-back]")).to_be_disabled()
        if modes != ["lower"]:
            _within_reach(page)
            scan(page, "ZZZZZ-ZZZZ0")
            expect(page.locator("[role=alert]:visible")).to_be_visible()
            _within_reach(page)
        page.context.close()


@pytest.mark.expected_errors("status of 409")
def test_Q3_the_desk_gives_the_old_place_back_by_keys_alone(
    home: Homecoming, live_server: LiveHall, open_page: OpenPage, axe: Callable[[Page], None]
) -> None:
    page = sit_down(open_page, live_server)
    page.keyboard.press("/")
    page.keyboard.type(home.code.lower())
    page.keyboard.press("Enter")
    expect(page.locator("#yes")).to_be_focused()
    axe(page)
    assert home.waiting() == 0, "nothing is drawn before the papers were looked at"
    page.keyboard.press("Enter")
    expect(page.locator("#panel [data-number]")).to_be_visible()
    expect(page.locator("#print")).to_be_focused()
    number = page.locator("#panel [data-number]").inner_text()
    page.keyboard.press("Escape")
    scan(page, f"http://hall.example/case/x?back={home.code}")
    expect(page.locator("#yes")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#panel [role=alert]")).to_contain_text(number)
    expect(page.locator("#number")).to_be_focused()
