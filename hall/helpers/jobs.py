"""What time does to bookings: holds end, and whoever did not come is missed (H3). Safe to run twice."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import delete, or_, select, update

from hall.helpers import cells, reminding, rules
from hall.helpers.facts import BookingCancelled, BookingExpired, BookingMissed
from hall.helpers.models import Booking, BookingPardon
from hall.helpers.orphans import mark_orphans
from hall.helpers.states import BOOKING_MOVES, Booked, Kind
from hall.jobs import Job
from hall.sites import Site

if TYPE_CHECKING:
    from hall.unit_of_work import Work

KEPT = timedelta(days=60)
SEALED = ("name_sealed", "phone_sealed", "number_sealed", "address_sealed", "wish_sealed")
SHOWN = {"name_shown": "", "phone_shown": "", "number_shown": "", "number_kind": ""}
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


def forget_people(work: Work, _command: None) -> int:
    """Who booked is forgotten two months after the time (E2); answers how many bookings.

    Only the keyed hashes of who did not come, and of whom the desk let book again, stay a year, for the lock (H3).
    What was done for somebody stands in the ledger, which has its own.
    """
    known = or_(
        Booking.name_sealed.is_not(None), Booking.phone_trace.is_not(None), Booking.number_trace.is_not(None)
    )
    named = or_(
        Booking.name_sealed.is_not(None), Booking.phone_sealed.is_not(None)
    )  # a kiosk asks for no name
    past = select(Booking.id).where(Booking.starts_at <= work.now - KEPT, named)
    long_past = select(Booking.id).where(Booking.starts_at <= work.now - rules.REMEMBERED, known)
    forgotten = work.session.scalars(past.limit(A_TIME)).all()
    work.session.execute(
        update(Booking).where(Booking.id.in_(forgotten)).values(**dict.fromkeys(SEALED), **SHOWN)
    )
    traced = update(Booking).values(phone_trace=None, number_trace=None)
    over = Booking.state != Booked.NO_SHOW.value
    work.session.execute(traced.where(Booking.id.in_(forgotten), over))
    work.session.execute(traced.where(Booking.id.in_(long_past.limit(A_TIME))))
    work.session.execute(delete(BookingPardon).where(BookingPardon.at <= work.now - rules.REMEMBERED))
    return len(forgotten)


JOBS = (
    Job("forget_people", timedelta(hours=1), forget_people),
    Job("find_orphans", timedelta(minutes=5), find_orphans),
    Job("expire_holds", timedelta(seconds=20), expire_holds),
    Job("remind_bookings", reminding.EVERY, reminding.nothing_to_change, reminding.remind),
    Job("miss_bookings", timedelta(minutes=1), miss_bookings),
)
