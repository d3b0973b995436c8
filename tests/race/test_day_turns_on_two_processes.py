"""The business date turns at 04:00 while sockets are open at two processes: ended once, told everywhere, begun anew."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import psycopg

from hall import clock
from tests.race.test_scaled_live import BOARD, LINES, PHONES, clerk, draw, press, shown
from tests.screens import Screen, until

if TYPE_CHECKING:
    from tests.scaled import ScaledHall, StartScaled

ZONE = ZoneInfo("Asia/Shanghai")
BEFORE = timedelta(seconds=10)
A_JOB_S = 180.0
"""`turn_day` is looked at from time to time (`tests.set_clocks`)."""
ENDED = "SELECT data FROM journal WHERE fact = 'day_ended'"


def before_the_turn() -> timedelta:
    """How far ahead a clock is that says some seconds to four in the morning."""
    now = clock.now()
    _first, turn = clock.day_bounds(ZONE, clock.business_date(ZONE, now))
    return turn - BEFORE - now


def waiting(screen: Screen) -> tuple[Any, ...]:
    """Who waits, as the board, the lines and the phones say it."""
    (line,) = [row for row in screen.states[LINES]["lines"] if row["code"] == "xixian-a"]
    return screen.states[BOARD]["waiting"]["A"], line["waiting"], screen.states[PHONES]["count"]


def days_ended(hall: ScaledHall) -> list[str]:
    with psycopg.connect(hall.prepared.database_url.replace("+psycopg", "")) as line:
        return [row[0] for row in line.execute(ENDED)]


def test_Q1_Q10_the_day_turns_once_for_all_processes_and_every_screen_hears_of_it(
    start_scaled: StartScaled,
) -> None:
    hall = start_scaled(clocks=True)
    window = f"window:{clerk(hall)['window']}"
    topics, token = (BOARD, LINES, PHONES, window), clerk(hall)["token"]
    with (
        Screen(hall.urls[0], *topics, token=token) as here,
        Screen(hall.urls[1], *topics, token=token) as there,
    ):
        drawn = [draw(hall, at) for at in (0, 1, 0)]
        press(hall, 0, "open")
        called = press(hall, 1, "call-next").json()["number"]
        until("the call is shown at both", lambda: called in shown(here) and called in shown(there))
        until("two wait", lambda: waiting(here) == waiting(there) == (2, 2, 2))
        versions = [here.states[topic]["version"] for topic in topics]
        for own in hall.clocks:
            own.set(before_the_turn())
        until(
            "Q1: boards, lines and phones of both processes begin the new date empty",
            lambda: all(waiting(each) == (0, 0, 0) and not shown(each) for each in (here, there)),
        )
        until(
            "Q10: the forgotten window is closed, and both processes tell it",
            lambda: all(each.states[window]["state"] == "closed" for each in (here, there)),
            A_JOB_S,
        )
        assert len(days_ended(hall)) == 1, "Q10: one process ends the day, once"
        assert [draw(hall, at) for at in (1, 0, 1)] == drawn, "Q1: numbers begin anew, at both processes"
        press(hall, 1, "open")
        assert press(hall, 0, "call-next").json()["number"] == drawn[0], "Q3: today's first is called first"
        until("both tell it", lambda: drawn[0] in shown(here) and drawn[0] in shown(there))
        until("both tell who waits", lambda: waiting(here) == waiting(there) == (2, 2, 2))
        assert all(
            here.states[topic]["version"] > before for topic, before in zip(topics, versions, strict=True)
        ), "Q11: versions go on"
        assert datetime.fromisoformat(here.states[BOARD]["as_of"]).hour == 4, "pages are told this time"
        assert len(days_ended(hall)) == 1, "Q10: it does not end again"
