"""PostgreSQL is killed with all its processes while two processes of a hall press: what is said, and what is kept."""

from __future__ import annotations

import random
import time
from typing import TYPE_CHECKING

import requests
from websockets.sync.client import connect

from tests.insisting import Day
from tests.race.test_killed_while_writing import judge
from tests.screens import PATIENCE_S, Screen, until

if TYPE_CHECKING:
    from tests.postgres import OwnPostgres
    from tests.scaled import ScaledHall, StartScaled

KILLS, KIOSKS, WINDOWS = 4, 2, 3
BOARD = "site:xixian:board"
SAID = {"zh": "再按一次", "en": "press again"}


def test_Q1_Q2_Q11_postgres_killed_in_the_rush_loses_and_doubles_nothing_and_all_goes_on_by_itself(
    start_scaled: StartScaled,
) -> None:
    hall, when = start_scaled(own_database=True), random.Random(6)
    database = hall.database
    assert database is not None
    day = Day(hall.urls, hall.demo)

    def kill_again_and_again() -> None:
        for each in range(KILLS):
            day.wait_for(when.randint(10, 30))
            day.kills += 1
            database.kill()
            if not each:
                look_meanwhile(hall)
            database.go_on()
        day.wait_for(10)

    with Screen(hall.urls[0], BOARD) as here, Screen(hall.urls[1], BOARD) as there:
        day.run(KIOSKS, WINDOWS, kill_again_and_again)
        assert_told(day)

        def agree() -> bool:
            with Screen(hall.urls[0], BOARD) as asks:
                return here.content(BOARD) == there.content(BOARD) == asks.content(BOARD)

        until("Q11: both processes' screens end with what the database says, unasked", agree)
        assert here.states[BOARD]["waiting"]["A"] == 0, "Q11: nobody waits, and the board says so"
        assert not here.closed and not there.closed, "Q11: open screens stay open while the database is away"
    until("Q9: both processes tell kiosks that they are ready", lambda: ready(hall))
    until("Q2: the log says when it came, with the next thing written", lambda: "store_back" in hall.log)
    end(hall, database)
    judge(day, hall.processes[0].prepared.database_url)


def end(hall: ScaledHall, database: OwnPostgres) -> None:
    """Nobody seals the journal beside the judge."""
    for process in hall.processes:
        process.stop()
    assert "store_trouble" in hall.log, "Q2: the log says when the database went"
    assert '"fault"' not in hall.log, f"Q2: a database that is away is no fault of ours:\n{hall.log[-3000:]}"
    assert database.server is not None


def assert_told(day: Day) -> None:
    assert day.refused, "Q2: somebody pressed while the database was away"
    told = {said["code"] for said in day.refused}
    assert told == {"database_away"}, f"Q2: whoever pressed meanwhile was told {told}"
    assert day.met, "Q2: no kill met a press under way: nothing was shown about what is half done"


def ready(hall: ScaledHall) -> bool:
    return all(requests.get(f"{url}/readyz", timeout=30).status_code == 200 for url in hall.urls)


def look_meanwhile(hall: ScaledHall) -> None:
    """The database is away: everybody is told so in their language, nothing is a fault, nobody is left waiting."""
    token = {"Authorization": f"Bearer {hall.demo['kiosk']['token']}", "Idempotency-Key": "meanwhile"}
    for url in hall.urls:
        for lang, words in SAID.items():
            said = requests.post(
                f"{url}/api/v1/tickets",
                json={"line": "xixian-a"},
                headers={**token, "Accept-Language": lang},
                timeout=60,
            )
            assert (said.status_code, said.json()["code"]) == (503, "database_away"), (
                f"Q2: whoever presses is told: {said.text}"
            )
            assert words in said.json()["detail"], f"Q2: in the caller's language: {said.text}"
            assert int(said.headers["Retry-After"]) > 0, "Q2: and when to press again"
        page = requests.get(f"{url}/console", timeout=60)
        assert page.status_code == 503 and "暂时无法办理" in page.text, f"Q2: so do pages: {page.text[:300]}"
        assert requests.get(f"{url}/readyz", timeout=60).status_code == 503, "Q9: kiosks draw alone meanwhile"
        assert requests.get(f"{url}/healthz", timeout=60).status_code == 200, (
            "Q11: the process itself is well"
        )
        figures = requests.get(f"{url}/metrics", timeout=60)
        trouble = 'hall_store_trouble{kind="database_away"} 1.0'
        assert figures.status_code == 200 and trouble in figures.text, "Q9: figures say why kiosks draw alone"
        assert refused_by_socket(url), (
            "Q11: a screen that connects now is refused, and so tries again by itself"
        )


def refused_by_socket(url: str) -> bool:
    """Whether a device that connects hears that it is refused, instead of nothing for ever."""
    address = f"ws{url.removeprefix('http')}/socket.io/?EIO=4&transport=websocket"
    with connect(address, proxy=None) as line:
        line.recv(timeout=PATIENCE_S)
        line.send('40/live,{"token":"of a device"}')
        give_up = time.monotonic() + PATIENCE_S
        while time.monotonic() < give_up:
            heard = str(line.recv(timeout=PATIENCE_S))
            if heard != "2":
                return heard.startswith("44/live")
    return False
