"""One Monday of four people, from a seat that is signed for to a bulletin opened again from its Word file (M1–M8).

The director signs up, a colleague changes seats with them, a manager publishes and puts right, a citizen books a
quarter of an hour. Only time itself is helped along beside the server.
"""

from __future__ import annotations

import io
import re
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from docx import Document
from playwright.sync_api import FilePayload, Page, expect

from hall import clock
from tests.browser.clerks import Clerk
from tests.browser.pictures import keep
from tests.browser.receptions import CODE, ZONE, Receptions
from tests.findings_at_work import photo

if TYPE_CHECKING:
    from tests.browser.conftest import OpenPage
    from tests.servers import LiveHall

NAME, PHONE, ASKED = "欧阳小明", "13800004321", "宅基地确权三年没有结果"
PROMISE, FINDING, TITLE = "十个工作日内书面答复", "取号机缺纸无人更换", "关于本期接待情况的通报"
SEATS = {"first": "5号窗口", "second": "6号窗口"}


class Monday(Receptions):
    """The reception, and what time does to it."""

    def sign_up_ends(self) -> None:
        """Nobody signs up any more."""
        yesterday = clock.business_date(ZONE, datetime.now(ZONE)) - timedelta(days=1)
        self.sql(
            "UPDATE rota_session SET signup_until = :day"
            " WHERE rota_id = (SELECT id FROM rota WHERE code = :code)",
            day=yesterday,
        )

    def the_day_comes(self) -> None:
        """It is ten in the morning of the first day, whenever the test runs; what was booked is now."""
        moment = clock.now()
        east = (10 - moment.hour + 12) % 24 - 12
        self.sql("UPDATE site SET zone_name = :zone", zone=f"Etc/GMT{-east:+d}")
        local = moment + timedelta(hours=east)
        self.sql(  # what is published stays on its day: so it is not for a moment
            "UPDATE rota_session SET state = 'open', published_at = NULL WHERE held_on = :was"
            " AND rota_id = (SELECT id FROM rota WHERE code = :code)",
            was=self.days[0],
        )
        self.sql(
            "UPDATE rota_session SET held_on = :day, due_on = :day, am_starts = :starts, am_ends = :ends,"
            " state = 'published', published_at = :at WHERE held_on = :was"
            " AND rota_id = (SELECT id FROM rota WHERE code = :code)",
            day=local.date(),
            was=self.days[0],
            starts=f"{local:%H:%M}",
            ends=f"{local + timedelta(hours=2):%H:%M}",
            at=moment,
        )
        self.sql(  # on a Monday the demo hall receives by itself, at the same windows
            "UPDATE rota_session SET state = 'open', published_at = NULL WHERE held_on = :day"
            " AND rota_id <> (SELECT id FROM rota WHERE code = :code)",
            day=local.date(),
        )
        self.sql("UPDATE hard_matter SET starts_at = :at", at=moment)
        self.day = local.date()

    def another_manager(self) -> None:
        """Whoever verifies and signs off is somebody else."""
        self.sql(
            'INSERT INTO staff ("user", name, site_id, role, password_hash, every_site, demo, must_change,'
            " session_nonce, failures) SELECT 'second', '李主任', site_id, role, password_hash, every_site, demo,"
            " :no, :nonce, 0 FROM staff WHERE \"user\" = 'manager'",
            no=False,
            nonce=b"second-of-the-house-16"[:16],
        )


def enter(open_page: OpenPage, hall: Monday, user: str, path: str, surface: str = "console") -> Page:
    """Somebody's page, signed in."""
    known = "manager" if user == "second" else user
    password = next(row["password"] for row in hall.hall.demo["staff"] if row["user"] == known)
    page = open_page(surface, hall=hall.hall)
    page.goto("/sign-in")
    page.fill("[name=user]", user)
    page.fill("[name=password]", password)
    page.press("[name=password]", "Enter")
    page.wait_for_url(lambda address: "/sign-in" not in address)
    page.goto(path)
    return page


def take(page: Page, day: int, window: str) -> None:
    """Three taps: day, seat, yes."""
    row = page.locator(".monday-day[data-session]").nth(day)
    row.locator("summary").click()
    row.locator("[data-seat]", has_text=window).click()
    page.locator("#sign-up [type=submit]").click()
    expect(page.locator(".monday-turn")).to_contain_text(window)


def published(manager: Page) -> None:
    """Both lists, by the manager."""
    manager.goto(f"/admin/receptions/{CODE}")
    for _day in range(2):
        manager.goto(f"/admin/receptions/{CODE}")
        manager.get_by_role("button", name=re.compile("^公布")).first.click()
        expect(manager.get_by_role("heading", level=1)).to_contain_text("已公布")


def changed(director: Page, colleague: Page, manager: Page) -> None:
    """A swap: asked, accepted, approved; both seats change."""
    director.locator("[id^=box-swap] summary").click()
    director.locator("[id^=box-swap] form [name=note]").fill("那天县里开会")
    director.locator("[id^=box-swap] form button").click()
    expect(colleague.locator(".monday-asked .primary")).to_be_visible()
    keep(colleague, "monday-2-swap")
    colleague.locator(".monday-asked .primary").click()
    expect(director.locator(".monday-asks")).to_contain_text("双方已同意")
    manager.goto(f"/admin/receptions/{CODE}")
    manager.get_by_role("region", name="待审批").get_by_role("button", name=re.compile("^同意")).click()
    expect(director.locator(".monday-turn")).to_contain_text(SEATS["first"])
    expect(colleague.locator(".monday-turn")).to_contain_text(SEATS["second"])


def booked(citizen: Page) -> None:
    """A citizen asks for a quarter of an hour with the head of the first department."""
    citizen.goto("/receptions")
    turn = citizen.locator(".reception-seat", has_text="第一局")
    expect(turn).to_be_visible()
    keep(citizen, "monday-3-list")
    turn.get_by_role("link", name="预约十五分钟").click()
    citizen.locator(".booking-times button").first.click()
    citizen.fill("[name=asked]", ASKED)
    citizen.fill("[name=name]", NAME)
    citizen.fill("[name=phone]", PHONE)
    citizen.locator("#details button.primary").click()
    expect(citizen.locator(".booking-card h1")).to_have_text("预约成功")
    keep(citizen, "monday-4-booked")


def came(director: Page, clerk: Clerk, wall: Page) -> None:
    """The director types what the window's screen shows; the wall says who receives."""
    director.goto("/mondays/here")
    turn = director.locator(".here-turn", has_text="第一局")
    turn.locator(".here-code").fill(re.sub(r"\D", "", clerk.page.locator("#presence-code").inner_text()))
    turn.locator("button[type=submit].big").click()
    expect(director.locator(".here-told").first).to_contain_text("到席")
    expect(wall.locator("tbody tr", has_text="第一局")).to_contain_text("正在接待")


def sat(clerk: Clerk, manager: Page) -> None:
    """The clerk serves as ever, in the clerk's own name; the manager reads that the director was beside."""
    number = clerk.draw()
    clerk.press("n", "start")
    clerk.number(number)
    clerk.press("s", "finish")
    clerk.press("f", "call-next")
    manager.goto("/receptions/today")
    expect(manager.locator(".room-seat.here", has_text="第一局")).to_contain_text("1")


def promised(director: Page) -> None:
    """The citizen's matter is taken up: what, by when, who answers."""
    director.goto("/mondays/matters")
    director.locator(".matter-row", has_text="宅基地**").click()
    director.get_by_role("button", name="接办").click()
    director.fill("[name=what]", PROMISE)
    director.fill("[name=due_on]", (clock.now() + timedelta(days=10)).date().isoformat())
    director.locator("[name=answers]").select_option(index=1)
    director.get_by_label("依法可以办，本单位能够办。").check()
    director.get_by_role("button", name="作出承诺").click()
    expect(director.locator("h1 .badge")).to_have_attribute("data-state", "promised")


def walked(director: Page) -> None:
    """An item gone through as an applicant: one step timed, promise and experience side by side."""
    director.goto("/mondays/walks")
    director.locator("[name=item]").first.check()
    director.get_by_role("button", name="开始计时").click()
    director.fill("[name=remark]", "指示牌清楚")
    director.fill("[name=step]", "等候")
    director.get_by_role("button", name="下一步").click()
    expect(director.locator(".walk-running h2")).to_have_text("2. 等候")
    director.locator("#ending summary").click()
    for name, said in (("visits", "2"), ("papers", "1"), ("conclusion", "要跑两次")):
        director.fill(f"[name={name}]", said)
    director.get_by_role("button", name="结束走流程").click()
    expect(director.locator(".walk-compare tbody tr")).to_have_count(4)


def put_right(director: Page, manager: Page, second: Page) -> None:
    """A finding: recorded by the director, given to a department, evidence, verified by another, closed."""
    director.goto("/receptions/findings")
    director.get_by_role("link", name="登记问题").first.click()
    director.select_option("[name=rota]", CODE)
    director.fill("[name=title]", FINDING)
    director.click("button:has-text('记入台账')")
    expect(director.locator("h1")).to_have_text(FINDING)
    path = director.url
    manager.goto(path)
    option = manager.locator("[name=assign-owner] option", has_text="·").nth(1)
    manager.select_option("[name=assign-owner]", option.get_attribute("value"))
    manager.click("#act-assign button")
    evidence: FilePayload = {"name": "done.jpg", "mimeType": "image/jpeg", "buffer": photo()}
    manager.set_input_files("[name=evidence-file]", evidence)
    manager.click("#act-evidence button")
    manager.fill("[name=rectify-note]", "已安排专人巡检。")
    manager.click("#act-rectify button")
    second.goto(path)
    second.fill("[name=verify-note]", "现场看过。")
    second.click("#act-verify button")
    second.click("#act-close button")
    expect(second.locator(".case-stand")).to_contain_text("已销号")


def frozen(manager: Page, second: Page, public: Page, hall: Monday) -> list[str]:
    """Drafted, edited, signed off by another, opened by the public; the lines of its Word file."""
    manager.goto("/receptions/bulletins")
    manager.select_option("[name=rota]", CODE)
    for name in ("first", "last"):
        manager.fill(f"[name={name}]", hall.day.isoformat())
    manager.click("button:has-text('按记录起草')")
    manager.fill("[name=title]", TITLE)
    manager.click("button:has-text('保存')")
    expect(manager.locator("[name=title]")).to_have_value(TITLE)
    second.goto(manager.url)
    second.click("button:has-text('签发并固定')")
    expect(second.locator(".bulletin h1")).to_have_text(TITLE)
    public.goto("/receptions/bulletins")
    public.get_by_role("link", name=TITLE).click()
    expect(public.locator(".bulletin h1")).to_have_text(TITLE)
    keep(public, "monday-11-bulletin")
    with public.expect_download() as waited:
        public.get_by_role("link", name="Word 文档").click()
    with waited.value.path().open("rb") as file:
        word = Document(io.BytesIO(file.read()))
    cells = [cell.text for table in word.tables for row in table.rows for cell in row.cells]
    return [paragraph.text for paragraph in word.paragraphs] + cells


def test_one_monday_from_a_seat_to_the_word_file(live_server: LiveHall, open_page: OpenPage) -> None:
    hall = Monday(live_server)
    hall.another_manager()
    director, colleague = hall.page(open_page, "director01"), hall.page(open_page, "director02")
    take(director, 1, SEATS["second"])
    keep(director, "monday-1-turn")
    take(colleague, 0, SEATS["first"])
    manager, second = (enter(open_page, hall, user, "/account") for user in ("manager", "second"))
    hall.sign_up_ends()
    published(manager)
    director.reload()
    colleague.reload()
    changed(director, colleague, manager)
    citizen = open_page("phone", hall=live_server)
    booked(citizen)

    hall.the_day_comes()
    wall = open_page("screen", hall=live_server)
    wall.goto("/screen/mondays/xixian")
    expect(wall.locator("tbody tr", has_text="第一局")).to_contain_text("5")
    clerk = Clerk.arrive(open_page, live_server, "xixian-05").at_work()
    came(director, clerk, wall)
    keep(director, "monday-5-here")
    keep(wall, "monday-6-screen")
    sat(clerk, manager)
    keep(manager, "monday-7-room")
    promised(director)
    citizen.reload()
    expect(citizen.locator(".reception-promise")).to_have_text(PROMISE)
    keep(citizen, "monday-8-promise")
    walked(director)
    keep(director, "monday-9-walk")
    put_right(director, manager, second)
    keep(second, "monday-10-finding")

    said = frozen(manager, second, open_page("phone", hall=live_server), hall)
    assert TITLE in said
    assert "主要负责人到岗1人次。" in said
    assert any(line.startswith("受理疑难事项1件，作出承诺1件") for line in said)
    assert "新发现问题1个，销号1个，尚未整改到位0个。" in said
    assert {"第一局", "第一局局长 局长"} <= set(said)
    assert not [line for line in said if NAME in line or PHONE in line], (
        "No citizen is in a bulletin (M8, E2)."
    )
