"""From an empty folder to the first number called, with nothing but a browser: the way of a newcomer."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from playwright.sync_api import Page, expect

from tests.browser.stored import change, set_settings
from tests.browser.test_desk import sit_down

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.browser.conftest import OpenPage
    from tests.conftest import StartHall
    from tests.servers import LiveHall

SECRET = "correct horse 7"


def set_up(page: Page, code: str) -> None:
    """The first page, with the lines and windows it proposes."""
    page.get_by_role("textbox", name="设置码").fill(code)
    page.get_by_label("您的姓名").fill("周主任")
    page.get_by_label("密码", exact=True).fill(SECRET)
    page.get_by_label("再次输入密码").fill(SECRET)
    page.get_by_role("textbox", name="大厅名称").fill("淮滨县政务服务大厅")
    page.get_by_label("简码").fill("huaibin")
    page.get_by_role("button", name="完成设置").click()


def test_from_an_empty_folder_to_the_first_number_called(
    start_hall: StartHall, open_page: OpenPage, axe: Callable[[Page], None]
) -> None:
    hall = start_hall("bare")
    page = open_page("desk", hall=hall)
    page.goto("/")
    set_up(page, hall.flask("hall", "set-up-code").split()[-1])
    steps = page.locator(".first-steps")
    expect(steps.get_by_role("listitem")).to_have_count(4)
    expect(steps.get_by_text("完成", exact=True)).to_have_count(0)
    axe(page)
    page.get_by_role("link", name="大厅与设置").click()
    page.locator("[name=always_open]").check()  # whatever the hour of this test
    page.get_by_role("button", name="保存设置").click()
    page.goto("/admin")
    page.get_by_role("link", name="在导办台取一个号").click()
    page.locator("[data-line=huaibin-a]").click()
    page.locator("#draw").click()
    expect(page.locator("#panel")).to_contain_text("A001")
    page.goto("/admin")
    expect(steps.get_by_text("完成", exact=True)).to_have_count(1)
    page.get_by_role("link", name="打开窗口并叫号").click()
    page.get_by_role("link", name="1号窗口").click()
    expect(page.locator("#live-status")).to_have_attribute("data-state", "online")
    page.keyboard.press("o")
    expect(page.locator("#next")).to_have_attribute("data-verb", "call-next")
    expect(page.locator("#next")).to_be_enabled()
    page.keyboard.press("n")
    expect(page.locator("#current-number")).to_have_text("A001")
    screen = open_page("screen", hall=hall)
    screen.goto("/screen/huaibin")
    expect(screen.locator("body")).to_contain_text("A001")
    page.goto("/admin")
    expect(page.get_by_role("heading", name="设置", exact=True)).to_be_visible()
    expect(steps).to_have_count(0)


def test_Q11_a_test_ticket_is_drawn_while_the_line_is_shut(
    live_server: LiveHall, open_page: OpenPage, axe: Callable[[Page], None]
) -> None:
    shut_today(live_server)
    page = sit_down(open_page, live_server)
    line = page.locator("[data-line=xixian-a]")
    expect(line).to_have_class(re.compile("shut"))
    line.click()
    expect(page.locator("#draw")).to_have_count(0)
    axe(page)
    page.locator("#draw-test").click()
    expect(page.locator("#panel")).to_contain_text("A-T001")


def shut_today(hall: LiveHall) -> None:
    """Open for an hour on a day of the week that is neither yesterday, today nor tomorrow."""
    weekday = (datetime.now(UTC).weekday() + 3) % 7
    set_settings(hall, always_open=False)
    change(
        hall,
        "INSERT INTO opening_hours (site_id, season_from, season_until, weekday, opens, closes, lunch)"
        " VALUES (1, '01-01', '12-31', :weekday, '09:00', '10:00', :lunch)",
        weekday=weekday,
        lunch=False,
    )
