"""Reading the ledger of findings: its lines, what is overdue, one finding with its history and evidence."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _l
from sqlalchemy import and_, case, func, or_, select
from sqlalchemy.orm import aliased

from hall.accounts.models import Staff
from hall.errors import NotFound
from hall.rota.findings.at_hand import bodies_of, is_concerned, oversees, tries_of
from hall.rota.findings.models import Finding, FindingEvidence, FindingStep
from hall.rota.findings.rules import Tries, finding_number, is_called_back, is_overdue
from hall.rota.findings.states import UNCURED, Reached
from hall.rota.models import Rota, RotaBody, RotaPerson

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement, Row, Select
    from sqlalchemy.orm import Session

    from hall.actor import Actor

A_PAGE = 50
FILTERS = ("open", "overdue", "found", "assigned", "rectified", "verified", "closed")


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the ledger."""

    finding: int
    number: str
    state: str
    overdue: bool
    title: str
    source: str
    rota: str
    rota_en: str
    found_on: date
    body: str
    body_en: str
    owner: str
    due_on: date | None
    extended: int


@dataclass(frozen=True, slots=True)
class Ledger:
    """A page of the ledger, with how many there are by filter."""

    lines: tuple[Line, ...]
    counts: dict[str, int]
    page: int
    pages: int


@dataclass(frozen=True, slots=True)
class Step:
    """One step of its history."""

    what: str
    at: datetime
    by: str
    note: str
    body: str
    owner: str
    due_on: date | None
    reached: str | None


@dataclass(frozen=True, slots=True)
class Evidence:
    """A photo or document; the file itself is read by its digest."""

    evidence: int
    shows: str
    sort: str
    size: int
    name: str
    digest: str
    added_at: datetime
    by: str


@dataclass(frozen=True, slots=True)
class Whole:
    """One finding as those concerned see it; the citizen masked. `tries` are calls at which nobody was reached.

    `called_back`: nobody is owed a call any more. `forgotten_on`: since then words and files are gone.
    """

    line: Line
    rota_id: int
    detail: str
    cure: str
    citizen: str
    has_citizen: bool
    reached: str | None
    tries: int
    called_back: bool
    forgotten_on: date | None
    revision: int
    body_id: int | None
    owner_id: int | None
    rectified_by: int | None
    steps: tuple[Step, ...]
    evidence: tuple[Evidence, ...]


def _chosen(wish: str, today: date) -> ColumnElement[bool]:
    late = and_(Finding.state.in_(UNCURED), Finding.due_on < today)
    if wish == "overdue":
        return late
    return Finding.state != "closed" if wish == "open" else Finding.state == wish


def _scope(session: Session, actor: Actor, site_id: int) -> ColumnElement[bool]:
    """The hall's manager and office see all of it, others what they found and what their department puts right."""
    if oversees(actor, site_id):
        return Finding.site_id == site_id
    mine = or_(Finding.found_by == actor.id, Finding.body_id.in_(bodies_of(session, actor)))
    return and_(Finding.site_id == site_id, mine)


def ledger(session: Session, actor: Actor, site_id: int, today: date, *, wish: str, page: int) -> Ledger:
    """A page of the ledger, overdue ones first; `wish` is one of FILTERS, or empty. Four statements."""
    scope = _scope(session, actor, site_id)
    counts = _counts(session, scope, today)
    total = counts[wish] if wish else sum(counts[name] for name in FILTERS[2:])
    pages = max(1, -(-total // A_PAGE))
    page = min(max(1, page), pages)
    late = case(
        (_chosen("overdue", today), 0), (Finding.state == "found", 1), (Finding.state != "closed", 2), else_=3
    )
    wanted = _lines().where(scope).order_by(late, Finding.due_on, Finding.id.desc())
    if wish:
        wanted = wanted.where(_chosen(wish, today))
    rows = session.execute(wanted.limit(A_PAGE).offset((page - 1) * A_PAGE))
    return Ledger(tuple(_line(row, today) for row in rows), counts, page, pages)


def _counts(session: Session, scope: ColumnElement[bool], today: date) -> dict[str, int]:
    said = [func.sum(case((_chosen(wish, today), 1), else_=0)) for wish in FILTERS]
    row = session.execute(select(*said).select_from(Finding).where(scope)).one()
    return {wish: int(count or 0) for wish, count in zip(FILTERS, row, strict=True)}


def _lines() -> Select[Finding, Rota, RotaBody, RotaPerson]:
    return (
        select(Finding, Rota, RotaBody, RotaPerson)
        .join(Rota, Rota.id == Finding.rota_id)
        .outerjoin(RotaBody, RotaBody.id == Finding.body_id)
        .outerjoin(RotaPerson, RotaPerson.id == Finding.owner_id)
    )


def _line(row: Row[Finding, Rota, RotaBody, RotaPerson], today: date) -> Line:
    found, rota = row[0], row[1]
    body: RotaBody | None = row[2]
    owner: RotaPerson | None = row[3]
    return Line(
        found.id,
        finding_number(found.year, found.serial),
        found.state,
        is_overdue(found.state, found.due_on, today),
        found.title,
        found.source,
        rota.name,
        rota.name_en,
        found.found_on,
        body.name if body else "",
        body.name_en if body else "",
        owner.name if owner else "",
        found.due_on,
        found.extended,
    )


def whole(session: Session, actor: Actor, finding_id: int, today: date) -> Whole:
    """One finding that concerns the caller. Raises NotFound (`unknown_finding`)."""
    row = session.execute(_lines().where(Finding.id == finding_id)).one_or_none()
    if row is None or not is_concerned(session, actor, row[0]):
        raise NotFound(_l("There is no such finding."), code="unknown_finding")
    found = row[0]
    tries = tries_of(session, found) if found.reached == Reached.NOT_REACHED else Tries()
    return Whole(
        _line(row, today),
        found.rota_id,
        found.detail,
        found.cure,
        found.citizen_shown,
        found.phone_sealed is not None,
        found.reached,
        tries.count,
        found.phone_sealed is None or is_called_back(found.reached, tries),
        found.forgotten_on,
        found.revision,
        found.body_id,
        found.owner_id,
        found.rectified_by,
        _steps(session, finding_id),
        evidence(session, finding_id),
    )


def _steps(session: Session, finding_id: int) -> tuple[Step, ...]:
    wanted = (
        select(FindingStep, Staff.name, RotaBody.name.label("body"), RotaPerson.name.label("owner"))
        .join(Staff, Staff.id == FindingStep.by_id)
        .outerjoin(RotaBody, RotaBody.id == FindingStep.body_id)
        .outerjoin(RotaPerson, RotaPerson.id == FindingStep.owner_id)
        .where(FindingStep.finding_id == finding_id)
        .order_by(FindingStep.at, FindingStep.id)
    )
    return tuple(
        Step(step.what, step.at, by, step.note, body or "", owner or "", step.due_on, step.reached)
        for step, by, body, owner in session.execute(wanted)
    )


def evidence(session: Session, finding_id: int) -> tuple[Evidence, ...]:
    """Its files, in the order they came."""
    who = aliased(Staff)
    wanted = (
        select(FindingEvidence, who.name)
        .join(who, who.id == FindingEvidence.added_by)
        .where(FindingEvidence.finding_id == finding_id)
        .order_by(FindingEvidence.id)
    )
    return tuple(
        Evidence(row.id, row.shows, row.sort, row.size, row.name, row.digest, row.added_at, by)
        for row, by in session.execute(wanted)
    )
