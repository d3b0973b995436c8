"""Help now across browsers (H5): who calls, who comes, and the manager, each seeing it live and without a reload."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from hall.helpers.records import HelpCall
from tests.browser.calling import Staffed
from tests.browser.stored import stored

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.browser.conftest import OpenPage
    from tests.servers import LiveHall


def signed_in(open_page: OpenPage, hall: LiveHall, user: str, surface: str, to: str) -> Page:
    person = next(row for row in hall.demo["staff"] if user in {row["user"], row["role"]})
    page = open_page(surface, hall=hall)
    page.goto("/sign-in")
    page.fill("[name=user]", person["user"])
    page.fill("[name=password]", person["password"])
    page.press("[name=password]", "Enter")
    page.wait_for_url(lambda url: "/sign-in" not in url)
    page.goto(to)
    return page


def two_minutes_pass(hall: LiveHall) -> None:
    """The call was made that much earlier."""
    with stored(hall) as session:
        for call in session.scalars(select(HelpCall)):
            call.called_at -= timedelta(seconds=119)


def test_H5_a_call_from_the_kiosk_goes_to_the_manager_and_whoever_is_sent_is_seen_there(
    live_server: LiveHall, open_page: OpenPage, axe: Callable[[Page], None]
) -> None:
    hall = Staffed(live_server)
    hall.here("helper01", "helper03")
    kiosk = open_page("kiosk", hall=live_server)
    kiosk.goto("/kiosk")
    floor = signed_in(open_page, live_server, "manager", "desk", "/floor")
    expect(floor.locator("#live-status")).to_have_attribute("data-state", "online")
    axe(kiosk)

    kiosk.click("[data-key=help]")
    expect(kiosk.locator(".kiosk-help-said")).to_have_text("正在为您呼叫帮办员，请在原地稍候。")
    axe(kiosk)
    row = floor.locator("#help li")
    expect(row).to_have_attribute("data-state", "ringing")
    two_minutes_pass(live_server)
    expect(row).to_have_attribute("data-state", "escalated", timeout=15_000)
    expect(kiosk.locator(".kiosk-help-said")).to_have_text("已转大厅值班主任，请稍候。")
    axe(floor)

    floor.select_option("#help select", "B03")
    floor.click("#help .primary")
    expect(row).to_have_attribute("data-state", "accepted")
    expect(kiosk.locator(".kiosk-help-said")).to_have_text("帮办员 梁秋（工号 B03）正在赶来。")
    kiosk.click("[data-key=help-cancel]")
    expect(floor.locator("#help li")).to_have_count(0)
    expect(kiosk.locator("[data-key=help]")).to_contain_text("我需要帮助")


@pytest.mark.parametrize("elder", [False, True], ids=["plain", "elder"])
def test_H5_a_phone_calls_and_reads_who_comes(
    live_server: LiveHall, open_page: OpenPage, axe: Callable[[Page], None], *, elder: bool
) -> None:
    hall = Staffed(live_server)
    hall.here("helper02")
    ticket = hall.draw()
    phone = open_page("phone", hall=live_server)
    phone.goto(f"/t/{ticket['token']}")
    if elder:
        phone.click(".preferences [name=elder]")
    phone.click(".help-button")
    expect(phone.locator(".help-said")).to_have_text("正在为您呼叫帮办员，请在原地稍候。")
    axe(phone)
    hall.as_helper("helper02", "accept", hall.ringing("helper02"))
    expect(phone.locator(".help-said")).to_have_text("帮办员 顾安（工号 B02）正在赶来。")
    phone.click(".help-now button")
    expect(phone.locator(".help-button")).to_be_visible()


def test_H5_a_clerk_calls_a_helper_to_the_number_at_the_window(
    live_server: LiveHall, open_page: OpenPage, axe: Callable[[Page], None]
) -> None:
    hall = Staffed(live_server)
    hall.here("helper01")
    hall.draw()
    number = hall.call("xixian-01")
    console = signed_in(open_page, live_server, "clerk01", "console", "/console")
    console.click("#help-call")
    expect(console.locator("#help-said")).to_have_text(re.compile(f"已通知空闲的帮办员。.*{number}"))
    hall.as_helper("helper01", "accept", hall.ringing("helper01"))
    expect(console.locator("#help-said")).to_contain_text("沈晴")
    axe(console)
    console.reload()
    expect(console.locator("#help-said")).to_contain_text("沈晴")
    console.click("#help-take-back")
    expect(console.locator("#help-call")).to_be_visible()


@pytest.mark.usefixtures("live_server")
def test_H5_without_scripts_a_phone_calls_and_takes_it_back(
    live_server: LiveHall, open_page: OpenPage
) -> None:
    ticket = Staffed(live_server).draw()
    phone = open_page("phone", hall=live_server, java_script_enabled=False)
    phone.goto(f"/t/{ticket['token']}")
    phone.click(".help-button")
    expect(phone.locator(".help-said")).to_be_visible()
    phone.click(".help-now button")
    expect(phone.locator(".help-button")).to_be_visible()


def test_H5_H7_a_helper_comes_on_the_phone_helps_and_closes_with_the_outcome(
    live_server: LiveHall, open_page: OpenPage, axe: Callable[[Page], None]
) -> None:
    hall = Staffed(live_server)
    hall.here("helper01", "helper02")
    first = signed_in(open_page, live_server, "helper01", "phone", "/helper")
    second = signed_in(open_page, live_server, "helper02", "phone", "/helper")
    kiosk = open_page("kiosk", hall=live_server)
    kiosk.goto("/kiosk")
    kiosk.click("[data-key=help]")
    expect(second.locator("[data-ringing]")).to_have_count(1)
    axe(first)
    first.click("[data-ringing] button")
    expect(second.locator("[data-ringing]")).to_have_count(0)
    expect(kiosk.locator(".kiosk-help-said")).to_have_text("帮办员 沈晴（工号 B01）正在赶来。")

    first.get_by_role("button", name="我已到").click()
    expect(kiosk.locator("[data-key=help]")).to_contain_text("我需要帮助")
    first.locator(".helper-list a").click()
    first.wait_for_url("**/helper/records/**")
    axe(first)
    first.click("#box-person summary")
    first.fill("#person-name", "王小明")
    first.locator("#box-person button").click()
    expect(first.locator(".helper-title")).to_have_text("王**")
    first.click(".reveal button")
    expect(first.locator(".helper-person")).to_contain_text("王小明")
    hall.as_helper(
        "helper01", "note", first.url.rpartition("/")[2], of="help-records", note="在另一台设备上写"
    )
    expect(first.locator("#field-own-note")).to_have_value("在另一台设备上写")
    expect(
        first.locator(".helper-person"), "The page renews itself, and whom one has opened stays."
    ).to_contain_text("王小明")
    first.click("#box-close summary")
    first.locator("#box-close").get_by_label("已指导，由其自行办理").check()
    first.locator("#box-close button").click()
    expect(first.locator(".note.good")).to_contain_text("已指导")
    first.goto("/helper")
    expect(first.locator(".helper-me")).to_contain_text("空闲")


def test_H1_a_mandate_is_printed_with_its_scope_and_papers_are_listed(
    live_server: LiveHall, open_page: OpenPage
) -> None:
    page = signed_in(open_page, live_server, "helper01", "phone", "/helper")
    page.click("#box-begin summary")
    page.select_option("#field-kind", "agency")
    page.locator("#box-begin button").click()
    page.wait_for_url("**/helper/records/**")
    page.fill("#field-scope", "代为提交营业执照申请")
    page.get_by_role("button", name="保存委托").click()
    page.click("#box-paper summary")
    page.fill("#field-name", "租赁合同")
    page.locator("#box-paper button").click()
    expect(page.get_by_text("租赁合同")).to_be_visible()
    with page.expect_popup() as opened:
        page.get_by_role("button", name="打印委托书签字").click()
    sheet = opened.value.locator(".sheet")
    expect(sheet).to_contain_text("代为提交营业执照申请")
    expect(sheet).to_contain_text("租赁合同")


ROWS = """() => {
    const parts = document.querySelectorAll(".staff-head > *, .staff-nav > a");
    const shown = Array.from(parts).filter((part) => part.getClientRects().length);
    const middles = shown.map((part) => part.getBoundingClientRect()).map((box) => (box.top + box.bottom) / 2);
    return middles.sort((a, b) => a - b).filter((at, index, all) => !index || at - all[index - 1] > 12).length;
}"""


def test_H5_the_desk_calls_a_helper_to_a_ticket_and_takes_it_back(
    live_server: LiveHall, open_page: OpenPage, axe: Callable[[Page], None]
) -> None:
    hall = Staffed(live_server)
    hall.here("helper01", "helper02")
    number = hall.draw()["number"]
    helper = signed_in(open_page, live_server, "helper01", "phone", "/helper")
    other = signed_in(open_page, live_server, "helper02", "small-phone", "/helper")
    expect(helper.locator("#live-status")).to_have_attribute("data-state", "online")
    assert [page.evaluate(ROWS) for page in (helper, other)] == [1, 1], "what waits comes first on a phone"

    desk = signed_in(open_page, live_server, "desk", "desk", "/desk")
    desk.fill("#number", number)
    desk.press("#number", "Enter")
    expect(desk.locator("#panel [data-number]")).to_have_text(number)
    desk.click("#help-call")
    expect(desk.locator("#help-said")).to_have_text(re.compile(f"已通知空闲的帮办员。.*{number}"))
    axe(desk)
    for phone in (helper, other):
        expect(phone.locator("[data-ringing]")).to_contain_text(number)
    axe(helper)
    helper.click("[data-ringing] button")
    expect(desk.locator("#help-said")).to_contain_text("沈晴")
    expect(other.locator("[data-ringing]")).to_have_count(0)
    desk.reload()
    expect(desk.locator("#help-said"), "A reload forgets nothing.").to_contain_text("沈晴")
    desk.click("#help-take-back")
    expect(desk.locator("#help-call")).to_be_visible()
    expect(helper.locator("[data-mine], .helper-call")).to_have_count(0)


@pytest.mark.parametrize("lang", ["zh-CN", "en-GB"])
def test_E1_a_helper_s_head_takes_two_rows_at_most_in_large_text(
    live_server: LiveHall, open_page: OpenPage, lang: str
) -> None:
    page = signed_in(open_page, live_server, "helper01", "small-phone", "/helper")
    if lang == "en-GB":
        page.click(".staff-user > summary")
        page.click(".staff-user [name=lang]")
    page.click(".staff-user > summary")
    page.click(".staff-user [name=elder]")
    page.goto("/helper")
    expect(page.locator("html")).to_have_attribute("data-elder", "1")
    expect(page.locator("#live-status")).to_have_attribute("data-state", "online")
    assert page.evaluate(ROWS) <= 2
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide <= 0
