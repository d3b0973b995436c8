"""A day's shifts as people type them: `08:30-12:00 14:30-17:30`, and what is kept back for the desk. Pure."""

from __future__ import annotations

import re
import unicodedata
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable

KEPT, AWAY = "留", "休"
MOST_STRETCHES = 6
MIDNIGHT = 24 * 60
BADGE = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{0,11}")
ONE = re.compile(r"(\d{1,2}):(\d{2})\s*(?:-|~|至|到|–|—)+\s*(\d{1,2}):(\d{2})\s*(\(?(?:预?留|kept)\)?)?")
BETWEEN = re.compile(r"[\s、,;|]*")
NOTHING = {"", "-", "—", "休", "休息", "off", "away"}


class Times(NamedTuple):
    """From when until when, local HH:MM (24:00 is midnight); what is kept back only the desk gives away."""

    starts: str
    ends: str
    kept_back: bool = False


class BadShifts(ValueError):
    """What was typed is no list of shifts; `key` says why: form, order or overlap."""

    def __init__(self, key: str) -> None:
        super().__init__(key)
        self.key = key


def read_shifts(typed: str) -> tuple[Times, ...]:
    """The shifts of one day in their order; nothing, or 休, for a day off. Raises BadShifts."""
    text = unicodedata.normalize("NFKC", typed).strip().casefold()
    if text in NOTHING:
        return ()
    found: list[Times] = []
    at = 0
    while at < len(text):
        match = ONE.match(text, at)
        if match is None:
            raise BadShifts("form")
        found.append(_times(match))
        gap = BETWEEN.match(text, match.end())
        at = gap.end() if gap else match.end()
    if len(found) > MOST_STRETCHES:
        raise BadShifts("form")
    found.sort()
    if any(one.ends > other.starts for one, other in pairwise(found)):
        raise BadShifts("overlap")
    return tuple(found)


def _times(match: re.Match[str]) -> Times:
    starts, ends = (int(match[at]) * 60 + int(match[at + 1]) for at in (1, 3))
    if max(starts, ends) > MIDNIGHT or any(int(match[at]) > 59 for at in (2, 4)):  # noqa: PLR2004 - minutes
        raise BadShifts("form")
    if starts >= ends:
        raise BadShifts("order")
    return Times(_hhmm(starts), _hhmm(ends), bool(match[5]))


def _hhmm(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"


def write_shifts(shifts: Iterable[Times]) -> str:
    """As `read_shifts` reads them again."""
    return " ".join(f"{one.starts}-{one.ends}{KEPT if one.kept_back else ''}" for one in shifts)
