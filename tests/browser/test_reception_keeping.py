"""A manager keeps a reception in the browser: new, people, term, differences, proposals, list, a swap (M1–M4)."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from playwright.sync_api import Locator, Page, expect

from hall.calendar.models import CalendarYear
from tests.browser.receptions import Receptions
from tests.browser.stored import stored
from tests.browser.test_walk import sign_in

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from tests.browser.conftest import OpenPage
    from tests.servers import LiveHall

BANKS = ("农商银行", "工商银行")


def today() -> date:
    """The hall's business date, which turns at four."""
    return (datetime.now(ZoneInfo("Asia/Shanghai")) - timedelta(hours=4)).date()


def confirm_years(hall: LiveHall, *years: int) -> None:
    """So that the test runs at any time of the year."""
    with stored(hall) as session:
        for year in years:
            if session.get(CalendarYear, year) is None:
                session.add(CalendarYear(year=year, confirmed_at=datetime.now(UTC), source="entered"))


def fits(page: Page, axe: Callable[[Page], None]) -> None:
    """Nobody scrolls sideways, and axe finds nothing (E1)."""
    wide, room = page.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]")
    assert wide <= room, page.url
    axe(page)


def tab(page: Page, name: str) -> None:
    page.get_by_role("navigation", name="行长周一见").get_by_role("link", name=name).click()


def make(page: Page, axe: Callable[[Page], None]) -> None:
    """A reception of bank managers with two seats, the day after tomorrow and the week after."""
    page.goto("/admin/receptions")
    fits(page, axe)
    page.get_by_role("link", name="新建接待").click()
    page.get_by_role("link", name="银行行长").click()
    page.get_by_label("每周星期").select_option(str((today() + timedelta(days=2)).weekday()))
    for window in ("xixian-01", "xixian-02"):
        page.locator(f"[value='{window}:am']").check()
    fits(page, axe)
    page.get_by_role("button", name="建立接待").click()
    expect(page.get_by_role("row", name=re.compile("行长周一见"))).to_contain_text("暂无，请生成排期")


def enter(page: Page, axe: Callable[[Page], None], name: str, head: str) -> None:
    page.get_by_role("link", name="添加单位").first.click()
    page.get_by_role("textbox", name="名称", exact=True).fill(name)
    page.get_by_role("group", name="第1人").get_by_label("姓名").fill(head)
    page.get_by_role("group", name="第1人").get_by_label("公布的职务").fill("行长")
    fits(page, axe)
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_role("row", name=re.compile(name))).to_contain_text(head)


def term(page: Page) -> None:
    tab(page, "生成排期")
    page.get_by_label("开始日期").fill(today().isoformat())
    page.get_by_label("结束日期").fill((today() + timedelta(days=9)).isoformat())
    page.get_by_role("button", name="查看").click()


def seat(page: Page, window: str) -> Locator:
    """The plate of a window in the first session."""
    return page.locator(".reception-seat", has_text=window).first


def test_M4_a_reception_from_nothing_to_a_swap_that_is_approved(
    live_server: LiveHall, open_page: OpenPage, axe: Callable[[Page], None]
) -> None:
    confirm_years(live_server, today().year, today().year + 1)
    page = sign_in(open_page("console"), live_server, "manager")
    make(page, axe)
    page.get_by_role("link", name="行长周一见").click()
    fits(page, axe)
    tab(page, "单位与人员")
    for name, head in zip(BANKS, ("钱行", "孔方"), strict=True):
        enter(page, axe, name, head)
    term(page)
    expect(page.get_by_role("row").filter(has_text="新增")).to_have_count(2)
    page.get_by_role("button", name="生成排期").click()
    expect(page.locator(".note.good").first).to_contain_text("新增2期")
    fits(page, axe)

    tab(page, "排班")
    page.get_by_role("row").nth(1).get_by_role("link").first.click()
    page.get_by_label("谁坐2号窗口").select_option(label="工商银行 孔方（0）")
    page.get_by_role("row", name=re.compile("2号窗口")).get_by_role("button", name="录入").click()
    expect(page.get_by_role("row", name=re.compile("2号窗口"))).to_contain_text("工商银行")
    fits(page, axe)

    page.get_by_role("link", name="行长周一见").click()
    tab(page, "日期、时间与席位")
    page.locator("[value='xixian-02:am']").uncheck()
    page.get_by_role("button", name="保存").click()
    term(page)
    expect(page.get_by_role("row").nth(1)).to_contain_text("该席位已不在席位设置中")
    fits(page, axe)
    tab(page, "日期、时间与席位")
    page.locator("[value='xixian-02:am']").check()
    page.get_by_role("button", name="保存").click()

    page.get_by_role("button", name="生成建议名单").click()
    expect(page.locator(".reception-seat", has_text="农商银行")).to_contain_text("本季度尚未轮到")
    fits(page, axe)
    page.get_by_role("button", name=re.compile("^公布")).first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("已公布")
    fits(page, axe)

    hall = Receptions(live_server)
    path = f"/sites/xixian/rotas/banks/sessions?from={today()}&to={today() + timedelta(days=3)}"
    one, other = (seat["sitting"] for seat in hall.ask("GET", path)["sessions"][0]["seats"])
    swap = hall.ask("POST", f"/duties/{one['duty']}/swap", {"other": other["duty"]})["id"]
    page.goto("/admin/receptions")
    expect(page.get_by_role("row", name=re.compile("行长周一见"))).to_contain_text("1项申请")
    page.get_by_role("link", name="行长周一见").click()
    decide = page.get_by_role("region", name="待审批")
    expect(decide).to_contain_text("等待对方答复")
    expect(decide.get_by_role("button", name=re.compile("^同意"))).to_have_count(0)
    expect(page.locator("#live-status")).to_have_attribute("data-state", "online")
    hall.ask("POST", f"/swaps/{swap}/accept")
    expect(decide.get_by_role("button", name=re.compile("^同意"))).to_have_count(1)  # without being asked
    fits(page, axe)
    expect(seat(page, "1号窗口")).to_contain_text("农商银行")
    decide.get_by_role("button", name=re.compile("^同意")).click()
    expect(page.locator(".note.good").first).to_contain_text("已同意")
    expect(seat(page, "1号窗口")).to_contain_text("工商银行")
    expect(seat(page, "2号窗口")).to_contain_text("农商银行")
    expect(decide).to_have_count(0)
