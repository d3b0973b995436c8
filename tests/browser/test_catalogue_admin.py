"""The manager's catalogue pages in a real browser: for everybody, and with a file chosen by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Page, expect

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.browser.conftest import OpenPage
    from tests.servers import LiveHall


def signed_in(page: Page, hall: LiveHall) -> Page:
    manager = next(one for one in hall.demo["staff"] if one["role"] == "manager")
    page.goto("/sign-in")
    page.locator("#field-user").fill(manager["user"])
    page.locator("#field-password").fill(manager["password"])
    page.locator("main button[type=submit]").click()
    expect(page.locator("h1")).to_be_visible()
    return page


@pytest.mark.parametrize(
    "path",
    ["items", "items/new", "bundles", "bundles/new", "bundles/import", "departments", "situations", "import"],
)
def test_E1_every_page_of_the_catalogue_is_for_everybody(
    shared_hall: LiveHall, open_page: OpenPage, axe: Callable[[Page], None], path: str
) -> None:
    page = signed_in(open_page("desk"), shared_hall)
    page.goto(f"/admin/{path}")
    axe(page)


def test_an_item_is_found_changed_and_offered_at_once(
    shared_hall: LiveHall, open_page: OpenPage, axe: Callable[[Page], None]
) -> None:
    page = signed_in(open_page("desk"), shared_hall)
    page.goto("/admin/items")
    page.get_by_role("searchbox").fill("swdj")
    page.get_by_role("searchbox").press("Enter")
    page.locator("tbody th a").first.click()
    axe(page)
    page.locator("#field-aliases").fill("改过的俗称")
    page.get_by_role("button", name="保存").click()
    expect(page.locator(".note.good")).to_be_visible()
    page.goto("/admin/items?q=ggdsc")
    expect(page.locator("tbody tr")).to_have_count(1)


def test_a_file_is_chosen_looked_at_and_imported(
    shared_hall: LiveHall, open_page: OpenPage, axe: Callable[[Page], None], tmp_path: Path
) -> None:
    file = tmp_path / "事项.csv"
    file.write_text("事项编码,事项名称,部门\nX-1,宠物登记,县新局\n", encoding="utf-8")
    page = signed_in(open_page("desk"), shared_hall)
    page.goto("/admin/import")
    page.locator("#field-file").set_input_files(file)
    page.get_by_role("button", name="查看变化").click()
    expect(page.locator("main")).to_contain_text("宠物登记")
    axe(page)
    page.get_by_role("button", name="确认导入").click()
    expect(page.locator(".note.good")).to_contain_text("新增 1 项")


@pytest.mark.parametrize(
    "path", ["items", "bundles", "bundles/import", "departments", "situations", "import"]
)
def test_E1_on_a_phone_a_wide_list_scrolls_within_itself_and_the_page_stays(
    shared_hall: LiveHall, open_page: OpenPage, path: str
) -> None:
    page = signed_in(open_page("phone"), shared_hall)
    page.goto(f"/admin/{path}")
    assert page.evaluate("document.documentElement.scrollWidth") == 390
