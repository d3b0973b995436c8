"""A department's open cases, the most urgent first (I5): lean rows to sort and count, whole ones for the page shown."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import aliased

from hall import clock
from hall.accounts.access import of_site
from hall.accounts.models import Staff
from hall.accounts.roles import Can
from hall.calendar.queries import working_calendar
from hall.catalog.models import Department, ServiceItem
from hall.errors import NotFound, Refused
from hall.intake.models import Case, Filing
from hall.intake.review.jobs import WITH_DEPARTMENT
from hall.intake.review.models import OneTimeNotice
from hall.intake.rules import NOTICE_DAYS, Due, Light, light, notice_last_day
from hall.sites import Site

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy import Row
    from sqlalchemy.orm import Session

    from hall.actor import Actor
    from hall.calendar.rules import WorkingCalendar

PAGE = 50
LONG_AGO = date.max
URGENCY = {Light.OVERDUE: 0, Light.RED: 1, Light.YELLOW: 2, Light.GREEN: 3}


@dataclass(frozen=True, slots=True)
class Asked:
    """What the reader wants to see; `page` from 1."""

    state: str = ""
    light: str = ""
    mine: bool = False
    page: int = 1


@dataclass(frozen=True, slots=True)
class InboxRow:
    """One open case in a line. `until`: its deadline, or the last day for a notice, or for its answer."""

    nonce: bytes
    number: str
    item: str
    item_name: str
    item_name_en: str
    applicant: str
    state: str
    light: str
    until: date | None
    due_days: int | None
    received_at: datetime
    claimed_by: str
    open_deferrals: int
    second_review: bool
    overdue_since: date | None
    revision: int


@dataclass(frozen=True, slots=True)
class Inbox:
    """One page of an inbox with the counts of all of it."""

    department: str
    department_name: str
    department_name_en: str
    rows: tuple[InboxRow, ...]
    total: int
    shown: int
    page: int
    pages: int
    mine: int
    states: Mapping[str, int]
    lights: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class _Lean:
    id: int
    state: str
    light: Light
    until: date | None
    mine: bool


def department_of(session: Session, actor: Actor, code: str) -> Department:
    """The department, if the caller reviews for it or supervises its hall. Raises NotFound, Refused."""
    wanted = select(Department).where(Department.code == code)
    if not actor.every_site and actor.department_id is None:
        wanted = wanted.where(Department.site_id == actor.site_id)
    found = session.scalars(wanted.order_by(Department.id != (actor.department_id or 0))).first()
    if found is None:
        raise NotFound(_l("There is no such department."), code="unknown_department")
    if actor.department_id == found.id and Can.INTAKE_REVIEW in actor.can:
        return found
    if Can.INTAKE_SUPERVISE not in actor.can:
        raise Refused(_l("This inbox belongs to another department."), code="other_department")
    of_site(actor, found.site_id)
    return found


def inbox(session: Session, actor: Actor, department: Department, asked: Asked, now: datetime) -> Inbox:
    """The inbox in seven statements, whatever its size."""
    today = clock.business_date(session.get_one(Site, department.site_id).zone, now)
    calendar = working_calendar(session)
    lean = sorted(_lean(session, department, calendar, today, actor), key=_order)
    wanted = [
        row
        for row in lean
        if (not asked.state or row.state == asked.state)
        and (not asked.light or row.light == asked.light)
        and (not asked.mine or row.mine)
    ]
    pages = max(1, -(-len(wanted) // PAGE))
    page = min(max(1, asked.page), pages)
    shown = wanted[(page - 1) * PAGE : page * PAGE]
    return Inbox(
        department=department.code,
        department_name=department.name,
        department_name_en=department.name_en,
        rows=_whole(session, shown),
        total=len(lean),
        shown=len(wanted),
        page=page,
        pages=pages,
        mine=sum(row.mine for row in lean),
        states=Counter(row.state for row in lean),
        lights=Counter(str(row.light) for row in lean),
    )


def _order(row: _Lean) -> tuple[int, date, int]:
    return URGENCY.get(row.light, 4), row.until or LONG_AGO, row.id


def _lean(
    session: Session, department: Department, calendar: WorkingCalendar, today: date, actor: Actor
) -> list[_Lean]:
    shade = lru_cache(maxsize=None)(
        lambda begun, on, days, stopped: light(calendar, today, begun, Due(on, days), stopped=stopped)
    )
    last = lru_cache(maxsize=None)(lambda begun: notice_last_day(calendar, begun))
    zone = session.get_one(Site, department.site_id).zone
    answers, brought = _answers(session, department), _brought(session, department)
    rows = session.execute(
        select(
            Case.id,
            Case.state,
            Case.clock_from,
            Case.due_days,
            Case.due_on,
            Case.extended_days,
            Case.received_at,
            Case.arrived_at,
            Case.claimed_by,
        ).where(Case.department_id == department.id, WITH_DEPARTMENT)
    )
    found = []
    for row in rows:
        mine = row.claimed_by is not None and row.claimed_by == actor.id
        begun, until, days = row.clock_from, row.due_on, row.due_days
        if row.state == "received":
            since = brought.get(row.id) or row.arrived_at or row.received_at
            begun, days = clock.business_date(zone, since), NOTICE_DAYS
            until = last(begun)
        if row.state == "correction":  # with the applicant until then
            until = answers.get(row.id)
            late = Light.RED if until is not None and today > until else Light.NONE
            found.append(_Lean(row.id, row.state, late, until, mine))
            continue
        if row.state == "decided" or begun is None:
            found.append(_Lean(row.id, row.state, Light.NONE, None, mine))
            continue
        limit = days if days is None or row.state == "received" else days + row.extended_days
        found.append(
            _Lean(row.id, row.state, shade(begun, until, limit, row.state == "stopped"), until, mine)
        )
    return found


def _answers(session: Session, department: Department) -> dict[int, date | None]:
    """Until when the applicants of cases with a notice out may answer."""
    wanted = (
        select(OneTimeNotice.case_id, OneTimeNotice.answer_by)
        .join(Case, Case.id == OneTimeNotice.case_id)
        .where(Case.department_id == department.id, Case.state == "correction", WITH_DEPARTMENT)
        .order_by(OneTimeNotice.serial)
    )
    return {row.case_id: row.answer_by for row in session.execute(wanted)}


def _brought(session: Session, department: Department) -> dict[int, datetime]:
    """When what a notice asked for came in: from then the five days of a received case run anew (I4)."""
    wanted = (
        select(OneTimeNotice.case_id, OneTimeNotice.answered_at)
        .join(Case, Case.id == OneTimeNotice.case_id)
        .where(Case.department_id == department.id, Case.state == "received", WITH_DEPARTMENT)
        .where(OneTimeNotice.answered_at.is_not(None))
        .order_by(OneTimeNotice.serial)
    )
    return {row.case_id: row.answered_at for row in session.execute(wanted) if row.answered_at}


def _whole(session: Session, shown: Sequence[_Lean]) -> tuple[InboxRow, ...]:
    claimer = aliased(Staff)
    rows = session.execute(
        select(Case, ServiceItem.code, ServiceItem.name, ServiceItem.name_en, Filing.name, claimer.name)
        .join(ServiceItem, ServiceItem.id == Case.item_id)
        .join(Filing, Filing.id == Case.filing_id)
        .outerjoin(claimer, claimer.id == Case.claimed_by)
        .where(Case.id.in_([row.id for row in shown]))
    )
    known = {row[0].id: row for row in rows}
    return tuple(_row(lean, known[lean.id]) for lean in shown if lean.id in known)


def _row(lean: _Lean, found: Row[Case, str, str, str, str, str]) -> InboxRow:
    case, item, name, name_en, applicant, claimed_by = found
    return InboxRow(
        nonce=case.nonce,
        number=case.number,
        item=item,
        item_name=name,
        item_name_en=name_en,
        applicant=applicant,
        state=case.state,
        light=str(lean.light),
        until=lean.until,
        due_days=case.due_days,
        received_at=case.received_at,
        claimed_by=claimed_by or "",
        open_deferrals=case.open_deferrals,
        second_review=case.second_review,
        overdue_since=case.overdue_since,
        revision=case.revision,
    )
