"""Reading forms: the one at the window, with its checklist and the cases it became."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select

from hall.catalog.models import Bundle, Department, ServiceItem, Window
from hall.intake.filing.matters import item_lines, items_begun, spared
from hall.intake.filing.papers import papers_of_filing
from hall.intake.models import Case, Filing
from hall.queueing.counts import HERE
from hall.queueing.models import Ticket
from hall.sites import Site

if TYPE_CHECKING:
    from datetime import date, datetime

    from sqlalchemy.orm import Session

    from hall.applicants.vault import Vault
    from hall.intake.filing.matters import ItemLine, Spared
    from hall.intake.filing.papers import PaperView


FORMS_AT_ONCE = 20


@dataclass(frozen=True, slots=True)
class CaseLine:
    """A case that a form became, in a line."""

    number: str
    nonce: bytes
    item: str
    item_name: str
    item_name_en: str
    department: str
    department_en: str
    state: str


@dataclass(frozen=True, slots=True)
class FormView:
    """A form as its clerk sees it. Numbers are whole while it is a draft, masked afterwards."""

    id: int
    nonce: bytes
    state: str
    revision: int
    site: str
    matter: str
    matter_name: str
    matter_name_en: str
    bundle: bool
    party: str
    name: str
    number_kind: str
    number: str
    phone: str
    agent_name: str
    agent_number_kind: str
    agent_number: str
    mandate_scope: str
    mandate_until: date | None
    subject: str
    remarks: str
    collect: str
    delivery: str
    address: str
    received_at: datetime | None
    in_turn: bool
    ticket: str | None
    items: tuple[ItemLine, ...]
    spared: Spared
    papers: tuple[PaperView, ...]
    cases: tuple[CaseLine, ...]


def filing_by_nonce(session: Session, nonce: bytes | None, *, lock: bool = False) -> Filing | None:
    """The form of this nonce; `lock` holds it against other writers until the commit."""
    if nonce is None:
        return None
    wanted = select(Filing).where(Filing.nonce == nonce)
    return session.scalar(wanted.with_for_update() if lock else wanted)


def desk_of(session: Session, code: str) -> tuple[Window, Site, Ticket | None] | None:
    """A window with its hall and the ticket at hand; None for one that does not exist (any more)."""
    row = session.execute(
        select(Window, Site, Ticket)
        .join(Site, Site.id == Window.site_id)
        .outerjoin(Ticket, (Ticket.window_id == Window.id) & HERE)
        .where(Window.code == code, Window.retired_at.is_(None))
    ).first()
    return (row[0], row[1], row[2]) if row else None


def site_of(session: Session, filing: Filing) -> Site:
    """Its hall."""
    return session.get_one(Site, filing.site_id)


def matter_code(session: Session, filing: Filing) -> str:
    """The code of what it is about."""
    return _matter(session, filing).code


def _matter(session: Session, filing: Filing) -> ServiceItem | Bundle:
    if filing.bundle_id is not None:
        return session.get_one(Bundle, filing.bundle_id)
    return session.get_one(ServiceItem, filing.item_id)


def form_view(session: Session, filing: Filing, vault: Vault) -> FormView:
    """The form with its items, papers and cases."""
    matter, draft = _matter(session, filing), filing.state == "draft"
    papers = papers_of_filing(session, filing.id)
    ticket = session.get(Ticket, filing.ticket_id) if filing.ticket_id else None
    return FormView(
        id=filing.id,
        nonce=filing.nonce,
        state=filing.state,
        revision=filing.revision,
        site=site_of(session, filing).code,
        matter=matter.code,
        matter_name=matter.name,
        matter_name_en=matter.name_en,
        bundle=filing.bundle_id is not None,
        party=filing.party,
        name=filing.name,
        number_kind=filing.number_kind,
        number=vault.open(filing.number_sealed) if draft else filing.number_shown,
        phone=vault.open(filing.phone_sealed) if draft else filing.phone_shown,
        agent_name=filing.agent_name,
        agent_number_kind=filing.agent_number_kind,
        agent_number=vault.open(filing.agent_number_sealed) if draft else filing.agent_number_shown,
        mandate_scope=filing.mandate_scope,
        mandate_until=filing.mandate_until,
        subject=filing.subject,
        remarks=filing.remarks,
        collect=filing.collect,
        delivery=filing.delivery,
        address=vault.open(filing.address_sealed) if draft else "",
        received_at=filing.received_at,
        in_turn=filing.in_turn,
        ticket=ticket.number if ticket else None,
        items=item_lines(session, items_begun(session, filing)),
        spared=spared(matter, ((paper.state, len(paper.items)) for paper in papers)),
        papers=papers,
        cases=cases_of_filing(session, filing.id),
    )


def cases_of_filing(session: Session, filing_id: int) -> tuple[CaseLine, ...]:
    """The cases it became, in the bundle's order."""
    rows = session.execute(
        select(Case, ServiceItem, Department)
        .join(ServiceItem, ServiceItem.id == Case.item_id)
        .join(Department, Department.id == Case.department_id)
        .where(Case.filing_id == filing_id)
        .order_by(Case.sort)
    )
    return tuple(
        CaseLine(
            case.number,
            case.nonce,
            item.code,
            item.name,
            item.name_en,
            department.short_name or department.name,
            department.name_en,
            case.state,
        )
        for case, item, department in rows
    )


def draft_of(session: Session, ticket: Ticket | None) -> Filing | None:
    """The half-filled form of a ticket."""
    if ticket is None:
        return None
    return session.scalar(select(Filing).where(Filing.ticket_id == ticket.id, Filing.state == "draft"))


def forms_at(session: Session, window: Window, ticket: Ticket | None, vault: Vault) -> tuple[FormView, ...]:
    """The window's half-filled forms (of any ticket), and what was received for the ticket at hand; newest first."""
    here = (Filing.window_id == window.id) & (Filing.state == "draft")
    received = (Filing.ticket_id == (ticket.id if ticket else 0)) & (Filing.state == "received")
    rows = session.scalars(
        select(Filing).where(here | received).order_by(Filing.id.desc()).limit(FORMS_AT_ONCE)
    )
    return tuple(form_view(session, row, vault) for row in rows)
