"""The slip as the citizen meets it at the kiosk: printing, take it, once again, and what if there is no paper."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Page, expect

from tests.browser.paper import Paper, draw, touch, with_waits

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.browser.conftest import OpenPage
    from tests.servers import LiveHall

OVERFLOWING = """() => {
    const parts = ".kiosk-tickets, .kiosk-ticket, .kiosk-stage, .kiosk-ask, .kiosk-paper";
    return Array.from(document.querySelectorAll(parts))
        .filter((part) => part.scrollHeight > part.clientHeight + 1 || part.scrollWidth > part.clientWidth + 1)
        .map((part) => [part.className, part.scrollWidth, part.scrollHeight, part.clientWidth, part.clientHeight]);
}"""
WHEN_PRINTED = """() => {
    window.print = () => { document.body.dataset.printed = document.querySelector(".kiosk-slip img").naturalWidth; };
}"""
ABOVE_THE_BAND = "() => document.querySelector('h1').getBoundingClientRect().top"
LINES = ("xixian-a", "xixian-b", "xixian-c", "xixian-d", "xixian-e")


@pytest.fixture(scope="module")
def paper(shared_hall: LiveHall) -> Paper:
    return Paper(shared_hall)


def test_item2_the_kiosk_says_printing_then_take_your_slip_and_prints_once_again(
    paper: Paper, open_page: OpenPage, axe: Callable[[Page], None]
) -> None:
    paper.says()
    page = paper.arrive(open_page)
    draw(page, "xixian-b")
    expect(page.locator("[data-paper=printing]")).to_contain_text("正在打印小票")
    expect(page.locator("[data-key=print]")).to_have_count(0)
    axe(page)
    assert paper.prints() == 1
    expect(page.locator("[data-paper=printed]")).to_contain_text("请取走小票")
    axe(page)
    touch(page, "print")
    expect(page.locator("[data-paper=printing]")).to_be_visible()
    assert paper.prints() == 1, "a second slip, for the same ticket"
    expect(page.locator("[data-paper=printed]")).to_be_visible()
    expect(page.locator("[data-key=print]"), "More only by staff.").to_have_count(0)


def test_Q13_several_matters_come_on_one_slip_of_paper(paper: Paper, open_page: OpenPage) -> None:
    paper.says()
    page = paper.arrive(open_page)
    draw(page, *LINES[:3])
    assert paper.prints() == 1


def test_item2_without_paper_the_number_stays_longer_and_the_slip_comes_when_paper_is_in(
    paper: Paper, open_page: OpenPage, axe: Callable[[Page], None]
) -> None:
    paper.says("out", online=False)
    page = paper.arrive(open_page)
    draw(page, "xixian-c")
    note = page.locator("[data-paper=held]")
    expect(note).to_contain_text("打印机缺纸")
    expect(note).to_contain_text("您的号照常有效，请记下或拍照")
    expect(page.locator("[data-part=countdown]")).to_have_text("90 秒后返回首页")
    axe(page)
    paper.says("ok", cover="open", online=False)
    expect(note).to_contain_text("盖子未关好")
    paper.says("low")
    expect(page.locator("[data-paper=printing]")).to_be_visible()
    paper.prints()
    expect(page.locator("[data-paper=printed]")).to_be_visible()


def test_a_slip_that_nobody_saw_come_out_is_asked_about(paper: Paper, open_page: OpenPage) -> None:
    paper.says()
    page = paper.arrive(open_page)
    draw(page, "xixian-d")
    paper.prints(uncertain=True)
    expect(page.locator("[data-paper=doubtful]")).to_contain_text("小票出来了吗")
    expect(page.locator("[data-key=print]")).to_be_visible()


def test_E2_the_code_stands_on_the_screen_where_phones_reach_the_hall(
    start_hall: Callable[..., LiveHall], open_page: OpenPage, axe: Callable[[Page], None]
) -> None:
    paper = Paper(start_hall(PUBLIC_URL="https://hall.example.cn"))
    paper.says("out", online=False)
    page = paper.arrive(open_page)
    draw(page, "xixian-a")
    code = page.locator(".kiosk-code img")
    expect(code).to_be_visible()
    assert code.evaluate("image => image.decode().then(() => image.naturalWidth)") > 0
    axe(page)


@pytest.mark.usefixtures("shared_hall")
def test_E2_no_code_where_phones_reach_nothing(paper: Paper, open_page: OpenPage) -> None:
    page = paper.arrive(open_page)
    draw(page, "xixian-a")
    expect(page.locator(".kiosk-code")).to_have_count(0)


@pytest.mark.parametrize("surface", ["kiosk", "kiosk-landscape"])
def test_E1_everything_about_the_ticket_fits_on_the_panel(
    start_hall: Callable[..., LiveHall], open_page: OpenPage, surface: str
) -> None:
    paper = Paper(start_hall(PUBLIC_URL="https://hall.example.cn"))
    paper.says("out", online=False)
    page = paper.arrive(open_page, surface)
    found = []
    for count in (1, 4, 5):
        for keys in ((), ("language",), ("elder",), ("elder", "language")):
            page.reload()
            with_waits(page)
            for key in keys:
                touch(page, key)
            draw(page, *LINES[:count])
            expect(page.locator("[data-paper=held]")).to_be_visible()
            found += [(count, keys, part) for part in page.evaluate(OVERFLOWING)]
            if page.evaluate(ABOVE_THE_BAND) < 104:
                found.append((count, keys, "the heading is cut"))
    assert not found, "Too large for its place:\n" + "\n".join(map(str, found))


def test_a_kiosk_without_printer_prints_the_same_slip_through_its_browser(
    paper: Paper, open_page: OpenPage
) -> None:
    page = paper.arrive(open_page, joined=False)
    page.evaluate(WHEN_PRINTED)
    draw(page, "xixian-e")
    touch(page, "print")
    expect(page.locator("body")).to_have_attribute("data-printed", "576")
    page.emulate_media(media="print")
    expect(page.locator(".kiosk-slip img")).to_be_visible()
    expect(page.locator(".kiosk-stage")).to_be_hidden()


@pytest.mark.expected_errors("WebSocket")  # a minute of the page's clock goes by without the server's pings
def test_the_way_home_waits_while_a_finger_rests_on_the_panel(paper: Paper, open_page: OpenPage) -> None:
    page = paper.arrive(open_page, joined=False)
    page.clock.install()
    page.reload()
    draw(page, "xixian-f")
    page.locator("h1").dispatch_event("pointerdown")
    page.clock.run_for(60_000)
    expect(page.locator("[data-number]")).to_be_visible()
    page.locator("h1").dispatch_event("pointerup")
    page.clock.run_for(31_000)
    expect(page.locator("[data-number]")).to_have_count(0)


def test_E1_each_step_is_spoken_to_those_who_wish_it(paper: Paper, open_page: OpenPage) -> None:
    paper.says()
    page = paper.arrive(open_page, joined=True)
    with page.expect_request("**/say-choose.*"):
        touch(page, "voice")
    with page.expect_request("**/say-papers.*"):
        page.locator("[data-line=xixian-g]").tap()
    touch(page, "draw")
    expect(page.locator("[data-paper=printing]")).to_be_visible()
    with page.expect_request("**/say-taken.*"):
        paper.prints()
    touch(page, "home")
    paper.says("out", online=False)
    with page.expect_request("**/say-no-paper.*"):
        page.locator("[data-line=xixian-g]").tap()
        touch(page, "draw")
