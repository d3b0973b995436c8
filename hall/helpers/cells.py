"""A booking's cells, and what the journal says of it: what all verbs of bookings share (H2)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import delete, insert

from hall.helpers import matters
from hall.helpers.facts import BookingFact
from hall.helpers.models import Booking, BookingCell, Helper
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
