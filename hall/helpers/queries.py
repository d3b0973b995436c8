"""Reading bookings: as their holders, the desk and helpers see them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, TypeVar

from sqlalchemy import select

from hall.accounts.models import Staff
from hall.catalog.models import Bundle, Line, ServiceItem
from hall.clock import day_bounds
from hall.helpers import rules
from hall.helpers.models import Booking, Helper
from hall.helpers.states import Booked
from hall.queueing.models import Ticket
from hall.sites import Site

if TYPE_CHECKING:
    from collections.abc import Sequence
    from zoneinfo import ZoneInfo

    from sqlalchemy.orm import Session


R = TypeVar("R", Line, ServiceItem, Bundle, Site)


@dataclass(frozen=True, slots=True)
class Named:
    """What carries a code and names."""

    code: str
    name: str
    name_en: str


@dataclass(frozen=True, slots=True)
class BookingView:
    """One booking with what it names, as its caller may read it: who booked is masked."""

    id: int
    nonce: bytes
    site: Named
    zone: ZoneInfo
    state: str
    kind: str
    channel: str
    matter_kind: str
    matter: Named
    line: Named
    starts_at: datetime
    ends_at: datetime
    helper_id: int
    badge: str
    helper_name: str
    because: str
    because_among: int
    because_load_min: int
    needs: tuple[str, ...]
    name_shown: str
    phone_shown: str
    companions: int
    held_until: datetime | None
    arrived_at: datetime | None
    ticket: str | None
    orphaned: bool
    revision: int
    may_confirm: bool
    may_change: bool


def view_of(session: Session, booking: Booking, now: datetime, *, desk: bool) -> BookingView:
    """One booking as its caller sees it."""
    return views_of(session, [booking], now, desk=desk)[0]


def views_of(
    session: Session, bookings: Sequence[Booking], now: datetime, *, desk: bool
) -> list[BookingView]:
    """Several at once: their names are read together."""
    helpers = {
        helper.id: (helper, name)
        for helper, name in session.execute(
            select(Helper, Staff.name)
            .join(Staff, Staff.id == Helper.staff_id)
            .where(Helper.id.in_({one.helper_id for one in bookings}))
        )
    }
    lines = _by_id(session, Line, {one.line_id for one in bookings})
    items = _by_id(session, ServiceItem, {one.item_id for one in bookings if one.item_id})
    bundles = _by_id(session, Bundle, {one.bundle_id for one in bookings if one.bundle_id})
    sites = _by_id(session, Site, {one.site_id for one in bookings})
    tickets = {one.ticket_id for one in bookings if one.ticket_id}
    drawn = select(Ticket.id, Ticket.number).where(Ticket.id.in_(tickets))
    numbers = {row.id: row.number for row in session.execute(drawn)}
    found = []
    for one in bookings:
        helper, name = helpers[one.helper_id]
        kind, matter = (
            ("item", items[one.item_id])
            if one.item_id
            else ("bundle", bundles[one.bundle_id])
            if one.bundle_id
            else ("line", lines[one.line_id])
        )
        site = sites[one.site_id]
        movable = one.state == Booked.CONFIRMED or (desk and one.state == Booked.ARRIVED)
        in_time = desk or rules.may_cancel(one.starts_at, now, site.settings.booking_cancel_min)
        found.append(
            BookingView(
                id=one.id,
                nonce=one.nonce,
                site=_named(site),
                zone=site.zone,
                state=one.state,
                kind=one.kind,
                channel=one.channel,
                matter_kind=kind,
                matter=_named(matter),
                line=_named(lines[one.line_id]),
                starts_at=one.starts_at,
                ends_at=one.ends_at,
                helper_id=helper.id,
                badge=helper.badge,
                helper_name=name,
                because=one.because,
                because_among=one.because_among,
                because_load_min=one.because_load_min,
                needs=tuple(one.needs.split()),
                name_shown=one.name_shown,
                phone_shown=one.phone_shown,
                companions=one.companions,
                held_until=one.held_until,
                arrived_at=one.arrived_at,
                ticket=numbers.get(one.ticket_id or 0),
                orphaned=one.orphaned_at is not None,
                revision=one.revision,
                may_confirm=one.state == Booked.HELD and not rules.hold_over(one.held_until, now),
                may_change=movable and in_time,
            )
        )
    return found


def _named(row: Any) -> Named:  # noqa: ANN401 - whatever has a code and names
    return Named(row.code, row.name, row.name_en)


def _by_id(session: Session, table: type[R], keys: set[int]) -> dict[int, R]:
    rows = session.scalars(select(table).where(table.id.in_(keys))) if keys else ()
    return {row.id: row for row in rows}


def by_nonce(session: Session, nonce: bytes | None) -> Booking | None:
    """The booking of a genuine token."""
    return session.scalar(select(Booking).where(Booking.nonce == nonce)) if nonce else None


def of_day(session: Session, site: Site, day: date) -> list[Booking]:
    """What is booked on a business date, by time; without what was only held or given up while held."""
    begins, ends = day_bounds(site.zone, day)
    return list(
        session.scalars(
            select(Booking)
            .where(
                Booking.site_id == site.id,
                Booking.starts_at >= begins,
                Booking.starts_at < ends,
                Booking.confirmed_at.is_not(None),
            )
            .order_by(Booking.starts_at, Booking.id)
        )
    )


def orphaned(session: Session, site: Site) -> list[Booking]:
    """Confirmed bookings whose helper's shift is gone, by time: a person must move or cancel each."""
    return list(
        session.scalars(
            select(Booking)
            .where(
                Booking.site_id == site.id,
                Booking.state == Booked.CONFIRMED.value,
                Booking.orphaned_at.is_not(None),
            )
            .order_by(Booking.starts_at, Booking.id)
        )
    )
