"""What a helper does with a booking: begin, or hand it over before it has begun (H6)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select

from hall.clock import business_date
from hall.errors import Conflict, NotFound, Refused
from hall.helpers import cells, loads
from hall.helpers.calls.queries import helper_of
from hall.helpers.day.facts import BookingUnsealed
from hall.helpers.facts import BookingChanged, BookingMissed, BookingStarted
from hall.helpers.ledger.actions import another
from hall.helpers.ledger.opening import open_record
from hall.helpers.ledger.queries import view
from hall.helpers.models import Booking, BookingCell, Helper
from hall.helpers.records import HelpHandOver, HelpRecord
from hall.helpers.states import BOOKING_MOVES, Booked, Kind
from hall.sites import Site

if TYPE_CHECKING:
    from hall.helpers.ledger.commands import HandOver
    from hall.helpers.ledger.queries import RecordView
    from hall.unit_of_work import Work


def start(work: Work, nonce: bytes | None) -> RecordView:
    """Help begins, today, with a line of the ledger (H7); pressed twice it is the same line. Raises Conflict."""
    booking, helper = _mine(work, nonce)
    known = select(HelpRecord).where(HelpRecord.booking_id == booking.id)
    if booking.state == Booked.STARTED and (line := work.session.scalar(known)) is not None:
        return view(work.session, line)
    site = work.session.get_one(Site, booking.site_id)
    if business_date(site.zone, booking.starts_at) != business_date(site.zone, work.now):
        raise Conflict(_l("This booking is for another day."), code="not_today")
    work.move(BOOKING_MOVES, booking, "start", started_at=work.now, revision=cells.NEXT_REVISION)
    cells.record(work, BookingStarted, booking)
    return view(work.session, open_record(work, helper, booking.kind, booking=booking))


def nobody_there(work: Work, nonce: bytes | None) -> str:
    """The helper came for a home visit at its time, and nobody was there (H3): theirs to say. Raises Conflict."""
    booking, helper = _mine(work, nonce)
    if booking.kind != Kind.HOME_VISIT:
        raise Conflict(_l("Who does not come to the hall is noted by itself."), code="not_at_home")
    if work.now < booking.starts_at:
        raise Conflict(_l("It is not yet time for this booking."), code="too_early")
    work.move(
        BOOKING_MOVES, booking, "miss", ended_at=work.now, ended_by="helper", revision=cells.NEXT_REVISION
    )
    cells.give_back(work, booking.id)
    cells.record(work, BookingMissed, booking, reason="helper")
    return helper.badge


def hand_over(work: Work, command: HandOver) -> str:
    """Another helper takes a booking that has not begun, with a note (H6). Raises Conflict where they are not free."""
    booking, helper = _mine(work, command.nonce)
    if booking.state not in {Booked.CONFIRMED, Booked.ARRIVED}:
        raise Conflict(_l("This booking has begun, or is over."), code="begun")
    to = another(work, helper, command.to, booking.kind)
    taken = select(func.count()).where(
        BookingCell.helper_id == to.id,
        BookingCell.cell >= booking.cell_from,
        BookingCell.cell < booking.cell_until,
    )
    if work.session.scalar(taken):
        raise Conflict(_l("This helper is booked at that time."), code="not_free")
    work.session.add(
        HelpHandOver(
            booking_id=booking.id,
            from_helper_id=helper.id,
            to_helper_id=to.id,
            note_sealed=command.note,
            at=work.now,
            by=work.actor.id,
        )
    )
    cells.give_back(work, booking.id)
    site = work.session.get_one(Site, booking.site_id)
    day = booking.starts_at.astimezone(site.zone).date()
    load = loads.of_day(work.session, site, day, work.now).get(to.id, loads.NONE)
    booking.helper_id, booking.because, booking.orphaned_at = to.id, "handed_over", None
    booking.because_load_min = load.whole
    booking.revision += 1
    work.session.flush()
    cells.take(work, booking)
    cells.record(work, BookingChanged, booking, reason="handed_over", former=helper.id)
    return to.badge


def _mine(work: Work, nonce: bytes | None) -> tuple[Booking, Helper]:
    """The caller's own booking, kept from others until this is done. Raises NotFound, Refused."""
    helper = helper_of(work.session, work.actor)
    booking = (
        work.session.scalar(select(Booking).where(Booking.nonce == nonce).with_for_update())
        if nonce
        else None
    )
    if booking is None or booking.site_id != helper.site_id:
        raise NotFound(_l("We know no such booking."), code="unknown_booking")
    if booking.helper_id != helper.id:
        raise Refused(_l("This booking is another helper’s."), code="not_yours")
    return booking, helper


def reveal(work: Work, nonce: bytes | None) -> int:
    """The helper opens name, telephone and address of whom they are booked with; the journal keeps it (E2)."""
    booking, _helper = _mine(work, nonce)
    cells.record(work, BookingUnsealed, booking)
    return booking.id
