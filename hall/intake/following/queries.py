"""A form's cases as its applicant may see them: nothing beyond what the receipt shows (I9)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select

from hall.calendar.queries import working_calendar
from hall.calendar.rules import working_days_between
from hall.catalog.models import Bundle, Department, Line, ServiceItem, Window, WindowLine
from hall.clock import business_date
from hall.hours.queries import line_opening
from hall.intake.documents.queries import case_by_nonce
from hall.intake.following.rules import Call, Stage, call_of
from hall.intake.models import Case, Filing, FilingPaper
from hall.intake.review.models import ClockStop, Deferral, NoticeLine, OneTimeNotice
from hall.intake.states import OPEN
from hall.queueing.models import Ticket
from hall.sites import Site

if TYPE_CHECKING:
    from datetime import date, datetime

    from sqlalchemy.orm import Session

    from hall.calendar.rules import WorkingCalendar
    from hall.hours.rules import Opening

DECIDED = frozenset({"decided", "ready", "delivered"})


@dataclass(frozen=True, slots=True)
class Missing:
    """A paper that is wanted: what is to be done with it, and by when (None: not known yet, I5).

    `still_wrong`: why what was brought was turned back; `code_used`: the notice gave the old place back already (Q3).
    """

    name: str
    wanted: str
    by: date | None
    days: int
    still_wrong: str = ""
    code_used: bool = False


@dataclass(frozen=True, slots=True)
class Stopped:
    """The special procedure for which the clock stands (I5)."""

    procedure: str
    until: date | None


@dataclass(frozen=True, slots=True)
class Followed:
    """One case: `due_on` None with `due_days` set is a deadline whose date is not known yet (I5).

    `at` says when it came to a stop; `days_left` are working days, negative when the deadline is over.
    """

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
    days_left: int | None
    at: dict[Stage, datetime | None]
    refused: bool
    posted: bool
    stop: Stopped | None
    result: str
    missing: tuple[Missing, ...]
    deferred: tuple[Missing, ...]


@dataclass(frozen=True, slots=True)
class Following:
    """All cases of a form, the one asked for first; ticket's nonce while there is one; windows that hand out."""

    site: Site
    filing: Filing
    matter: str
    matter_en: str
    call: Call
    opening: Opening | None
    cases: tuple[Followed, ...]
    ticket: bytes | None
    ticket_number: str
    ticket_at: datetime | None
    collect: str
    delivery: str
    windows: tuple[Window, ...]


def follow(session: Session, nonce: bytes | None, now: datetime) -> Following:
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
    bundle = session.get(Bundle, filing.bundle_id) if filing.bundle_id else None
    named = bundle or rows[0][1]
    days = DaysLeft(working_calendar(session), business_date(site.zone, now))
    cases = tuple(_followed(session, days, *row) for row in rows)
    line = _line(session, site)
    call = call_of(
        (case.state for case in cases),
        deferred=any(case.deferred for case in cases),
        together=filing.collect == "together",
    )
    return Following(
        site=site,
        filing=filing,
        matter=named.name,
        matter_en=named.name_en,
        call=call,
        opening=line_opening(session, site, line, now) if line and call is Call.READY else None,
        cases=cases,
        ticket=ticket.nonce if ticket else None,
        ticket_number=ticket.number if ticket else "",
        ticket_at=ticket.issued_at if ticket else None,
        collect=filing.collect,
        delivery=filing.delivery,
        windows=_windows(session, line),
    )


@dataclass(frozen=True, slots=True)
class DaysLeft:
    """Counts working days from today."""

    calendar: WorkingCalendar
    today: date

    def until(self, day: date | None) -> int | None:
        """Working days until then, None while they cannot be told (I5)."""
        return working_days_between(self.calendar, self.today, day) if day else None


def _followed(
    session: Session, days: DaysLeft, case: Case, item: ServiceItem, department: Department
) -> Followed:
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
        days_left=days.until(case.due_on),
        at={
            Stage.RECEIVED: case.received_at,
            Stage.ACCEPTED: case.accepted_at,
            Stage.DECIDED: case.decided_at,
            Stage.READY: case.ready_at,
            Stage.DELIVERED: case.delivered_at,
            Stage.ENDED: case.ended_at,
        },
        refused=case.decision == "refused" and case.state in DECIDED,
        posted=case.delivered_by_way == "post",
        stop=_stop(session, case) if case.state == "stopped" else None,
        result=case.result_name if case.state in {"ready", "delivered"} else "",
        missing=_asked(session, case) if case.state == "correction" else (),
        deferred=_deferred(session, case) if case.state in OPEN else (),
    )


def _stop(session: Session, case: Case) -> Stopped | None:
    found = session.scalar(
        select(ClockStop).where(ClockStop.case_id == case.id, ClockStop.resumed_at.is_(None)).limit(1)
    )
    return Stopped(found.procedure, found.ends_on) if found else None


def _asked(session: Session, case: Case) -> tuple[Missing, ...]:
    rows = session.execute(
        select(NoticeLine, OneTimeNotice)
        .join(OneTimeNotice, OneTimeNotice.id == NoticeLine.notice_id)
        .where(OneTimeNotice.case_id == case.id, NoticeLine.settled_at.is_(None))
        .order_by(OneTimeNotice.serial, NoticeLine.sort)
    )
    return tuple(
        Missing(
            line.material,
            line.wanted,
            notice.answer_by,
            notice.term_days,
            line.still_wrong,
            code_used=notice.return_ticket_id is not None,
        )
        for line, notice in rows
    )


def _deferred(session: Session, case: Case) -> tuple[Missing, ...]:
    rows = session.execute(
        select(Deferral, FilingPaper.name)
        .join(FilingPaper, FilingPaper.id == Deferral.paper_id)
        .where(Deferral.case_id == case.id, Deferral.state.in_(("open", "proposed")))
        .order_by(Deferral.id)
    )
    return tuple(Missing(name, "", deferral.until, deferral.days) for deferral, name in rows)


def _line(session: Session, site: Site) -> Line | None:
    """The line in which results are collected."""
    wanted = select(Line).where(
        Line.site_id == site.id, Line.retired_at.is_(None), Line.collects.is_(True), Line.retired_at.is_(None)
    )
    return session.scalar(wanted.order_by(Line.id).limit(1))


def _windows(session: Session, line: Line | None) -> tuple[Window, ...]:
    """Windows that serve the line for collecting results."""
    if line is None:
        return ()
    wanted = (
        select(Window)
        .join(WindowLine, WindowLine.window_id == Window.id)
        .where(
            WindowLine.line_id == line.id,
            Window.retired_at.is_(None),
            WindowLine.preferred.is_(True),
        )
        .order_by(Window.number)
    )
    return tuple(session.scalars(wanted))
