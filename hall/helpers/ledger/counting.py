"""What the ledger comes to (H7): lines by filter; counts by kind, month and matter; waits for help; load a helper."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from hall.clock import day_bounds
from hall.helpers.ledger import queries, rules
from hall.helpers.models import Helper
from hall.helpers.records import HelpCall, HelpRecord

if TYPE_CHECKING:
    from datetime import date

    from sqlalchemy import Select
    from sqlalchemy.orm import Session

    from hall.helpers.ledger.queries import RecordView
    from hall.sites import Site

LINES_SHOWN = 200


@dataclass(frozen=True, slots=True)
class Filter:
    """Which lines: from one business date to another; empty words mean all."""

    first: date
    last: date
    kind: str = ""
    badge: str = ""
    state: str = ""
    result: str = ""


@dataclass(frozen=True, slots=True)
class Figures:
    """What the lines of a filter come to. `load`: (badge, name, lines, minutes) a helper, the most first."""

    lines: int
    by_kind: dict[str, int]
    by_month: dict[str, int]
    by_matter: list[tuple[str, str, int]]
    calls: int
    unanswered: int
    median_wait_s: int | None
    call_backs_due: int
    load: list[tuple[str, str, int, int]]


def _chosen(site: Site, given: Filter) -> Select[HelpRecord]:
    wanted = select(HelpRecord).where(
        HelpRecord.site_id == site.id,
        HelpRecord.business_date >= given.first,
        HelpRecord.business_date <= given.last,
    )
    for column, value in (
        (HelpRecord.kind, given.kind),
        (HelpRecord.state, given.state),
        (HelpRecord.result, given.result),
    ):
        if value:
            wanted = wanted.where(column == value)
    if given.badge:
        wanted = wanted.join(Helper, Helper.id == HelpRecord.helper_id).where(Helper.badge == given.badge)
    return wanted


def rows(session: Session, site: Site, given: Filter, most: int | None = None) -> list[HelpRecord]:
    """The lines themselves, newest first."""
    wanted = _chosen(site, given).order_by(HelpRecord.business_date.desc(), HelpRecord.id.desc())
    return list(session.scalars(wanted.limit(most) if most else wanted))


def lines(session: Session, site: Site, given: Filter, most: int | None = LINES_SHOWN) -> list[RecordView]:
    """The lines as they may be read: masked."""
    return queries.views(session, rows(session, site, given, most))


def figures(session: Session, site: Site, given: Filter, today: date) -> Figures:
    """Counted over all lines of the filter, not only those shown."""
    found = lines(session, site, given, None)
    waits, unanswered = _waits(session, site, given)
    kinds = Counter(line.kind for line in found)
    matters = Counter((line.matter, line.matter_en) for line in found)
    months = Counter(line.business_date.strftime("%Y-%m") for line in found)
    due = select(func.count()).where(
        HelpRecord.site_id == site.id,
        HelpRecord.call_back_on.is_not(None),
        HelpRecord.called_back_at.is_(None),
        HelpRecord.call_back_on <= today,
    )
    return Figures(
        lines=len(found),
        by_kind=dict(kinds.most_common()),
        by_month=dict(sorted(months.items())),
        by_matter=[(name, name_en, count) for (name, name_en), count in matters.most_common(12)],
        calls=len(waits) + unanswered,
        unanswered=unanswered,
        median_wait_s=rules.median(waits),
        call_backs_due=session.scalar(due) or 0,
        load=_load(found),
    )


def _waits(session: Session, site: Site, given: Filter) -> tuple[list[int], int]:
    """Seconds until somebody came, of each call of these days; and how many nobody ever answered (H5)."""
    begins, _turn = day_bounds(site.zone, given.first)
    _begins, ends = day_bounds(site.zone, given.last)
    answered, unanswered = [], 0
    for called_at, accepted_at, state in session.execute(
        select(HelpCall.called_at, HelpCall.accepted_at, HelpCall.state).where(
            HelpCall.site_id == site.id, HelpCall.called_at >= begins, HelpCall.called_at < ends
        )
    ):
        if accepted_at is not None:
            answered.append(int((accepted_at - called_at).total_seconds()))
        elif state != "cancelled":
            unanswered += 1
    return answered, unanswered


def _load(found: list[RecordView]) -> list[tuple[str, str, int, int]]:
    """Lines a helper, and the minutes from beginning to closing of help in the hall and at home."""
    counted: dict[tuple[str, str], list[int]] = {}
    for line in found:
        kept = counted.setdefault((line.badge, line.helper), [0, 0])
        kept[0] += 1
        if line.kind != "agency" and line.closed_at is not None:
            kept[1] += int((line.closed_at - line.opened_at).total_seconds() // 60)
    ranked = sorted(counted.items(), key=lambda one: (-one[1][0], one[0]))
    return [(badge, name, count, minutes) for (badge, name), (count, minutes) in ranked]
