"""What a clerk sees of the ticket at hand, and of those on hold, beyond what its holder sees. Nothing here writes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from hall.catalog.models import Bundle, BundleItem, Line, Material, ServiceItem
from hall.queueing.models import Ticket, TicketNote
from hall.sites import Site


@dataclass(frozen=True, slots=True)
class PaperAsked:
    """A paper that the matter asks for; `condition` "": everybody brings it."""

    name: str
    name_en: str
    originals: int
    copies: int
    condition: str
    condition_en: str


@dataclass(frozen=True, slots=True)
class OtherMatter:
    """Another matter on the same slip that still waits (Q13)."""

    number: str
    line: str


@dataclass(frozen=True, slots=True)
class AtHand:
    """The ticket at the window. `item` is a code; passing is possible at `max_calls` counted calls (Q6).

    `counts_again_at` is when the next announcement counts; `notes` are what colleagues wrote, newest last.
    """

    heads: int
    lane_reason: str | None
    item: str | None
    matter: str
    matter_en: str
    papers: tuple[PaperAsked, ...]
    others: tuple[OtherMatter, ...]
    counted_calls: int
    max_calls: int
    counts_again_at: datetime | None
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Held:
    """A ticket on hold at a window."""

    number: str
    nonce: bytes
    line: str
    since: datetime | None
    reason: str | None
    heads: int
    notes: tuple[str, ...]


def at_hand(session: Session, ticket: Ticket, site: Site) -> AtHand:
    """All that the clerk needs about the ticket at the window."""
    item = session.get(ServiceItem, ticket.item_id) if ticket.item_id else None
    bundle = session.get(Bundle, ticket.bundle_id) if ticket.bundle_id else None
    matter = item or bundle
    counted = ticket.counted_at
    return AtHand(
        heads=ticket.heads,
        lane_reason=ticket.lane_reason,
        item=item.code if item else None,
        matter=matter.name if matter else "",
        matter_en=matter.name_en if matter else "",
        papers=_papers(session, item, bundle),
        others=_others(session, ticket),
        counted_calls=ticket.counted_calls,
        max_calls=site.settings.max_calls,
        counts_again_at=counted + timedelta(seconds=site.settings.recall_gap_s) if counted else None,
        notes=_notes(session, [ticket.id]).get(ticket.id, ()),
    )


def held_at(session: Session, window_id: int, day: date) -> tuple[Held, ...]:
    """Tickets on hold at a window, the longest first."""
    rows = session.execute(
        select(Ticket, Line.code)
        .join(Line, Line.id == Ticket.line_id)
        .where(Ticket.business_date == day, Ticket.state == "held", Ticket.window_id == window_id)
        .where(Ticket.site_id == Line.site_id)
        .order_by(Ticket.held_at, Ticket.id)
    ).all()
    notes = _notes(session, [ticket.id for ticket, _code in rows])
    return tuple(
        Held(
            number=ticket.number,
            nonce=ticket.nonce,
            line=code,
            since=ticket.held_at,
            reason=ticket.hold_reason,
            heads=ticket.heads,
            notes=notes.get(ticket.id, ()),
        )
        for ticket, code in rows
    )


def _papers(session: Session, item: ServiceItem | None, bundle: Bundle | None) -> tuple[PaperAsked, ...]:
    if item is not None:
        wanted = select(Material).where(Material.item_id == item.id).order_by(Material.sort, Material.id)
    elif bundle is not None:
        wanted = (
            select(Material)
            .join(BundleItem, BundleItem.item_id == Material.item_id)
            .where(BundleItem.bundle_id == bundle.id)
            .order_by(BundleItem.sort, Material.sort, Material.id)
        )
    else:
        return ()
    once = {row.name: row for row in reversed(session.scalars(wanted).all())}
    return tuple(
        PaperAsked(row.name, row.name_en, row.originals, row.copies, row.condition, row.condition_en)
        for row in reversed(once.values())
    )


def _others(session: Session, ticket: Ticket) -> tuple[OtherMatter, ...]:
    if ticket.visit_id is None:
        return ()
    rows = session.execute(
        select(Ticket.number, Line.code)
        .join(Line, Line.id == Ticket.line_id)
        .where(Ticket.visit_id == ticket.visit_id, Ticket.id != ticket.id, Ticket.state == "waiting")
        .order_by(Ticket.id)
    )
    return tuple(OtherMatter(row.number, row.code) for row in rows)


def _notes(session: Session, ids: list[int]) -> dict[int, tuple[str, ...]]:
    found: dict[int, tuple[str, ...]] = {}
    if ids:
        rows = session.scalars(
            select(TicketNote).where(TicketNote.ticket_id.in_(ids)).order_by(TicketNote.id)
        )
        for row in rows:
            found[row.ticket_id] = (*found.get(row.ticket_id, ()), row.text)
    return found
