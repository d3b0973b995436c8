"""Every page of a full hall as its people meet it: for everybody, in both languages, whole at its true size.

Staff at 1440 × 900, the public on a phone 390 wide. Each page is loaded without a complaint of the browser, without a
serious finding of axe, and fits its width: nobody scrolls sideways (E1).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Page, expect

from tests.browser.calling import Staffed

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.browser.conftest import OpenPage
    from tests.servers import LiveHall

LANGUAGES = ("zh", "en")
DRAWN = "abcdefghab"
PRIORITY = {"lane": "priority", "reason": "elder"}
SETTINGS = [
    "", "/site", "/hours", "/hours/season", "/calendar", "/lines", "/lines/new", "/lines/1", "/windows",
    "/windows/new", "/windows/1", "/notices", "/texts", "/staff", "/staff/new", "/staff/2", "/staff/import",
    "/helpers", "/helpers/new", "/helpers/1",
    "/devices", "/devices/1", "/items", "/items/new", "/items/1", "/bundles", "/bundles/new", "/departments",
    "/situations", "/import",
]  # fmt: skip
PAGES = {
    "manager": [f"/admin{page}" for page in SETTINGS]
    + ["/floor", "/reports/day", "/journal", "/deadlines", "/measures", "/platform", "/account"],
    "desk": ["/desk", "/desk/opening", "/desk/closing", "/account"],
    "clerk01": ["/console", "/by-hand", "/windows/xixian-01/form", "/account"],
    "director01": ["/mondays", "/account"],
    "auditor": ["/journal", "/reports/day", "/deadlines", "/measures"],
    "": ["/", "/sign-in", "/enrol", "/api/docs"],
}
LIVE = ("/console", "/desk", "/floor")
NO_PAGE = ("/nothing-here", "/t/no-such-ticket")


@pytest.fixture(scope="module")
def full_hall(shared_hall: LiveHall) -> Staffed:
    """The demo hall at work: people wait, two are at windows."""
    staffed = Staffed(shared_hall)
    for line in DRAWN:
        staffed.draw(f"xixian-{line}")
    staffed.draw(**PRIORITY)
    staffed.call("xixian-01")
    staffed.at("xixian-01", "start")
    staffed.call("xixian-02")
    return staffed


def arrive(page: Page, hall: LiveHall, user: str, lang: str) -> Page:
    """Signed in (nobody stays outside), with the language chosen by the page's own button."""
    page.goto("/sign-in")
    if lang == "en":
        page.locator(".preferences [name=lang][value=en]").click()
        expect(page.locator("html")).to_have_attribute("lang", "en")
    if user:
        person = next(row for row in hall.demo["staff"] if row["user"] == user)
        page.locator("[name=user]").fill(user)
        page.locator("[name=password]").fill(person["password"])
        page.locator("main button[type=submit]").click()
        page.wait_for_url(lambda url: not url.endswith("/sign-in"))
    return page


def look(page: Page, path: str, lang: str, axe: Callable[[Page], None]) -> None:
    """Open one page and judge it."""
    page.goto(path)
    expect(page.locator("h1").first).to_be_attached()
    if path in LIVE:  # keys change their look as the first word of the hall arrives
        expect(page.locator("#live-status")).to_have_attribute("data-state", "online")
    if path == "/console":
        expect(page.locator("#next")).to_be_enabled()
    assert page.locator("html").get_attribute("lang") == {"zh": "zh-CN", "en": "en"}[lang], path
    wide, room = page.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]")
    assert wide <= room, f"{path} is {wide} px wide on {room}"
    axe(page)


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("user", [user for user in PAGES if user])
def test_E1_every_page_of_the_staff_is_for_everybody_and_fits(
    full_hall: Staffed, open_page: OpenPage, axe: Callable[[Page], None], user: str, lang: str
) -> None:
    page = arrive(
        open_page("console", hall=full_hall.hall, reduced_motion="reduce"), full_hall.hall, user, lang
    )
    for path in PAGES[user]:
        look(page, path, lang, axe)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_E1_every_page_of_the_public_is_for_everybody_and_fits_a_phone(
    full_hall: Staffed, open_page: OpenPage, axe: Callable[[Page], None], lang: str
) -> None:
    page = arrive(open_page("phone", hall=full_hall.hall), full_hall.hall, "", lang)
    for path in [*PAGES[""], f"/t/{full_hall.draw()['token']}"]:
        look(page, path, lang, axe)


@pytest.mark.expected_errors(r"status of 404")
@pytest.mark.parametrize("lang", LANGUAGES)
def test_E1_a_wrong_address_says_what_to_do_to_everybody(
    full_hall: Staffed, open_page: OpenPage, axe: Callable[[Page], None], lang: str
) -> None:
    page = arrive(open_page("small-phone", hall=full_hall.hall), full_hall.hall, "", lang)
    for path in NO_PAGE:
        look(page, path, lang, axe)
        expect(page.locator("main .buttons a")).to_be_visible()
