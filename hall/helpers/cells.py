"""A booking's cells, and what the journal says of it: what all verbs of bookings share (H2)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import delete, insert, select

from hall.helpers import matters
from hall.helpers.facts import BookingChanged, BookingFact
from hall.helpers.models import Booking, BookingCell, Helper
from hall.helpers.slots import cell_at
from hall.sites import Site

if TYPE_CHECKING:
    from hall.unit_of_work import Work

NEXT_REVISION = Booking.revision + 1
"""Built once, so that the statements that raise it are as well."""


def take(work: Work, booking: Booking) -> None:
    """Write down that its helper's cells are given to a booking.

    Where another has one of them the key refuses it (H2): the unit of work is tried again, and then sees who has it.
    """
    rows = [
        {"helper_id": booking.helper_id, "cell": cell, "booking_id": booking.id}
        for cell in range(booking.cell_from, booking.cell_until)
    ]
    work.session.execute(insert(BookingCell), rows)


def give_back(work: Work, booking_id: int, *, after: int = 0) -> None:
    """A booking's cells, from `after` on, are free again. Safe to do twice."""
    work.session.execute(
        delete(BookingCell).where(BookingCell.booking_id == booking_id, BookingCell.cell >= after)
    )


def hand_on(work: Work, booking: Booking, to: Helper) -> None:
    """A colleague goes on with what has begun: the first is free again, and what is left of it is the other's time.

    They may be booked themselves meanwhile: what is theirs already stays with its own booking.
    """
    former, now = booking.helper_id, cell_at(work.now)
    give_back(work, booking.id, after=now)
    booking.helper_id, booking.because = to.id, "handed_over"
    booking.revision += 1
    work.session.flush()
    theirs = BookingCell.helper_id == to.id, BookingCell.cell.between(now, booking.cell_until)
    taken = set(work.session.scalars(select(BookingCell.cell).where(*theirs)))
    rows = [
        {"helper_id": to.id, "cell": cell, "booking_id": booking.id}
        for cell in range(max(now, booking.cell_from), booking.cell_until)
        if cell not in taken
    ]
    if rows:
        work.session.execute(insert(BookingCell), rows)
    record(work, BookingChanged, booking, reason="handed_over", former=former)


def record(
    work: Work,
    kind: type[BookingFact],
    booking: Booking,
    *,
    reason: str | None = None,
    assigned: str | None = None,
    former: int | None = None,
) -> None:
    """Say in the journal what happened to a booking."""
    site = work.session.get_one(Site, booking.site_id)
    helper = work.session.get_one(Helper, booking.helper_id)
    work.record(
        kind(
            site_id=site.id,
            site=site.code,
            booking_id=booking.id,
            helper_id=helper.id,
            badge=helper.badge,
            kind=booking.kind,
            matter=matters.of_booking(work.session, booking).named.code,
            starts_at=booking.starts_at.astimezone(site.zone).strftime("%Y-%m-%d %H:%M"),
            assigned=assigned,
            reason=reason,
            former_helper_id=former,
        )
    )
