"""Everything that stands on a document, gathered for its page. Numbers are masked (I10)."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _l
from sqlalchemy import func, or_, select

from hall import journal
from hall.accounts.models import Staff
from hall.catalog.models import Department, ServiceItem, Window
from hall.errors import NotFound
from hall.intake.documents import rules
from hall.intake.documents.models import Printing
from hall.intake.documents.rules import Kind
from hall.intake.filing.queries import FormView, form_view
from hall.intake.issuing.models import Delivery
from hall.intake.models import Case, Filing
from hall.intake.review.models import ClockStop, Deferral, NoticeLine, OneTimeNotice
from hall.sites import Site

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

    from hall.applicants.vault import Vault
    from hall.intake.filing.papers import PaperView


@dataclass(frozen=True, slots=True)
class Entry:
    """A case with its item and department."""

    case: Case
    item: ServiceItem
    department: Department


@dataclass(frozen=True, slots=True)
class Dossier:
    """What a document is written from. `main` is the case it is about; None on the receipt, which is all cases'."""

    kind: Kind
    site: Site
    filing: Filing
    form: FormView
    entries: tuple[Entry, ...]
    main: Entry | None
    papers: tuple[PaperView, ...]
    window: Window | None
    people: dict[int, str]
    notice: OneTimeNotice | None = None
    lines: tuple[NoticeLine, ...] = ()
    deferrals: tuple[tuple[Deferral, str], ...] = ()
    stops: tuple[ClockStop, ...] = ()
    delivery: Delivery | None = None
    extended_at: datetime | None = None

    @property
    def number(self) -> str:
        """The document's own number."""
        first = self.main or self.entries[0]
        again = {
            Kind.NOTICE: self.notice.serial if self.notice else 1,
            Kind.PROCEDURE: len(self.stops),
        }.get(self.kind, 1)
        return rules.document_number(self.kind, first.case.year, first.case.serial, again)

    @property
    def days(self) -> int | None:
        """Working days of the case, with an extension; None without a limit."""
        case = (self.main or self.entries[0]).case
        return None if case.due_days is None else case.due_days + case.extended_days


def case_by_nonce(session: Session, nonce: bytes | None, *, lock: bool = False) -> Case:
    """The case of this nonce; `lock` holds it against other writers until the commit. Raises NotFound."""
    wanted = select(Case).where(Case.nonce == nonce)
    found = session.scalar(wanted.with_for_update() if lock else wanted) if nonce else None
    if found is None:
        raise NotFound(_l("There is no such case."), code="unknown_case")
    return found


def entries_of(session: Session, filing_id: int) -> tuple[Entry, ...]:
    """The cases of a form in the bundle's order."""
    rows = session.execute(
        select(Case, ServiceItem, Department)
        .join(ServiceItem, ServiceItem.id == Case.item_id)
        .join(Department, Department.id == Case.department_id)
        .where(Case.filing_id == filing_id)
        .order_by(Case.sort)
    )
    return tuple(Entry(case, item, department) for case, item, department in rows)


def documents_of(session: Session, case: Case) -> tuple[Kind, ...]:
    """Which documents this case has now."""
    return rules.documents_of(
        rules.Had(
            case.state,
            accepted=case.accepted_at is not None,
            noticed=_notice(session, case.id) is not None,
            deferred=bool(_deferrals(session, case.id)),
            extended=bool(case.extended_days),
            stopped=bool(_stops(session, case.id)),
            delivered=_delivery(session, case.id) is not None,
        )
    )


def written_at(session: Session, case: Case | None, kind: Kind) -> datetime | None:
    """Since when copies of this document count: a second notice, a second clock stop is a document of its own."""
    if case is None:
        return None
    if kind is Kind.NOTICE:
        notice = _notice(session, case.id)
        return notice.sent_at if notice else None
    stops = _stops(session, case.id) if kind is Kind.PROCEDURE else ()
    return stops[-1].stopped_at if stops else None


def dossier(session: Session, vault: Vault, kind: Kind, filing: Filing, case: Case | None) -> Dossier:
    """Everything for one document. Raises NotFound (`no_document`) where the case has none of this kind."""
    entries = entries_of(session, filing.id)
    if not entries or (case is not None and kind not in documents_of(session, case)):
        raise NotFound(_l("There is no such document yet."), code="no_document")
    main = next((each for each in entries if case is not None and each.case.id == case.id), None)
    form = form_view(session, filing, vault)
    papers = form.papers if main is None else tuple(p for p in form.papers if main.item.code in p.items)
    notice = _notice(session, case.id) if case else None
    people = session.execute(select(Staff.id, Staff.name).where(Staff.site_id == filing.site_id)).all()
    return Dossier(
        kind=kind,
        site=session.get_one(Site, filing.site_id),
        filing=filing,
        form=form,
        entries=entries,
        main=main,
        papers=papers,
        window=session.get(Window, filing.window_id) if filing.window_id else None,
        people={row.id: row.name for row in people},
        notice=notice,
        lines=_lines(session, notice),
        deferrals=_named(_deferrals(session, case.id), form) if case else (),
        stops=_stops(session, case.id) if case else (),
        delivery=_delivery(session, case.id) if case else None,
        extended_at=_extended_at(session, case) if case and kind is Kind.EXTENSION else None,
    )


def printings(session: Session, filing_id: int, case: Case | None, kind: Kind) -> int:
    """How often this document was printed."""
    case_id, since = case.id if case else None, written_at(session, case, kind)
    wanted = select(func.count()).where(
        Printing.filing_id == filing_id, Printing.case_id.is_not_distinct_from(case_id), Printing.kind == kind
    )
    if since is not None:
        wanted = wanted.where(Printing.at >= since)
    return session.scalar(wanted) or 0


def counted(session: Session, case: Case) -> Counter[str]:
    """How often each document of the case, and its form's receipt, was printed."""
    wanted = (
        select(Printing.kind, func.count())
        .where(
            Printing.filing_id == case.filing_id, or_(Printing.case_id == case.id, Printing.case_id.is_(None))
        )
        .group_by(Printing.kind)
    )
    return Counter({row[0]: row[1] for row in session.execute(wanted)})


def printing(session: Session, key: int, filing_id: int, case_id: int | None, kind: Kind) -> Printing:
    """One printing of this document. Raises NotFound."""
    found = session.get(Printing, key)
    if found is None or (found.filing_id, found.case_id, found.kind) != (filing_id, case_id, kind.value):
        raise NotFound(_l("There is no such document yet."), code="no_document")
    return found


def _notice(session: Session, case_id: int) -> OneTimeNotice | None:
    wanted = select(OneTimeNotice).where(OneTimeNotice.case_id == case_id)
    return session.scalar(wanted.order_by(OneTimeNotice.serial.desc()).limit(1))


def _lines(session: Session, notice: OneTimeNotice | None) -> tuple[NoticeLine, ...]:
    if notice is None:
        return ()
    wanted = select(NoticeLine).where(NoticeLine.notice_id == notice.id).order_by(NoticeLine.sort)
    return tuple(session.scalars(wanted))


def _deferrals(session: Session, case_id: int) -> tuple[Deferral, ...]:
    return tuple(session.scalars(select(Deferral).where(Deferral.case_id == case_id).order_by(Deferral.id)))


def _named(deferrals: tuple[Deferral, ...], form: FormView) -> tuple[tuple[Deferral, str], ...]:
    names = {paper.id: paper.name for paper in form.papers}
    return tuple((each, names.get(each.paper_id, "")) for each in deferrals)


def _stops(session: Session, case_id: int) -> tuple[ClockStop, ...]:
    return tuple(
        session.scalars(select(ClockStop).where(ClockStop.case_id == case_id).order_by(ClockStop.id))
    )


def _delivery(session: Session, case_id: int) -> Delivery | None:
    wanted = select(Delivery).where(Delivery.case_id == case_id).order_by(Delivery.id.desc()).limit(1)
    return session.scalar(wanted)


def _extended_at(session: Session, case: Case) -> datetime | None:
    """When the extension was approved, as the journal says."""
    said = journal.history(session, f"case:{case.id}")
    return next((entry.at for entry in said if entry.fact == "case_extended"), None)
