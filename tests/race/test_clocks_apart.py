"""Two processes whose clocks disagree, one of which is set back: order, versions and screens do not suffer (Q1, Q3)."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

from tests.race.test_scaled_live import BOARD, PHONES, draw, press, shown
from tests.screens import Screen, until

if TYPE_CHECKING:
    from tests.scaled import StartScaled

APART, BACK = timedelta(seconds=90), timedelta(minutes=-10)
TOPICS = (BOARD, "site:xixian:lines", PHONES)
ROUNDS = 4


def all_wait(screens: tuple[Screen, ...], count: int) -> bool:
    """Whether the phones of all know how many wait."""
    return all(screen.states[PHONES]["tickets"] == count for screen in screens)


def versions(screen: Screen) -> tuple[int, ...]:
    """Of what it shows."""
    return tuple(screen.states[topic]["version"] for topic in TOPICS)


def all_show(screens: tuple[Screen, ...], number: str) -> bool:
    """Whether the boards of all call the number."""
    return all(number in shown(screen) for screen in screens)


def test_Q1_Q3_Q11_clocks_that_disagree_or_step_back_change_no_order_and_hide_nothing(
    start_scaled: StartScaled,
) -> None:
    hall = start_scaled(clocks=True)
    drawn: list[str] = []
    called: list[str] = []
    with Screen(hall.urls[0], *TOPICS) as here, Screen(hall.urls[1], *TOPICS) as there:
        press(hall, 0, "open")
        for ahead in (APART, BACK):
            hall.clocks[0].set(ahead)
            with Screen(hall.urls[0], BOARD) as asks, Screen(hall.urls[1], BOARD) as beside:
                told = [datetime.fromisoformat(one.states[BOARD]["as_of"]) for one in (asks, beside)]
            assert abs(told[0] - told[1] - ahead) < timedelta(seconds=60), "the clocks are apart"
            before = versions(here)
            for turn in range(ROUNDS):
                drawn += [draw(hall, at) for at in (0, 1)]
                until(
                    "Q11: phones of a paced topic hear from both processes",
                    partial(all_wait, (here, there), len(drawn) - len(called)),
                )
                called.append(press(hall, turn % 2, "call-next").json()["number"])
                until(
                    "Q11: a call at either process is shown at both",
                    partial(all_show, (here, there), called[-1]),
                )
                press(hall, (turn + 1) % 2, "finish", {"outcome": "done"})
        while (answer := press(hall, len(called) % 2, "call-next")).status_code == 200:
            called.append(answer.json()["number"])
            press(hall, 0, "finish", {"outcome": "done"})
        assert drawn == [f"A{serial:03d}" for serial in range(1, len(drawn) + 1)], "Q1: doubles or gaps"
        assert called == drawn, "Q3: called in the order of drawing, whatever the clocks say"
        until(
            "Q11: both end with the same states under the same versions",
            lambda: all(here.content(topic) == there.content(topic) for topic in TOPICS),
        )
        assert all(now > then for now, then in zip(versions(here), before, strict=True)), (
            "Q11: versions grow, also where a clock stepped back"
        )
        for topic in TOPICS:
            for screen in (here, there):
                assert screen.states[topic]["version"] == max(screen.versions(topic)), (
                    f"Q11: what is shown is the newest that came: {topic}"
                )
