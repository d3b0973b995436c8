"""Signing in with a one-time password, and the first run, in a real browser."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from playwright.sync_api import Page, expect

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.browser.conftest import OpenPage
    from tests.conftest import StartHall
    from tests.servers import LiveHall

NEW = "correct horse 7"


def sign_in(page: Page, user: str, password: str) -> None:
    page.goto("/sign-in")
    page.get_by_label("账号").fill(user)
    page.get_by_label("密码", exact=True).fill(password)
    page.get_by_role("button", name="登录").click()


def test_a_new_clerk_gets_a_password_and_makes_it_the_own(
    live_server: LiveHall, open_page: OpenPage, axe: Callable[[Page], None]
) -> None:
    row = next(row for row in live_server.demo["staff"] if row["role"] == "manager")
    desk = open_page("desk")
    sign_in(desk, row["user"], row["password"])
    desk.goto("/admin/staff/new")
    axe(desk)
    desk.get_by_label("账号").fill("gao.jie")
    desk.get_by_label("姓名").fill("高洁")
    desk.get_by_role("combobox", name="角色").select_option("reception")
    desk.get_by_role("button", name="创建账号").click()
    once = desk.locator("code.secret").inner_text()
    axe(desk)
    clerk = open_page("desk")
    sign_in(clerk, "gao.jie", once)
    expect(clerk.get_by_text("由他人设置")).to_be_visible()
    axe(clerk)
    clerk.get_by_label("当前密码").fill(once)
    clerk.get_by_label("新密码", exact=True).fill(NEW)
    clerk.get_by_label("再次输入新密码").fill(NEW)
    clerk.get_by_role("button", name="修改密码").click()
    clerk.goto("/account")
    expect(clerk.get_by_role("heading", name="个人令牌")).to_be_visible()


def test_a_code_from_the_device_page_makes_a_kiosk_with_the_keys_alone(
    live_server: LiveHall, open_page: OpenPage, axe: Callable[[Page], None]
) -> None:
    row = next(row for row in live_server.demo["staff"] if row["role"] == "manager")
    desk = open_page("desk")
    sign_in(desk, row["user"], row["password"])
    desk.goto("/admin/devices")
    axe(desk)
    desk.get_by_label("名称").fill("东门")
    desk.get_by_role("button", name="添加并显示设备码").click()
    code = desk.locator(".code-digits").inner_text().replace(" ", "")
    expect(desk.locator("#left")).to_have_text(re.compile("剩余 1[45]:"))
    kiosk = open_page("kiosk")
    kiosk.goto("/enrol")
    axe(kiosk)
    for digit in code:
        kiosk.locator(f"[data-digit='{digit}']").click()
    kiosk.get_by_role("button", name="登记", exact=True).click()
    expect(kiosk).to_have_url(re.compile("/kiosk$"))


def test_a_hall_of_ones_own_begins_in_the_browser(
    start_hall: StartHall, open_page: OpenPage, axe: Callable[[Page], None]
) -> None:
    hall = start_hall("bare")
    code = hall.flask("hall", "set-up-code").split()[-1]
    page = open_page("desk", hall=hall)
    page.goto("/")
    expect(page).to_have_url(re.compile("/first-run$"))
    axe(page)
    page.get_by_role("textbox", name="设置码").fill(code)
    page.get_by_label("您的姓名").fill("周主任")
    page.get_by_label("密码", exact=True).fill(NEW)
    page.get_by_label("再次输入密码").fill(NEW)
    page.get_by_role("textbox", name="大厅名称").fill("淮滨县政务服务大厅")
    page.get_by_label("简码").fill("huaibin")
    page.get_by_role("button", name="完成设置").click()
    expect(page).to_have_url(re.compile("/admin$"))
    expect(page.get_by_role("heading", name="设置", exact=True)).to_be_visible()
    axe(page)
    page.goto("/screen/huaibin")
    expect(page.locator("body")).to_contain_text("淮滨县政务服务大厅")
