"""A form's cases as its applicant may see them: nothing beyond what the receipt shows (I9)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select

from hall.catalog.models import Department, Line, ServiceItem, Window, WindowLine
from hall.intake.documents.queries import case_by_nonce
from hall.intake.models import Case, Filing, FilingPaper
from hall.intake.review.models import Deferral, NoticeLine, OneTimeNotice
from hall.queueing.models import Ticket
from hall.sites import Site

if TYPE_CHECKING:
    from datetime import date, datetime

    from sqlalchemy.orm import Session


@dataclass(frozen=True, slots=True)
class Missing:
    """A paper that is wanted: what is to be done with it, and by when (None: not known yet, I5)."""

    name: str
    wanted: str
    by: date | None
    days: int


@dataclass(frozen=True, slots=True)
class Followed:
    """One case: `due_on` None with `due_days` set is a deadline whose date is not known yet (I5)."""

    nonce: bytes
    number: str
    item: str
    item_en: str
    department: str
    department_en: str
    state: str
    received_at: datetime
    due_days: int | None
    due_on: date | None
    result: str
    missing: tuple[Missing, ...]
    deferred: tuple[Missing, ...]


@dataclass(frozen=True, slots=True)
class Following:
    """All cases of a form, the one asked for first; ticket's nonce while there is one; windows that hand out."""

    site: Site
    cases: tuple[Followed, ...]
    ticket: bytes | None
    ticket_number: str
    collect: str
    delivery: str
    windows: tuple[Window, ...]


def follow(session: Session, nonce: bytes | None) -> Following:
    """The form of this case. Raises NotFound."""
    asked = case_by_nonce(session, nonce)
    filing, site = session.get_one(Filing, asked.filing_id), session.get_one(Site, asked.site_id)
    rows = session.execute(
        select(Case, ServiceItem, Department)
        .join(ServiceItem, ServiceItem.id == Case.item_id)
        .join(Department, Department.id == Case.department_id)
        .where(Case.filing_id == filing.id)
        .order_by(Case.id != asked.id, Case.sort)
    ).all()
    ticket = session.get(Ticket, filing.ticket_id) if filing.ticket_id else None
    return Following(
        site=site,
        cases=tuple(_followed(session, *row) for row in rows),
        ticket=ticket.nonce if ticket else None,
        ticket_number=ticket.number if ticket else "",
        collect=filing.collect,
        delivery=filing.delivery,
        windows=_windows(session, site),
    )


def _followed(session: Session, case: Case, item: ServiceItem, department: Department) -> Followed:
    return Followed(
        nonce=case.nonce,
        number=case.number,
        item=item.name,
        item_en=item.name_en,
        department=department.name,
        department_en=department.name_en,
        state=case.state,
        received_at=case.received_at,
        due_days=case.due_days,
        due_on=case.due_on,
        result=case.result_name if case.state in {"ready", "delivered"} else "",
        missing=_asked(session, case) if case.state == "correction" else (),
        deferred=_deferred(session, case),
    )


def _asked(session: Session, case: Case) -> tuple[Missing, ...]:
    rows = session.execute(
        select(NoticeLine, OneTimeNotice)
        .join(OneTimeNotice, OneTimeNotice.id == NoticeLine.notice_id)
        .where(OneTimeNotice.case_id == case.id, NoticeLine.settled_at.is_(None))
        .order_by(OneTimeNotice.serial, NoticeLine.sort)
    )
    return tuple(
        Missing(line.material, line.wanted, notice.answer_by, notice.term_days) for line, notice in rows
    )


def _deferred(session: Session, case: Case) -> tuple[Missing, ...]:
    rows = session.execute(
        select(Deferral, FilingPaper.name)
        .join(FilingPaper, FilingPaper.id == Deferral.paper_id)
        .where(Deferral.case_id == case.id, Deferral.state.in_(("open", "proposed")))
        .order_by(Deferral.id)
    )
    return tuple(Missing(name, "", deferral.until, deferral.days) for deferral, name in rows)


def _windows(session: Session, site: Site) -> tuple[Window, ...]:
    """Windows that serve the line for collecting results."""
    wanted = (
        select(Window)
        .join(WindowLine, WindowLine.window_id == Window.id)
        .join(Line, Line.id == WindowLine.line_id)
        .where(
            Window.site_id == site.id,
            Window.retired_at.is_(None),
            WindowLine.preferred.is_(True),
            Line.name.contains("出件"),
        )
        .order_by(Window.number)
    )
    return tuple(session.scalars(wanted))
