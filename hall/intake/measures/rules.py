"""What the county publishes about its cases (I11). Pure: cases in, figures out. Days are working days."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar

from hall.calendar.rules import working_days_between

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from datetime import date

    from hall.calendar.rules import WorkingCalendar

K = TypeVar("K")


@dataclass(frozen=True, slots=True)
class Visits:
    """Visits of one form: without the hall, promised, and made so far; None where nobody said."""

    before: int | None
    promised: int | None
    made: int


@dataclass(frozen=True, slots=True)
class Measured:
    """One case. `asked` are the keys of papers that it asks for, `reused` those of them that came from elsewhere.

    `actual` is None until it is decided, or where the days lie in a year that is not confirmed (I5).
    """

    item: str
    department: str
    bundle: str | None
    month: str
    filing: int
    visits: Visits
    statutory: int | None = None
    committed: int | None = None
    actual: int | None = None
    decided: bool = False
    asked: frozenset[int] = frozenset()
    reused: frozenset[int] = frozenset()
    notices: int = 0
    breach: bool = False
    lapsed: bool = False
    overdue: bool = False


@dataclass(frozen=True, slots=True)
class Figures:
    """A row. Days and visits are means, None of nothing; papers and the rest are counts.

    A paper that several cases of one form share counts once, as it is handed in once (I6).
    """

    cases: int
    decided: int
    statutory: float | None
    committed: float | None
    actual: float | None
    asked: int
    reused: int
    visits_before: float | None
    visits_promised: float | None
    visits_made: float | None
    notices: int
    breaches: int
    lapses: int
    overdue: int


@dataclass(frozen=True, slots=True)
class Stop:
    """A clock stop, from the day it began to the day the clock ran again; None while it stands."""

    stopped: date
    resumed: date | None = field(default=None)


def actual_days(
    calendar: WorkingCalendar, accepted: date, decided: date, stops: Iterable[Stop] = ()
) -> int | None:
    """Working days from the day after acceptance to the decision, without those on which the clock stood (I5, I11).

    None where a day of them lies in a year that is not confirmed. Never negative.
    """
    whole = working_days_between(calendar, accepted, decided)
    if whole is None:
        return None
    until = accepted
    for stop in sorted(stops, key=lambda one: one.stopped):
        begin = max(stop.stopped, until)
        end = min(stop.resumed or decided, decided)
        if end <= begin:
            continue
        stood = working_days_between(calendar, begin, end)
        if stood is None:
            return None
        whole, until = whole - stood, end
    return max(0, whole)


def mean(values: Iterable[int | None]) -> float | None:
    """The mean of the known values; None of none."""
    known = [value for value in values if value is not None]
    return sum(known) / len(known) if known else None


def figures(cases: Sequence[Measured]) -> Figures:
    """The row of some cases. Visits count once a form."""
    forms = {case.filing: case.visits for case in cases}.values()
    asked = frozenset().union(*(case.asked for case in cases)) if cases else frozenset()
    reused = frozenset().union(*(case.reused for case in cases)) if cases else frozenset()
    return Figures(
        cases=len(cases),
        decided=sum(case.decided for case in cases),
        statutory=mean(case.statutory for case in cases),
        committed=mean(case.committed for case in cases),
        actual=mean(case.actual for case in cases),
        asked=len(asked),
        reused=len(reused & asked),
        visits_before=mean(form.before for form in forms),
        visits_promised=mean(form.promised for form in forms),
        visits_made=mean(form.made for form in forms),
        notices=sum(case.notices for case in cases),
        breaches=sum(case.breach for case in cases),
        lapses=sum(case.lapsed for case in cases),
        overdue=sum(case.overdue for case in cases),
    )


def grouped(cases: Iterable[Measured], key: Callable[[Measured], K | None]) -> dict[K, Figures]:
    """A row for each value of the key, in the order of the values; cases without one are left out."""
    found: dict[K, list[Measured]] = {}
    for case in cases:
        value = key(case)
        if value is not None:
            found.setdefault(value, []).append(case)
    return {value: figures(group) for value, group in found.items()}
