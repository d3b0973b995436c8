"""Hours of a site, read once and kept until its `hours_stamp` changes: drawing a ticket asks for them each time."""

from __future__ import annotations

from datetime import datetime, time
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from flask_babel import format_date, get_locale
from flask_babel import gettext as _
from flask_babel.speaklater import LazyString
from sqlalchemy import select
from sqlalchemy.orm import Session

from hall.calendar.queries import working_calendar
from hall.catalog.models import Line
from hall.catalog.problems import N_
from hall.errors import Conflict
from hall.hours import rules
from hall.hours.models import OpeningHours, SpecialOpening
from hall.hours.rules import Hours, Opening, Season, SpecialDay, Stretch
from hall.sites import Site

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine

    Kept = dict[int, tuple[tuple[object, ...], Hours]]

TODAY = N_(
    "%(line)s takes no tickets now. It takes them again today at %(time)s. "
    "The reception desk tells you what you can do meanwhile."
)
LATER = N_(
    "%(line)s takes no tickets now. It takes them again on %(day)s at %(time)s. "
    "The reception desk tells you what you can do meanwhile."
)

_kept: WeakKeyDictionary[Engine | Connection, Kept] = WeakKeyDictionary()


def hours_of(session: Session, site: Site) -> Hours:
    """The site's hours; no statement where nothing changed since they were last read."""
    settings = site.settings
    key = (site.hours_stamp, settings.always_open, site.zone_name)
    kept = _kept.setdefault(session.get_bind(), {})
    found = kept.get(site.id)
    if found is None or found[0] != key:
        found = (key, Hours(site.zone, always_open=True) if settings.always_open else _read(session, site))
        kept[site.id] = found
    return found[1]


def seasons_of(session: Session, site_id: int) -> tuple[Season, ...]:
    """Weekly hours, one season each, the longest first."""
    rows = session.scalars(
        select(OpeningHours)
        .where(OpeningHours.site_id == site_id)
        .order_by(OpeningHours.weekday, OpeningHours.opens)
    )
    weeks: dict[tuple[str, str], list[list[Stretch]]] = {}
    for row in rows:
        week = weeks.setdefault((row.season_from, row.season_until), [[] for _day in range(7)])
        week[row.weekday].append(Stretch(_clock(row.opens), _clock(row.closes), row.lunch))
    made = [Season(*span, tuple(tuple(day) for day in week)) for span, week in weeks.items()]
    return tuple(sorted(made, key=lambda season: -season.length))


def special_days(session: Session, site_id: int) -> list[SpecialOpening]:
    """Dates of their own, in order."""
    return list(
        session.scalars(
            select(SpecialOpening).where(SpecialOpening.site_id == site_id).order_by(SpecialOpening.day)
        )
    )


def line_opening(session: Session, site: Site, line: Line, now: datetime) -> Opening:
    """How a line stands now by the hours; whether a manager stopped it is another question."""
    return rules.opening(hours_of(session, site), now, lunch_open=line.lunch_open)


def require_open(session: Session, site: Site, line: Line, now: datetime) -> None:
    """Refuse drawing outside the hours, saying when it opens and what to do instead (Q10). Raises Conflict."""
    found = line_opening(session, site, line, now)
    if not found.is_open:
        raise Conflict(closed_text(line, site, found, now), code="line_closed")


def closed_text(line: Line, site: Site, found: Opening, now: datetime) -> object:
    """When a closed line issues again, in the reader's language, put together when it is read."""
    zone, name, name_en = site.zone, line.name, line.name_en
    opens = found.opens_at.astimezone(zone) if found.opens_at else None
    today = now.astimezone(zone).date()

    def say() -> str:
        english = str(get_locale() or "zh").startswith("en")
        blanks = {"line": name_en if english and name_en else name}
        if opens is None:
            return str(_("%(line)s takes no tickets now. Please ask at the reception desk.", **blanks))
        blanks["time"] = f"{opens:%H:%M}"
        if opens.date() == today:
            return str(_(TODAY, **blanks))
        return str(_(LATER, day=format_date(opens.date(), "long"), **blanks))

    return LazyString(say)


def _read(session: Session, site: Site) -> Hours:
    special = {row.day: SpecialDay(_stretch(row), row.reason) for row in special_days(session, site.id)}
    return Hours(site.zone, seasons_of(session, site.id), special, working_calendar(session))


def _stretch(row: SpecialOpening) -> Stretch | None:
    return Stretch(_clock(row.opens), _clock(row.closes)) if row.opens and row.closes else None


def _clock(text: str) -> time:
    return time.fromisoformat(text)
