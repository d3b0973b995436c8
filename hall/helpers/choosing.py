"""Who takes a time: the helpers who come into question are locked, looked at, and one of them chosen (H2, H6)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from flask_babel import format_date
from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString
from sqlalchemy import bindparam, select, text

from hall.database import Instant
from hall.errors import Conflict, Invalid
from hall.helpers import free, loads, rules, slots
from hall.helpers.free import Ask, Member
from hall.helpers.jobs import expire
from hall.helpers.models import Booking, Helper
from hall.helpers.rules import Candidate, Choice
from hall.helpers.states import Booked, Kind
from hall.hours.queries import hours_of
from hall.statements import Statement

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection, Engine

    from hall.sites import Site
    from hall.unit_of_work import Work

    Kept = dict[tuple[int, Ask, datetime, int], tuple[datetime, list[datetime]]]

NEAREST = 3
LOOK_DAYS = 14
A_HINT = timedelta(seconds=1)

_kept: WeakKeyDictionary[Engine | Connection, Kept] = WeakKeyDictionary()


@dataclass(frozen=True, slots=True)
class Slot:
    """A time given to a helper, and why to this one."""

    choice: Choice
    starts_at: datetime
    ends_at: datetime
    cells: range

    @property
    def columns(self) -> dict[str, object]:
        """The columns of a booking that say when, with whom, and why."""
        return {
            "helper_id": self.choice.helper_id,
            "starts_at": self.starts_at,
            "ends_at": self.ends_at,
            "cell_from": self.cells.start,
            "cell_until": self.cells.stop,
            "because": self.choice.because,
            "because_known": " ".join(self.choice.known),
            "because_load_min": self.choice.load_min,
            "because_among": self.choice.among,
        }


def choose(work: Work, site: Site, ask: Ask, starts_at: datetime, skill: str | None, *, but: int = 0) -> Slot:
    """Give a time to one of those who are free (H2, H6). The booking `but` is being moved, and takes no time.

    Raises Invalid (`past_time`, `too_far_ahead`, `hall_closed`, `not_a_beginning`, `unknown_helper`, `helper_cannot`)
    and Conflict (`slot_taken`, with the nearest free times).
    """
    day = starts_at.astimezone(site.zone).date()
    _bookable(work, site, ask, starts_at, day)
    length = rules.length_of(ask.kind, site.settings)
    begin = slots.cell_at(starts_at) - length.before
    cells = range(begin, begin + length.whole)
    members = _in_question(work, site, ask, day)
    gone = free.taken(work.session, site, day, 1, work.now, but=but)
    hours, midnight = hours_of(work.session, site), slots.first_cell(site.zone, day)
    able = [
        one
        for one in members
        if free.is_free(
            one,
            hours,
            day,
            gone.get((one.id, 0), 0),
            (cells.start - midnight, cells.stop - midnight),
            at_home=ask.kind == Kind.HOME_VISIT,
            at_desk=ask.at_desk,
        )
    ]
    wished = next((one.id for one in able if one.badge == ask.badge), None) if ask.badge else None
    choice = rules.assign(_candidates(work, site, able, day, but), ask.needs, skill, chosen=wished)
    if choice is None:
        raise _taken(work, site, ask, starts_at, but)
    return Slot(choice, starts_at, starts_at + length.during * slots.CELL, cells)


def _bookable(work: Work, site: Site, ask: Ask, starts_at: datetime, day: date) -> None:
    """Refuse what nobody can book, and say why. Raises Invalid."""
    hours = hours_of(work.session, site)
    _first, last = free.span(site, hours, work.now)
    if starts_at <= work.now:
        raise _wrong(_l("This time is past. Please choose a later one."), "past_time")
    if starts_at < rules.earliest(work.now, site.settings.booking_notice_min, at_desk=ask.at_desk):
        said = _l(
            "Online a time is booked at least %(minutes)s minutes ahead. Please come to the reception desk.",
            minutes=site.settings.booking_notice_min,
        )
        raise _wrong(said, "too_soon")
    if day > last:
        said = _l("So far ahead nothing can be booked yet. The last day is %(day)s.", day=_day(last))
        raise _wrong(said, "too_far_ahead", last_day=last.isoformat())
    at_home = ask.kind == Kind.HOME_VISIT
    opened = slots.open_mask(hours, day, at_home=at_home)
    if not opened:
        raise _wrong(_l("The hall is closed on this day. Please choose another."), "hall_closed")
    bit = slots.cell_at(starts_at) - slots.first_cell(site.zone, day)
    whole = slots.instant_of(slots.cell_at(starts_at)) == starts_at
    if not whole or not slots.grid(site.settings.booking_step_min) >> bit & 1:
        said = _l(
            "Bookings begin every %(minutes)s minutes. Please choose one of the times offered.",
            minutes=site.settings.booking_step_min,
        )
        raise _wrong(said, "not_a_beginning")
    during = rules.length_of(ask.kind, site.settings).during
    if not at_home and slots.misplaced(bit, bit + during, 0, opened):
        raise _wrong(
            _l("The hall is closed at this time. Please choose one of the times offered."), "hall_closed"
        )


def _wrong(said: object, code: str, **more: object) -> Invalid:
    return Invalid(said, code=code, errors={"starts_at": [said]}, more=more)


def _in_question(work: Work, site: Site, ask: Ask, day: date) -> list[Member]:
    """Who does this at all, locked in the order of their keys, so that nobody else gives the same time away."""
    members = free.team(work.session, site, day, day)
    if ask.badge and ask.badge not in {one.badge for one in members}:
        said = _l("This helper is no longer here. Please choose another, or let us choose.")
        raise Invalid(said, code="unknown_helper", errors={"helper": [said]})
    fit = free.fitting(members, ask)
    if ask.badge and not fit:
        said = _l(
            "This helper does not do this, or not in this way. Please choose another, or let us choose."
        )
        raise Invalid(said, code="helper_cannot", errors={"helper": [said]})
    keys = [one.id for one in fit]
    locked = select(Helper.id).where(Helper.id.in_(keys)).order_by(Helper.id).with_for_update()
    there = set(work.session.scalars(locked.where(Helper.retired_at.is_(None))))
    _free_held(work, keys, day, site)
    return [one for one in fit if one.id in there]


_OVER = Statement(
    select(Booking.id, Booking.helper_id).where(
        Booking.site_id == bindparam("site"),
        Booking.cell_until > bindparam("begin"),
        Booking.cell_from < bindparam("end"),
        text("state IN ('held','confirmed','arrived','started')"),  # as its index says it
        Booking.held_until <= bindparam("now", type_=Instant()),
    )
)


def _free_held(work: Work, helpers: Sequence[int], day: date, site: Site) -> None:
    """Holds whose time is over give their cells back now: the job may not have seen them yet."""
    begin = slots.first_cell(site.zone, day)
    given = {"site": site.id, "begin": begin, "end": begin + slots.DAY_CELLS, "now": work.now}
    over = sorted(key for key, helper in _OVER.rows(work.session, given) if helper in set(helpers))
    for key in over:
        booking = work.session.get_one(Booking, key, with_for_update=True)
        if booking.state == Booked.HELD.value and rules.hold_over(booking.held_until, work.now):
            expire(work, booking)


def _candidates(work: Work, site: Site, able: Sequence[Member], day: date, but: int) -> list[Candidate]:
    load = loads.of_day(work.session, site, day, work.now, but=but)
    idle = loads.idle_since(work.session, site, work.now)
    return [
        Candidate(one.id, one.skills, load.get(one.id, loads.NONE).whole, idle.get(one.id)) for one in able
    ]


def _taken(work: Work, site: Site, ask: Ask, starts_at: datetime, but: int) -> Conflict:
    """The time is gone: the nearest free ones are told."""
    near = nearest(work, site, ask, starts_at, but=but)
    more: dict[str, object] = {"nearest": [at.astimezone(site.zone).isoformat() for at in near]}
    if not near:
        said = _l("This time is taken, and none is free around it. The reception desk finds a way with you.")
        return Conflict(said, code="slot_taken", more=more)
    said = _l("This time has just been taken. Still free: %(times)s.", times=_times(site, near))
    return Conflict(said, code="slot_taken", more=more)


def nearest(work: Work, site: Site, ask: Ask, wanted: datetime, *, but: int = 0) -> list[datetime]:
    """The free times nearest to one that cannot be had, within two weeks on either side.

    Fifty who lose the same seat in the same second are told the same: it is a hint, and looked up once a second.
    """
    kept = _kept.setdefault(work.session.get_bind(), {})
    key = site.id, ask, wanted, but
    found = kept.get(key)
    if found is not None and timedelta(0) <= work.now - found[0] < A_HINT:
        return found[1]
    if len(kept) > 100:  # noqa: PLR2004 - a busy second's; older ones are no longer of use
        kept.clear()
    times = _nearest(work, site, ask, wanted, but)
    kept[key] = work.now, times
    return times


def _nearest(work: Work, site: Site, ask: Ask, wanted: datetime, but: int) -> list[datetime]:
    day = wanted.astimezone(site.zone).date()
    times: list[datetime] = []
    for days in (1, LOOK_DAYS):
        dates = day - timedelta(days=days), day + timedelta(days=days)
        found = free.free_times(work.session, site, ask, dates, work.now, but=but)
        times = [one.starts_at for several in found.values() for one in several]
        if len(times) >= NEAREST:
            break
    return rules.nearest(times, wanted, NEAREST)


def _times(site: Site, times: Sequence[datetime]) -> LazyString:
    def say() -> str:
        local = [at.astimezone(site.zone) for at in times]
        return ", ".join(f"{format_date(at.date(), 'short')} {at:%H:%M}" for at in local)

    return LazyString(say)


def _day(day: date) -> LazyString:
    return LazyString(lambda: format_date(day, "long"))
