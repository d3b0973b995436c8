"""Learning the factor tables from finished waits.

The tables are fitted in turn, each to what the others leave over (backfitting), a few rounds; large misses count less
(so that the middle is the median, not the mean) and older days count less. A line's own tables are made, for the rows
of one day, from the other days: otherwise today's factors would be learned against an expectation that already knew
the day, and would be trusted too little.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from math import exp, log
from statistics import median
from typing import TypeVar

from hall.forecast.factors import LIVE, OWN, POOLED, spread_cell
from hall.forecast.model import Observation, Snapshot
from hall.forecast.pace import LEAST_OBSERVATIONS, Pace, PaceModel

ROUNDS = 5
DAYS_USED = 10
WEIGHT_OF_DAY_BEFORE = 0.85
SMALL_MISS = 0.3
# A wait shorter than this is learned as this long: logarithms need a floor, and nobody is told less than a minute
SHORTEST_MIN = 1.0
UPPER_SHARE = 0.9
SPREAD_SHRINK = 50

Key = TypeVar("Key", bound=Hashable)
# Line ("" for all together) and cell
Place = tuple[str, int]


def learn(observations: Iterable[Observation], *, as_of: date | None = None) -> PaceModel:
    """The model learned from finished waits of any number of lines.

    Uses the `DAYS_USED` days nearest to `as_of` (default: the day after the last), the nearest with the most weight.
    Without a basis it answers None to every question.
    """
    found = list(observations)
    if not found:
        return PaceModel()
    days = _nearest_days({seen.day for seen in found}, as_of)
    found = [seen for seen in found if seen.day in days]
    if len(found) < LEAST_OBSERVATIONS:
        return PaceModel()
    fit = _Fit(found, days)
    for number in range(ROUNDS):
        fit.round(robust=number > 0)
    return fit.result()


def _nearest_days(days: set[date], as_of: date | None) -> dict[date, float]:
    """Weight by day."""
    here = as_of or max(days) + timedelta(days=1)
    nearest = sorted(days, key=lambda day: (abs(here - day), day))[:DAYS_USED]
    return {day: WEIGHT_OF_DAY_BEFORE**rank for rank, day in enumerate(nearest)}


def _numbered(keys: Iterable[Key]) -> tuple[list[int], list[Key]]:
    """Each key as a small number, and the keys by number."""
    numbers: dict[Key, int] = {}
    cells = [numbers.setdefault(key, len(numbers)) for key in keys]
    return cells, list(numbers)


@dataclass(slots=True)
class _Column:
    """One table during the fit: the cell and the present log factor of each observation.

    With `folds`, the factor of an observation is made without the observations of its own fold.
    """

    name: str
    shrink: float
    effect: list[float]
    cells: list[int]
    keys: list[Place]
    folds: list[int] | None = None
    fold_count: int = 0
    values: Sequence[float] = ()

    def refit(self, left: list[float], weights: list[float]) -> list[float]:
        """Fit to `left` plus its own effect; returns what is then left."""
        sums, mass = self._totals(self.cells, len(self.keys), left, weights)
        shrink = self.shrink * sum(weights) / len(weights)
        self.values = [total / (weight + shrink) for total, weight in zip(sums, mass, strict=True)]
        if self.folds is None:
            fresh = [self.values[cell] for cell in self.cells]
        else:
            fold_sums, fold_mass = self._totals(self.folds, self.fold_count, left, weights)
            fresh = [
                (sums[cell] - fold_sums[fold]) / (mass[cell] - fold_mass[fold] + shrink)
                for cell, fold in zip(self.cells, self.folds, strict=True)
            ]
        left = [rest + old - new for rest, old, new in zip(left, self.effect, fresh, strict=True)]
        self.effect = fresh
        return left

    def _totals(
        self, cells: list[int], count: int, left: list[float], weights: list[float]
    ) -> tuple[list[float], list[float]]:
        sums = [0.0] * count
        mass = [0.0] * count
        for cell, rest, effect, weight in zip(cells, left, self.effect, weights, strict=True):
            sums[cell] += (rest + effect) * weight
            mass[cell] += weight
        return sums, mass


class _Fit:
    def __init__(self, found: list[Observation], days: dict[date, float]) -> None:
        self.found = found
        self.days = days
        self.moments: list[Snapshot] = [seen.snapshot for seen in found]
        self.day_weights = [days[seen.day] for seen in found]
        target = [log(max(SHORTEST_MIN, seen.waited_min)) - log(seen.snapshot.ahead + 1) for seen in found]
        self.target = target
        self.base = median(target)
        self.left = [value - self.base for value in target]
        self.pooled = [
            self._column(table.name, table.shrink, [("", table.cell(moment)) for moment in self.moments])
            for table in POOLED
        ]
        # With one day alone the folds are its hours
        folds = [seen.day if len(days) > 1 else int(seen.snapshot.minute) // 60 for seen in found]
        self.own = []
        for table in OWN:
            keys = [(moment.line, table.cell(moment)) for moment in self.moments]
            column = self._column(table.name, table.shrink, keys)
            column.folds, parts = _numbered(zip(column.cells, folds, strict=True))
            column.fold_count = len(parts)
            self.own.append(column)
        self.live = [self._column(table.name, table.shrink, [("", 0)] * len(found)) for table in LIVE]

    @staticmethod
    def _column(name: str, shrink: float, keys: Iterable[Place]) -> _Column:
        cells, by_number = _numbered(keys)
        return _Column(name, shrink, [0.0] * len(cells), cells, by_number)

    def round(self, *, robust: bool) -> None:
        """Refit every table once."""
        weights = self._weights() if robust else self.day_weights
        for column in (*self.pooled, *self.own):
            self.left = column.refit(self.left, weights)
        expected = [value - rest for value, rest in zip(self.target, self.left, strict=True)]
        for column in self.live:
            expected = [whole - effect for whole, effect in zip(expected, column.effect, strict=True)]
        for table, column in zip(LIVE, self.live, strict=True):
            cells = map(table.cell, self.moments, expected)
            column.cells, column.keys = _numbered(("", cell) for cell in cells)
            self.left = column.refit(self.left, weights)
            expected = [whole + effect for whole, effect in zip(expected, column.effect, strict=True)]

    def _weights(self) -> list[float]:
        return [
            weight / max(SMALL_MISS, abs(rest))
            for weight, rest in zip(self.day_weights, self.left, strict=True)
        ]

    def result(self) -> PaceModel:
        """The tables as paces."""
        tables: dict[str, dict[int, float]] = {"base": {0: self.base}, "spread": self._spread()}
        for column in (*self.pooled, *self.live):
            tables[column.name] = {
                cell: value for (_, cell), value in zip(column.keys, column.values, strict=True)
            }
        own: dict[str, dict[str, dict[int, float]]] = defaultdict(lambda: defaultdict(dict))
        for column in self.own:
            for (line, cell), value in zip(column.keys, column.values, strict=True):
                own[line][column.name][cell] = value
        counts = Counter(moment.line for moment in self.moments)
        days: dict[str, set[date]] = defaultdict(set)
        for seen in self.found:
            days[seen.snapshot.line].add(seen.day)
        lines = {line: Pace(counts[line], len(days[line]), dict(kept)) for line, kept in own.items()}
        return PaceModel(Pace(len(self.found), len(self.days), tables), lines)

    def _spread(self) -> dict[int, float]:
        """Log of ninth decile ÷ median by cell, drawn to that of all (cell -1)."""
        by_cell: dict[int, list[float]] = defaultdict(list)
        for seen, rest in zip(self.found, self.left, strict=True):
            p50 = max(SHORTEST_MIN, seen.waited_min) * exp(-rest)
            by_cell[spread_cell(seen.snapshot.ahead, p50)].append(rest)
        whole = max(0.0, _quantile(sorted(self.left)))
        table = {-1: whole}
        for cell, misses in by_cell.items():
            own = max(0.0, _quantile(sorted(misses)))
            table[cell] = (own * len(misses) + whole * SPREAD_SHRINK) / (len(misses) + SPREAD_SHRINK)
        return table


def _quantile(ordered: Sequence[float]) -> float:
    return ordered[min(len(ordered) - 1, int(UPPER_SHARE * len(ordered)))]
