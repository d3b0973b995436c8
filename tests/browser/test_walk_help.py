"""Help from the booking to the line of the ledger, and help now, each at a browser of its own, in both languages.

With `HALL_PICTURES` in the environment each step is kept there as a picture, for the guides.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Page, expect

from tests.browser.calling import Staffed
from tests.browser.pictures import keep
from tests.browser.test_booking import PHONE, soon
from tests.browser.test_help_now import signed_in
from tests.browser.test_kiosk import arrive, touch

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.browser.conftest import OpenPage
    from tests.servers import LiveHall

__all__ = ["soon"]

WISH = "/book/time?kind=assist&bundle=xixian-company-start&helper=B01"
OUTCOME = {"zh": "已指导，由其自行办理", "en": "Advised, they go on alone"}


def in_language(page: Page, lang: str) -> None:
    """English where it is asked for, by the page's own key."""
    if lang == "en":
        if page.locator(".staff-user").count():
            page.click(".staff-user > summary")
        page.locator("[name=lang][value=en]").first.click()
        expect(page.locator("html")).to_have_attribute("lang", "en")


def book(phone: Page, lang: str) -> str:
    """On the phone: a time, the details, the code."""
    phone.goto("/book")
    in_language(phone, lang)
    keep(phone, f"help-{lang}-1-kinds")
    phone.goto(WISH)
    phone.wait_for_selector(".booking-times")
    keep(phone, f"help-{lang}-2-time")
    phone.locator(".booking-times button").first.click()
    phone.fill("[name=name]", "王小明")
    phone.fill("[name=phone]", PHONE)
    phone.locator("#details button.primary").click()
    phone.wait_for_selector(".booking-card")
    keep(phone, f"help-{lang}-3-booked")
    return phone.locator(".booking-code").inner_text()


def check_in(kiosk: Page, lang: str) -> str:
    """At the kiosk: four digits of the telephone; answers the number."""
    if lang == "en":
        touch(kiosk, "language")
    touch(kiosk, "booked")
    for digit in PHONE[-4:]:
        touch(kiosk, f"'{digit}'")
    keep(kiosk, f"help-{lang}-4-check-in")
    touch(kiosk, "check-in")
    expect(kiosk.locator(".kiosk-number")).to_be_visible()
    return kiosk.locator(".kiosk-number").inner_text()


def call_now(kiosk: Page, helper: Page, lang: str) -> None:
    """The key for help rings with the helper, who comes and is taken back."""
    touch(kiosk, "home")
    if lang == "en" and kiosk.locator("html").get_attribute("lang") != "en":
        touch(kiosk, "language")
    touch(kiosk, "help")
    expect(helper.locator("[data-ringing]")).to_have_count(1)
    keep(helper, f"help-{lang}-6-ringing")
    helper.click("[data-ringing] button")
    expect(kiosk.locator(".kiosk-help-said")).to_contain_text("B01")
    keep(kiosk, f"help-{lang}-7-on-the-way")
    touch(kiosk, "help-cancel")
    expect(helper.locator(".helper-call")).to_have_count(0)


def help_and_close(helper: Page, lang: str) -> str:
    """The helper begins what was booked and closes it; answers the number of the ledger's line."""
    helper.locator("[data-booking] form[data-path$='/start'] button").click()
    helper.wait_for_url("**/helper/records/**")
    expect(helper.locator(".helper-title")).to_have_text("王**")
    keep(helper, f"help-{lang}-8-line")
    helper.click("#box-close summary")
    helper.locator("#box-close").get_by_label(OUTCOME[lang]).check()
    helper.locator("#box-close button").click()
    expect(helper.locator(".note.good")).to_be_visible()
    return helper.title().split(" ")[0]


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_H1_to_H7_booked_checked_in_helped_and_the_ledger_s_line_is_right(
    live_server: LiveHall, soon: Callable[[], None], open_page: OpenPage, lang: str
) -> None:
    Staffed(live_server).here("helper01")
    phone = open_page("phone")
    code = book(phone, lang)
    assert re.fullmatch(r"\w{5}-\w{5}", code)
    soon()
    helper = signed_in(open_page, live_server, "helper01", "phone", "/helper")
    in_language(helper, lang)
    helper.goto("/helper")
    expect(helper.locator("#live-status")).to_have_attribute("data-state", "online")
    kiosk = arrive(open_page)
    number = check_in(kiosk, lang)
    expect(helper.locator("[data-booking].arrived")).to_contain_text(number)
    keep(helper, f"help-{lang}-5-day")
    call_now(kiosk, helper, lang)
    line = help_and_close(helper, lang)
    ledger = signed_in(open_page, live_server, "manager", "desk", "/help-records")
    row = ledger.locator("tr", has_text=line)
    expect(row).to_contain_text("王**")
    expect(row).to_contain_text("已指导")
    expect(row).not_to_contain_text(PHONE)
