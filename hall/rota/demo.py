"""The demo hall's Mondays (局长周一见): departments with their people, this quarter's sessions and the next one's."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import select

from hall import clock, tokens
from hall.accounts.models import Staff
from hall.accounts.passwords import hash_password
from hall.accounts.roles import Role
from hall.catalog.models import Department, Window
from hall.rota.generating import make_term
from hall.rota.models import Duty, Rota, RotaBody, RotaPerson, RotaPlace, RotaSession, Seat
from hall.rota.presence.demo import add_attendance
from hall.rota.rules import quarter
from hall.rota.states import Held, Post, Turn

if TYPE_CHECKING:
    from hall.sites import Site
    from hall.unit_of_work import Work

CODE = "monday"
PLACES = ((5, "am"), (6, "am"), (5, "pm"))
"""Windows by number, and the part of the day."""
SIGNED = (2, 1, 1, 0, 1)
"""How many seats are taken already in each of the sessions after the published ones."""


@dataclass(frozen=True, slots=True)
class DemoBody:
    """A department with who comes: head, deputy, chief service officer, liaison; `number` is that of its accounts."""

    department: str
    title: str
    head: str
    deputy: str
    officer: str
    liaison: str
    matters: str
    accounts: dict[Post, str] = field(default_factory=dict)


BODIES = (
    DemoBody(
        "411528-SCJG", "局长", "郑国栋", "柳青", "汤敏", "龚晓", "企业登记、食品经营许可、经营异常修复",
        {Post.HEAD: "director01", Post.DEPUTY: "deputy01", Post.LIAISON: "liaison01"},
    ),
    DemoBody(
        "411528-ZRZY", "局长", "岳长河", "覃朗", "施雯", "阮琪", "不动产登记、宅基地、用地手续",
        {Post.HEAD: "director02", Post.CHIEF_OFFICER: "officer02", Post.LIAISON: "liaison02"},
    ),
    DemoBody("411528-RSJ", "局长", "庞立新", "倪萍", "殷实", "葛兰", "社保转移、退休审核、工资拖欠"),
    DemoBody("411528-GAJ", "局长", "常卫东", "聂峰", "尚武", "易欣", "户口迁移、身份证、车驾管"),
    DemoBody("411528-YBJ", "局长", "孟庆华", "翟玲", "安康", "乔月", "医保报销、异地就医、门诊慢特病"),
    DemoBody("411528-MZJ", "局长", "左明德", "柴静远", "解冰", "申雪", "低保救助、养老补贴、婚姻登记"),
    DemoBody("411528-ZJJ", "局长", "童建军", "裘实", "虞涛", "鲍娟", "施工许可、商品房预售、老旧小区改造"),
    DemoBody("411528-SWJ", "局长", "季广平", "商颖", "蓝天", "祁悦", "发票、退税、税务注销"),
    DemoBody("411528-WJW", "主任", "戚仁和", "路遥", "苗青", "关欣", "诊所备案、母婴保健、医师注册"),
    DemoBody("411528-JTJ", "局长", "耿大路", "车行", "桂枝", "邢悦", "道路运输证、公交线路、超限运输"),
    DemoBody("411528-NYJ", "局长", "农兴旺", "谷雨", "麦子红", "米芳", "农机补贴、种子经营、土地流转"),
    DemoBody("411528-JTY", "局长", "师道远", "文彬", "章程", "简宁", "入学转学、教师资格、校外培训"),
    DemoBody("411528-GJJ", "主任", "储诚信", "屠颖", "公羊敏", "应欢", "公积金提取、贷款、异地转移"),
    DemoBody("411528-CL", "理事长", "温良", "慕容雪", "司马静", "善琳", "残疾人证、辅具、就业补贴"),
    DemoBody("411528-TYJR", "局长", "戎光荣", "武志强", "兰馨", "卫晴", "优抚、安置、军人立功奖励"),
    DemoBody("411528-CGJ", "局长", "城永洁", "荀子涵", "梅兰", "甘露", "户外广告、占道、油烟扰民"),
    DemoBody("411528-XFDD", "大队长", "霍安平", "水清", "焦急流", "危敏", "开业前消防检查、隐患举报"),
)  # fmt: skip


def add_mondays(work: Work, site: Site) -> None:
    """The reception, whose turn it can be, and this quarter and the next: past ones held, the nearest one published."""
    rota = Rota(
        site_id=site.id,
        code=CODE,
        name="局长周一见",
        name_en="Director Mondays",
        pm_starts="14:30",
        pm_ends="17:00",
    )
    work.session.add(rota)
    work.session.flush()
    windows = {
        window.number: window.id
        for window in work.session.scalars(select(Window).where(Window.site_id == site.id))
    }
    work.session.add_all(
        RotaPlace(rota_id=rota.id, window_id=windows[number], part=part) for number, part in PLACES
    )
    heads = _bodies(work, site, rota)
    today = clock.business_date(site.zone, work.now)
    begin = _quarter_begins(today)
    make_term(work, rota, begin, _quarter_begins(begin + timedelta(days=190)) - timedelta(days=1))
    _turns(work, rota, heads, today)
    add_attendance(work, site, rota, today)


def _quarter_begins(day: date) -> date:
    return date(day.year, 3 * ((day.month - 1) // 3) + 1, 1)


def _bodies(work: Work, site: Site, rota: Rota) -> list[tuple[RotaPerson, str]]:
    """Departments and their people; answers each head with what is received."""
    departments = {
        row.code: row for row in work.session.scalars(select(Department).where(Department.site_id == site.id))
    }
    unknown = hash_password(secrets.token_urlsafe(12))
    heads = []
    for one in BODIES:
        department = departments[one.department]
        body = RotaBody(
            rota_id=rota.id,
            department_id=department.id,
            name=department.short_name,
            name_en=department.name_en,
        )
        work.session.add(body)
        work.session.flush()
        people = {
            post: RotaPerson(body_id=body.id, name=name, title=title, post=post)
            for post, name, title in (
                (Post.HEAD, one.head, one.title),
                (Post.DEPUTY, one.deputy, f"副{one.title}"),
                (Post.CHIEF_OFFICER, one.officer, "首席服务员"),
                (Post.LIAISON, one.liaison, "联络员"),
            )
        }
        for post, user in one.accounts.items():
            people[post].staff_id = _account(work, site, user, people[post].name, unknown)
        work.session.add_all(people.values())
        heads.append((people[Post.HEAD], one.matters))
    work.session.flush()
    return heads


def _account(work: Work, site: Site, user: str, name: str, password_hash: str) -> int:
    """An account whose password nobody knows: the demo's is set when it is described."""
    person = Staff(
        site_id=site.id,
        user=user,
        name=name,
        role=Role.DIRECTOR.value,
        password_hash=password_hash,
        demo=True,
        session_nonce=tokens.new_nonce(),
    )
    work.session.add(person)
    work.session.flush()
    return person.id


def _turns(work: Work, rota: Rota, heads: list[tuple[RotaPerson, str]], today: date) -> None:
    """Round the table, so that the first department sits on the nearest day, too."""
    dated = select(RotaSession).where(RotaSession.rota_id == rota.id, RotaSession.state == Held.OPEN)
    sessions = work.session.scalars(dated.order_by(RotaSession.held_on)).all()
    days = [(row, row.held_on) for row in sessions if row.held_on]
    past = [row for row, day in days if day < today]
    coming = [row for row, day in days if day >= today]
    at = -len(PLACES) * len(past)
    for row in (*past, *coming[:1]):
        _sit(work, row, [heads[(at + seat) % len(heads)] for seat in range(len(PLACES))])
        row.state, row.published_at = Held.PUBLISHED, work.now
        at += len(PLACES)
    for row, count in zip(coming[1:], SIGNED, strict=False):
        _sit(work, row, [heads[(at + seat) % len(heads)] for seat in range(count)])
        at += count
    work.session.flush()


def _sit(work: Work, row: RotaSession, heads: list[tuple[RotaPerson, str]]) -> None:
    """These heads on the first seats of a session: confirmed where all sit, else signed."""
    seats = work.session.scalars(select(Seat).where(Seat.session_id == row.id).order_by(Seat.id)).all()
    work.session.add_all(
        Duty(
            seat_id=seat.id,
            session_id=row.id,
            body_id=head.body_id,
            person_id=head.id,
            state=Turn.CONFIRMED if len(heads) == len(PLACES) else Turn.SIGNED,
            basis="signed",
            quarter=quarter(row.held_on or row.due_on),
            matters=matters,
            made_at=work.now,
        )
        for seat, (head, matters) in zip(seats, heads, strict=False)
    )
