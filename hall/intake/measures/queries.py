"""Reading what is measured: the cases received in some months, and the breaches among them (I4, I11)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from hall.accounts.models import Staff
from hall.catalog.models import Bundle, Department, ServiceItem
from hall.intake.measures.counting import WHOLE, Counting
from hall.intake.models import Case
from hall.intake.review.models import OneTimeNotice

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement
    from sqlalchemy.orm import Session

    from hall.intake.measures.rules import Figures
    from hall.sites import Site

MOST_BREACHES = 500


@dataclass(frozen=True, slots=True)
class Span:
    """Whole months at a hall, first and last."""

    first: date
    last: date

    def ends(self, site: Site) -> list[tuple[str, datetime]]:
        """Each month, such as 2026-03, with the instant at which it is over."""
        found, month = [], self.first
        while month <= self.last:
            found.append((f"{month:%Y-%m}", _begin(following(month), site)))
            month = following(month)
        return found

    def received_in(self, site: Site) -> list[ColumnElement[bool]]:
        """Cases of the hall that were received in these months."""
        return [
            Case.site_id == site.id,
            Case.received_at >= _begin(self.first, site),
            Case.received_at < _begin(following(self.last), site),
        ]


@dataclass(frozen=True, slots=True)
class Breach:
    """A breach of the one-time notice: `kind` second (asked twice) or silence (five days went by).

    `owner` is its first contact, whom a supervisor asks (I8); no applicant is named.
    """

    number: str
    item: str
    item_name: str
    item_name_en: str
    department: str
    department_en: str
    kind: str
    at: datetime
    owner: str


def following(month: date) -> date:
    """The first of the next month."""
    return (month.replace(day=28) + timedelta(days=4)).replace(day=1)


def _begin(day: date, site: Site) -> datetime:
    """Midnight of that day at the hall; business dates turn at four, when nobody receives."""
    return datetime(day.year, day.month, day.day, tzinfo=site.zone)


def figures(session: Session, site: Site, span: Span, by: str = WHOLE) -> dict[Any, Figures]:
    """The row of each item, department, bundle (by its key), month, or of the whole hall (`WHOLE`), in five statements.

    Without a case in these months there is no row.
    """
    return Counting(session, site, span, by).figures()


def breaches(session: Session, site: Site, span: Span) -> list[Breach]:
    """Breaches of the one-time notice, newest first, at most 500, without anybody's data (I4, E2)."""
    second = select(OneTimeNotice.case_id, OneTimeNotice.sent_at).where(OneTimeNotice.serial > 1).subquery()
    rows = session.execute(
        select(Case, ServiceItem, Department, second.c.sent_at, Staff.name)
        .join(ServiceItem, ServiceItem.id == Case.item_id)
        .join(Department, Department.id == Case.department_id)
        .join(Staff, Staff.id == Case.owner_id)
        .outerjoin(second, second.c.case_id == Case.id)
        .where(*span.received_in(site), Case.notice_breach.is_(True))
        .order_by(Case.received_at.desc(), Case.id.desc())
        .limit(MOST_BREACHES)
    )
    return [
        Breach(
            number=case.number,
            item=item.code,
            item_name=item.name,
            item_name_en=item.name_en,
            department=department.short_name or department.name,
            department_en=department.name_en,
            kind="second" if sent_at else "silence",
            at=sent_at or case.accepted_at or case.received_at,
            owner=owner,
        )
        for case, item, department, sent_at, owner in rows
    ]


def names(session: Session, site: Site) -> dict[str, dict[int, tuple[str, str]]]:
    """Chinese and English names by key, of items, departments and bundles, retired ones too."""
    tables: tuple[tuple[str, Any], ...] = (
        ("item", ServiceItem),
        ("department", Department),
        ("bundle", Bundle),
    )
    return {
        kind: {
            row.id: (row.name, row.name_en)
            for row in session.execute(
                select(table.id, table.name, table.name_en).where(table.site_id == site.id)
            )
        }
        for kind, table in tables
    }
