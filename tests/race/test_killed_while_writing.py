"""The writer is killed two hundred times at random points while kiosks draw and windows call (Q1, Q2, O3)."""

from __future__ import annotations

import random
import signal
import time
from typing import TYPE_CHECKING

from tests.insisting import Day
from tests.lean_hall import LeanHall
from tests.truth import Truth

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import StartHall
    from tests.servers import Halls

KILLS, OF_SERVED, KIOSKS, WINDOWS = 200, 3, 4, 4
MOST_ANSWERS, LONGEST_S = 6, 0.02
"""A life ends after so many answers at most, and a moment."""


def test_Q1_Q2_O3_a_writer_killed_two_hundred_times_loses_and_doubles_nothing(
    halls: Halls, tmp_path: Path
) -> None:
    prepared = halls.lay_out("demo", "sqlite", tmp_path / "data")
    hall, when = LeanHall.start(prepared), random.Random(6)
    day = Day([hall.url], prepared.demo)

    def kill_again_and_again() -> None:
        for _each in range(KILLS):
            day.wait_for(when.randint(1, MOST_ANSWERS))
            time.sleep(when.uniform(0, LONGEST_S))
            hall.kill()

    try:
        day.run(KIOSKS, WINDOWS, kill_again_and_again)
    finally:
        hall.end()
    judge(day, prepared.database_url)
    assert day.cut >= KILLS / 2, "the kills met presses under way"
    assert day.replayed, "some were killed between their commit and their answer"


def test_Q1_Q2_a_served_hall_killed_in_the_rush_loses_and_doubles_nothing(start_hall: StartHall) -> None:
    hall = start_hall()
    day = Day([hall.url], hall.demo)

    def kill_and_start() -> None:
        for _each in range(OF_SERVED):
            time.sleep(0.5)
            hall.stop(signal.SIGKILL)
            hall.start()

    day.run(KIOSKS, WINDOWS, kill_and_start)
    hall.stop(signal.SIGKILL)
    judge(day, hall.prepared.database_url)
    assert day.cut >= OF_SERVED, "the kills met presses under way"


def judge(day: Day, address: str) -> None:
    """What was answered and what the database says are the same, and keep the rules."""
    assert not day.troubles, day.troubles[:3]
    truth = Truth.read(address)
    assert not list(truth.problems()), list(truth.problems())[:5]
    assert sorted(day.drawn.values()) == sorted(truth.numbers), (
        "Q1: each press drew one number, which is there"
    )
    assert sorted(day.called) == sorted(truth.called), (
        "Q2: each call that was answered happened, and no other"
    )
    assert sorted(day.finished) == sorted(truth.finished), "Q2: each end that was answered happened once"
    assert sorted(truth.numbers) == sorted(number for number, _window in truth.finished), "nobody is lost"
