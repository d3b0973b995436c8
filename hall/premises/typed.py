"""Holidays and make-up days as people type them from the published notice, one stretch a line. Pure."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from datetime import date, timedelta

from hall.calendar.rules import SpecialDay, misfit
from hall.catalog.problems import N_

ONE = r"(?:(\d{4})[-/.年])?(\d{1,2})[-/.月](\d{1,2})(?:日|号)?"
LINE = re.compile(rf"{ONE}(?:\s*(?:至|到|~|—|–|―)+\s*{ONE})?\s*(.*)")
LONGEST = 31
NAME_LENGTH = 60

MESSAGES = {
    "bad_line": N_(
        "Line %(line)s is not understood. Write a date like 2027-01-01, or two with 至 between them."
    ),
    "backwards": N_("Line %(line)s: the last day is before the first, or more than a month after it."),
    "other_year": N_("Line %(line)s: the day is in another year."),
    "makeup_on_weekday": N_("Line %(line)s: a make-up day falls on a Saturday or Sunday."),
}


@dataclass(slots=True)
class Typed:
    """What was understood, and what was not: (line, key of MESSAGES)."""

    days: dict[date, SpecialDay] = field(default_factory=dict)
    wrong: list[tuple[int, str]] = field(default_factory=list)


def typed_days(text: str, year: int, kind: str) -> Typed:
    """Days of one kind, as `2027-01-01 元旦` or `2月5日至2月11日 春节`; a date without year is in `year`."""
    found = Typed()
    for at, raw in enumerate(unicodedata.normalize("NFKC", text).splitlines(), start=1):
        line = raw.strip()
        if not line:
            continue
        problem = _read(line, year, kind, found.days)
        if problem:
            found.wrong.append((at, problem))
    return found


def _read(line: str, year: int, kind: str, days: dict[date, SpecialDay]) -> str | None:
    match = LINE.fullmatch(line)
    if match is None:
        return "bad_line"
    one, other, name = match.groups()[:3], match.groups()[3:6], match.group(7).strip()
    try:
        first = _date(one, year)
        last = _date((other[0] or one[0], *other[1:]), year) if other[1] else first
    except ValueError:
        return "bad_line"
    if not 0 <= (last - first).days < LONGEST:
        return "backwards"
    for each in range((last - first).days + 1):
        day = first + timedelta(days=each)
        if day.year != year:
            return "other_year"
        if misfit(day, kind):
            return "makeup_on_weekday"
        days[day] = SpecialDay(kind, name[:NAME_LENGTH])
    return None


def _date(parts: tuple[str | None, ...], year: int) -> date:
    return date(int(parts[0] or year), int(parts[1] or 0), int(parts[2] or 0))
