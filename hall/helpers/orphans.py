"""Bookings whose shift, opening or kind of help is gone: marked until a person has moved them."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import select

from hall.clock import business_date
from hall.helpers import cells, free, matters, slots
from hall.helpers.facts import BookingOrphaned
from hall.helpers.models import Booking
from hall.helpers.states import Booked, Kind
from hall.hours.queries import hours_of

if TYPE_CHECKING:
    from hall.sites import Site
    from hall.unit_of_work import Work

FAR = timedelta(days=400)


def mark_orphans(work: Work, site: Site, helper_id: int | None = None) -> int:
    """Mark confirmed bookings that no shift, opening or kind of help holds; unmark those that fit. Answers the marked.

    Safe to run twice: what is marked is recorded once.
    """
    coming = (
        select(Booking)
        .where(
            Booking.site_id == site.id,
            Booking.state == Booked.CONFIRMED.value,
            Booking.starts_at > work.now,
        )
        .order_by(Booking.id)
    )
    if helper_id is not None:
        coming = coming.where(Booking.helper_id == helper_id)
    bookings = work.session.scalars(coming).all()
    if not bookings:
        return 0
    hours, today = hours_of(work.session, site), business_date(site.zone, work.now)
    members = {one.id: one for one in free.team(work.session, site, today, today + FAR)}
    no_help = {kind.value: matters.barred(work.session, site.id, kind.value) for kind in Kind}
    marked = 0
    for booking in bookings:
        day = booking.starts_at.astimezone(site.zone).date()
        member = members.get(booking.helper_id)
        at_home = booking.kind == Kind.HOME_VISIT
        midnight = slots.first_cell(site.zone, day)
        fits = (
            member is not None
            and booking.kind in member.kinds
            and booking.matter not in no_help[booking.kind]
            and free.is_free(
                member,
                hours,
                day,
                0,
                (booking.cell_from - midnight, booking.cell_until - midnight),
                at_home=at_home,
                at_desk=True,
            )
        )
        marked += not fits
        if fits and booking.orphaned_at is not None:
            booking.orphaned_at = None
        elif not fits and booking.orphaned_at is None:
            booking.orphaned_at = work.now
            cells.record(work, BookingOrphaned, booking)
    work.session.flush()
    return marked
