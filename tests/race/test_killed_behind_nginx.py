"""A process dies, or all are started anew one after the other, behind nginx: presses are answered, screens are true."""

from __future__ import annotations

import signal
from contextlib import ExitStack
from typing import TYPE_CHECKING

import pytest

from tests.pressing import LINE, Pressing
from tests.race.test_nginx_reloaded import all_true
from tests.screens import LastingScreen, until

if TYPE_CHECKING:
    from tests.scaled import ScaledHall, StartScaled

TOPICS = ("site:xixian:board", "site:xixian:lines", f"line:{LINE}")


@pytest.fixture(scope="session")
def nursery() -> None:
    """Processes start from nothing: they are away for as long as on a machine."""


def judge(hall: ScaledHall, pressing: Pressing, screens: list[LastingScreen]) -> None:
    """The day goes on, nothing is lost or doubled, and all see the truth."""
    pressing.go_on()
    pressing.finish()
    pressing.judge()
    until("Q11: sockets that were cut came back", lambda: all(screen.online for screen in screens))
    until("Q11: all screens end with the truth", lambda: all_true(hall, screens))


def test_Q1_Q2_Q11_whoever_presses_at_a_process_that_is_killed_is_answered_by_another(
    start_scaled: StartScaled,
) -> None:
    hall = start_scaled(nginx=True)
    with ExitStack() as opened:
        screens = [opened.enter_context(LastingScreen(hall.url, *TOPICS)) for _ in range(6)]
        pressing = opened.enter_context(Pressing(hall.url, hall.demo))
        for process in hall.processes:
            pressing.go_on()
            process.stop(signal.SIGKILL)
            pressing.go_on()
            process.start()
        judge(hall, pressing, screens)
        assert any(screen.returned for screen in screens), "Q11: some of them had to come back"


def test_Q1_Q2_Q11_started_anew_one_after_the_other_nobody_is_missed(start_scaled: StartScaled) -> None:
    hall = start_scaled(nginx=True)
    with ExitStack() as opened:
        screens = [opened.enter_context(LastingScreen(hall.url, *TOPICS)) for _ in range(6)]
        pressing = opened.enter_context(Pressing(hall.url, hall.demo))
        for process in hall.processes:
            pressing.go_on()
            process.stop(signal.SIGTERM)
            process.start()
        judge(hall, pressing, screens)
        assert all(screen.returned for screen in screens), "Q11: each process was away once"
