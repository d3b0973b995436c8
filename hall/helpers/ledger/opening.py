"""A line of the ledger begins (H7): its number without gap, what it is about, and for whom, sealed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from hall import tokens
from hall.clock import business_date
from hall.helpers.ledger import facts, rules
from hall.helpers.records import HelpRecord
from hall.queueing.models import Ticket
from hall.sites import Site

if TYPE_CHECKING:
    from hall.helpers.models import Booking, Helper
    from hall.helpers.records import HelpCall
    from hall.unit_of_work import Work


@dataclass(frozen=True, slots=True)
class Matter:
    """What it is about: an item or a bundle, or a line alone."""

    line_id: int | None = None
    item_id: int | None = None
    bundle_id: int | None = None


def open_record(
    work: Work,
    helper: Helper,
    kind: str,
    *,
    call: HelpCall | None = None,
    booking: Booking | None = None,
    matter: Matter | None = None,
) -> HelpRecord:
    """Begin a line: from a call, from a booking with what is known of its person, or from nothing."""
    site = work.session.get_one(Site, helper.site_id)
    day = business_date(site.zone, work.now)
    serial = _next_serial(work, site.id, day.year)
    ticket_id = call.ticket_id if call is not None else booking.ticket_id if booking is not None else None
    about = matter or (_of_booking(booking) if booking is not None else _of_ticket(work, ticket_id))
    row = HelpRecord(
        site_id=site.id,
        nonce=tokens.new_nonce(),
        year=day.year,
        serial=serial,
        number=rules.record_number(day.year, serial),
        business_date=day,
        state="open",
        kind=kind,
        helper_id=helper.id,
        booking_id=booking.id if booking is not None else None,
        call_id=call.id if call is not None else None,
        ticket_id=ticket_id,
        line_id=about.line_id,
        item_id=about.item_id,
        bundle_id=about.bundle_id,
        opened_at=work.now,
    )
    if booking is not None:
        _take_person(row, booking)
    work.session.add(row)
    work.session.flush()
    work.record(record_fact(facts.HelpRecorded, site, row, helper))
    return row


def record_fact(
    fact: type[facts.HelpRecordFact], site: Site, row: HelpRecord, helper: Helper, **more: str | None
) -> facts.HelpRecordFact:
    """A fact about this line."""
    return fact(
        site_id=site.id,
        site=site.code,
        record_id=row.id,
        number=row.number,
        kind=row.kind,
        badge=helper.badge,
        team=(helper.id,),
        **more,
    )


def _next_serial(work: Work, site_id: int, year: int) -> int:
    """One after the last of this hall and year; who numbers at the same moment waits for the hall's row."""
    work.session.execute(select(Site.id).where(Site.id == site_id).with_for_update(key_share=True))
    last = select(func.max(HelpRecord.serial)).where(HelpRecord.site_id == site_id, HelpRecord.year == year)
    return (work.session.scalar(last) or 0) + 1


def _of_booking(booking: Booking) -> Matter:
    return Matter(booking.line_id, booking.item_id, booking.bundle_id)


def _of_ticket(work: Work, ticket_id: int | None) -> Matter:
    ticket = work.session.get(Ticket, ticket_id) if ticket_id else None
    return Matter(ticket.line_id, ticket.item_id, ticket.bundle_id) if ticket is not None else Matter()


def _take_person(row: HelpRecord, booking: Booking) -> None:
    """What was said at the booking goes with it, sealed as it is."""
    row.trace = booking.number_trace
    for name in ("name", "phone", "number"):
        setattr(row, f"{name}_sealed", getattr(booking, f"{name}_sealed"))
        setattr(row, f"{name}_shown", getattr(booking, f"{name}_shown"))
    row.address_sealed = booking.address_sealed
