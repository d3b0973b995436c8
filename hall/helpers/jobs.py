"""What time does to bookings: holds end, and whoever did not come is missed (H3). Safe to run twice."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import select

from hall.helpers import cells, reminding
from hall.helpers.facts import BookingCancelled, BookingExpired, BookingMissed
from hall.helpers.models import Booking
from hall.helpers.shifts import mark_orphans
from hall.helpers.states import BOOKING_MOVES, Booked, Kind
from hall.jobs import Job
from hall.sites import Site

if TYPE_CHECKING:
    from hall.unit_of_work import Work

A_TIME = 500
"""At most so many in one transaction; the rest has its turn at the next run."""


def expire_holds(work: Work, _command: None) -> int:
    """Held times that nobody confirmed are free again; answers how many."""
    over = work.session.scalars(
        select(Booking)
        .where(Booking.state == Booked.HELD.value, Booking.held_until <= work.now)
        .with_for_update(skip_locked=True)
        .limit(A_TIME)
    ).all()
    for booking in over:
        expire(work, booking)
    return len(over)


def expire(work: Work, booking: Booking) -> None:
    """One held time is free again."""
    work.move(
        BOOKING_MOVES, booking, "expire", held_until=None, ended_at=work.now, revision=cells.NEXT_REVISION
    )
    cells.give_back(work, booking.id)
    cells.record(work, BookingExpired, booking)


def miss_bookings(work: Work, _command: None) -> int:
    """Confirmed bookings in the hall whose time is over: nobody came (H3); answers how many.

    Where the hall itself let it fall (its shift was gone, and nobody moved it) nobody missed anything. Home visits are
    the helper's to say.
    """
    over = work.session.scalars(
        select(Booking)
        .where(
            Booking.state == Booked.CONFIRMED.value,
            Booking.ends_at <= work.now,
            Booking.kind != Kind.HOME_VISIT.value,
        )
        .with_for_update(skip_locked=True)
        .limit(A_TIME)
    ).all()
    for booking in over:
        verb, kind, by = (
            ("cancel", BookingCancelled, "hall") if booking.orphaned_at else ("miss", BookingMissed, None)
        )
        work.move(BOOKING_MOVES, booking, verb, ended_at=work.now, ended_by=by, revision=cells.NEXT_REVISION)
        cells.give_back(work, booking.id)
        cells.record(work, kind, booking, reason=by)
    return len(over)


def find_orphans(work: Work, _command: None) -> int:
    """Bookings that a new closure or a changed calendar leaves without a shift are marked; how many there are."""
    sites = work.session.scalars(select(Site).where(Site.retired_at.is_(None))).all()
    return sum(mark_orphans(work, site) for site in sites)


JOBS = (
    Job("find_orphans", timedelta(minutes=5), find_orphans),
    Job("expire_holds", timedelta(seconds=20), expire_holds),
    Job("remind_bookings", timedelta(minutes=10), reminding.nothing_to_change, reminding.remind),
    Job("miss_bookings", timedelta(minutes=1), miss_bookings),
)
