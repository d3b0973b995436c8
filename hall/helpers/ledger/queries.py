"""Reading the ledger (H7): one line with its papers, lists, and what they come to. Nothing here writes or unseals."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from hall.accounts.models import Staff
from hall.catalog.models import Bundle, Line, ServiceItem
from hall.errors import NotFound
from hall.helpers.models import Helper
from hall.helpers.records import HelpHandOver, HelpPaper, HelpRecord
from hall.intake.models import Case
from hall.queueing.models import Ticket
from hall.sites import Site

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date, datetime

    from sqlalchemy.orm import Session


@dataclass(frozen=True, slots=True)
class PaperView:
    """A paper that was taken."""

    id: int
    name: str
    count: int
    original: bool
    taken_at: datetime
    returned_at: datetime | None


@dataclass(frozen=True, slots=True)
class RecordView:
    """One line of the ledger, personal data masked."""

    id: int
    nonce: bytes
    number: str
    business_date: date
    state: str
    kind: str
    helper_id: int
    helper: str
    badge: str
    matter: str
    matter_en: str
    ticket: str | None
    ticket_state: str | None
    applicant: str
    phone: str
    id_number: str
    has_address: bool
    mandate_scope: str
    mandate_until: date | None
    mandate_signed_at: datetime | None
    mandate_drawn: bool
    progress: str
    case_number: str
    case_state: str | None
    result: str | None
    call_back_on: date | None
    called_back_at: datetime | None
    opened_at: datetime
    closed_at: datetime | None
    papers: tuple[PaperView, ...]
    handed_over: int
    booking_id: int | None
    call_id: int | None
    zone: str
    revision: int

    @property
    def papers_out(self) -> int:
        """Papers that have not gone back."""
        return sum(paper.returned_at is None for paper in self.papers)


def record_by_nonce(session: Session, nonce: bytes | None, *, lock: bool = False) -> HelpRecord:
    """Raises NotFound for a forged or unknown token."""
    wanted = select(HelpRecord).where(HelpRecord.nonce == nonce)
    found = session.scalar(wanted.with_for_update() if lock else wanted) if nonce else None
    if found is None:
        raise NotFound(_l("We do not know this line of the ledger."), code="unknown_record")
    return found


def views(session: Session, rows: Iterable[HelpRecord]) -> list[RecordView]:
    """These lines with what belongs to them, in their order; a set number of statements."""
    records = list(rows)
    ids = [row.id for row in records]
    helpers = {
        key: (name, badge)
        for key, name, badge in session.execute(
            select(Helper.id, Staff.name, Helper.badge)
            .join(Staff, Staff.id == Helper.staff_id)
            .where(Helper.id.in_({row.helper_id for row in records}))
        )
    }
    lines = _named(session, Line, {row.line_id for row in records})
    items = _named(session, ServiceItem, {row.item_id for row in records})
    bundles = _named(session, Bundle, {row.bundle_id for row in records})
    numbers = {
        key: (number, state)
        for key, number, state in session.execute(
            select(Ticket.id, Ticket.number, Ticket.state).where(
                Ticket.id.in_({row.ticket_id for row in records if row.ticket_id})
            )
        )
    }
    states = dict(_case_states(session, {row.case_id for row in records if row.case_id}))
    papers = _papers(session, ids)
    handed = _handed_over(session, ids)
    return [
        _view(
            row,
            helpers[row.helper_id],
            bundles.get(row.bundle_id) or items.get(row.item_id) or lines.get(row.line_id) or ("", ""),
            numbers.get(row.ticket_id or 0, (None, None)),
            states.get(row.case_id or 0),
            tuple(papers.get(row.id, ())),
            handed.get(row.id, 0),
            session.get_one(Site, row.site_id).zone_name,
        )
        for row in records
    ]


def view(session: Session, row: HelpRecord) -> RecordView:
    """One line as it stands."""
    return views(session, [row])[0]


def open_of(session: Session, helper_id: int) -> list[RecordView]:
    """What a helper has not finished yet, oldest first."""
    wanted = select(HelpRecord).where(HelpRecord.helper_id == helper_id, HelpRecord.state == "open")
    return views(session, session.scalars(wanted.order_by(HelpRecord.opened_at, HelpRecord.id)))


def call_backs(session: Session, site_id: int, until: date, helper_id: int | None = None) -> list[RecordView]:
    """Who is to be called back by a date, the longest promised first."""
    wanted = select(HelpRecord).where(
        HelpRecord.site_id == site_id,
        HelpRecord.call_back_on.is_not(None),
        HelpRecord.called_back_at.is_(None),
        HelpRecord.call_back_on <= until,
    )
    if helper_id is not None:
        wanted = wanted.where(HelpRecord.helper_id == helper_id)
    return views(session, session.scalars(wanted.order_by(HelpRecord.call_back_on, HelpRecord.id)))


def _named(
    session: Session, kind: type[Line | ServiceItem | Bundle], ids: set[int | None]
) -> dict[int | None, tuple[str, str]]:
    wanted = {key for key in ids if key}
    if not wanted:
        return {}
    rows = session.execute(select(kind.id, kind.name, kind.name_en).where(kind.id.in_(wanted)))
    return {key: (name, name_en or name) for key, name, name_en in rows}


def _case_states(session: Session, ids: set[int]) -> Iterable[tuple[int, str]]:
    wanted = select(Case.id, Case.state).where(Case.id.in_(ids))
    return [(key, state) for key, state in session.execute(wanted)] if ids else ()


def _papers(session: Session, ids: list[int]) -> dict[int, list[PaperView]]:
    found: dict[int, list[PaperView]] = {}
    for row in session.scalars(select(HelpPaper).where(HelpPaper.record_id.in_(ids)).order_by(HelpPaper.id)):
        paper = PaperView(row.id, row.name, row.count, row.original, row.taken_at, row.returned_at)
        found.setdefault(row.record_id, []).append(paper)
    return found


def _handed_over(session: Session, ids: list[int]) -> dict[int, int]:
    found: dict[int, int] = {}
    for key in session.scalars(select(HelpHandOver.record_id).where(HelpHandOver.record_id.in_(ids))):
        found[key or 0] = found.get(key or 0, 0) + 1
    return found


def _view(  # noqa: PLR0917 - what `views` has read for one line
    row: HelpRecord,
    helper: tuple[str, str],
    matter: tuple[str, str],
    ticket: tuple[str | None, str | None],
    case_state: str | None,
    papers: tuple[PaperView, ...],
    handed_over: int,
    zone: str,
) -> RecordView:
    return RecordView(
        id=row.id,
        nonce=row.nonce,
        number=row.number,
        business_date=row.business_date,
        state=row.state,
        kind=row.kind,
        helper_id=row.helper_id,
        helper=helper[0],
        badge=helper[1],
        matter=matter[0],
        matter_en=matter[1],
        ticket=ticket[0],
        ticket_state=ticket[1],
        applicant=row.name_shown,
        phone=row.phone_shown,
        id_number=row.number_shown,
        has_address=row.address_sealed is not None,
        mandate_scope=row.mandate_scope,
        mandate_until=row.mandate_until,
        mandate_signed_at=row.mandate_signed_at,
        mandate_drawn=row.mandate_file is not None,
        progress=row.progress,
        case_number=row.case_number,
        case_state=case_state,
        result=row.result,
        call_back_on=row.call_back_on,
        called_back_at=row.called_back_at,
        opened_at=row.opened_at,
        closed_at=row.closed_at,
        papers=papers,
        handed_over=handed_over,
        booking_id=row.booking_id,
        call_id=row.call_id,
        zone=zone,
        revision=row.revision,
    )
