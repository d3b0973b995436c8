"""Finding a matter at the kiosk: by letters, by occasion, by department; and its papers before drawing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Page, expect

from tests.browser.test_kiosk import _within_reach, arrive, touch

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.browser.conftest import OpenPage


def type_letters(page: Page, letters: str) -> None:
    for letter in letters:
        touch(page, letter)


@pytest.mark.usefixtures("shared_hall")
def test_yyzz_leads_to_a_ticket_for_a_business_licence(
    open_page: OpenPage, axe: Callable[[Page], None]
) -> None:
    page = arrive(open_page)
    touch(page, "search")
    axe(page)
    type_letters(page, "YYZZ")
    expect(page.locator("h1")).to_have_text("YYZZ")
    found = page.locator("main [data-item]")
    expect(found).to_have_count(4)
    for at in range(3):
        expect(found.nth(at)).to_contain_text("营业执照")
    found.nth(1).tap()
    expect(page.locator("h1")).to_have_text("公司设立登记（营业执照）")
    expect(page.locator(".kiosk-papers")).to_contain_text("公司章程")
    expect(page.locator("[data-part=how]")).to_contain_text("承诺 1 个工作日 · 不收费")
    axe(page)
    with page.expect_request("**/api/v1/tickets") as sent:
        touch(page, "draw")
    assert (sent.value.post_data_json or {})["item"] == "411528-SCJG-001"
    expect(page.locator("[data-number]")).to_have_text("B001")
    expect(page.locator("main"), "The ticket names the matter.").to_contain_text("公司设立登记（营业执照）")


@pytest.mark.usefixtures("shared_hall")
def test_letters_can_be_taken_away_and_nothing_found_says_what_to_do(open_page: OpenPage) -> None:
    page = arrive(open_page)
    touch(page, "search")
    type_letters(page, "YYZZXX")
    expect(page.locator("main")).to_contain_text("没有找到")
    touch(page, "delete")
    touch(page, "delete")
    expect(page.locator("main [data-item]").first).to_contain_text("营业执照")
    touch(page, "clear")
    expect(page.locator("main [data-item]").first, "Before typing: what is often asked for.").to_be_visible()


@pytest.mark.parametrize("mode", ["plain", "english", "elder", "elder language"])
@pytest.mark.usefixtures("shared_hall")
def test_every_way_to_a_matter_is_large_and_within_reach(
    open_page: OpenPage, axe: Callable[[Page], None], mode: str
) -> None:
    page = arrive(open_page)
    for key in {"plain": [], "english": ["language"]}.get(mode, mode.split()):
        touch(page, key)
    touch(page, "situation")
    expect(page.locator("[data-item=birth]")).to_be_visible()
    _within_reach(page)
    axe(page)
    page.locator("[data-item=birth]").tap()
    expect(page.locator("[data-item='bundle:xixian-newborn']")).to_be_visible()
    _within_reach(page)
    touch(page, "search")
    expect(page.locator("main [data-item]").first).to_be_visible()
    _within_reach(page)
    type_letters(page, "XSE")
    page.locator("[data-item='bundle:xixian-newborn']").tap()
    expect(page.locator(".kiosk-papers li").first).to_be_visible()
    _within_reach(page)
    touch(page, "turn")
    _within_reach(page)
    touch(page, "draw")
    expect(page.locator("[data-number]")).to_be_visible()


@pytest.mark.parametrize("mode", ["", "language", "elder language"])
@pytest.mark.usefixtures("shared_hall")
def test_no_paper_is_lost_or_cut_however_long_their_names(open_page: OpenPage, mode: str) -> None:
    page = arrive(open_page)
    for key in mode.split():
        touch(page, key)
    touch(page, "search")
    page.locator("main [data-item^=bundle]").first.tap()
    pages = int(page.locator(".kiosk-papers").get_attribute("data-pages") or "")
    assert pages > 1
    seen: set[str] = set()
    for _ in range(pages):
        seen |= set(page.locator(".kiosk-papers li").all_text_contents())
        _within_reach(page)
        page.locator("[data-key=turn]").press("Enter")
    told = page.locator(".kiosk-bring").inner_text()
    assert f"{len(seen)}" in told, f"Papers on all pages: {seen}, but the title says {told}."


@pytest.mark.usefixtures("shared_hall")
def test_Q13_matters_found_in_different_ways_come_on_one_slip(open_page: OpenPage) -> None:
    page = arrive(open_page)
    touch(page, "several")
    touch(page, "search")
    type_letters(page, "SFZ")
    # Bundles stand first until the letters are answered.
    page.locator("main [data-item^='item:']").first.tap()
    touch(page, "department")
    page.locator("[data-item='411528-YBJ']").tap()
    page.locator("main [data-item]").first.tap()
    page.locator("[data-line=xixian-f]").tap()
    touch(page, "next")
    expect(page.locator(".kiosk-list li")).to_have_count(3)
    with page.expect_request("**/api/v1/visits") as sent:
        touch(page, "draw")
    kinds = [next(iter(matter)) for matter in (sent.value.post_data_json or {})["matters"]]
    assert kinds == ["item", "item", "line"]
    expect(page.locator("[data-number]")).to_have_count(3)


@pytest.mark.expected_errors(r"Failed to load resource", r"ERR_")
@pytest.mark.usefixtures("shared_hall")
def test_without_the_server_the_search_stays_usable(open_page: OpenPage) -> None:
    page = arrive(open_page)
    touch(page, "search")
    page.route("**/catalogue?*", lambda route: route.abort())
    type_letters(page, "A")
    touch(page, "back")
    expect(page.locator("[data-line=xixian-a]")).to_be_visible()
