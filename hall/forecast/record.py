"""The wait figure over a whole record: what would we have said at each reading with somebody waiting.

Each day is forecast by a model learned from other days alone: the earlier days of the record, and the learning record,
of which a day that it has itself as well sees only what is earlier. Within a day a forecast sees the earlier readings
of its own queue and its own reading. Only where no other day is known at all, the model is learned anew every half
hour from the waits that had ended by then.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from hall.forecast.learning import learn
from hall.forecast.today import LineToday
from hall.forecast.warsaw import CallCount, Row, by_queue_day, moment, observe, read_record, why_dropped

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Sequence
    from datetime import date
    from pathlib import Path

    from hall.forecast.model import Observation, WaitModel, WaitRange

HEADER = ("date", "time", "office", "queue_id", "p50_min", "p90_min")
RELEARN_EVERY_MIN = 30


class Learner(Protocol):
    """Makes a model from finished waits, for the day `as_of`."""

    def __call__(self, observations: Iterable[Observation], *, as_of: date | None = None) -> WaitModel:
        """The model; one that knows nothing answers None."""
        ...


@dataclass(slots=True)
class Outcome:
    """What a run did: rows written, and how many of them without a figure.

    `dropped` names the queue-days whose number called does not follow one series, with the reason: they are learned
    from by counting calls, but no real wait can be read off them.
    """

    written: int = 0
    blank: int = 0
    dropped: dict[tuple[date, str], str] = field(default_factory=dict)


def forecast_record(
    record: Path,
    learn_from: Sequence[Path],
    out: Path,
    *,
    days: Collection[date] | None = None,
    learner: Learner = learn,
    on_day: Callable[[date], None] = lambda _day: None,
) -> Outcome:
    """Forecast `record`, with the records `learn_from` known beforehand, into the CSV file `out`.

    Writes a line for every row with somebody waiting, in the order of the record (of `days` alone where given); the
    figures are minutes, empty without a basis. Raises BrokenRecord, before anything is written.
    """
    rows = read_record(record)
    known = [row for path in learn_from for row in read_record(path)]
    outcome = Outcome()
    past = _Past(rows, known, outcome)
    figures: dict[int, WaitRange | None] = {}
    for day in sorted({row.day for row in rows}):
        if days is None or day in days:
            on_day(day)
            of_day = [(at, row) for at, row in enumerate(rows) if row.day == day]
            figures.update(_forecast_day(day, of_day, past.known_on(day), learner))
    with out.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(HEADER)
        for at in sorted(figures):
            row, figure = rows[at], figures[at]
            told = ("", "") if figure is None else (f"{figure.p50_min:.1f}", f"{figure.p90_min:.1f}")
            writer.writerow((row.day.isoformat(), row.time, row.office, row.queue, *told))
            outcome.written += 1
            outcome.blank += figure is None
    return outcome


class _Past:
    """What may be known of other days when one day is forecast."""

    def __init__(self, rows: Sequence[Row], known: Sequence[Row], outcome: Outcome) -> None:
        self._own_days = {row.day for row in rows}
        self._known_days = {row.day for row in known}
        # The same queue and day in both is one and the same
        queue_days = by_queue_day(known) | by_queue_day(rows)
        for key, readings in queue_days.items():
            reason = why_dropped(readings)
            if reason is not None:
                outcome.dropped[key] = reason
        self._by_day: dict[date, list[Observation]] = {}
        for seen in observe(queue_days):
            self._by_day.setdefault(seen.day, []).append(seen)

    def known_on(self, day: date) -> list[Observation]:
        """Waits of earlier days; of later ones only those of a learning record that does not have this day too."""
        usable = [
            other
            for other in self._by_day
            if other < day or (other not in self._own_days and day not in self._known_days)
        ]
        return [seen for other in usable for seen in self._by_day[other]]


def _forecast_day(
    day: date, of_day: Sequence[tuple[int, Row]], seen: list[Observation], learner: Learner
) -> dict[int, WaitRange | None]:
    """Figures of one day by place in the record; `seen` is what other days gave."""
    model = learner(seen, as_of=day)
    relearn_at = None if seen else 0
    lines: dict[str, tuple[LineToday, CallCount]] = {}
    so_far: list[Row] = []
    figures: dict[int, WaitRange | None] = {}
    for at, row in sorted(of_day, key=lambda numbered: numbered[1].minute):
        if relearn_at is not None and row.minute >= relearn_at:
            model = learner(observe(by_queue_day(so_far)), as_of=day)
            relearn_at = (row.minute // RELEARN_EVERY_MIN + 1) * RELEARN_EVERY_MIN
        now = moment(row, *lines.setdefault(row.line, (LineToday(), CallCount())))
        if now is not None:
            figures[at] = model.predict(now)
        if relearn_at is not None:
            so_far.append(row)
    return figures
