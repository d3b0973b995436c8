"""Who is free when: the team's shifts, what is taken, and the times that are left (H2)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Any, cast

from sqlalchemy import Table, bindparam, or_, select
from sqlalchemy import text as literal

from hall.accounts.models import Staff
from hall.clock import business_date
from hall.helpers import rules, slots
from hall.helpers.models import Booking, Helper, HelperDay, HelperSkill, HelperWeek
from hall.helpers.slots import Length, Plan, Shift
from hall.helpers.states import Kind
from hall.hours.queries import hours_of
from hall.statements import Statement

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sqlalchemy.orm import Session

    from hall.hours.rules import Hours
    from hall.sites import Site


@dataclass(frozen=True, slots=True)
class Member:
    """One helper at work: what they know and do, and when they are there."""

    id: int
    badge: str
    name: str
    skills: frozenset[str]
    kinds: frozenset[str]
    plan: Plan


@dataclass(frozen=True, slots=True)
class Ask:
    """What somebody looks for; `at_desk` also gives away what is kept back, and from now on."""

    kind: str
    needs: frozenset[str] = frozenset()
    badge: str | None = None
    at_desk: bool = False


@dataclass(frozen=True, slots=True)
class Free:
    """A time that can be booked, and with how many helpers."""

    starts_at: datetime
    helpers: int


_HELPERS: Any = cast("Table", Helper.__table__)
_PEOPLE = Statement(
    select(Helper.id, Helper.badge, Staff.name, Helper.does_agency, Helper.does_home_visits)
    .join(Staff, Staff.id == Helper.staff_id)
    .where(Helper.site_id == bindparam("site"), Helper.retired_at.is_(None), Staff.retired_at.is_(None))
    .order_by(Helper.id)
)
_OF_SITE = select(Helper.id).where(Helper.site_id == bindparam("site")).scalar_subquery()
_SKILLS = Statement(
    select(HelperSkill.helper_id, HelperSkill.skill).where(HelperSkill.helper_id.in_(_OF_SITE))
)
_WEEKS = Statement(
    select(
        HelperWeek.helper_id, HelperWeek.weekday, HelperWeek.starts, HelperWeek.ends, HelperWeek.kept_back
    ).where(HelperWeek.helper_id.in_(_OF_SITE))
)
_DAYS = Statement(
    select(HelperDay.helper_id, HelperDay.day, HelperDay.starts, HelperDay.ends, HelperDay.kept_back).where(
        HelperDay.helper_id.in_(_OF_SITE),
        HelperDay.day >= bindparam("first"),
        HelperDay.day <= bindparam("last"),
    )
)
_TAKEN = Statement(
    select(Booking.helper_id, Booking.cell_from, Booking.cell_until).where(
        Booking.site_id == bindparam("site"),
        Booking.cell_until > bindparam("first_cell"),
        Booking.cell_from < bindparam("last_cell"),
        literal("state IN ('held','confirmed','arrived','started')"),
        or_(Booking.held_until.is_(None), Booking.held_until > bindparam("now")),
        Booking.id != bindparam("but"),
    )
)


@lru_cache(maxsize=512)
def _clock(text: str) -> time:
    """HH:MM; 24:00 is midnight."""
    return time.fromisoformat("00:00" if text == "24:00" else text)


def team(session: Session, site: Site, first: date, last: date) -> list[Member]:
    """The helpers of a site who are not withdrawn, with their shifts from one date to another."""
    here = {"site": site.id}
    skills: dict[int, set[str]] = {}
    for helper, skill in _SKILLS.rows(session, here):
        skills.setdefault(helper, set()).add(skill)
    weeks: dict[int, list[list[Shift]]] = {}
    for helper, weekday, starts, ends, kept_back in _WEEKS.rows(session, here):
        week = weeks.setdefault(helper, [[] for _day in range(7)])
        week[weekday].append(Shift(_clock(starts), _clock(ends), bool(kept_back)))
    days: dict[int, dict[date, tuple[Shift, ...]]] = {}
    for helper, day, starts, ends, kept_back in _DAYS.rows(session, {**here, "first": first, "last": last}):
        shifts = (Shift(_clock(starts), _clock(ends), bool(kept_back)),) if starts else ()
        own = days.setdefault(helper, {})
        own[day] = own.get(day, ()) + shifts
    empty: list[list[Shift]] = [[]] * 7
    return [
        Member(
            key,
            badge,
            name,
            frozenset(skills.get(key, ())),
            kinds_of(agency, at_home),
            Plan(tuple(tuple(shifts) for shifts in weeks.get(key, empty)), days.get(key, {})),
        )
        for key, badge, name, agency, at_home in _PEOPLE.rows(session, here)
    ]


def kinds_of(agency: object, at_home: object) -> frozenset[str]:
    """The kinds of help that somebody gives: every helper assists."""
    found = {Kind.ASSIST.value}
    if agency:
        found.add(Kind.AGENCY.value)
    if at_home:
        found.add(Kind.HOME_VISIT.value)
    return frozenset(found)


def fitting(members: Iterable[Member], ask: Ask) -> list[Member]:
    """Those who do this kind of help, know what is needed, and are the one asked for where one is."""
    return [
        one
        for one in members
        if ask.kind in one.kinds and ask.needs <= one.skills and ask.badge in {None, one.badge}
    ]


def taken(
    session: Session, site: Site, first: date, days: int, now: datetime, *, but: int = 0
) -> dict[tuple[int, int], int]:
    """Taken bits by helper and day (0 is `first`); the booking `but` is left out."""
    begin = slots.first_cell(site.zone, first)
    given = {
        "site": site.id,
        "first_cell": begin,
        "last_cell": begin + days * slots.DAY_CELLS,
        "now": now,
        "but": but,
    }
    rows: Any = _TAKEN.rows(session, given)
    return slots.taken_masks(rows, begin, days)


def span(site: Site, hours: Hours, now: datetime) -> tuple[date, date]:
    """First and last date that can be booked now."""
    return business_date(site.zone, now), rules.last_day(hours, now, site.settings.booking_ahead_days)


def free_times(
    session: Session, site: Site, ask: Ask, dates: tuple[date, date], now: datetime, *, but: int = 0
) -> dict[date, list[Free]]:
    """The bookable times from one date to another (both included), by date; dates without any are empty."""
    hours = hours_of(session, site)
    first, last = dates
    earliest, latest = span(site, hours, now)
    first, last = max(first, earliest), min(last, latest)
    count = (last - first).days + 1
    if count <= 0:
        return {}
    members = fitting(team(session, site, first, last), ask)
    gone = taken(session, site, first, count, now, but=but)
    length = rules.length_of(ask.kind, site.settings)
    from_now = rules.earliest(now, site.settings.booking_notice_min, at_desk=ask.at_desk)
    on_grid = slots.grid(site.settings.booking_step_min)
    found: dict[date, list[Free]] = {}
    weekly: dict[tuple[int, int], int] = {}
    for ahead in range(count):
        day = first + timedelta(days=ahead)
        opened = slots.open_mask(hours, day, at_home=ask.kind == Kind.HOME_VISIT)
        counts = (
            _counted(members, hours, day, opened, ahead, gone, length, on_grid, ask, weekly) if opened else {}
        )
        begin = slots.first_cell(site.zone, day)
        found[day] = [
            Free(at, counts[bit])
            for bit in sorted(counts)
            if (at := slots.instant_of(begin + bit)) >= from_now
        ]
    return found


def _counted(  # noqa: PLR0917 - the inside of a loop, kept apart to be read
    members: Sequence[Member],
    hours: Hours,
    day: date,
    opened: int,
    ahead: int,
    gone: dict[tuple[int, int], int],
    length: Length,
    on_grid: int,
    ask: Ask,
    weekly: dict[tuple[int, int], int],
) -> dict[int, int]:
    """How many are free at each bit of a day; `weekly` remembers the shifts of plain days."""
    counts: dict[int, int] = {}
    plain = not (hours.posted and day in hours.calendar.days)
    for one in members:
        key = one.id, day.weekday()
        shift = weekly.get(key) if plain and day not in one.plan.days else None
        if shift is None:
            shift = slots.shift_mask(one.plan, hours, day, kept_back=ask.at_desk)
            if plain and day not in one.plan.days:
                weekly[key] = shift
        free = shift & opened & ~gone.get((one.id, ahead), 0)
        for bit in slots.bits(slots.beginnings(free, length) & on_grid):
            counts[bit] = counts.get(bit, 0) + 1
    return counts


def is_free(
    one: Member, hours: Hours, day: date, gone: int, cells: tuple[int, int], *, at_home: bool, at_desk: bool
) -> bool:
    """Whether these bits of a day (first, after the last) are inside a helper's shift and not taken."""
    shift = slots.shift_mask(one.plan, hours, day, kept_back=at_desk)
    free = shift & slots.open_mask(hours, day, at_home=at_home) & ~gone
    return not slots.misplaced(*cells, 0, free)
