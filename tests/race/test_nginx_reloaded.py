"""nginx takes new settings while windows press and screens are open: no press lost or doubled, all see the truth."""

from __future__ import annotations

import re
import signal
from contextlib import ExitStack
from typing import TYPE_CHECKING

import requests

from tests.pressing import LINE, Pressing
from tests.screens import LastingScreen, Screen, until

if TYPE_CHECKING:
    from tests.scaled import ScaledHall, StartScaled
    from tests.servers import LiveHall

TOPICS = ("site:xixian:board", "site:xixian:lines", f"line:{LINE}")


def all_true(hall: ScaledHall, screens: list[LastingScreen]) -> bool:
    """Whether each screen shows what a process says that is asked now."""
    with Screen(hall.urls[-1], *TOPICS) as asks:
        told = {topic: asks.content(topic) for topic in TOPICS}
    return all(screen.content(topic) == told[topic] for screen in screens for topic in TOPICS)


def test_Q1_Q2_Q11_nginx_reloaded_with_sockets_open_loses_and_doubles_no_press(
    start_scaled: StartScaled,
) -> None:
    hall = start_scaled(nginx=True)
    with ExitStack() as opened:
        screens = [opened.enter_context(LastingScreen(hall.url, *TOPICS)) for _ in range(6)]
        pressing = opened.enter_context(Pressing(hall.url, hall.demo))
        for _ in range(3):
            pressing.go_on()
            hall.nginx.reload()
        pressing.go_on()
        pressing.finish()
        pressing.judge()
        until("Q11: all screens end with the truth", lambda: all_true(hall, screens))
        assert all(screen.returned == 0 for screen in screens), "Q11: open sockets outlive a reload"


def connections(process: LiveHall) -> int:
    """Sockets that are open at one process."""
    figures = requests.get(f"{process.url}/metrics", timeout=30).text
    found = re.search(r"^hall_live_connections (\d+)", figures, re.MULTILINE)
    assert found, figures
    return int(found[1])


def test_Q1_Q2_Q11_with_one_process_more_and_another_less_nobody_is_missed(start_scaled: StartScaled) -> None:
    hall = start_scaled(nginx=True)
    with ExitStack() as opened:
        screens = [opened.enter_context(LastingScreen(hall.url, *TOPICS)) for _ in range(6)]
        pressing = opened.enter_context(Pressing(hall.url, hall.demo))
        pressing.go_on()
        leaving, staying, coming = *hall.processes, hall.join()
        hall.nginx.reload([process.port for process in hall.processes])
        while not connections(coming):
            screens.append(opened.enter_context(LastingScreen(hall.url, *TOPICS)))
            assert len(screens) < 30, "Q11: the process that came gets no share of the screens"
        pressing.go_on()
        hall.nginx.reload([staying.port, coming.port])
        pressing.go_on()
        assert connections(leaving) > 0, "Q11: sockets of before go on"
        leaving.stop(signal.SIGTERM)
        pressing.go_on()
        until(
            "Q11: sockets of the process that left came back at the others",
            lambda: all(screen.online for screen in screens),
        )
        pressing.finish()
        pressing.judge()
        until("Q11: all screens end with the truth", lambda: all_true(hall, screens))
        assert any(screen.returned for screen in screens), "Q11: some of them had to come back"
