"""Changing the working calendar. It belongs to the whole county: every site's hours are read anew afterwards."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

from flask_babel import lazy_gettext as _l
from sqlalchemy import delete, func, select

from hall import facts
from hall.calendar.models import CalendarDay, CalendarYear
from hall.calendar.published import days_of, published
from hall.calendar.rules import SpecialDay, misfit
from hall.errors import Invalid
from hall.sites import Site, new_stamp
from hall.unit_of_work import Work

FIRST_YEAR, LAST_YEAR = 2004, 2100

_following: list[Callable[[Work, None], object]] = []


@dataclass(frozen=True, slots=True)
class SetYear:
    """Confirm a year with all its holidays and make-up days; what was there before is replaced."""

    year: int
    days: Mapping[date, SpecialDay]


@dataclass(frozen=True, slots=True)
class SetDay:
    """Name one day of a confirmed year, or (kind None) make it a plain day of the week again."""

    day: date
    kind: str | None
    name: str = ""


def when_confirmed(action: Callable[[Work, None], object]) -> None:
    """Let this happen in the unit of work that confirms a year: what was pending for it has its day at once (I5)."""
    if action not in _following:
        _following.append(action)


def set_year(work: Work, command: SetYear) -> None:
    """Confirm or replace a year. Raises Invalid for a year out of range, a day of another year, a misfit."""
    if not FIRST_YEAR <= command.year <= LAST_YEAR:
        raise Invalid(_l("The year must be between 2004 and 2100."), code="bad_year")
    if not command.days:
        raise Invalid(_l("A year has holidays: enter at least one."), code="no_days")
    for day, special in command.days.items():
        _check(day, special.kind)
        if day.year != command.year:
            raise Invalid(_l("Every day must be in the year that is confirmed."), code="other_year")
    _write_year(work, command, "entered")
    _changed(work, f"calendar {command.year}")
    _follow(work)


def set_day(work: Work, command: SetDay) -> None:
    """Change one day. Raises Invalid in an unconfirmed year, or for a misfit."""
    if work.session.get(CalendarYear, command.day.year) is None:
        raise Invalid(
            _l("Confirm this year first: enter all its holidays and make-up days."), code="unconfirmed"
        )
    if command.kind:
        _check(command.day, command.kind)
    work.session.execute(delete(CalendarDay).where(CalendarDay.day == command.day))
    if command.kind:
        work.session.add(CalendarDay(day=command.day, kind=command.kind, name=command.name))
    _changed(work, f"calendar {command.day.isoformat()}")


def add_published_years(work: Work, _command: None) -> int:
    """Years that a newer release of the product carries and nobody entered yet; answers how many. Safe to run twice."""
    known, have = published(), set(work.session.scalars(select(CalendarYear.year)))
    new = sorted(known.years - have)
    for year in new:
        _write_year(work, SetYear(year, days_of(known, year)), "published")
    if new:
        _changed(work, "calendar published")
        _follow(work)
    return len(new)


def _write_year(work: Work, command: SetYear, source: str) -> None:
    first, last = date(command.year, 1, 1), date(command.year, 12, 31)
    work.session.execute(delete(CalendarDay).where(CalendarDay.day.between(first, last)))
    work.session.execute(delete(CalendarYear).where(CalendarYear.year == command.year))
    work.session.add(CalendarYear(year=command.year, confirmed_at=work.now, source=source))
    work.session.add_all(
        CalendarDay(day=day, kind=special.kind, name=special.name) for day, special in command.days.items()
    )


def _check(day: date, kind: str) -> None:
    if misfit(day, kind):
        said = _l("%(day)s is no weekend day: only those are made up.", day=day.isoformat())
        raise Invalid(said, code="makeup_on_weekday")


def _changed(work: Work, what: str) -> None:
    """Every hall reads its hours anew; each has the fact in its journal, so that its lines and boards hear of it."""
    work.session.flush()
    for site in work.session.scalars(select(Site).where(Site.retired_at.is_(None))):
        site.hours_stamp = new_stamp()
        work.record(facts.SiteChanged(site_id=site.id, site=site.code, what=what))
    if not work.session.scalar(select(func.count()).select_from(Site)):
        work.record(facts.SiteChanged(what=what))


def _follow(work: Work) -> None:
    """What waited for the year, in the same transaction."""
    for action in _following:
        action(work, None)
