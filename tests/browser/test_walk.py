"""One visit from the kiosk to the end of the service, seen on every surface at once, in both languages.

With `HALL_PICTURES` in the environment each step is kept there as a picture (`make pictures`): the record of the walk,
and the pictures of the README.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.calling import Staffed
from tests.browser.pictures import keep

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.browser.conftest import OpenPage
    from tests.conftest import StartHall
    from tests.servers import LiveHall

WINDOW = "xixian-01"


def sign_in(page: Page, hall: LiveHall, user: str) -> Page:
    person = next(row for row in hall.demo["staff"] if row["user"] == user)
    page.goto("/sign-in")
    page.locator("[name=user]").fill(user)
    page.locator("[name=password]").fill(person["password"])
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: not url.endswith("/sign-in"))
    return page


def draw(page: Page, *keys: str) -> dict[str, Any]:
    """Two touches at the kiosk, after those that set it up; the ticket as the server answered it."""
    page.goto("/kiosk")
    expect(page.locator("body")).to_have_attribute("data-server", "online")
    for key in keys:
        page.locator(f"[data-key={key}]").tap()
    page.locator("[data-line=xixian-a]").tap()
    with page.expect_response("**/api/v1/tickets") as drawn:
        page.locator("[data-key=draw]").tap()
    ticket: dict[str, Any] = drawn.value.json()
    expect(page.locator("[data-number]")).to_have_text(ticket["number"])
    return ticket


def prefer(page: Page, name: str, value: str) -> None:
    """Language or large text, by the page's own buttons."""
    page.locator(f".preferences [name={name}][value='{value}']").first.click()


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_E1_a_visit_from_the_kiosk_to_the_end_seen_on_every_surface(
    start_hall: StartHall, open_page: OpenPage, axe: Callable[[Page], None], lang: str
) -> None:
    hall = start_hall(PUBLIC_URL="http://hall.example")
    english = lang == "en"
    others = Staffed(hall)
    for window in range(2, 7):
        others.draw()
        others.call(f"xixian-{window:02d}")
    board = open_page("screen", hall=hall)
    board.goto("/screen/xixian")
    expect(board.locator("#newest-number")).to_have_text("A005")
    console = sign_in(open_page("console", hall=hall), hall, "clerk01")
    if english:
        console.locator(".staff-user summary").click()
        prefer(console, "lang", "en")
    expect(console.locator("#next")).to_be_enabled()
    console.keyboard.press("o")
    expect(console.locator("#window-state")).to_have_text("Open" if english else "开放")

    kiosk = open_page("kiosk", hall=hall)
    ticket = draw(kiosk, *(["language", "elder"] if english else []))
    number = ticket["number"]
    axe(kiosk)
    keep(kiosk, f"{lang}-1-kiosk")

    for line in "abacadaab":
        others.draw(f"xixian-{line}")
    phone = open_page("phone", hall=hall)
    phone.goto(f"/t/{ticket['token']}")
    if english:
        prefer(phone, "lang", "en")
        prefer(phone, "elder", "1")
    card = phone.locator(".ticket-card")
    expect(card).to_have_attribute("data-state", "waiting")
    axe(phone)
    keep(phone, f"{lang}-2-phone-waiting")

    console.keyboard.press("n")
    expect(console.locator("#current-number")).to_have_text(number)
    expect(board.locator("#newest-number")).to_have_text(number)
    expect(board.locator("#newest-where")).to_have_text("一楼 1号窗口")
    expect(card).to_have_attribute("data-state", "called")
    expect(phone.locator(".where")).to_contain_text("Window 1" if english else "1号窗口")
    for page, name in ((board, "3-board"), (phone, "4-phone-called"), (console, "5-console")):
        axe(page)
        keep(page, f"{lang}-{name}")

    console.keyboard.press("s")
    expect(card).to_have_attribute("data-state", "serving")
    expect(console.locator("#next")).to_have_attribute("data-verb", "finish")
    expect(console.locator("#next")).to_be_enabled()  # a key that comes earlier is not taken
    console.keyboard.press("f")
    expect(card).to_have_attribute("data-state", "finished")
    expect(console.locator("#current-number")).not_to_have_text(number)
    keep(phone, f"{lang}-6-phone-finished")
