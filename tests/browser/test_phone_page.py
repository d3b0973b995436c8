"""The phone page in a real browser: place, call, what its holder may do, languages, large text."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Page, expect

from tests.browser.boards import AWAY
from tests.browser.calling import Staffed

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.browser.conftest import OpenPage
    from tests.servers import LiveHall

# What the phone was told to vibrate; the machine of the tests has no motor to feel.
FEEL = """
const vibrate = navigator.vibrate.bind(navigator);
navigator.vibrate = (pattern) => {
  if (Array.isArray(pattern)) document.documentElement.dataset.felt = pattern.length;
  return vibrate(pattern);
};
"""
UP_TO_DATE = "#strip[data-state=online]"


def opened(open_page: OpenPage, token: str, surface: str = "phone", lang: str = "zh-CN") -> Page:
    page = open_page(surface, lang)
    page.add_init_script(FEEL)
    page.goto(f"/t/{token}")
    page.wait_for_selector(UP_TO_DATE)
    return page


def fits(page: Page) -> None:
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide <= 0, f"The page is {wide} px wider than the phone: it would have to be pushed sideways."


def test_Q5_people_ahead_fall_while_others_are_called(live_server: LiveHall, open_page: OpenPage) -> None:
    hall = Staffed(live_server)
    tickets = [hall.draw() for _person in range(4)]
    page = opened(open_page, tickets[3]["token"])
    expect(page.locator("h1")).to_have_text("A004")
    expect(page.locator("#ahead")).to_have_text("前面等候 3 人")
    hall.call("xixian-01")
    expect(page.locator("#ahead")).to_have_text("前面等候 2 人")
    hall.draw(lane="priority", reason="elder")
    expect(page.locator("#ahead")).to_have_text("前面等候 3 人")
    for window in ("xixian-02", "xixian-03", "xixian-04"):
        hall.call(window)
    expect(page.locator("#ahead")).to_have_text("下一个就是您")


def test_a_call_turns_the_page_vermilion_names_the_window_and_vibrates(
    live_server: LiveHall, open_page: OpenPage, axe: Callable[[Page], None]
) -> None:
    hall = Staffed(live_server)
    page = opened(open_page, hall.draw()["token"])
    page.locator("#alerts").click()
    hall.call("xixian-03")
    card = page.locator(".ticket-card")
    expect(card).to_have_attribute("data-state", "called")
    expect(card).to_have_css("background-color", "rgb(194, 55, 46)")
    expect(page.locator(".where")).to_have_text("一楼 3号窗口")
    expect(page.locator("html")).to_have_attribute("data-felt", re.compile(r"^[1-9]"))
    axe(page)
    hall.at("xixian-03", "start")
    expect(card).to_have_attribute("data-state", "serving")
    hall.at("xixian-03", "finish", outcome="done")
    expect(card).to_have_attribute("data-state", "finished")
    expect(page.locator("details")).to_have_count(0)


def test_a_holder_leaves_only_after_saying_yes(live_server: LiveHall, open_page: OpenPage) -> None:
    page = opened(open_page, Staffed(live_server).draw()["token"])
    leave = page.get_by_role("button", name="确认退出")
    expect(leave).to_be_hidden()
    page.get_by_text("不办了，退出排队").click()
    leave.click()
    expect(page.locator(".ticket-card")).to_have_attribute("data-state", "abandoned")
    expect(page.locator("#toasts")).to_contain_text("您已退出排队")


@pytest.mark.expected_errors("status of 409")
def test_a_holder_lets_others_go_first_and_is_told_why_not(
    live_server: LiveHall, open_page: OpenPage
) -> None:
    hall = Staffed(live_server)
    tickets = [hall.draw() for _person in range(3)]
    page = opened(open_page, tickets[0]["token"])
    for _time in range(2):
        page.locator("#box-later summary").click()
        page.locator("button[value='3']").click()
        expect(page.locator("#box-later")).not_to_have_attribute("open", "")
        expect(page.locator("#ahead")).to_have_text("前面等候 2 人")
    expect(page.locator("#toasts")).to_contain_text("您后面没有人等候")


def test_Q7_priority_reads_by_rule_and_never_why(live_server: LiveHall, open_page: OpenPage) -> None:
    page = opened(open_page, Staffed(live_server).draw(lane="priority", reason="pregnant")["token"])
    expect(page.locator(".why")).to_have_text("依规优先")
    assert "pregnant" not in page.content()


@pytest.mark.parametrize("state", ["waiting", "called"])
def test_E1_english_elder_mode_and_the_smallest_phone(
    live_server: LiveHall, open_page: OpenPage, axe: Callable[[Page], None], state: str
) -> None:
    hall = Staffed(live_server)
    token = hall.draw()["token"]
    if state == "called":
        hall.call("xixian-01")
    page = opened(open_page, token, "small-phone")
    fits(page)
    axe(page)
    page.get_by_role("button", name="English").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(page.locator(".ticket-card")).to_contain_text(
        "You are the next one" if state == "waiting" else "Please come now"
    )
    page.get_by_role("button", name="Large text").first.click()
    expect(page.locator("html")).to_have_attribute("data-elder", "1")
    fits(page)
    axe(page)
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    fits(page)
    number = page.locator("h1").bounding_box()
    assert number is not None
    assert number["height"] < 160, "At 200 % text the number breaks into two lines (phone.css)."


@pytest.mark.expected_errors(AWAY)
def test_a_phone_that_lost_the_hall_says_so_and_heals(live_server: LiveHall, open_page: OpenPage) -> None:
    hall = Staffed(live_server)
    page = opened(open_page, hall.draw()["token"])
    live_server.stop()
    expect(page.locator("#strip")).to_have_attribute("data-state", "offline", timeout=30_000)
    live_server.start()
    hall.call("xixian-01")
    expect(page.locator(".ticket-card")).to_have_attribute("data-state", "called", timeout=60_000)
