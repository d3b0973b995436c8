"""The figures of a bulletin, from the records of its days: who came, matters, findings, ranking (M8).

They hold what a bulletin needs to stay true by itself: names as they are today, never keys alone. Reasons of leave
and of excused absences stay with the hall: they may be illness. Beside an absence that remains one stands what its
department said, where it asked for that: never that somebody was ill, unless its own words say so. No citizen appears.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import or_, select

from hall.clock import business_date
from hall.rota.bulletins import rules, tables
from hall.rota.bulletins.accounts import KINDS, accounts_of, attended, bodies, is_kept_late, is_late
from hall.rota.findings.models import Finding
from hall.rota.findings.rules import finding_number
from hall.rota.findings.states import UNCURED
from hall.rota.matters.models import HardMatter
from hall.rota.models import RotaBody, RotaSession
from hall.rota.presence.queries import marks
from hall.rota.presence.states import Checked

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from sqlalchemy.orm import Session

    from hall.rota.bulletins.accounts import Span
    from hall.rota.models import Rota
    from hall.rota.presence.queries import Mark
    from hall.sites import Site


ILLNESS = "illness"
"""A reason of a person's health: it is in no bulletin."""


@dataclass(frozen=True, slots=True)
class Unchecked:
    """An absence whose check is not over: no bulletin is signed off with it (M5).

    `waits_for`: `asking` (the hall has not asked), `department` (its time runs), `decision` (of the manager).
    """

    day: date
    part: str
    body: str
    waits_for: str
    answer_by: date | None


@dataclass(frozen=True, slots=True)
class Gathered:
    """Figures, ready to be frozen, and what stands in the way of signing them off."""

    figures: dict[str, Any]
    unchecked: tuple[Unchecked, ...]
    expected: int

    @property
    def text(self) -> str:
        """As they are kept."""
        return rules.canonical(self.figures)


def gather(session: Session, site: Site, rota: Rota, span: Span) -> Gathered:
    """The figures of these days, as the records stand now; seven statements."""
    found = marks(session, rota.id, span.first, span.last, now=span.now)
    findings = _findings(session, site, rota, span)
    matters = _matters(session, rota, span)
    accounts = accounts_of(found, findings, matters, site, span)
    names = _names(session, rota.id)
    figures = {
        "version": 2,
        "hall": {"name": site.name, "name_en": site.name_en},
        "rota": {"code": rota.code, "name": rota.name, "name_en": rota.name_en},
        "first": span.first.isoformat(),
        "last": span.last.isoformat(),
        "days": _days(session, rota.id, span),
        "attendance": [_turn(mark) for mark in found],
        "totals": _totals(found),
        "matters": _counted(matters, site),
        "findings": _told(findings, names, site, span),
        "bodies": bodies(accounts, names),
        "formula": rules.WEIGHTS,
        "method": tables.formula(rules.WEIGHTS),
    }
    today = business_date(site.zone, span.now)
    return Gathered(figures, _unchecked(found, today), sum(mark.mark == "expected" for mark in found))


def _days(session: Session, rota_id: int, span: Span) -> list[str]:
    held = select(RotaSession.held_on).where(
        RotaSession.rota_id == rota_id,
        RotaSession.state == "published",
        RotaSession.held_on.between(span.first, span.last),
    )
    return [day.isoformat() for day in session.scalars(held.order_by(RotaSession.held_on)) if day]


def _turn(mark: Mark) -> dict[str, Any]:
    return {
        "day": mark.day.isoformat(),
        "part": mark.part,
        "window": mark.window_number,
        "body": mark.body_name,
        "body_en": mark.body_name_en,
        "head": mark.head,
        "title": mark.head_title,
        "came": mark.came,
        "came_title": mark.came_title,
        "kind": attended(mark).kind,
        "explanation": _explanation(mark),
        "late_min": mark.late_min,
        "early_min": mark.early_min,
    }


def _totals(found: Iterable[Mark]) -> dict[str, int]:
    counted = Counter(attended(mark).kind for mark in found)
    return {"turns": sum(counted.values()), **{kind: counted[kind] for kind in KINDS}}


def _explanation(mark: Mark) -> dict[str, str] | None:
    """What the department said of an absence that remains one, where it wants to have it printed."""
    if mark.absence != Checked.UPHELD or not mark.printed:
        return None
    reason = "" if mark.reason == ILLNESS else mark.reason
    return {"reason": reason, "said": mark.said} if reason or mark.said else None


def _unchecked(found: Iterable[Mark], today: date) -> tuple[Unchecked, ...]:
    return tuple(
        Unchecked(mark.day, mark.part, mark.body_name, _waits_for(mark, today), mark.answer_by)
        for mark in found
        if attended(mark).kind == "checking"
    )


def _waits_for(mark: Mark, today: date) -> str:
    if mark.absence == Checked.ASKED and mark.answer_by is not None:
        return "department" if today <= mark.answer_by else "decision"
    return "decision" if mark.absence == Checked.STATED else "asking"


def _findings(session: Session, site: Site, rota: Rota, span: Span) -> list[Finding]:
    """Found on these days, closed on them, due on them, or still to be done from before."""
    wanted = select(Finding).where(
        Finding.site_id == site.id,
        Finding.rota_id == rota.id,
        Finding.found_on <= span.last,
        or_(
            Finding.found_on >= span.first,
            Finding.due_on >= span.first,
            Finding.closed_on >= span.first,
            Finding.state.in_(UNCURED),
        ),
    )
    return list(session.scalars(wanted.order_by(Finding.year, Finding.serial)))


def _told(findings: list[Finding], names: dict[int, RotaBody], site: Site, span: Span) -> dict[str, Any]:
    return {
        "found": sum(span.first <= row.found_on for row in findings),
        "closed": sum(
            row.closed_on is not None and span.first <= row.closed_on <= span.last for row in findings
        ),
        "open": sum(row.state in UNCURED for row in findings),
        "overdue": [
            {
                "number": finding_number(row.year, row.serial),
                "title": row.title,
                "body": names[row.body_id].name,
                "body_en": names[row.body_id].name_en,
                "due_on": row.due_on.isoformat(),
            }
            for row in findings
            if is_late(row, span, site) and row.body_id and row.due_on
        ],
    }


def _matters(session: Session, rota: Rota, span: Span) -> list[HardMatter]:
    """Those of sessions on these days, and promises that were due on them."""
    wanted = (
        select(HardMatter)
        .join(RotaSession, RotaSession.id == HardMatter.session_id)
        .where(
            HardMatter.rota_id == rota.id,
            or_(
                RotaSession.held_on.between(span.first, span.last),
                HardMatter.due_on.between(span.first, span.last),
            ),
        )
    )
    return list(session.scalars(wanted.order_by(HardMatter.year, HardMatter.serial)))


def _counted(matters: list[HardMatter], site: Site) -> dict[str, int]:
    counted = Counter(row.state for row in matters)
    promised = counted["promised"] + counted["kept"] + counted["not_kept"]
    return {
        "taken": counted["taken_up"] + promised,
        "promised": promised,
        "kept": counted["kept"],
        "kept_late": sum(is_kept_late(row, site) for row in matters),
        "not_kept": counted["not_kept"],
        "pointed": counted["pointed"],
    }


def _names(session: Session, rota_id: int) -> dict[int, RotaBody]:
    """All departments of the reception, also retired ones: a record keeps its name."""
    return {row.id: row for row in session.scalars(select(RotaBody).where(RotaBody.rota_id == rota_id))}
