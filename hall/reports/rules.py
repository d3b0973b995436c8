"""The day sheet's arithmetic (issue 2, point 11; Q7, Q11). Pure: visits in, figures out. Times are seconds."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from datetime import datetime

K = TypeVar("K")
MEDIAN, MOST = 0.5, 0.9
ENDS = {"finished": "served", "passed": "passed", "abandoned": "abandoned", "unserved": "unserved"}
"""How a visit ended; in every other state the person is still here (`present`)."""
ENDINGS = ("served", "passed", "abandoned", "unserved", "present")
SLOT_MIN = 30


@dataclass(frozen=True, slots=True)
class Visit:
    """One ticket as the day sheet counts it; a time is None where it did not happen or is not known."""

    line: str
    window: str | None
    issued_at: datetime
    state: str
    target_s: float
    wait_s: float | None = None
    walk_s: float | None = None
    service_s: float | None = None
    still_s: float | None = None
    heads: int = 1
    held: bool = False
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Spread:
    """Of some times: how many, the median, the time that 90 of 100 did not exceed, the longest."""

    count: int
    median: float
    p90: float
    longest: float


@dataclass(frozen=True, slots=True)
class Figures:
    """One row of the sheet. `endings` counts every visit once, so that the shares make up the whole."""

    issued: int
    people: int
    endings: dict[str, int]
    over_target: int
    held: int
    out_of_order: int
    wait: Spread | None
    walk: Spread | None
    service: Spread | None
    still_longest: float | None

    def share(self, ending: str) -> float | None:
        """Part of those issued, 0 to 1; None where nothing was issued."""
        return self.endings[ending] / self.issued if self.issued else None

    @property
    def over_share(self) -> float | None:
        """Part of those issued that waited, or wait, beyond the target (Q5)."""
        return self.over_target / self.issued if self.issued else None


def percentile(values: Sequence[float], share: float) -> float:
    """The least of the values that at least this share of them does not exceed (nearest rank). Not for none."""
    ranked = sorted(values)
    return ranked[max(0, math.ceil(share * len(ranked)) - 1)]


def spread(values: Iterable[float | None]) -> Spread | None:
    """Median, 90th percentile and longest of the known times; None where none is known."""
    known = [value for value in values if value is not None]
    if not known:
        return None
    return Spread(len(known), percentile(known, MEDIAN), percentile(known, MOST), max(known))


def figures(visits: Sequence[Visit]) -> Figures:
    """The row of some visits."""
    counted = Counter(ENDS.get(visit.state, "present") for visit in visits)
    still = [visit.still_s for visit in visits if visit.still_s is not None]
    return Figures(
        issued=len(visits),
        people=sum(visit.heads for visit in visits),
        endings={ending: counted[ending] for ending in ENDINGS},
        over_target=sum(is_over(visit) for visit in visits),
        held=sum(visit.held for visit in visits),
        out_of_order=sum(len(visit.reasons) for visit in visits),
        wait=spread(visit.wait_s for visit in visits),
        walk=spread(visit.walk_s for visit in visits),
        service=spread(visit.service_s for visit in visits),
        still_longest=max(still, default=None),
    )


def is_over(visit: Visit) -> bool:
    """Whether the wait until the first call, or until now, is beyond the target."""
    waited = visit.wait_s if visit.wait_s is not None else visit.still_s
    return waited is not None and waited > visit.target_s


def grouped(visits: Iterable[Visit], key: Callable[[Visit], K]) -> dict[K, Figures]:
    """A row for each value of the key."""
    found: dict[K, list[Visit]] = {}
    for visit in visits:
        found.setdefault(key(visit), []).append(visit)
    return {value: figures(group) for value, group in found.items()}


def reasons(visits: Iterable[Visit]) -> dict[str, int]:
    """Calls out of order by reason, the most frequent first (Q7)."""
    counted = Counter(reason for visit in visits for reason in visit.reasons)
    return dict(sorted(counted.items(), key=lambda item: (-item[1], item[0])))


def service_time(started: datetime, ended: datetime, holds: Iterable[tuple[datetime, datetime]]) -> float:
    """From start to finish without the time set aside; never negative."""
    aside = sum(max(0.0, (min(until, ended) - max(since, started)).total_seconds()) for since, until in holds)
    return max(0.0, (ended - started).total_seconds() - aside)


def slot(local: datetime) -> str:
    """The half hour of a local time, as `HH:MM` of its beginning."""
    return f"{local.hour:02d}:{local.minute // SLOT_MIN * SLOT_MIN:02d}"
