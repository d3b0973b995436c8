"""Holidays and make-up days as people type them, one stretch a line, or the notice's own sentences pasted in. Pure."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from datetime import date, timedelta

from hall.calendar.rules import HOLIDAY, MAKEUP, WEEKEND, SpecialDay, misfit
from hall.catalog.problems import N_

ONE = r"(?:(\d{4})[-/.年])?(\d{1,2})[-/.月](\d{1,2})(?:日|号)?"
LINE = re.compile(rf"{ONE}(?:\s*(?:至|到|~|—|–|―)+\s*{ONE})?\s*(.*)")
NOTICE = re.compile(r"(?:[一二三四五六七八九十]+、)?(.+?):(.*(?:放假|上班).*)")
ASIDE = re.compile(r"\(.*?\)")
DAY = r"(?:(?:(\d{4})年)?(\d{1,2})月)?(\d{1,2})日"
STRETCH = re.compile(rf"{DAY}(?:\s*(?:至|到|~|—|–)+\s*{DAY})?")
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
    """Days of one kind, as `2027-01-01 元旦` or `2月5日至2月11日 春节`; a date without year is in `year`.

    A line of the State Council's notice (元旦：1月1日（周五）至3日（周日）放假调休，共3天。1月9日（周六）上班。) says
    both kinds itself.
    """
    found = Typed()
    for at, raw in enumerate(unicodedata.normalize("NFKC", text).splitlines(), start=1):
        line = raw.strip()
        if not line:
            continue
        notice = NOTICE.fullmatch(line)
        if notice:
            problem = _read_notice(notice[1], notice[2], year, found.days)
        else:
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
    return _take(first, last, year, SpecialDay(kind, name[:NAME_LENGTH]), days)


def _read_notice(name: str, said: str, year: int, days: dict[date, SpecialDay]) -> str | None:
    """One holiday of the notice: days off, and the days worked for them, in its sentences."""
    name, some = name.strip()[: NAME_LENGTH - 2], False
    for sentence in re.split(r"[。;]", ASIDE.sub("", said)):
        kind = HOLIDAY if "放假" in sentence else MAKEUP if "上班" in sentence else None
        stretches = list(STRETCH.finditer(sentence)) if kind else []
        on = (str(year), "0")
        for match in stretches:
            first, last, on = _ends(match, on)
            if first is None or last is None:
                return "bad_line"
            special = SpecialDay(str(kind), name if kind == HOLIDAY else f"{name}调休")
            problem = _take(first, last, year, special, days, across=True)
            if problem:
                return problem
            some = True
    return None if some else "bad_line"


def _ends(match: re.Match[str], on: tuple[str, str]) -> tuple[date | None, date | None, tuple[str, str]]:
    """First and last day of a stretch; what it leaves out (year, month) is as it was said before."""
    found: list[date] = []
    for at in (1, 4):
        if match[at + 2] is None:
            continue
        on = (match[at] or on[0], match[at + 1] or on[1])
        try:
            found.append(date(int(on[0]), int(on[1]), int(match[at + 2])))
        except ValueError:
            return None, None, on
    return found[0], found[-1], on


def _take(
    first: date,
    last: date,
    year: int,
    special: SpecialDay,
    days: dict[date, SpecialDay],
    *,
    across: bool = False,
) -> str | None:
    """Note the days of a stretch. `across`: weekend days of a neighbouring year rest anyway and are passed over."""
    if not 0 <= (last - first).days < LONGEST:
        return "backwards"
    for each in range((last - first).days + 1):
        day = first + timedelta(days=each)
        if day.year != year:
            if across and special.kind == HOLIDAY and day.weekday() >= WEEKEND:
                continue
            return "other_year"
        if misfit(day, special.kind):
            return "makeup_on_weekday"
        days[day] = special
    return None


def _date(parts: tuple[str | None, ...], year: int) -> date:
    return date(int(parts[0] or year), int(parts[1] or 0), int(parts[2] or 0))
