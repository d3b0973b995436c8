"""The kiosk in a real browser: what a citizen touches, reads and takes home."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import Page, expect

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.browser.conftest import OpenPage

HIGHEST, LOWEST = 700, 1500
"""Portrait: what can be touched lies between these pixels from the top."""

REACHED = """() => Array.from(document.querySelectorAll("button"), (key) => {
    const box = key.getBoundingClientRect();
    return {text: key.textContent.trim(), top: box.top, bottom: box.bottom, left: box.left, right: box.right,
            width: box.width, height: box.height, tile: key.classList.contains("kiosk-tile"),
            cut: key.scrollWidth > key.clientWidth || key.scrollHeight > key.clientHeight};
})"""
SMALL = """(least = document.querySelector("[data-elder]") ? 30 : 28) => Array.from(document.querySelectorAll("body *"))
    .filter((part) => part.checkVisibility())
    .filter((part) => Array.from(part.childNodes).some((node) => node.nodeType === 3 && node.data.trim()))
    .filter((part) => parseFloat(getComputedStyle(part).fontSize) < least && !part.closest("svg, .kiosk-slip, script"))
    .map((part) => part.className + ": " + part.textContent.trim())"""

# Glyphs reach a little beyond a tight line: half a line is allowed
CUT = """() => [".kiosk-about", ".kiosk-facts > div", ".kiosk-papers", ".note", ".kiosk-ticket", ".kiosk-name"]
    .flatMap((parts) => Array.from(document.querySelectorAll(parts)))
    .filter((part) => part.checkVisibility())
    .filter((part) => part.scrollHeight > part.clientHeight + 14 || part.scrollWidth > part.clientWidth + 2)
    .map((part) => part.className + ": " + part.textContent.trim())"""

OUTSIDE = """() => Array.from(document.querySelectorAll(".kiosk-examples > *"))
    .filter((word) => word.checkVisibility())
    .filter((word) => word.getBoundingClientRect().right > word.parentElement.getBoundingClientRect().right + 1)
    .map((word) => word.textContent)"""


def arrive(open_page: OpenPage, surface: str = "kiosk") -> Page:
    """The kiosk, connected."""
    page = open_page(surface)
    page.goto("/kiosk")
    expect(page.locator("body")).to_have_attribute("data-server", "online")
    return page


def touch(page: Page, name: str) -> None:
    page.locator(f"[data-key={name}]").tap()


def touch_line(page: Page, code: str) -> None:
    page.locator(f"[data-line={code}]").tap()


@pytest.mark.usefixtures("shared_hall")
def test_two_touches_to_a_common_ticket(open_page: OpenPage, axe: Callable[[Page], None]) -> None:
    page = arrive(open_page)
    axe(page)
    touch_line(page, "xixian-b")
    axe(page)
    touch(page, "draw")
    number = page.locator("[data-number]")
    expect(number).to_have_text("B001")
    expect(page.locator("main")).to_contain_text("前面没有人等候")
    expect(page.locator("main")).to_contain_text("号窗口")
    size = number.evaluate("element => parseFloat(getComputedStyle(element).fontSize)")
    assert size >= 200, f"The number must be read from two steps away, but is {size} px high."
    axe(page)
    touch(page, "home")
    expect(page.locator("[data-line=xixian-b]"), "The tile must tell at once who waits.").to_contain_text(
        "1 人等候"
    )


@pytest.mark.usefixtures("shared_hall")
def test_a_tile_says_what_belongs_there_and_leads_to_the_papers_too(
    open_page: OpenPage, axe: Callable[[Page], None]
) -> None:
    page = arrive(open_page)
    tile = page.locator("[data-line=xixian-j]")
    expect(tile, "Who comes for a low-income aid knows no line's name.").to_contain_text("低保")
    tile.tap()
    touch(page, "papers")
    matter = page.get_by_role("button", name="高龄津贴申领")
    axe(page)
    matter.tap()
    expect(page.locator(".kiosk-papers li").first).to_be_visible()
    touch(page, "back")
    expect(matter).to_be_visible()
    page.locator("[data-key=back]").press(
        "Enter"
    )  # a second tap in the same place would be a hasty double one
    expect(page.locator("h1"), "Back leads to the line that one came from.").to_have_text("民政与残联")
    touch(page, "draw")
    expect(page.locator("[data-number]")).to_have_text("J001")


@pytest.mark.usefixtures("shared_hall")
def test_Q4_priority_is_given_on_a_word_and_named_before_drawing(
    open_page: OpenPage, axe: Callable[[Page], None]
) -> None:
    page = arrive(open_page)
    touch_line(page, "xixian-c")
    touch(page, "priority")
    axe(page)
    page.locator("[data-reason=pregnant]").tap()
    expect(page.locator("[data-part=priority]")).to_have_text("优先取号：孕妇")
    with page.expect_response("**/api/v1/tickets") as drawn:
        touch(page, "draw")
    assert drawn.value.json()["lane"] == "priority"
    touch(page, "home")
    expect(page.locator("[data-part=priority]"), "The next person is not the same person.").to_be_hidden()


@pytest.mark.usefixtures("shared_hall")
def test_Q13_several_matters_come_on_one_slip(open_page: OpenPage, axe: Callable[[Page], None]) -> None:
    page = arrive(open_page)
    touch(page, "several")
    for code in ("xixian-d", "xixian-e", "xixian-f"):
        touch_line(page, code)
    touch_line(page, "xixian-e")
    axe(page)
    touch(page, "next")
    touch(page, "draw")
    expect(page.locator("[data-number]")).to_have_text(["D001", "F001"])
    expect(page.locator("main")).to_contain_text("其余的号保留位置")


@pytest.mark.usefixtures("shared_hall")
def test_Q13_no_more_than_five_can_be_chosen(open_page: OpenPage) -> None:
    page = arrive(open_page)
    touch(page, "several")
    for at in range(5):
        page.locator("[data-line]").nth(at).tap()
    expect(page.locator("[data-line]").nth(5)).to_be_disabled()
    expect(page.locator("[data-line]").nth(4)).to_be_enabled()


@pytest.mark.parametrize("mode", ["plain", "english", "elder", "english elder"])
@pytest.mark.usefixtures("shared_hall")
def test_everything_to_touch_is_large_and_within_reach_in_portrait(open_page: OpenPage, mode: str) -> None:
    page = arrive(open_page)
    if "elder" in mode:
        touch(page, "elder")
    if "english" in mode:
        touch(page, "language")
    _within_reach(page)
    touch_line(page, "xixian-b")
    _within_reach(page)
    touch(page, "priority")
    _within_reach(page)
    touch(page, "back")
    touch(page, "draw")
    expect(page.locator("[data-number]")).to_be_visible()
    _within_reach(page)
    touch(page, "home")
    touch(page, "several")
    _within_reach(page)


def _within_reach(page: Page) -> None:
    keys: list[dict[str, Any]] = page.evaluate(REACHED)
    assert keys
    for key in keys:
        assert key["top"] >= HIGHEST and key["bottom"] <= LOWEST, f"Out of reach from a wheelchair: {key}"
        assert key["left"] >= 0 and key["right"] <= 1080, f"Beyond the panel's edge: {key}"
        assert not key["cut"], f"The words do not fit on the key: {key}"
        least = (200, 160) if key["tile"] else (60, 60)
        assert key["width"] >= least[0] and key["height"] >= least[1], f"Too small for a finger: {key}"
    small = page.evaluate(SMALL)
    assert not small, f"Too small while standing (28 px; large text, 30): {small}"
    cut = page.evaluate(CUT)
    assert not cut, f"Words are cut or covered: {cut}"


@pytest.mark.usefixtures("shared_hall")
def test_the_keys_can_be_moved_down_for_a_wheelchair(open_page: OpenPage) -> None:
    page = arrive(open_page)
    touch(page, "lower")
    highest = min(key["top"] for key in page.evaluate(REACHED))
    assert highest >= 1000, "Lowered keys begin at a sitting person's height."
    assert max(key["bottom"] for key in page.evaluate(REACHED)) <= 1920


@pytest.mark.usefixtures("shared_hall")
def test_E1_language_and_large_text_last_for_one_person(open_page: OpenPage) -> None:
    page = arrive(open_page)
    page.clock.install()
    page.reload()
    touch(page, "language")
    touch(page, "elder")
    expect(page.locator("h1")).to_have_text("What would you like to do today?")
    expect(page.locator("html")).to_have_attribute("data-elder", "")
    expect(page.locator("[data-part=countdown]")).to_have_text("Back to the start in 30 s")
    page.clock.run_for(31_000)
    expect(page.locator("h1")).to_have_text("请选择您要办的业务")
    expect(page.locator("html")).not_to_have_attribute("data-elder", "")


@pytest.mark.usefixtures("shared_hall")
def test_the_ticket_goes_after_thirty_seconds_with_a_countdown(open_page: OpenPage) -> None:
    page = open_page("kiosk-landscape")
    page.clock.install()
    page.goto("/kiosk")
    touch_line(page, "xixian-g")
    touch(page, "draw")
    expect(page.locator("[data-number]")).to_be_visible()
    page.clock.run_for(10_000)
    expect(page.locator("[data-part=countdown]")).to_contain_text("秒后返回首页")
    expect(page.locator("[data-number]")).to_be_visible()
    page.clock.run_for(21_000)
    expect(page.locator("[data-number]"), "Nobody may read a stranger's number.").to_have_count(0)


@pytest.mark.usefixtures("shared_hall")
@pytest.mark.parametrize("surface", ["kiosk", "kiosk-landscape"])
def test_E1_what_belongs_to_a_line_stays_within_its_tile_in_both_languages(
    open_page: OpenPage, surface: str
) -> None:
    page = arrive(open_page, surface)
    for _language in range(2):
        touch(page, "language")
        outside = page.evaluate(OUTSIDE)
        assert not outside, f"Cut at the edge (unbroken in static/js/kiosk-choose.js): {outside}"
