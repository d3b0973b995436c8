"""When a line issues tickets (Q10): weekly hours by season, lunch, closed days and make-up days. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hall.calendar.rules import HOLIDAY, WEEKEND, WorkingCalendar, is_makeup_day
from hall.clock import day_bounds

OPEN, LUNCH, CLOSED = "open", "lunch", "closed"
LOOK_AHEAD_DAYS = 60
LEAP_YEAR = 2000  # seasons are days of any year, 29 February included


@dataclass(frozen=True, slots=True)
class Stretch:
    """From when until when, local time; in a lunch stretch only lines that stay open issue (午间不断岗)."""

    opens: time
    closes: time
    lunch: bool = False


@dataclass(frozen=True, slots=True)
class Season:
    """A week of hours (Monday first) from one day of the year to another (MM-DD, both included, may pass New Year)."""

    first: str
    last: str
    week: tuple[tuple[Stretch, ...], ...]

    def holds(self, day: date) -> bool:
        """Whether the day is in it."""
        at = f"{day:%m-%d}"
        if self.first <= self.last:
            return self.first <= at <= self.last
        return at >= self.first or at <= self.last

    @property
    def length(self) -> int:
        """Days in it: where two hold a day, the shorter one was meant for it."""
        return (_in_leap_year(self.last) - _in_leap_year(self.first)).days % 366 + 1


@dataclass(frozen=True, slots=True)
class SpecialDay:
    """One date of its own: closed (`stretch` None), or open at these hours, whatever the week and calendar say."""

    stretch: Stretch | None
    reason: str


@dataclass(frozen=True, slots=True)
class Hours:
    """Everything that decides when a hall's lines issue."""

    zone: ZoneInfo
    seasons: tuple[Season, ...] = ()
    special: Mapping[date, SpecialDay] = field(default_factory=dict)
    calendar: WorkingCalendar = field(default_factory=lambda: WorkingCalendar(frozenset(), {}))
    always_open: bool = False

    @property
    def posted(self) -> bool:
        """Whether there are hours to keep; a hall without any closes at no time."""
        return not self.always_open and bool(self.seasons)


@dataclass(frozen=True, slots=True)
class Opening:
    """How a line stands at an instant. `closes_at` while open, `opens_at` while not; None where none is known."""

    state: str
    closes_at: datetime | None = None
    opens_at: datetime | None = None

    @property
    def is_open(self) -> bool:
        """Whether it issues tickets."""
        return self.state == OPEN


def opening(hours: Hours, at: datetime, *, lunch_open: bool) -> Opening:
    """How a line stands at an instant (Q10). Instants come and go in UTC."""
    if not hours.posted:
        return Opening(OPEN)
    today = at.astimezone(hours.zone).date()
    spans = list(spans_of(hours, today, lunch_open=lunch_open))
    for opens, closes in spans:
        if opens <= at < closes:
            return Opening(OPEN, closes_at=closes)
    state = LUNCH if any(end <= at for _, end in spans) and any(at < start for start, _ in spans) else CLOSED
    for ahead in range(LOOK_AHEAD_DAYS):
        for opens, _closes in spans_of(hours, today + timedelta(days=ahead), lunch_open=lunch_open):
            if opens > at:
                return Opening(state, opens_at=opens)
    return Opening(state)


def near_closing(found: Opening, at: datetime, warn_before_min: int, p90_min: float | None) -> bool:
    """Whether who draws now should be told: closing is near, or the forecast says the wait reaches beyond it (Q10)."""
    if not found.is_open or found.closes_at is None:
        return False
    return at + timedelta(minutes=max(warn_before_min, p90_min or 0)) >= found.closes_at


def stretches(hours: Hours, day: date) -> tuple[Stretch, ...]:
    """The hours of one date: its own, none on a holiday, a weekday's on a make-up day, else the season's week."""
    special = hours.special.get(day)
    if special is not None:
        return (special.stretch,) if special.stretch else ()
    named = hours.calendar.days.get(day)
    if named is not None and named.kind == HOLIDAY and day.year in hours.calendar.years:
        return ()
    season = season_of(hours, day)
    if season is None:
        return ()
    if is_makeup_day(hours.calendar, day):
        return next((hours_of_day for hours_of_day in season.week[:WEEKEND] if hours_of_day), ())
    return season.week[day.weekday()]


def season_of(hours: Hours, day: date) -> Season | None:
    """The season that holds the day, the shortest where several do."""
    return min((season for season in hours.seasons if season.holds(day)), key=_by_length, default=None)


def moments(hours: Hours, day: date, warn_before_min: int) -> list[datetime]:
    """All instants of a local date at which some line's state may change by itself, in order."""
    found = {day_bounds(hours.zone, day)[0]}
    if hours.posted:
        for lunch_open in (False, True):
            for opens, closes in spans_of(hours, day, lunch_open=lunch_open):
                found |= {opens, closes, closes - timedelta(minutes=warn_before_min)}
    return sorted(found)


def changed_between(hours: Hours, since: datetime, until: datetime, warn_before_min: int) -> bool:
    """Whether a state changed by itself after `since` and no later than `until`."""
    day, last = since.astimezone(hours.zone).date(), until.astimezone(hours.zone).date()
    while day <= last:
        if any(since < moment <= until for moment in moments(hours, day, warn_before_min)):
            return True
        day += timedelta(days=1)
    return False


def spans_of(hours: Hours, day: date, *, lunch_open: bool) -> Iterator[tuple[datetime, datetime]]:
    """Unbroken spans of a date in UTC: a line that stays open at lunch has one where others have two."""
    pending: tuple[time, time] | None = None
    for stretch in sorted(stretches(hours, day), key=lambda each: each.opens):
        if stretch.lunch and not lunch_open:
            continue
        if pending and stretch.opens <= pending[1]:
            pending = (pending[0], max(pending[1], stretch.closes))
            continue
        if pending:
            yield _utc(hours.zone, day, pending[0]), _utc(hours.zone, day, pending[1])
        pending = (stretch.opens, stretch.closes)
    if pending:
        yield _utc(hours.zone, day, pending[0]), _utc(hours.zone, day, pending[1])


def _utc(zone: ZoneInfo, day: date, at: time) -> datetime:
    return datetime.combine(day, at, tzinfo=zone).astimezone(UTC)


def _in_leap_year(month_day: str) -> date:
    return date.fromisoformat(f"{LEAP_YEAR}-{month_day}")


def _by_length(season: Season) -> int:
    return season.length
