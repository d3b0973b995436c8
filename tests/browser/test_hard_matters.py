"""A citizen books a head, who takes it up, promises and keeps; the screen on the wall follows a swap (M3, M4, M6)."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
import requests
from playwright.sync_api import Page, expect
from sqlalchemy import select

from hall import clock
from hall.rota.demo import CODE
from hall.rota.matters.models import HardMatter
from hall.rota.models import Duty, Rota, RotaSession
from hall.sites import Site
from hall.unit_of_work import units
from tests import applications
from tests.browser.pictures import keep
from tests.rota_at_work import publish_again

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from flask import Flask
    from sqlalchemy.orm import Session

    from tests.browser.conftest import OpenPage
    from tests.servers import LiveHall

NAME, PHONE, ASKED = "欧阳小明", "13800004321", "宅基地确权三年没有结果"


@pytest.fixture
def beside(live_server: LiveHall) -> Iterator[Flask]:
    """The same hall from inside, for what time would do."""
    with applications.beside(live_server) as app:
        yield app


def sign_in(page: Page, hall: LiveHall, user: str) -> Page:
    person = next(row for row in hall.demo["staff"] if row["user"] == user)
    page.goto("/sign-in")
    page.fill("[name=user]", user)
    page.fill("[name=password]", person["password"])
    page.locator("main button[type=submit]").click()
    page.wait_for_url(lambda address: "/sign-in" not in address)
    return page


def fits(page: Page) -> None:
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide <= 0, f"{page.url} is {wide} px wider than the window."


def begin(session: Session) -> None:
    """Time passes: the quarter hour that was booked begins now."""
    session.scalars(select(HardMatter)).one().starts_at = clock.now()


def test_M6_a_citizen_books_and_the_head_takes_it_up_promises_and_keeps(
    beside: Flask, live_server: LiveHall, open_page: OpenPage, axe: Callable[[Page], None]
) -> None:
    with beside.app_context():
        units().run(tomorrow)  # or on a Monday the first of the list would be who still has time today
    phone = open_page("phone")
    phone.goto("/receptions")
    axe(phone)
    fits(phone)
    phone.get_by_role("link", name="预约十五分钟").first.click()
    axe(phone)
    phone.locator(".booking-times button").last.click()
    axe(phone)
    fits(phone)
    phone.fill("[name=asked]", ASKED)
    phone.fill("[name=name]", NAME)
    phone.fill("[name=phone]", PHONE)
    phone.locator("#details button.primary").click()
    expect(phone.locator(".booking-card h1")).to_have_text("预约成功")
    axe(phone)
    fits(phone)
    with beside.app_context():
        units().run(begin)

    head = sign_in(open_page("phone"), live_server, "director01")
    head.goto("/mondays/matters")
    axe(head)
    fits(head)
    head.locator(".matter-row", has_text="宅基地**").click()
    assert PHONE not in head.content()
    axe(head)
    head.get_by_role("button", name="接办").click()
    expect(head.locator("h1 .badge")).to_have_attribute("data-state", "taken_up")
    head.fill("[name=what]", "十个工作日内书面答复测绘结果")
    head.fill("[name=due_on]", (clock.now() + timedelta(days=10)).date().isoformat())
    head.locator("[name=answers]").select_option(index=1)
    axe(head)
    fits(head)
    head.get_by_label("依法可以办，本单位能够办。").check()
    head.get_by_role("button", name="作出承诺").click()
    expect(head.locator("h1 .badge")).to_have_attribute("data-state", "promised")
    phone.reload()
    expect(phone.locator(".reception-promise")).to_have_text("十个工作日内书面答复测绘结果")
    head.fill("[name=outcome]", "已书面答复，测绘已完成")
    head.get_by_role("button", name="承诺已兑现").click()
    expect(head.locator("h1 .badge")).to_have_attribute("data-state", "kept")
    phone.reload()
    expect(phone.locator(".booking-card h1")).to_have_text("承诺的事已办结")
    head.get_by_role("link", name="据此登记问题").click()
    expect(head.locator(".finding-asked blockquote")).to_have_text(ASKED)
    expect(head.locator("[name=detail]")).to_have_value("")  # what is sealed there is not kept open here
    expect(head.locator("[name=title]")).to_have_value("")  # a citizen's words do not slip into a bulletin
    expect(head.locator(".finding-citizen")).to_contain_text("欧**")
    axe(head)
    fits(head)
    keep(head, "finding-of-a-matter-phone", whole=True)
    head.fill("[name=title]", "确权测绘积压")
    head.get_by_role("button", name="记入台账").click()
    head.locator(".finding-origin a").click()
    expect(head.locator(".became li")).to_contain_text("确权测绘积压")
    axe(head)
    fits(head)
    keep(head, "matter-became-phone", whole=True)


def tomorrow(session: Session) -> dict[str, int]:
    """The demo's published list is tomorrow's; answers its turns by the account of the head."""
    site = session.scalars(select(Site)).one()
    rota = session.scalars(select(Rota).where(Rota.code == CODE)).one()
    today = clock.business_date(site.zone, clock.now())
    row = session.scalars(
        select(RotaSession)
        .where(RotaSession.rota_id == rota.id, RotaSession.state == "published")
        .order_by(RotaSession.held_on.desc())
    ).first()
    assert row is not None
    hours = {"am": (row.am_starts, row.am_ends), "pm": (row.pm_starts, row.pm_ends)}
    publish_again(session, row, today + timedelta(days=1), hours)
    duties = session.scalars(
        select(Duty).where(Duty.session_id == row.id, Duty.state == "confirmed").order_by(Duty.person_id)
    ).all()
    return {f"director{number:02d}": duty.id for number, duty in enumerate(duties[:2], 1)}


def test_M3_M4_the_screen_on_the_wall_follows_a_swap(
    beside: Flask, live_server: LiveHall, open_page: OpenPage, axe: Callable[[Page], None]
) -> None:
    with beside.app_context():
        duties = units().run(tomorrow)
    staff: dict[str, Any] = {row["user"]: row["token"] for row in live_server.demo["staff"]}
    manager = next(row["token"] for row in live_server.demo["staff"] if row["role"] == "manager")

    def ask(path: str, token: str, body: object = None) -> Any:
        done = requests.post(
            f"{live_server.url}/api/v1{path}",
            json=body,
            headers={"Authorization": f"Bearer {token}"},
            timeout=30,
        )
        assert done.status_code == 200, done.text
        return done.json()

    wall = open_page("screen")
    wall.goto("/screen/mondays/xixian")
    row = wall.locator("tbody tr", has_text="市场监管局")
    expect(row).to_contain_text("09:00")
    expect(wall.locator("html")).to_have_attribute("data-live", "online")
    axe(wall)
    phone = open_page("phone")
    phone.goto("/receptions")
    card = phone.locator(".reception-seat", has_text="市场监管局")
    expect(card).to_contain_text("09:00")
    swap = ask(f"/duties/{duties['director01']}/swap", staff["director01"], {"other": duties["director02"]})
    ask(f"/swaps/{swap['id']}/accept", staff["director02"])
    ask(f"/swaps/{swap['id']}/approve", manager)
    expect(row).to_contain_text("14:30")
    expect(card).to_contain_text("14:30")
    expect(wall.locator("tbody tr", has_text="自然资源局")).to_contain_text("09:00")


def test_M6_a_walk_survives_a_reload_and_ends_in_the_comparison(
    live_server: LiveHall, open_page: OpenPage, axe: Callable[[Page], None]
) -> None:
    page = sign_in(open_page("phone"), live_server, "director01")
    page.goto("/mondays/walks")
    axe(page)
    fits(page)
    page.locator("[name=item]").first.check()
    page.get_by_role("button", name="开始计时").click()
    clock_face = page.locator("#walk-clock")
    expect(clock_face).not_to_have_text("0:00")
    since = clock_face.get_attribute("data-since")
    page.reload()
    assert clock_face.get_attribute("data-since") == since, "the server's time, not the page's"
    expect(clock_face).not_to_have_text("0:00")
    axe(page)
    fits(page)
    page.fill("[name=remark]", "指示牌清楚")
    page.fill("[name=step]", "等候")
    page.get_by_role("button", name="下一步").click()
    expect(page.locator(".walk-running h2")).to_have_text("2. 等候")
    expect(page.locator(".walk-steps li")).to_contain_text("指示牌清楚")
    page.goto("/mondays/walks")
    page.get_by_role("link", name="继续走流程").click()
    page.locator("#ending summary").click()
    page.get_by_role("button", name="结束走流程").click()  # the browser asks for the conclusion first
    page.fill("[name=visits]", "2")
    page.fill("[name=papers]", "1")
    page.fill("[name=conclusion]", "要跑两次")
    axe(page)
    page.get_by_role("button", name="结束走流程").click()
    expect(page.locator(".walk-compare tbody tr")).to_have_count(4)
    expect(page.locator("[data-state=ended]")).to_be_visible()
    axe(page)
    fits(page)
    page.locator(".walk-steps li", has_text="指示牌清楚").get_by_role("link", name="据此登记问题").click()
    expect(page.locator("[name=title]")).to_have_value("指示牌清楚")
    axe(page)
    fits(page)
    keep(page, "finding-of-a-walk-phone", whole=True)
    page.get_by_role("button", name="记入台账").click()
    expect(page.locator(".finding-origin")).to_contain_text("来自走流程")
    axe(page)
    fits(page)
    page.locator(".finding-origin a").click()
    expect(page.locator(".became li")).to_contain_text("指示牌清楚")
    axe(page)
    fits(page)
    keep(page, "walk-became-phone", whole=True)
