"""Counting and listing what is late or soon due, over all departments of a hall, in the database."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import Boolean, and_, case, func, literal_column, select
from sqlalchemy.orm import aliased

from hall.accounts.models import Staff
from hall.catalog.models import Department, ServiceItem
from hall.clock import day_bounds
from hall.intake.models import Case
from hall.intake.overview.rules import KINDS
from hall.intake.review.jobs import WITH_DEPARTMENT
from hall.intake.review.models import OneTimeNotice

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime

    from sqlalchemy import ColumnElement
    from sqlalchemy.orm import Session

    from hall.intake.overview.rules import Bounds
    from hall.sites import Site

PAGE = 50
STILL = ("accepted", "stopped", "proposed")
RUNNING: ColumnElement[bool] = Case.state.in_(("accepted", "proposed"))
RECORDED: ColumnElement[bool] = Case.overdue_since.is_not(None)
"""As the partial index of overdue cases says it."""


@dataclass(frozen=True, slots=True)
class DepartmentCount:
    """One department's open cases: all, and by kind (`KINDS`, and `pending`)."""

    code: str
    name: str
    name_en: str
    open: int
    kinds: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Late:
    """One case of a list. `until`: the day that this is about; nobody's name but the colleagues'."""

    nonce: bytes
    number: str
    item_name: str
    item_name_en: str
    department: str
    department_en: str
    state: str
    until: date | None
    overdue_since: date | None
    received_at: datetime
    decided_at: datetime | None
    owner: str
    claimed_by: str


ANSWERED = (
    select(func.max(OneTimeNotice.answered_at))
    .where(OneTimeNotice.case_id == Case.id)
    .correlate(Case)
    .scalar_subquery()
)
ANSWER_BY = (
    select(func.max(OneTimeNotice.answer_by))
    .where(OneTimeNotice.case_id == Case.id, OneTimeNotice.answered_at.is_(None))
    .correlate(Case)
    .scalar_subquery()
)


def _conditions(site: Site, bounds: Bounds) -> dict[str, ColumnElement[bool]]:
    """What makes a case one of each kind."""
    over = and_(RUNNING, Case.due_on < bounds.today)
    silent: ColumnElement[bool] = literal_column("1 = 0", Boolean)
    if bounds.silent is not None:
        _begin, end = day_bounds(site.zone, bounds.silent)
        since = func.coalesce(ANSWERED, Case.arrived_at, Case.received_at, type_=Case.received_at.type)
        silent = and_(Case.state == "received", Case.received_at < end, since < end)
    return {
        "overdue": over,
        "due": and_(RUNNING, Case.due_on >= bounds.today, Case.due_on <= bounds.soon),
        "acceptance": silent,
        "unanswered": and_(Case.state == "correction", bounds.today > ANSWER_BY),
        "recorded": and_(RECORDED, Case.overdue_since >= bounds.recorded, Case.state.not_in(STILL)),
        "pending": and_(RUNNING, Case.due_days.is_not(None), Case.due_on.is_(None)),
    }


def _open_in(site: Site) -> ColumnElement[bool]:
    """The hall's open cases. The sum keeps SQLite from the index of all cases of the hall, old ones as well."""
    return and_(Case.site_id + 0 == site.id, WITH_DEPARTMENT)


def counts(session: Session, site: Site, bounds: Bounds) -> list[DepartmentCount]:
    """Each department in use or with open cases; two statements whatever the number of cases."""
    wanted = _conditions(site, bounds)
    said = [name for name in wanted if name != "recorded"]
    rows = session.execute(
        select(
            Case.department_id, func.count(), *(func.sum(case((wanted[name], 1), else_=0)) for name in said)
        )
        .where(_open_in(site))
        .group_by(Case.department_id)
    )
    found = {row[0]: (row[1], dict(zip(said, map(int, row[2:]), strict=True))) for row in rows}
    recorded = _recorded(session, site, wanted["recorded"])
    departments = session.scalars(
        select(Department).where(Department.site_id == site.id).order_by(Department.name)
    )
    return [
        _count(one, *found.get(one.id, (0, {})), recorded.get(one.id, 0))
        for one in departments
        if one.retired_at is None or one.id in found
    ]


def _recorded(session: Session, site: Site, condition: ColumnElement[bool]) -> dict[int, int]:
    rows = session.execute(
        select(Case.department_id, func.count())
        .where(Case.site_id == site.id, condition)
        .group_by(Case.department_id)
    )
    return {row[0]: row[1] for row in rows}


def _count(one: Department, whole: int, kinds: dict[str, int], recorded: int) -> DepartmentCount:
    by_kind = {**dict.fromkeys((*KINDS, "pending"), 0), **kinds, "recorded": recorded}
    return DepartmentCount(one.code, one.short_name or one.name, one.name_en, whole, by_kind)


def listed(
    session: Session, site: Site, bounds: Bounds, kind: str, *, department: str = "", page: int = 1
) -> tuple[Late, ...]:
    """One page of the cases of a kind, the longest late first; of one department where it is named."""
    owner, claimer = aliased(Staff), aliased(Staff)
    until, order = _about(kind)
    wanted = (
        select(Case, ServiceItem, Department, owner.name, claimer.name, until)
        .join(ServiceItem, ServiceItem.id == Case.item_id)
        .join(Department, Department.id == Case.department_id)
        .join(owner, owner.id == Case.owner_id)
        .outerjoin(claimer, claimer.id == Case.claimed_by)
        .where(_conditions(site, bounds)[kind])
        .order_by(order, Case.id)
        .limit(PAGE)
        .offset((page - 1) * PAGE)
    )
    wanted = wanted.where(Case.site_id == site.id if kind == "recorded" else _open_in(site))
    if department:
        wanted = wanted.where(Department.code == department)
    return tuple(_late(row) for row in session.execute(wanted))


def _about(kind: str) -> tuple[Any, Any]:
    """The day that a list is about, and its order."""
    if kind == "unanswered":
        return ANSWER_BY, ANSWER_BY
    if kind == "recorded":
        return Case.due_on, Case.overdue_since.desc()
    return Case.due_on, Case.received_at if kind == "acceptance" else Case.due_on


def _late(row: Any) -> Late:  # noqa: ANN401 - a row of `listed`
    found, item, department, owner, claimer, until = row
    return Late(
        nonce=found.nonce,
        number=found.number,
        item_name=item.name,
        item_name_en=item.name_en,
        department=department.short_name or department.name,
        department_en=department.name_en,
        state=found.state,
        until=until,
        overdue_since=found.overdue_since,
        received_at=found.received_at,
        decided_at=found.decided_at,
        owner=owner,
        claimed_by=claimer or "",
    )
