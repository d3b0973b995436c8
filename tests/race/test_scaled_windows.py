"""Sixteen windows at four processes of one hall, two thousand tickets, kiosks drawing meanwhile (Q1, Q2, Q11)."""

from __future__ import annotations

import faulthandler
import threading
from collections import Counter
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count
from typing import TYPE_CHECKING, Any

import requests

from hall import clock
from tests.race.test_calling import run_all
from tests.screens import Screen, until

if TYPE_CHECKING:
    from tests.scaled import ScaledHall, StartScaled

PROCESSES, WINDOWS, KIOSKS, TICKETS = 4, 16, 4, 2_000
AHEAD = 1_000
"""Numbers drawn before the windows open; all others are drawn while they call."""
LONGEST_S = 1_200
LINE = "xixian-a"
TOPICS = ("site:xixian:board", "site:xixian:lines", f"line:{LINE}")


@dataclass(slots=True)
class Rush:
    """What kiosks drew and windows called, and what went wrong."""

    hall: ScaledHall
    drawn: list[str] = field(default_factory=list)
    called: list[tuple[str, str]] = field(default_factory=list)
    troubles: list[str] = field(default_factory=list)
    kiosks_done: threading.Event = field(default_factory=threading.Event)

    def api(self, place: int, path: str) -> str:
        """Each caller stays at one process, as through a proxy that spreads them."""
        return f"{self.hall.urls[place % PROCESSES]}/api/v1/{path}"

    def draw(self, kiosk: int, first: int, beyond: int) -> None:
        """One kiosk; every tenth draw is sent twice under its key, to two processes."""
        with requests.Session() as session:
            session.headers["Authorization"] = f"Bearer {self.hall.demo['kiosk']['token']}"
            for each in range(first + kiosk, beyond, KIOSKS):
                key = {"Idempotency-Key": f"rush-{each}"}
                given = ""
                for place in (kiosk, kiosk + 1) if each % 10 == 0 else (kiosk,):
                    answer = session.post(
                        self.api(place, "tickets"), json={"line": LINE}, headers=key, timeout=120
                    )
                    if answer.status_code != 201:
                        self.troubles.append(f"draw: {answer.status_code} {answer.text}")
                    elif place == kiosk:
                        given = answer.json()["number"]
                        self.drawn.append(given)
                    elif answer.json()["number"] != given:
                        self.troubles.append(f"Q2: a repeated draw gave another number: {answer.text}")

    def serve(self, place: int, clerk: dict[str, Any]) -> None:
        """One window: call, finish, until nobody waits and no kiosk draws any more."""
        path = f"windows/{clerk['window']}"
        with requests.Session() as session:
            session.headers["Authorization"] = f"Bearer {clerk['token']}"
            session.post(self.api(place, f"{path}/open"), timeout=120)
            for turn in count():
                over = self.kiosks_done.is_set()  # before the call: what is drawn later is not over
                answer = session.post(self.api(place + turn, f"{path}/call-next"), timeout=120)
                if answer.status_code == 200:
                    self.called.append((answer.json()["number"], clerk["window"]))
                    done = session.post(
                        self.api(place, f"{path}/finish"), json={"outcome": "done"}, timeout=120
                    )
                    if done.status_code != 200:
                        self.troubles.append(f"finish: {done.status_code} {done.text}")
                elif answer.status_code != 204:
                    self.troubles.append(f"call-next: {answer.status_code} {answer.text}")
                    return
                elif over:
                    return
                else:
                    self.kiosks_done.wait(0.3)  # as a clerk who sees that nobody waits


def test_Q1_Q2_Q11_sixteen_windows_at_four_processes_lose_and_double_nothing_and_all_screens_agree(
    start_scaled: StartScaled,
) -> None:
    faulthandler.dump_traceback_later(LONGEST_S, exit=True)  # the house's five minutes are for shorter tests
    hall = start_scaled(PROCESSES)
    rush = Rush(hall)
    clerks = [row for row in hall.demo["staff"] if row["window"]][:WINDOWS]
    all_serve_the_line(hall, clerks)
    run_all([threading.Thread(target=rush.draw, args=(each, 0, AHEAD)) for each in range(KIOSKS)])
    with ExitStack() as open_screens:
        screens = [open_screens.enter_context(Screen(url, *TOPICS)) for url in hall.urls]
        windows = [threading.Thread(target=rush.serve, args=row) for row in enumerate(clerks)]
        kiosks = [threading.Thread(target=rush.draw, args=(each, AHEAD, TICKETS)) for each in range(KIOSKS)]
        for thread in windows + kiosks:
            thread.start()
        for thread in kiosks:
            thread.join()
        rush.kiosks_done.set()
        for thread in windows:
            thread.join()
        assert not rush.troubles, rush.troubles[:3]
        judge(rush)
        assert len(clerks) == WINDOWS
        idle = {clerk["window"] for clerk in clerks} - {window for _number, window in rush.called}
        assert not idle, f"Q2: these never called anybody, so they raced with nobody: {sorted(idle)}"
        told: dict[str, Any] = {}

        def agree() -> bool:
            """Whether all screens show what the database says now, to somebody who asks anew."""
            with Screen(hall.urls[0], *TOPICS) as asks:
                told.update({topic: asks.content(topic) for topic in TOPICS})
            return all(screen.content(topic) == told[topic] for screen in screens for topic in TOPICS)

        until("Q11: every screen on every process ends with the same state, that of the database", agree)
    assert told["site:xixian:board"]["waiting"]["A"] == 0, "Q11: nobody waits, and the board says so"


def all_serve_the_line(hall: ScaledHall, clerks: list[dict[str, Any]]) -> None:
    """Windows of other lines are lent to this one (Q5), so that all of them want the same number."""
    manager = next(row["token"] for row in hall.demo["staff"] if row["role"] == "manager")
    until_then = (clock.now() + timedelta(seconds=2 * LONGEST_S)).isoformat()
    lent = 0
    for place, clerk in enumerate(clerks):
        answer = requests.post(
            f"{hall.urls[place % PROCESSES]}/api/v1/windows/{clerk['window']}/lend",
            json={"line": LINE, "until": until_then},
            headers={"Authorization": f"Bearer {manager}"},
            timeout=120,
        )
        assert answer.status_code in {200, 422}, answer.text  # 422: it serves the line first already
        lent += answer.status_code == 200
    assert lent > 0


def judge(rush: Rush) -> None:
    """Numbers without gaps; each called once, each to one window."""
    in_order = sorted(rush.drawn, key=lambda number: int(number[1:]))
    assert in_order == [f"A{serial:03d}" for serial in range(1, TICKETS + 1)], "Q1: doubles or gaps"
    numbers = [number for number, _window in rush.called]
    twice = {number: times for number, times in Counter(numbers).items() if times > 1}
    assert not twice, f"Q2: called to two windows: {twice}"
    lost, nobodys = set(rush.drawn) - set(numbers), set(numbers) - set(rush.drawn)
    assert not lost, f"Q2: never called: {sorted(lost)[:10]}"
    assert not nobodys, f"Q2: called and never drawn: {sorted(nobodys)[:10]}"
