"""Receptions as people see them: large text, English, 200 % zoom, the wall, several halls (M3, E1)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Page, expect

from hall import clock
from hall.rota.demo import CODE
from hall.unit_of_work import units
from tests import applications
from tests.browser.test_hard_matters import fits
from tests.daytime import turn_zone
from tests.rota_at_work import published_today
from tests.three_halls import NONE, TWO, add_halls

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from flask import Flask

    from tests.browser.conftest import OpenPage
    from tests.servers import LiveHall

PAGES = ("/receptions", "/mondays/book")
PHONE = {"width": 390, "height": 844}
ZOOMED = {"width": 195, "height": 422}
"""A telephone, and the same at 200 %."""


@pytest.fixture
def beside(live_server: LiveHall) -> Iterator[Flask]:
    """The same hall from inside: it is daytime there, and its Monday is today."""
    with applications.beside(live_server) as app:
        with app.app_context():
            units().run(turn_zone)
        published_today(app)
        yield app


@pytest.mark.usefixtures("beside")
def test_E1_the_lists_can_be_used_large_in_english_and_at_200_percent(
    open_page: OpenPage, axe: Callable[[Page], None]
) -> None:
    for name in ("负责人接待", "Receptions of heads"):
        for size in (PHONE, ZOOMED):
            page = open_page("phone", viewport=size)
            page.goto("/receptions")
            if name.isascii():
                page.locator("[name=lang]").click()
            expect(page.locator("h1")).to_have_text(name)
            for path in PAGES:
                page.goto(path)
                axe(page)
                fits(page)
            page.goto("/receptions")
            page.locator("[name=elder]").first.click()
            expect(page.locator("html")).to_have_attribute("data-elder", "1")
            expect(page.locator(".reception-seat").first).to_be_visible()
            fits(page)
            pixels = page.evaluate(
                "parseFloat(getComputedStyle(document.querySelector('.reception-where')).fontSize)"
            )
            assert pixels >= 18, f"{pixels} px is too small for large text"


@pytest.mark.usefixtures("beside")
@pytest.mark.expected_errors(r"422")
def test_E1_a_wrong_form_says_so_and_can_be_used_by_everybody(
    open_page: OpenPage, axe: Callable[[Page], None]
) -> None:
    page = open_page("phone")
    page.goto("/mondays/book")
    expect(page.locator(".reception-free").first).to_contain_text("最早")
    page.locator(".booking-offers a").first.click()
    page.locator(".booking-times button").last.click()
    page.locator("#details").evaluate("form => { form.noValidate = true; }")
    page.fill("[name=phone]", "12")
    page.locator("#details button.primary").click()
    expect(page.locator(".wrong-text")).to_have_count(3)
    expect(page.locator("[name=phone]")).to_have_value("12")
    axe(page)
    fits(page)


def test_M3_a_hall_is_chosen_on_the_phone(
    beside: Flask, live_server: LiveHall, open_page: OpenPage, axe: Callable[[Page], None]
) -> None:
    add_halls(beside, clock.now().date())
    page = open_page("phone")
    page.goto("/receptions")
    axe(page)
    fits(page)
    page.get_by_role("link", name="包信镇便民服务中心").click()
    expect(page).to_have_url(f"{live_server.url}/receptions/{TWO}")
    axe(page)
    page.get_by_role("link", name="换一个大厅").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("请选择大厅")
    page.goto(f"/receptions/{NONE}")
    expect(page.locator(".empty")).to_contain_text("本大厅不安排负责人接待")
    axe(page)
    fits(page)


@pytest.mark.usefixtures("beside")
def test_M3_nothing_on_the_wall_runs_into_its_neighbour(open_page: OpenPage) -> None:
    wall = open_page("screen")
    wall.goto(f"/screen/mondays/xixian?rota={CODE}")
    expect(wall.locator(".monday-foot")).to_contain_text("请到导办台预约")
    expect(wall.locator(".monday-foot")).to_contain_text("信访事项请到县信访接待场所")
    for density in ("one", "few", "some", "more", "many"):
        wall.locator(".monday-list").evaluate(
            "(table, name) => { table.className = `monday-list ${name}`; }", density
        )
        wide = wall.locator(".monday-where b").evaluate_all(
            "cells => cells.filter((cell) => cell.scrollWidth > cell.clientWidth).length"
        )
        assert not wide, f"{density}: a window's name is wider than its column"
