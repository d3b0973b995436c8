"""Reading what is measured: the cases received in some months, and the breaches among them (I4, I11)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select

from hall import clock
from hall.calendar.queries import working_calendar
from hall.catalog.models import Bundle, Department, ServiceItem
from hall.intake.measures.rules import Measured, Stop, Visits, actual_days
from hall.intake.models import Case, Filing, FilingPaper, PaperUse
from hall.intake.review.models import ClockStop, OneTimeNotice

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement
    from sqlalchemy.orm import Session

    from hall.calendar.rules import WorkingCalendar
    from hall.sites import Site

NOT_ASKED = ("not_needed", "unchecked")
MOST_BREACHES = 500


@dataclass(frozen=True, slots=True)
class Span:
    """Whole months at a hall, first and last."""

    first: date
    last: date

    def received_in(self, site: Site) -> list[ColumnElement[bool]]:
        """Cases of the hall that were received in these months."""
        return [
            Case.site_id == site.id,
            Case.received_at >= _begin(self.first, site),
            Case.received_at < _begin(following(self.last), site),
        ]


@dataclass(frozen=True, slots=True)
class Breach:
    """A breach of the one-time notice: `kind` second (asked twice) or silence (five days went by); nobody's name."""

    number: str
    item: str
    item_name: str
    item_name_en: str
    department: str
    kind: str
    at: datetime


def following(month: date) -> date:
    """The first of the next month."""
    return (month.replace(day=28) + timedelta(days=4)).replace(day=1)


def _begin(day: date, site: Site) -> datetime:
    """Midnight of that day at the hall; business dates turn at four, when nobody receives."""
    return datetime(day.year, day.month, day.day, tzinfo=site.zone)


def measured(session: Session, site: Site, span: Span) -> list[Measured]:
    """The cases of these months, in five statements whatever their number."""
    wanted = span.received_in(site)
    ids = select(Case.id).where(*wanted)
    calendar = working_calendar(session)
    beside = _Beside(
        site,
        calendar,
        _stops(session, ids),
        _notices(session, ids),
        _papers(session, wanted),
    )
    rows = session.execute(
        select(Case, Filing, ServiceItem.code, Department.code, Bundle)
        .join(Filing, Filing.id == Case.filing_id)
        .join(ServiceItem, ServiceItem.id == Case.item_id)
        .join(Department, Department.id == Case.department_id)
        .outerjoin(Bundle, Bundle.id == Filing.bundle_id)
        .where(*wanted)
        .order_by(Case.received_at, Case.id)
    )
    return [beside.measured(*row) for row in rows]


@dataclass(frozen=True, slots=True)
class _Beside:
    """What is read beside the cases: stops and notices by case, papers by form and item."""

    site: Site
    calendar: WorkingCalendar
    stops: dict[int, list[Stop]]
    notices: dict[int, int]
    papers: dict[tuple[int, int], dict[int, str]]

    def measured(
        self, case: Case, filing: Filing, item: str, department: str, bundle: Bundle | None
    ) -> Measured:
        """The case as it is measured."""
        papers = self.papers.get((filing.id, case.item_id), {})
        promised = (bundle.visits_before, bundle.visits_after) if bundle else (None, None)
        return Measured(
            item=item,
            department=department,
            bundle=bundle.code if bundle else None,
            month=_day(self.site, case.received_at).strftime("%Y-%m"),
            filing=filing.id,
            visits=Visits(*promised, filing.visits),
            statutory=case.statutory_days,
            committed=case.committed_days,
            actual=_actual(self.site, self.calendar, case, self.stops.get(case.id, [])),
            decided=case.decided_at is not None,
            asked=frozenset(papers),
            reused=frozenset(key for key, state in papers.items() if state == "reused"),
            notices=self.notices.get(case.id, 0),
            breach=case.notice_breach,
            lapsed=case.accepted_basis == "lapse",
            overdue=case.overdue_since is not None,
        )


def _actual(site: Site, calendar: WorkingCalendar, case: Case, stops: list[Stop]) -> int | None:
    """From acceptance (after a lapse: as of the day from which its clock counts) to the decision."""
    if case.decided_at is None or case.accepted_at is None:
        return None
    begun = case.clock_from or _day(site, case.accepted_at)
    return actual_days(calendar, begun, _day(site, case.decided_at), stops)


def _day(site: Site, at: datetime) -> date:
    return clock.business_date(site.zone, at)


def _stops(session: Session, ids: Any) -> dict[int, list[Stop]]:  # noqa: ANN401 - a statement that selects keys
    found: dict[int, list[Stop]] = {}
    for row in session.execute(
        select(ClockStop.case_id, ClockStop.stopped_on, ClockStop.resumed_on).where(
            ClockStop.case_id.in_(ids)
        )
    ):
        found.setdefault(row.case_id, []).append(Stop(row.stopped_on, row.resumed_on))
    return found


def _notices(session: Session, ids: Any) -> dict[int, int]:  # noqa: ANN401 - as in `_stops`
    rows = session.execute(
        select(OneTimeNotice.case_id, func.count())
        .where(OneTimeNotice.case_id.in_(ids))
        .group_by(OneTimeNotice.case_id)
    )
    return {row[0]: row[1] for row in rows}


def _papers(session: Session, wanted: list[ColumnElement[bool]]) -> dict[tuple[int, int], dict[int, str]]:
    """The papers that each case asks for, by form and item: key of the paper and how it came."""
    found: dict[tuple[int, int], dict[int, str]] = {}
    for row in session.execute(
        select(Case.filing_id, Case.item_id, FilingPaper.id, FilingPaper.state)
        .join(FilingPaper, FilingPaper.filing_id == Case.filing_id)
        .join(PaperUse, (PaperUse.paper_id == FilingPaper.id) & (PaperUse.item_id == Case.item_id))
        .where(*wanted, FilingPaper.state.not_in(NOT_ASKED))
    ):
        found.setdefault((row.filing_id, row.item_id), {})[row.id] = row.state
    return found


def breaches(session: Session, site: Site, span: Span) -> list[Breach]:
    """Breaches of the one-time notice, newest first, at most 500, without anybody's data (I4, E2)."""
    second = select(OneTimeNotice.case_id, OneTimeNotice.sent_at).where(OneTimeNotice.serial > 1).subquery()
    rows = session.execute(
        select(Case, ServiceItem, Department, second.c.sent_at)
        .join(ServiceItem, ServiceItem.id == Case.item_id)
        .join(Department, Department.id == Case.department_id)
        .outerjoin(second, second.c.case_id == Case.id)
        .where(*span.received_in(site), Case.notice_breach.is_(True))
        .order_by(Case.received_at.desc(), Case.id.desc())
        .limit(MOST_BREACHES)
    )
    return [
        Breach(
            case.number,
            item.code,
            item.name,
            item.name_en,
            department.short_name or department.name,
            "second" if sent_at else "silence",
            sent_at or case.accepted_at or case.received_at,
        )
        for case, item, department, sent_at in rows
    ]


def names(session: Session, site: Site) -> dict[str, dict[str, tuple[str, str]]]:
    """Chinese and English names by code, of items, departments and bundles, retired ones too."""
    tables: tuple[tuple[str, Any], ...] = (
        ("item", ServiceItem),
        ("department", Department),
        ("bundle", Bundle),
    )
    return {
        kind: {
            row.code: (row.name, row.name_en)
            for row in session.execute(
                select(table.code, table.name, table.name_en).where(table.site_id == site.id)
            )
        }
        for kind, table in tables
    }
