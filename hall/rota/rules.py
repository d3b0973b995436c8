"""When a reception is held, until when one signs up, and whose turn it is (M1–M4). Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from hall.calendar.rules import DAY, WorkingCalendar, is_working_day, next_working_day
from hall.rota.states import HolidayRule, Post

WEEK = timedelta(weeks=1)
LONGEST_TERM = 366


@dataclass(frozen=True, slots=True)
class Day:
    """One session of a term. `due_on` is its weekday, `held_on` the day itself; None is not known (a draft).

    `why` is a word of a list: "" on its own day, `holiday` moved on, `skipped`, `same_day` as the session before it,
    `manual` for a person to decide, `unconfirmed` calendar.
    """

    due_on: date
    held_on: date | None
    why: str = ""
    dropped: bool = False


def term_days(
    calendar: WorkingCalendar, weekday: int, rule: HolidayRule, first: date, last: date
) -> tuple[Day, ...]:
    """The sessions of a term, first and last day included (M1).

    Two weeks whose day moves to the same working day are one session: the later one is dropped as `same_day`.
    Raises ValueError for a term that ends before it begins or is longer than a year.
    """
    if not timedelta(0) <= last - first <= timedelta(days=LONGEST_TERM):
        raise ValueError("A term runs forward and is no longer than a year.")
    found, taken = [], set()
    for due_on in _weekly(weekday, first, last):
        day = _held(calendar, rule, due_on)
        if day.held_on in taken:
            day = Day(due_on, None, "same_day", dropped=True)
        taken.add(day.held_on)
        taken.discard(None)
        found.append(day)
    return tuple(found)


def _weekly(weekday: int, first: date, last: date) -> Iterator[date]:
    for ahead in range((weekday - first.weekday()) % 7, (last - first).days + 1, WEEK.days):
        yield first + timedelta(days=ahead)


def _held(calendar: WorkingCalendar, rule: HolidayRule, due_on: date) -> Day:
    works = is_working_day(calendar, due_on)
    if works is None:
        return Day(due_on, None, "unconfirmed")
    if works:
        return Day(due_on, due_on)
    if rule is HolidayRule.SKIP:
        return Day(due_on, None, "skipped", dropped=True)
    if rule is HolidayRule.MANUAL:
        return Day(due_on, None, "manual")
    moved = next_working_day(calendar, due_on)
    return Day(due_on, moved, "holiday" if moved else "unconfirmed")


def working_days_before(calendar: WorkingCalendar, day: date, count: int) -> date | None:
    """The `count`-th working day before `day`, which itself is not counted; None where a year is not confirmed."""
    if day.year not in calendar.years:
        return None
    while count:
        day -= DAY
        works = is_working_day(calendar, day)
        if works is None:
            return None
        count -= works
    return day


def quarter(day: date) -> str:
    """The quarter of a day, as 2026-4: limits and fairness are counted in it (M2, M4)."""
    return f"{day.year}-{(day.month + 2) // 3}"


STAFF_AFTER = timedelta(minutes=15)
"""So long after a turn began, the hall's staff receive where nobody has come yet."""


@dataclass(frozen=True, slots=True)
class Hours:
    """From when to when somebody sits; instants."""

    starts: datetime
    ends: datetime


def shown_as(now: datetime, hours: Hours, *, today: bool, here: str, stand_in: bool) -> str:
    """What the public reads of a seat: `later`, `waiting`, `receiving`, `stand_in` or `over` (M5).

    `here` is the post of who sits there, "" for nobody yet. That somebody is late or absent is never told: the staff
    receive then, in the same words as for a stand-in.
    """
    if not today:
        return "later"
    if here:
        return "receiving" if here == Post.HEAD else "stand_in"
    if now >= hours.ends:
        return "over"
    if now < hours.starts:
        return "waiting"
    return "stand_in" if stand_in or now >= hours.starts + STAFF_AFTER else "waiting"


@dataclass(frozen=True, slots=True)
class Standing:
    """How a department stands among the others. `turns` of this quarter, made-up and swapped ones included.

    `owed` are turns to be made up after a leave (M4); `last` is the day of its last turn ever. `listed` ones have a
    turn every quarter; the others sign up when they like.
    """

    body: int
    turns: int
    last: date | None = None
    owed: int = 0
    name: str = ""
    listed: bool = True

    @property
    def is_proposed(self) -> bool:
        """Whether seats that are left can be theirs: of all on the list, and of whoever owes a turn (M2, M4)."""
        return self.listed or self.owed > 0

    @property
    def is_missing(self) -> bool:
        """Whether a turn of this quarter is still to come to it (M2)."""
        return self.listed and not self.turns

    @property
    def rank(self) -> tuple[int, int, date, str, int]:
        """Who comes before whom: owes a turn, has fewest turns, had the last the longest ago, by name (M2)."""
        return (-self.owed, self.turns, self.last or date.min, self.name, self.body)


@dataclass(frozen=True, slots=True)
class OpenSeat:
    """A seat that nobody has signed up for; `session` sorts by day."""

    seat: int
    session: int
    held_on: date


@dataclass(frozen=True, slots=True)
class Proposal:
    """A department is proposed for a seat, and why: `owes`, `none_yet`, `fewest`, `longest_ago` or `name`.

    `turns` and `last` are what it had when it was chosen, proposals before this one included.
    """

    seat: int
    body: int
    because: str
    turns: int
    last: date | None


def propose(
    open_seats: Iterable[OpenSeat], standings: Sequence[Standing], busy: Mapping[int, Iterable[int]]
) -> tuple[Proposal, ...]:
    """Give the seats left, day by day, to those with the fewest turns, the longest ago (M2).

    `busy` names by session the departments that sit in it already: nobody sits twice in one. A seat for which nobody is
    left stays free. Between any two departments that are free on all days the turns differ by one at the most, if
    they did before or there are seats enough.
    """
    now = {standing.body: standing for standing in standings}
    sitting = {session: set(bodies) for session, bodies in busy.items()}
    found = []
    for seat in sorted(open_seats, key=lambda one: (one.held_on, one.session, one.seat)):
        taken = sitting.setdefault(seat.session, set())
        free = sorted((one for one in now.values() if one.body not in taken), key=lambda one: one.rank)
        if not free:
            continue
        chosen = free[0]
        found.append(Proposal(seat.seat, chosen.body, _because(free), chosen.turns, chosen.last))
        taken.add(chosen.body)
        now[chosen.body] = replace(
            chosen,
            turns=chosen.turns + 1,
            last=_later(chosen.last, seat.held_on),
            owed=max(0, chosen.owed - 1),
        )
    return tuple(found)


def _later(one: date | None, other: date) -> date:
    return other if one is None else max(one, other)


def _because(free: Sequence[Standing]) -> str:
    """What put the first of these before the second."""
    first, *others = free
    if first.owed:
        return "owes"
    if not first.turns:
        return "none_yet"
    if not others or first.turns < others[0].turns:
        return "fewest"
    return "longest_ago" if (first.last or date.min) < (others[0].last or date.min) else "name"
