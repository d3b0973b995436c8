"""What is cut inside: between a commit and its broadcast, clocks, the date, the disk below the tables."""

from __future__ import annotations

import secrets
import time
from datetime import timedelta
from typing import TYPE_CHECKING

import psycopg
import requests

from tests import small_disk
from tests.bench.scaled.cut_hall import morning_after, turn_after
from tests.bench.scaled.cuts import WITHIN_S, Cut, kill, process_back
from tests.gate import gate_at
from tests.pressing import LINE, PATIENCE_S
from tests.screens import until

if TYPE_CHECKING:
    from tests.bench.scaled.cut_hall import Scene

UNTOLD_S, TOLD_S = 1.0, 1.5
"""So long a process tells nothing while people press; so long the other one needs to tell what it has to."""
WRONG, WRONG_S = timedelta(hours=1), 3.0
FULL_S = 4.0
BEFORE_TURN, A_JOB_S = timedelta(seconds=3), 150.0
"""`turn_day` is looked at once a minute."""
TURNED = "SELECT count(*) FROM job_run WHERE name = 'turn_day' AND ran_at >= %s"


def _killed_before_it_told(scene: Scene) -> None:
    """The last word of the hall is one that its process took along: nobody presses after it."""
    first = scene.hall.part("hall-1")
    with gate_at(scene.hall.database, only=first.name) as gate:
        gate.shut()
        until("it has committed and would tell it", lambda: gate.waiting, WITHIN_S)
        time.sleep(UNTOLD_S)
        scene.pressing.rest()
        time.sleep(TOLD_S)
        scene.pressing.drawn.append(_draw(scene, first.port))
        scene.since = time.monotonic()
        kill(first)


def _draw(scene: Scene, port: int) -> str:
    """Somebody more, at this process alone."""
    kiosk = scene.demo["kiosk"]["token"]
    answer = _post(f"http://127.0.0.1:{port}", "tickets", kiosk, {"line": LINE})
    assert answer.status_code == 201, answer.text
    return scene.pressing.name_of(answer.json())


def _post(url: str, path: str, token: str, body: object) -> requests.Response:
    """One press at one address, made once."""
    headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": secrets.token_hex(8)}
    return requests.post(f"{url}/api/v1/{path}", json=body, headers=headers, timeout=PATIENCE_S)


def _one_clock_ahead(scene: Scene) -> None:
    own = scene.hall.clocks["hall-1"]
    usual = own.ahead
    own.set(usual + WRONG)
    time.sleep(WRONG_S)
    own.set(usual)


def _all_clocks_back(scene: Scene) -> None:
    usual = [(own, own.ahead) for own in scene.hall.clocks.values()]
    for own, ahead in usual:
        own.set(ahead - WRONG)
    time.sleep(WRONG_S)
    for own, ahead in usual:
        own.set(ahead)


def _date_passes(scene: Scene) -> None:
    turn = turn_after(scene.hall.now)
    scene.hall.set_clocks(turn - BEFORE_TURN)
    time.sleep(BEFORE_TURN.total_seconds())
    until("the date has turned", lambda: scene.hall.now >= turn)


def _day_ended(scene: Scene) -> None:
    """Until the hall itself has ended the day that is over; people press meanwhile."""
    turned = turn_after(scene.hall.now) - timedelta(days=1)
    with psycopg.connect(scene.hall.database, autocommit=True) as line:
        until("Q10: the day has ended", lambda: line.execute(TURNED, (turned,)).fetchone() == (1,), A_JOB_S)


def _next_morning(scene: Scene) -> None:
    """Windows that are open since yesterday would be closed under those who press next."""
    for clerk in [row for row in scene.demo["staff"] if row["window"]]:
        answer = _post(scene.hall.url, f"windows/{clerk['window']}/close", clerk["token"], None)
        assert answer.status_code == 200 or answer.json()["code"] == "window_closed", answer.text
    scene.hall.set_clocks(morning_after(scene.hall.now))


def _disk_full(scene: Scene) -> None:
    disk, refused = scene.hall.disk, len(scene.pressing.refusals)
    assert disk is not None
    small_disk.fill(disk)
    try:
        until("something finds no room", lambda: len(scene.pressing.refusals) > refused, WITHIN_S)
        time.sleep(FULL_S)
    finally:
        small_disk.empty(disk)


COMMITTED = Cut(
    "a process killed between its commit and its broadcast", _killed_before_it_told, after=process_back
)
CLOCKS = (
    Cut(f"one process's clock an hour ahead for {WRONG_S:.0f} s", _one_clock_ahead),
    Cut(f"all clocks an hour back for {WRONG_S:.0f} s", _all_clocks_back),
)
NIGHT = Cut("the business date passes", _date_passes, _day_ended, _next_morning, over_night=True)
DISK_FULL = Cut(f"disk full below the tables for {FULL_S:.0f} s", _disk_full)
