"""Changing when a hall is open (Q10). Each change gives the site a new `hours_stamp`: all processes read anew."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

from flask_babel import lazy_gettext as _l
from sqlalchemy import delete, func, select

from hall import facts
from hall.accounts.access import of_site
from hall.errors import Invalid
from hall.hours.models import OpeningHours, SpecialOpening
from hall.hours.queries import seasons_of
from hall.hours.rules import LEAP_YEAR, Season, Stretch
from hall.sites import Site, new_stamp
from hall.unit_of_work import Work

ALL_YEAR = ("01-01", "12-31")
MOST_STRETCHES = 4
MONTH_DAY = re.compile(r"\d{2}-\d{2}")


@dataclass(frozen=True, slots=True)
class SetSeason:
    """The week of one season; `instead_of` (first, last) is the season that it replaces, if any."""

    site_id: int
    season: Season
    instead_of: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class DropSeason:
    """A season that no longer applies."""

    site_id: int
    first: str
    last: str


@dataclass(frozen=True, slots=True)
class SetSpecial:
    """A date of its own: closed without times, else open from `opens` to `closes` (HH:MM); replaces what was there."""

    site_id: int
    day: date
    opens: str | None
    closes: str | None
    reason: str


@dataclass(frozen=True, slots=True)
class DropSpecial:
    """A date that follows week and calendar again."""

    site_id: int
    day: date


def set_season(work: Work, command: SetSeason) -> None:
    """Write the week of a season. Raises Invalid: bad days, hours that overlap, a season that crosses another."""
    site, season = _site(work, command.site_id), command.season
    _check_season(season)
    for day in season.week:
        _check_day(day)
    if not any(season.week):
        said = _l("Enter hours for at least one day of the week.")
        raise Invalid(said, code="no_hours", errors={"week": [said]})
    own = (season.first, season.last)
    others = [
        each
        for each in seasons_of(work.session, site.id)
        if (each.first, each.last) not in {own, command.instead_of}
    ]
    if any(_cross(season, other) for other in others):
        said = _l("This season crosses another one. Seasons may lie within one another or apart.")
        raise Invalid(said, code="seasons_cross", errors={"first": [said]})
    for first, last in {own, command.instead_of or own}:
        _delete(work, site, first, last)
    work.session.add_all(
        OpeningHours(
            site_id=site.id,
            weekday=weekday,
            opens=f"{stretch.opens:%H:%M}",
            closes=f"{stretch.closes:%H:%M}",
            lunch=stretch.lunch,
            season_from=season.first,
            season_until=season.last,
        )
        for weekday, day in enumerate(season.week)
        for stretch in day
    )
    changed(work, site, f"hours {season.first}/{season.last}")


def drop_season(work: Work, command: DropSeason) -> None:
    """Forget a season. Raises Invalid for the last one: without hours a hall never closes."""
    site = _site(work, command.site_id)
    if _delete(work, site, command.first, command.last):
        left = work.session.scalar(
            select(func.count()).select_from(OpeningHours).where(OpeningHours.site_id == site.id)
        )
        if not left:
            raise Invalid(_l("These are the only hours: change them instead."), code="last_hours")
        changed(work, site, f"hours {command.first}/{command.last} dropped")


def set_special(work: Work, command: SetSpecial) -> None:
    """Close or open on one date. Raises Invalid for times that do not go together."""
    site = _site(work, command.site_id)
    if command.opens and command.closes and command.opens >= command.closes:
        said = _l("The closing time must be later than the opening time.")
        raise Invalid(said, code="bad_times", errors={"closes": [said]})
    _forget_date(work, site, command.day)
    work.session.add(
        SpecialOpening(
            site_id=site.id,
            day=command.day,
            opens=command.opens,
            closes=command.closes,
            reason=command.reason,
        )
    )
    changed(work, site, f"hours {command.day.isoformat()}")


def drop_special(work: Work, command: DropSpecial) -> None:
    """The date follows week and calendar again."""
    site = _site(work, command.site_id)
    _forget_date(work, site, command.day)
    changed(work, site, f"hours {command.day.isoformat()} dropped")


def changed(work: Work, site: Site, what: str) -> None:
    """Let everybody read the hours anew."""
    site.hours_stamp = new_stamp()
    work.record(facts.SiteChanged(site_id=site.id, site=site.code, what=what))


def _site(work: Work, site_id: int) -> Site:
    of_site(work.actor, site_id)
    return work.session.get_one(Site, site_id)


def _forget_date(work: Work, site: Site, day: date) -> None:
    work.session.execute(
        delete(SpecialOpening).where(SpecialOpening.site_id == site.id, SpecialOpening.day == day)
    )


def _delete(work: Work, site: Site, first: str, last: str) -> int:
    done = work.session.execute(
        delete(OpeningHours).where(
            OpeningHours.site_id == site.id,
            OpeningHours.season_from == first,
            OpeningHours.season_until == last,
        )
    )
    return int(done.rowcount)  # type: ignore[attr-defined]


def _check_season(season: Season) -> None:
    for field, said in (("first", season.first), ("last", season.last)):
        if not _is_month_day(said):
            told = _l("Write month and day like 05-01.")
            raise Invalid(told, code="bad_season", errors={field: [told]})


def _is_month_day(said: str) -> bool:
    try:
        return bool(MONTH_DAY.fullmatch(said) and date.fromisoformat(f"{LEAP_YEAR}-{said}"))
    except ValueError:
        return False


def _check_day(day: tuple[Stretch, ...]) -> None:
    ordered = sorted(day, key=lambda stretch: stretch.opens)
    if len(ordered) > MOST_STRETCHES:
        raise Invalid(_l("At most four stretches a day."), code="too_many_stretches")
    for stretch in ordered:
        if stretch.opens >= stretch.closes:
            raise Invalid(_l("The closing time must be later than the opening time."), code="bad_times")
    for before, after in pairwise(ordered):
        if after.opens < before.closes:
            raise Invalid(_l("The hours of a day overlap."), code="hours_overlap")


def _cross(one: Season, other: Season) -> bool:
    days, others = _days(one), _days(other)
    return bool(days & others) and not days <= others and not others <= days


def _days(season: Season) -> set[date]:
    first = date(LEAP_YEAR, 1, 1)
    return {day for each in range(366) if season.holds(day := first + timedelta(days=each))}
