"""Who works in the demo hall."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from hall import tokens
from hall.accounts.models import Staff
from hall.accounts.passwords import hash_password
from hall.accounts.roles import Role
from hall.catalog.models import Department, ServiceItem, Window
from hall.intake.models import AcceptanceAuthority
from hall.sites import Site
from hall.unit_of_work import Work

TEAM = (
    ("manager", "周主任", Role.MANAGER),
    ("desk", "李静", Role.RECEPTION),
    ("auditor", "陈督", Role.AUDITOR),
    ("supervisor", "吴评", Role.SUPERVISOR),
    ("office", "冯衡", Role.OFFICE),
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


@dataclass(frozen=True, slots=True)
class Post:
    """What somebody of the demo does: an account, its role, and the window or department that it belongs to."""

    user: str
    name: str
    role: Role
    window_id: int | None = None
    department_id: int | None = None


def team(session: Session, site: Site) -> None:
    """Manager, desk and readers, and a clerk at each window."""
    windows = session.scalars(select(Window).where(Window.site_id == site.id).order_by(Window.number))
    clerks = (
        Post(f"clerk{window.number:02d}", name, Role.WINDOW, window_id=window.id)
        for window, name in zip(windows, NAMES, strict=True)
    )
    _take_on(session, site, (*(Post(user, name, role) for user, name, role in TEAM), *clerks))


def reviewers(session: Session, site: Site) -> None:
    """A reviewer for each department; for the busiest a second one, and an official who also sits at a window."""
    departments = session.scalars(
        select(Department).where(Department.site_id == site.id).order_by(Department.code)
    )
    more = (("second", Role.REVIEWER), ("official", Role.OFFICIAL))
    posts = [
        (f"{word}-{department.code.rpartition('-')[2].lower()}", role, department.id)
        for department in departments
        for word, role in (
            ("review", Role.REVIEWER),
            *(more if department.code in SECOND_PAIRS else ()),
        )
    ]
    _take_on(
        session,
        site,
        (
            Post(user, name, role, department_id=department_id)
            for (user, role, department_id), name in zip(posts, REVIEWERS, strict=False)
        ),
    )


def _take_on(session: Session, site: Site, posts: Iterable[Post]) -> None:
    """Accounts with a password that nobody knows: the demo's is set when it is described."""
    unknown = hash_password(secrets.token_urlsafe(12))
    session.add_all(
        Staff(
            site_id=site.id,
            user=post.user,
            name=post.name,
            role=post.role.value,
            password_hash=unknown,
            window_id=post.window_id,
            department_id=post.department_id,
            demo=True,
            session_nonce=tokens.new_nonce(),
        )
        for post in posts
    )
    session.flush()


def authorities(work: Work, site: Site) -> None:
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
