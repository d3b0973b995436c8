"""What a cut did to tickets and presses, counted from what was answered and from what the database holds. Pure."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

FINISHED, UNSERVED = "finished", "unserved"


@dataclass(frozen=True, slots=True)
class Told:
    """What people were answered: names of tickets, a date and a number each (Q1)."""

    drawn: Sequence[str]
    called: Sequence[str]


@dataclass(frozen=True, slots=True)
class Held:
    """What the database holds of one ticket in the end; `over`: its business date has passed."""

    state: str
    over: bool


@dataclass(frozen=True, slots=True)
class Count:
    """Tickets; `ended` by the turn of their date, as rule Q10 has it: neither lost nor doubled."""

    lost: int
    doubled: int
    ended: int


def count(told: Told, held: Sequence[tuple[str, Held]]) -> Count:
    """Every ticket is drawn once, called once and finished, unless its date passed before (Q1, Q2, Q10)."""
    kept = dict(held)
    ended = {name for name, row in kept.items() if row.over and row.state == UNSERVED}
    ill = {name for name, row in kept.items() if name not in ended and row.state != FINISHED}
    unknown = set(told.drawn) - set(kept)
    never_drawn = set(told.called) - set(told.drawn)
    never_called = set(told.drawn) - set(told.called) - ended
    unasked = set(kept) - set(told.drawn)
    return Count(
        lost=len(unknown | never_drawn | never_called | (ill - unasked)),
        doubled=len(unasked)
        + more_than_once(told.drawn)
        + more_than_once(told.called)
        + more_than_once(name for name, _row in held),
        ended=len(ended - unasked),
    )


def more_than_once(names: Iterable[str]) -> int:
    """How many times too often."""
    return sum(times - 1 for times in Counter(names).values())


def longest_gap(answers: Iterable[float], resumed: float, until: float) -> float:
    """Between two answers, until all were told to finish; the rest that ended at `resumed` is no gap."""
    working = sorted(at for at in answers if at <= until)
    before = [at for at in working if at < resumed]
    after = [resumed, *(at for at in working if at >= resumed), until]
    return max(later - earlier for half in (before, after) for earlier, later in pairwise(half))


def by_name(rows: Iterable[tuple[str, str, str, bool]]) -> list[tuple[str, Held]]:
    """Rows of the database (date, number, state, whether the date has passed), named as answers name them."""
    return [(f"{day} {number}", Held(state, over)) for day, number, state, over in rows]
