"""Which booking the last four digits of a telephone mean (H4): today's first, then why there is none to check in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, TypeVar

from flask_babel import format_date
from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString
from sqlalchemy import select

from hall.clock import business_date
from hall.errors import Conflict, NotFound
from hall.helpers import rules
from hall.helpers.models import Booking
from hall.helpers.states import Booked, Kind
from hall.queueing.queries import today

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hall.sites import Site
    from hall.unit_of_work import Work

MISSED_DAYS = timedelta(days=7)
"""Who comes some days too late is told so; what is older is forgotten."""
EXPECTED = frozenset({Booked.CONFIRMED, Booked.ARRIVED, Booked.STARTED})


@dataclass(frozen=True, slots=True)
class Known:
    """What the choice looks at: whose booking, where it stands, whether it is at home or can be checked in now."""

    whose: bytes | None
    state: str
    at_home: bool
    in_time: bool


K = TypeVar("K", bound=Known)


def among(bookings: Sequence[K]) -> K | None:
    """The one of a day's bookings that is meant; None where several people have these digits. Pure.

    What is still expected goes before what is over. Of one person's, it is the one that can be checked in now, then
    the one with which they are here already: so a second press is told, and takes nobody else's place.
    """
    expected = [one for one in bookings if one.state in EXPECTED]
    asked = [one for one in expected if not one.at_home] or expected or list(bookings)
    if len({one.whose for one in asked}) != 1:
        return None
    now = [one for one in asked if one.state == Booked.CONFIRMED and one.in_time]
    here = [one for one in asked if one.state in {Booked.ARRIVED, Booked.STARTED}]
    return (now or here or asked)[0]


@dataclass(frozen=True, slots=True)
class _Row(Known):
    booking: Booking
    day: date


def find(work: Work, site: Site, digits: str) -> Booking:
    """Today's booking with this telephone, whatever became of it. Raises Conflict, NotFound (`unknown_booking`).

    `several_bookings`; `another_day`, which names the day alone: four digits are no proof of who asks.
    """
    rows = _rows(work, site, digits)
    this_day = today(site, work.now)
    of_today = [one for one in rows if one.day == this_day]
    if of_today:
        meant = among(of_today)
        if meant is None:
            raise _several()
        return meant.booking
    other = [one for one in rows if one.state in {Booked.CONFIRMED, Booked.NO_SHOW}]
    other = [one for one in other if one.day > this_day] or other
    if not other:
        raise unknown()
    if len({one.whose for one in other}) > 1:
        raise _several()
    raise _another_day(other[0].day, over=other[0].day < this_day)


def _rows(work: Work, site: Site, digits: str) -> list[_Row]:
    found = work.session.scalars(
        select(Booking)
        .where(
            Booking.site_id == site.id,
            Booking.starts_at >= work.now - MISSED_DAYS,
            Booking.confirmed_at.is_not(None),
            Booking.phone_shown.endswith(digits, autoescape=True),
        )
        .order_by(Booking.starts_at)
    )
    return [_row(one, site, work.now) for one in found]


def _row(one: Booking, site: Site, now: datetime) -> _Row:
    early = site.settings.check_in_early_min
    return _Row(
        whose=one.phone_trace,
        state=one.state,
        at_home=one.kind == Kind.HOME_VISIT,
        in_time=rules.may_arrive(one.starts_at, one.ends_at, now, early) is None,
        booking=one,
        day=business_date(site.zone, one.starts_at),
    )


def unknown() -> NotFound:
    """No booking is meant."""
    return NotFound(
        _l("We find no booking for today. Please compare it with your confirmation, or ask at the desk."),
        code="unknown_booking",
    )


def _several() -> Conflict:
    return Conflict(
        _l("Several bookings have these digits. Please use the code of your booking, or ask at the desk."),
        code="several_bookings",
    )


def _another_day(day: date, *, over: bool) -> Conflict:
    said = LazyString(lambda: format_date(day, "long"))
    words = (
        _l(
            "The booking with these digits was for %(day)s. Please draw an ordinary ticket, or ask at the desk.",
            day=said,
        )
        if over
        else _l(
            "The booking with these digits is for %(day)s. Please come on that day, or ask at the desk.",
            day=said,
        )
    )
    return Conflict(words, code="another_day")
