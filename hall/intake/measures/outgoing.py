"""Cases on their way to the province's platform, oldest change first, with what is measured of each (I11, I12)."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import and_, case, func, or_, select

from hall.accounts.models import Staff
from hall.catalog.models import Bundle, Department, ServiceItem
from hall.database import stop_reading
from hall.errors import Invalid
from hall.intake.measures.counting import ASKED, NOT_BROUGHT
from hall.intake.models import Case, Filing, FilingPaper, PaperUse

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy.orm import Session

    from hall.sites import Site

SETTLE = timedelta(seconds=10)
"""A change is told when no older one can still be on its way to the database."""
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
CURSOR = re.compile(r"(\d{1,17})-(\d{1,18})", re.ASCII)
BATCH = 1000
TIMES = ("received_at", "accepted_at", "decided_at", "ready_at", "delivered_at", "ended_at", "changed_at")
DAYS = ("due_on", "overdue_since")
PLAIN = (
    "number", "platform_number", "state", "mode", "kind", "task_type", "statutory_days", "committed_days", "due_days",
    "decision", "result_name", "result_number", "delivered_by_way", "notice_breach",
)  # fmt: skip
HEADS = (
    *PLAIN, "pre_registered", "item", "department", "bundle", "owner", "party", "applicant_number", "actual_days",
    "papers_asked", "papers_reused", "visits_made", "visits_promised", *DAYS, *TIMES, "cursor",
)  # fmt: skip
"""Names of a line's fields, in their order."""


def cursor_of(at: datetime, key: int = 0) -> str:
    """The place in the export just after this change."""
    return f"{(at - EPOCH) // timedelta(microseconds=1)}-{key}"


def stream(session: Session, site: Site, after: str, now: datetime) -> Iterator[dict[str, Any]]:
    """All changed cases after a cursor, read a thousand at a time. Raises Invalid for a cursor that is none."""
    while found := changes(session, site, after, BATCH, now):
        stop_reading()  # whoever takes the lines takes their time
        yield from found
        after = found[-1]["cursor"]


def changes(session: Session, site: Site, after: str, limit: int, now: datetime) -> list[dict[str, Any]]:
    """The next changed cases after a cursor, by time of change and key, so that none is lost at equal times.

    Each has its `cursor`: the `after` of the next page. Numbers are masked. Raises Invalid for a cursor that is none.
    """
    wanted = (
        select(Case, Filing, ServiceItem.code, Department.code, Bundle, Staff.name)
        .join(Filing, Filing.id == Case.filing_id)
        .join(ServiceItem, ServiceItem.id == Case.item_id)
        .join(Department, Department.id == Case.department_id)
        .join(Staff, Staff.id == Case.owner_id)
        .outerjoin(Bundle, Bundle.id == Filing.bundle_id)
        .where(Case.site_id == site.id, Case.changed_at <= now - SETTLE)
    )
    if after:
        at, key = _place(after)
        wanted = wanted.where(or_(Case.changed_at > at, and_(Case.changed_at == at, Case.id > key)))
    rows = session.execute(wanted.order_by(Case.changed_at, Case.id).limit(limit)).all()
    asked = session.execute(_papers([row[0].id for row in rows])) if rows else ()
    papers = {row.id: (row.asked, int(row.reused)) for row in asked}
    return [_told(row, papers) for row in rows]


def count(session: Session, site: Site, after: str, now: datetime) -> int:
    """How many cases `stream` would tell."""
    wanted = select(func.count()).where(Case.site_id == site.id, Case.changed_at <= now - SETTLE)
    if after:
        at, key = _place(after)
        wanted = wanted.where(or_(Case.changed_at > at, and_(Case.changed_at == at, Case.id > key)))
    return session.scalar(wanted) or 0


def _place(after: str) -> tuple[datetime, int]:
    match = CURSOR.fullmatch(after)
    if match:
        return EPOCH + timedelta(microseconds=int(match[1])), int(match[2])
    said = _l("This is no cursor of an export.")
    raise Invalid(said, code="bad_cursor", errors={"after": [said]})


def _papers(ids: list[int]) -> Any:  # noqa: ANN401 - a statement
    """The papers that each case asks for."""
    reused = func.sum(case((NOT_BROUGHT, 1), else_=0))
    return (
        select(Case.id, func.count().label("asked"), reused.label("reused"))
        .join(FilingPaper, FilingPaper.filing_id == Case.filing_id)
        .join(PaperUse, and_(PaperUse.paper_id == FilingPaper.id, PaperUse.item_id == Case.item_id))
        .where(Case.id.in_(ids), ASKED)
        .group_by(Case.id)
    )


def _told(row: Any, papers: dict[int, tuple[int, int]]) -> dict[str, Any]:  # noqa: ANN401 - a row of `changes`
    found, filing, item, department, bundle, owner = row
    times = {name: getattr(found, name) for name in TIMES}
    days = {name: getattr(found, name) for name in DAYS}
    asked, reused = papers.get(found.id, (0, 0))
    said = {
        **{name: getattr(found, name) for name in PLAIN},
        "pre_registered": found.platform_number is None,
        "item": item,
        "department": department,
        "bundle": bundle.code if bundle else None,
        "owner": owner,
        "party": filing.party,
        "applicant_number": filing.number_shown,
        "actual_days": found.actual_days,
        "papers_asked": asked,
        "papers_reused": reused,
        "visits_made": filing.visits,
        "visits_promised": bundle.visits_after if bundle else None,
        **{name: day.isoformat() if day else None for name, day in days.items()},
        **{name: at.astimezone(UTC).isoformat() if at else None for name, at in times.items()},
        "cursor": cursor_of(found.changed_at, found.id),
    }
    return {name: said[name] for name in HEADS}


def line(row: dict[str, Any]) -> str:
    """A JSON line."""
    return json.dumps(row, ensure_ascii=False) + "\n"


def cells(row: dict[str, Any]) -> list[str]:
    """A row of the spreadsheet."""
    return ["" if row[name] is None else str(row[name]) for name in HEADS]
