"""The reception desk in a real browser: two touches to a number, what it says of one, and what can be put right."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Page, expect

from tests.browser.boards import AWAY
from tests.browser.calling import Staffed
from tests.browser.stored import set_settings

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.browser.conftest import OpenPage
    from tests.servers import LiveHall

WINDOW = "xixian-01"


def sit_down(open_page: OpenPage, hall: LiveHall, surface: str = "desk", lang: str = "zh-CN") -> Page:
    """Somebody signs in at the desk and sees that it is up to date."""
    person = next(row for row in hall.demo["staff"] if row["role"] == "reception")
    page = open_page(surface, lang, hall=hall)
    page.goto("/sign-in")
    page.fill("[name=user]", person["user"])
    page.fill("[name=password]", person["password"])
    page.press("[name=password]", "Enter")
    page.wait_for_url("**/desk")
    expect(page.locator("#live-status")).to_have_attribute("data-state", "online")
    return page


def look_up(page: Page, number: str) -> None:
    page.fill("#number", number)
    page.press("#number", "Enter")
    expect(page.locator("#panel [data-number]")).to_have_text(number)


def explain(page: Page, other: str) -> None:
    page.fill("#other", other)
    page.press("#other", "Enter")
    expect(page.locator(".desk-aloud")).to_be_visible()


def test_Q4_two_touches_draw_a_priority_ticket_that_is_found_and_explained(
    live_server: LiveHall, open_page: OpenPage, axe: Callable[[Page], None]
) -> None:
    hall = Staffed(live_server)
    hall.draw()
    hall.draw()
    page = sit_down(open_page, live_server, "tablet")
    axe(page)
    page.tap("[data-line=xixian-a]")
    axe(page)
    page.tap("#panel [data-reason=elder]")
    expect(page.locator("#panel [data-number]")).to_have_text("A003")
    expect(page.locator("#panel")).to_contain_text("绿色通道")
    axe(page)
    look_up(page, "A001")
    axe(page)
    explain(page, "a003")
    aloud = page.locator(".desk-aloud")
    expect(aloud).to_contain_text("A003：依规优先。")
    expect(aloud).not_to_contain_text("60")
    expect(page.locator(".desk-secret")).to_contain_text("60")
    axe(page)


def test_E1_an_english_browser_reads_a_chinese_page_in_chinese_to_its_last_word(
    live_server: LiveHall, open_page: OpenPage
) -> None:
    hall = Staffed(live_server)
    hall.draw()
    page = sit_down(open_page, live_server, lang="en-US")
    look_up(page, "A001")
    expect(page.locator("#panel ol, #panel ul").last).to_contain_text("取号")
    expect(page.locator("#panel")).not_to_contain_text("Drawn")


def test_Q6_a_passed_number_is_brought_back_in_line(live_server: LiveHall, open_page: OpenPage) -> None:
    hall = Staffed(live_server)
    hurry(live_server)
    hall.draw()
    hall.call(WINDOW)
    hall.at(WINDOW, "pass")
    page = sit_down(open_page, live_server)
    look_up(page, "A001")
    expect(page.locator("#panel [data-state]")).to_have_attribute("data-state", "passed")
    page.click("#panel [data-verb=rejoin]")
    expect(page.locator("#panel [data-state]")).to_have_attribute("data-state", "waiting")
    expect(page.locator("#panel")).to_contain_text("已恢复排队")
    expect(page.locator("#panel [data-verb=rejoin]")).to_have_count(0)


def test_Q3_papers_bring_back_the_old_place_after_a_second_touch(
    live_server: LiveHall, open_page: OpenPage
) -> None:
    hall = Staffed(live_server)
    hall.draw()
    hall.call(WINDOW)
    hall.at(WINDOW, "start")
    hall.at(WINDOW, "finish", outcome="incomplete")
    page = sit_down(open_page, live_server)
    look_up(page, "A001")
    page.click("#panel [data-verb=return]")
    page.click("#yes")
    expect(page.locator("#panel [data-number]")).to_have_text("A002")
    expect(page.locator("#panel")).to_contain_text("恢复原次序")


def test_E1_a_number_is_drawn_and_found_by_keys_alone(live_server: LiveHall, open_page: OpenPage) -> None:
    page = sit_down(open_page, live_server)
    page.locator("[data-line=xixian-b]").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#draw")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#panel [data-number]")).to_have_text("B001")
    page.keyboard.press("Escape")
    page.keyboard.press("/")
    page.keyboard.type("b001")
    page.keyboard.press("Enter")
    expect(page.locator("#panel [data-number]")).to_have_text("B001")


def test_a_service_is_found_by_initials_with_its_papers(live_server: LiveHall, open_page: OpenPage) -> None:
    page = sit_down(open_page, live_server)
    page.fill("#query", "yyzz")
    first = page.locator("#results button").first
    expect(first).to_contain_text("营业执照")
    first.click()
    expect(page.locator("#panel .desk-papers")).to_be_visible()
    page.click("#draw")
    expect(page.locator("#panel [data-number]")).to_have_text(re.compile(r"^[A-Z]+001$"))


def test_Q13_several_matters_come_on_one_slip(live_server: LiveHall, open_page: OpenPage) -> None:
    page = sit_down(open_page, live_server)
    page.click("#several")
    page.click("[data-line=xixian-a]")
    page.click("[data-line=xixian-c]")
    page.click("#draw")
    expect(page.locator("#panel [data-number]")).to_have_text(["A001", "C001"])
    expect(page.locator("#several")).to_have_attribute("aria-pressed", "false")


def test_Q8_what_was_typed_against_double_drawing_is_gone_after_drawing(
    live_server: LiveHall, open_page: OpenPage
) -> None:
    page = sit_down(open_page, live_server)
    addresses: list[str] = []
    page.on("request", lambda request: addresses.append(request.url))

    def draw_with(person: str) -> None:
        page.click("[data-line=xixian-a]")
        page.locator("#panel .desk-more > summary").click()
        page.fill("#person", person)
        page.click("#draw")

    draw_with("413021196001011234")
    expect(page.locator("#panel [data-number]")).to_have_text("A001")
    page.click("#next-person")
    page.click("[data-line=xixian-a]")
    expect(page.locator("#person")).to_have_value("")
    assert not [address for address in addresses if "413021" in address]


@pytest.mark.expected_errors(AWAY)
def test_lines_are_live_and_a_lost_connection_is_said_plainly(
    live_server: LiveHall, open_page: OpenPage
) -> None:
    page = sit_down(open_page, live_server)
    tile = page.locator("[data-line=xixian-a]")
    expect(tile).to_contain_text("无人等候")
    Staffed(live_server).draw()
    expect(tile).to_contain_text("1 人等候")
    Staffed(live_server).at(WINDOW, "open")
    expect(tile).to_contain_text("1 个窗口开放")
    live_server.stop()
    expect(page.locator("#stale")).to_contain_text("连接已断开", timeout=20_000)
    live_server.start()
    expect(page.locator("#stale")).to_be_hidden(timeout=40_000)


def test_questions_are_counted_with_one_touch_and_taken_back(
    live_server: LiveHall, open_page: OpenPage
) -> None:
    page = sit_down(open_page, live_server, "tablet")
    page.tap("#topics [data-key=where]")
    expect(page.locator("#questions-total")).to_have_text("今天 1 次")
    page.tap("#toasts .button")
    expect(page.locator("#questions-total")).to_have_text("今天 0 次")


@pytest.mark.expected_errors(r"404")
def test_an_unknown_number_is_told_in_words(live_server: LiveHall, open_page: OpenPage) -> None:
    page = sit_down(open_page, live_server)
    page.fill("#number", "Z999")
    page.press("#number", "Enter")
    expect(page.locator("#panel [role=alert]")).to_be_visible()


@pytest.mark.parametrize("lang", ["zh-CN", "en-GB"])
def test_E1_elder_mode_and_english_fit_and_pass(
    live_server: LiveHall, open_page: OpenPage, axe: Callable[[Page], None], lang: str
) -> None:
    page = sit_down(open_page, live_server, "tablet", lang)
    page.click(".staff-user > summary")
    page.click(".staff-user [name=elder]")
    if lang == "en-GB":
        page.click(".staff-user > summary")
        page.click(".staff-user [name=lang]")
    for path in ("/desk", "/desk/opening", "/desk/closing"):
        page.goto(path)
        axe(page)
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, f"{path} is {wide} px too wide"


def hurry(hall: LiveHall) -> None:
    """One announcement is enough before a pass."""
    set_settings(hall, max_calls=1)
