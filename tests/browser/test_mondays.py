"""Directors' Mondays on the phone: three taps to a seat, two at one seat, a swap asked and answered; live (M2, M4)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.browser.receptions import Receptions

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Locator, Page

    from tests.browser.conftest import OpenPage
    from tests.servers import LiveHall


@pytest.fixture
def receptions(live_server: LiveHall) -> Receptions:
    return Receptions(live_server)


def day(page: Page, number: int) -> Locator:
    """One of the days for which one can sign up."""
    return page.locator(".monday-day[data-session]").nth(number)


def ask_for(page: Page, number: int, window: str) -> None:
    """Two taps: the day, the seat."""
    day(page, number).locator("summary").click()
    day(page, number).locator("[data-seat]", has_text=window).click()
    expect(page.locator("#sign-up")).to_be_visible()


def confirm(page: Page) -> None:
    """The third."""
    page.locator("#sign-up [type=submit]").click()


def fits(page: Page) -> None:
    """Nobody scrolls sideways (E1)."""
    wide, room = page.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]")
    assert wide <= room, page.url


def test_M2_a_director_has_a_seat_after_three_taps_and_all_see_it(
    receptions: Receptions, open_page: OpenPage, axe: Callable[[Page], None]
) -> None:
    director = receptions.page(open_page, "director01")
    liaison = receptions.page(open_page, "liaison01")
    other = receptions.page(open_page, "director02")
    expect(day(other, 0)).to_contain_text("空 2 席")
    axe(director)
    ask_for(director, 0, "5号窗口")
    axe(director)
    confirm(director)
    for page in (director, liaison):
        expect(page.locator(".monday-turn")).to_have_count(1)
        expect(page.locator(".monday-turn")).to_contain_text("5号窗口")
    expect(day(other, 0)).to_contain_text("空 1 席")
    expect(day(liaison, 0)).to_contain_text("已报名")
    axe(liaison)

    liaison.locator(".monday-turn summary").click()
    liaison.locator(".monday-turn form button").click()
    expect(director.locator(".monday-turn")).to_have_count(0)
    expect(day(other, 0)).to_contain_text("空 2 席")


def test_M2_whoever_is_slower_hears_at_once_what_is_still_free(
    receptions: Receptions, open_page: OpenPage, axe: Callable[[Page], None]
) -> None:
    first, second = receptions.page(open_page, "director01"), receptions.page(open_page, "director02")
    for page in (first, second):
        ask_for(page, 1, "5号窗口")
    confirm(first)
    expect(first.locator("#sign-up")).not_to_be_visible()
    told = second.locator("#sign-up-trouble")
    expect(told).to_contain_text("刚刚有人先报了")
    expect(told.locator("button")).to_have_count(1)
    expect(told.locator("button")).to_be_focused()
    axe(second)
    told.locator("button", has_text="6号窗口").click()
    expect(told).to_be_empty()
    confirm(second)
    expect(second.locator(".monday-turn")).to_contain_text("6号窗口")


@pytest.mark.expected_errors("409", "ERR_FAILED")
def test_M2_whoever_was_cut_off_hears_it_with_the_answer(receptions: Receptions, open_page: OpenPage) -> None:
    second = receptions.page(open_page, "director02")
    ask_for(second, 0, "6号窗口")
    asked: list[str] = []
    second.on("request", lambda request: asked.append(request.url) if "sign-up" in request.url else None)
    second.route(re.compile("part=1"), lambda route: route.continue_() if asked else route.abort())
    receptions.sign(0, 1, "director01")
    confirm(second)
    told = second.locator("#sign-up-trouble")
    expect(told).to_be_visible()
    expect(told.locator("button")).to_have_count(1)
    expect(told.locator("button")).to_contain_text("5号窗口")


def test_M4_a_swap_is_asked_answered_and_seen_by_both(
    receptions: Receptions, open_page: OpenPage, axe: Callable[[Page], None]
) -> None:
    receptions.sign(0, 0, "director01")
    receptions.sign(1, 1, "director02")
    receptions.publish()
    first, second = receptions.page(open_page, "director01"), receptions.page(open_page, "director02")
    first.locator("[id^=box-swap] summary").click()
    axe(first)
    first.locator("[id^=box-swap] form [name=note]").fill("那天要开会")
    first.locator("[id^=box-swap] form button").click()
    expect(first.locator(".monday-asks")).to_contain_text("等对方答复")

    asked = second.locator(".monday-asked")
    expect(asked).to_contain_text("第一局想和您调换")
    expect(asked).to_contain_text("那天要开会")
    axe(second)
    asked.locator(".primary").click()
    expect(asked).to_have_count(0)
    for page in (first, second):
        expect(page.locator(".monday-asks")).to_contain_text("双方已同意")

    (key,) = {
        form.get_attribute("data-path") for form in first.locator(".monday-asks form").element_handles()
    }
    receptions.ask("POST", str(key).removeprefix("/api/v1").replace("take-back", "approve"))
    expect(first.locator(".monday-turn")).to_contain_text("6号窗口")
    expect(second.locator(".monday-turn")).to_contain_text("5号窗口")


def test_M3_the_address_of_a_calendar_is_shown_once(
    receptions: Receptions, open_page: OpenPage, axe: Callable[[Page], None]
) -> None:
    page = receptions.page(open_page, "director01")
    page.locator(".monday-feed button").click()
    address = page.locator("#field-address").input_value()
    assert page.request.get(address).status == 200
    axe(page)
    fits(page)
    page.locator("main a", has_text="返回我的值守").click()
    assert address not in page.content()
    page.locator(".monday-feed .danger").click()
    expect(page.locator(".note.good")).to_contain_text("日历地址已停用")
    assert page.request.get(address).status == 404


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("surface", ["phone", "small-phone"])
def test_E1_the_page_is_whole_large_narrow_and_in_both_languages(
    receptions: Receptions, open_page: OpenPage, axe: Callable[[Page], None], surface: str, lang: str
) -> None:
    receptions.sign(0, 0, "director01")
    receptions.sign(1, 1, "director02")
    receptions.publish()
    page = receptions.page(open_page, "director01", surface)
    if lang == "en":
        page.locator(".staff-user summary").click()
        page.locator(".preferences [name=lang][value=en]").click()
        expect(page.locator("html")).to_have_attribute("lang", "en")
    fits(page)
    page.locator(".staff-user summary").click()
    page.locator(".preferences [name=elder]").click()
    expect(page.locator("html")).to_have_attribute("data-elder", "1")
    for box in page.locator("#mondays summary").all():
        box.click()
    fits(page)
    axe(page)
