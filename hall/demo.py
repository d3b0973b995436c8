"""The demo hall: Xi County's, with twelve lines, twenty windows and a clerk at each, open round the clock."""

from __future__ import annotations

import json
import secrets
from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hall import facts, tokens
from hall.accounts.models import Device, Staff, StaffToken
from hall.accounts.passwords import hash_password
from hall.accounts.roles import Role
from hall.catalog import actions as catalogue
from hall.catalog import demo as demo_data
from hall.catalog.bundles import save_bundle
from hall.catalog.demo import wanted as demo_wanted
from hall.catalog.models import Department, Line, ServiceItem, Window, WindowLine
from hall.errors import Conflict
from hall.helpers.demo import add_helpers
from hall.intake.models import AcceptanceAuthority
from hall.sites import Site, SiteSettings
from hall.unit_of_work import Work

HALL = demo_data.load()
TEAM = (
    ("manager", "周主任", Role.MANAGER),
    ("desk", "李静", Role.RECEPTION),
    ("auditor", "陈督", Role.AUDITOR),
    ("supervisor", "吴评", Role.SUPERVISOR),
)
NAMES = (
    "王芳",
    "张伟",
    "刘洋",
    "陈静",
    "杨帆",
    "赵敏",
    "黄磊",
    "周婷",
    "吴强",
    "徐丽",
    "孙鹏",
    "马超",
    "朱琳",
    "胡军",
    "郭燕",
    "何平",
    "高洁",
    "林涛",
    "罗兰",
    "宋佳",
)

REVIEWERS = (
    "秦岚", "许诚", "韩梅", "曹阳", "邓颖", "彭涛", "曾慧", "萧勇", "田甜", "董良", "潘登", "袁媛",
    "蔡明", "蒋欣", "余光", "杜鹃", "叶舟", "程晓", "魏来", "苏杭", "吕梁", "丁香", "任重", "卢山",
    "姚远", "姜华", "崔巍", "钟鸣", "谭清", "陆平", "汪洋", "范例", "金石", "石磊", "廖阔", "贾真",
    "夏雨", "韦武", "方圆", "白桦",
)  # fmt: skip
SECOND_PAIRS = frozenset({"411528-SCJG", "411528-ZRZY", "411528-RSJ"})
"""Departments with a second reviewer and an official at a window."""
AUTHORITIES = {
    "clerk01": ("息政务授〔2026〕2号", ("411528-ZWFW-001",)),
    "clerk09": ("息市监授〔2026〕1号", ("411528-SCJG-005", "411528-SCJG-006")),
}
"""Whom departments have authorised to decide which same-desk items at the window (I1)."""


def is_empty(session: Session) -> bool:
    """Whether nothing was set up yet."""
    return not session.scalar(select(func.count()).select_from(Site))


def load(work: Work, _command: None) -> None:
    """Make the demo hall in an empty database. Raises Conflict in any other."""
    if not is_empty(work.session):
        msg = "The database is in use; the demo hall needs an empty one."
        raise Conflict(msg, code="not_empty")
    settings = SiteSettings(always_open=True, supervision_phone="0376-5951234")
    site = Site(
        code=HALL.site.code,
        name=HALL.site.name,
        name_en=HALL.site.name_en,
        division_code=HALL.site.division,
        settings_json=settings.dump(),
    )
    work.session.add(site)
    work.session.flush()
    _lines_and_windows(work.session, site)
    _team(work.session, site)
    work.record(facts.SiteChanged(site_id=site.id, site=site.code, what="demo"))
    catalogue.load(work, catalogue.Load(site.id, demo_wanted.wanted(HALL)))
    for bundle in demo_wanted.bundles(HALL, site.id):
        save_bundle(work, bundle)
    _reviewers(work.session, site)
    _authorities(work, site)
    add_helpers(work.session, site)


def _lines_and_windows(session: Session, site: Site) -> None:
    lines = {
        line.code: Line(
            site_id=site.id,
            code=line.code,
            prefix=line.prefix,
            name=line.name,
            name_en=line.name_en,
            examples=line.examples,
            examples_en=line.examples_en,
            collects=line.collects,
            sort=sort,
        )
        for sort, line in enumerate(HALL.lines)
    }
    session.add_all(lines.values())
    windows = {
        window.code: Window(
            site_id=site.id,
            code=window.code,
            number=window.number,
            name=window.name,
            name_en=window.name_en,
            area=window.floor,
            area_en=window.area_en.partition(",")[0],
        )
        for window in HALL.windows
    }
    session.add_all(windows.values())
    session.flush()
    session.add_all(
        WindowLine(
            window_id=windows[window.code].id, line_id=lines[line].id, preferred=line in window.preferred
        )
        for window in HALL.windows
        for line in (*window.preferred, *window.others)
    )


def _team(session: Session, site: Site) -> None:
    demo_hash = hash_password(secrets.token_urlsafe(12))
    people: list[tuple[str, str, Role, int | None]] = [(user, name, role, None) for user, name, role in TEAM]
    windows = session.scalars(select(Window).where(Window.site_id == site.id).order_by(Window.number))
    people += [
        (f"clerk{window.number:02d}", name, Role.WINDOW, window.id)
        for window, name in zip(windows, NAMES, strict=True)
    ]
    for user, name, role, window_id in people:
        session.add(
            Staff(
                site_id=site.id,
                user=user,
                name=name,
                role=role.value,
                password_hash=demo_hash,
                window_id=window_id,
                demo=True,
                session_nonce=tokens.new_nonce(),
            )
        )
    session.flush()


def _reviewers(session: Session, site: Site) -> None:
    """A reviewer for each department; for the busiest a second one, and an official who also sits at a window."""
    departments = session.scalars(
        select(Department).where(Department.site_id == site.id).order_by(Department.code)
    )
    posts = [
        (f"{word}-{department.code.rpartition('-')[2].lower()}", role, department.id)
        for department in departments
        for word, role in (
            ("review", Role.REVIEWER),
            *(
                (("second", Role.REVIEWER), ("official", Role.OFFICIAL))
                if department.code in SECOND_PAIRS
                else ()
            ),
        )
    ]
    hashed = hash_password(secrets.token_urlsafe(12))
    session.add_all(
        Staff(
            site_id=site.id,
            user=user,
            name=name,
            role=role.value,
            password_hash=hashed,
            department_id=department_id,
            demo=True,
            session_nonce=tokens.new_nonce(),
        )
        for (user, role, department_id), name in zip(posts, REVIEWERS, strict=False)
    )
    session.flush()


def _authorities(work: Work, site: Site) -> None:
    """Clerks who may decide a few small matters at once (I3)."""
    for user, (document, codes) in AUTHORITIES.items():
        clerk = work.session.scalars(select(Staff.id).where(Staff.user == user)).one()
        items = select(ServiceItem.id).where(ServiceItem.site_id == site.id, ServiceItem.code.in_(codes))
        work.session.add_all(
            AcceptanceAuthority(
                staff_id=clerk, item_id=item, document=document, dated=date(2026, 1, 5), granted_at=work.now
            )
            for item in work.session.scalars(items)
        )
    work.session.flush()


def describe(work: Work, command: tuple[Path, str]) -> dict[str, Any]:
    """Fresh tokens for everybody in the demo, and what drivers need to know (contract).

    `command`: the data folder, where the demo's passwords are kept, and the address of the server.
    Raises Conflict for a database that is not the demo's.
    """
    folder, url = command
    session = work.session
    site = session.scalar(select(Site).where(Site.code == HALL.site.code))
    if site is None or not session.scalar(
        select(func.count()).select_from(Staff).where(Staff.demo.is_(True))
    ):
        msg = "This database is in use and is not the demo hall."
        raise Conflict(msg, code="not_demo")
    people = session.scalars(select(Staff).where(Staff.demo.is_(True)).order_by(Staff.id)).all()
    password = _password(folder, session)
    windows = session.scalars(select(Window).where(Window.site_id == site.id).order_by(Window.number)).all()
    lines = session.scalars(select(Line).where(Line.site_id == site.id).order_by(Line.sort)).all()
    codes = {window.id: window.code for window in windows}
    served: dict[int, list[str]] = {window.id: [] for window in windows}
    line_codes = {line.id: line.code for line in lines}
    for row in session.scalars(select(WindowLine).order_by(WindowLine.preferred.desc(), WindowLine.line_id)):
        if row.window_id in served:
            served[row.window_id].append(line_codes[row.line_id])
    return {
        "url": url,
        "site": site.code,
        "kiosk": {"token": _device_token(work, site, Role.KIOSK)},
        "screen": {"token": _device_token(work, site, Role.SCREEN)},
        "staff": [
            {
                "user": person.user,
                "password": password,
                "token": _staff_token(work, person),
                "role": person.role,
                "window": codes.get(person.window_id or 0),
            }
            for person in people
        ],
        "lines": [{"code": line.code, "prefix": line.prefix, "name": line.name} for line in lines],
        "windows": [{"code": window.code, "lines": served[window.id]} for window in windows],
    }


def _password(folder: Path, session: Session) -> str:
    """The demo's password: made once, kept in the data folder, never in the repository."""
    path = folder / "demo-password.json"
    if path.exists():
        return str(json.loads(path.read_text(encoding="utf-8"))["password"])
    password = f"hall-{secrets.token_hex(4)}"
    hashed = hash_password(password)
    for person in session.scalars(select(Staff).where(Staff.demo.is_(True))):
        person.password_hash = hashed
    path.touch(mode=0o600)
    path.write_text(json.dumps({"password": password}), encoding="utf-8")
    return password


def _staff_token(work: Work, person: Staff) -> str:
    token = tokens.secret_token()
    work.session.add(StaffToken(staff_id=person.id, digest=tokens.digest(token), made_at=work.now))
    return token


def _device_token(work: Work, site: Site, role: Role) -> str:
    """A further device of the demo with a token of its own; earlier ones stay good."""
    token = tokens.secret_token()
    work.session.add(
        Device(
            site_id=site.id,
            role=role.value,
            name=f"demo {role.value}",
            token_digest=tokens.digest(token),
            enrolled_at=work.now,
            demo=True,
        )
    )
    return token
