"""A forecast knows what came before it and nothing else."""

from __future__ import annotations

import csv
from itertools import count
from typing import TYPE_CHECKING

from hypothesis import given, settings
from hypothesis import strategies as st

from hall.forecast.record import forecast_record
from tests.simulated_queues import Reading, simulate, write

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from hypothesis.strategies import DrawFn

RECORD = simulate(3, 2)
MOMENTS = sorted({(reading.day, reading.time) for reading in RECORD})
_numbers = count()
Figures = dict[tuple[str, ...], list[tuple[str, str]]]


def forecast(tmp_path: Path, readings: list[Reading], learn_from: list[Path] | None = None) -> Figures:
    number = next(_numbers)
    record = write(readings, tmp_path / f"record-{number}.csv")
    out = tmp_path / f"out-{number}.csv"
    forecast_record(record, learn_from or [], out)
    found: Figures = {}
    with out.open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            key = (row["date"], row["time"], row["office"], row["queue_id"])
            found.setdefault(key, []).append((row["p50_min"], row["p90_min"]))
    return found


def until(figures: Figures, moment: tuple[str, str]) -> Figures:
    return {key: said for key, said in figures.items() if key[:2] <= moment}


@st.composite
def later_changes(draw: DrawFn) -> tuple[tuple[str, str], Callable[[Reading], Reading | None]]:
    """A moment, and what happens to each reading after it: lost, or with other figures."""
    moment = draw(st.sampled_from(MOMENTS))
    lost = draw(st.booleans())
    waiting, called = draw(st.integers(0, 60)), draw(st.integers(0, 999))
    windows = draw(st.integers(0, 9))

    def change(reading: Reading) -> Reading | None:
        if lost:
            return None
        return reading._replace(waiting=waiting, called=called, windows=windows)

    return moment, change


@settings(max_examples=25, deadline=None)
@given(later=later_changes())
def test_whatever_comes_later_changes_no_earlier_forecast(
    tmp_path: Path, later: tuple[tuple[str, str], Callable[[Reading], Reading | None]]
) -> None:
    moment, change = later
    changed = [reading if (reading.day, reading.time) <= moment else change(reading) for reading in RECORD]
    kept = [reading for reading in changed if reading is not None]
    assert until(forecast(tmp_path, kept), moment) == until(forecast(tmp_path, RECORD), moment), (
        "a forecast used a later reading: build what it knows from earlier days and from its own queue so far"
    )


@settings(max_examples=10, deadline=None)
@given(moment=st.sampled_from(MOMENTS), waiting=st.integers(0, 60), called=st.integers(0, 99))
def test_another_queue_at_the_same_moment_is_not_known(
    tmp_path: Path, moment: tuple[str, str], waiting: int, called: int
) -> None:
    changed = [
        reading._replace(waiting=waiting, called=called)
        if (reading.day, reading.time) == moment and reading.queue == "2"
        else reading
        for reading in RECORD
    ]
    asked = (*moment, "Hall", "1")
    assert forecast(tmp_path, changed).get(asked) == forecast(tmp_path, RECORD).get(asked)


@settings(max_examples=10, deadline=None)
@given(order=st.randoms(use_true_random=False))
def test_the_order_of_the_file_does_not_matter(tmp_path: Path, order: object) -> None:
    shuffled = list(RECORD)
    order.shuffle(shuffled)  # type: ignore[attr-defined]
    assert forecast(tmp_path, shuffled) == forecast(tmp_path, RECORD)


def test_a_record_that_is_also_the_learning_record_is_not_known_before_its_time(tmp_path: Path) -> None:
    whole = write(RECORD, tmp_path / "whole.csv")
    assert forecast(tmp_path, RECORD, [whole]) == forecast(tmp_path, RECORD)


def test_one_queue_learns_nothing_from_its_own_day_in_the_learning_record(tmp_path: Path) -> None:
    whole = write(RECORD, tmp_path / "whole.csv")
    earlier = write([r for r in RECORD if r.day < "2026-03-04"], tmp_path / "earlier.csv")
    own = [reading for reading in RECORD if reading.day == "2026-03-04" and reading.queue == "1"]
    assert forecast(tmp_path, own, [whole]) == forecast(tmp_path, own, [earlier])
