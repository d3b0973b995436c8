"""Q2 where it would break: many windows pressing at once against a served hall."""

from __future__ import annotations

import threading
from collections import Counter
from typing import TYPE_CHECKING, Any

import requests

if TYPE_CHECKING:
    from tests.conftest import StartHall
    from tests.servers import Engine

TICKETS, WINDOWS = 60, 8


def test_Q2_no_ticket_is_called_to_two_windows(start_hall: StartHall, engine: Engine) -> None:
    hall = start_hall(engine=engine)
    demo: dict[str, Any] = hall.prepared.demo
    api = f"{hall.url}/api/v1"
    numbers: list[str] = []
    called: list[str] = []
    troubles: list[str] = []

    def draw(worker: int) -> None:
        with requests.Session() as session:
            session.headers["Authorization"] = f"Bearer {demo['kiosk']['token']}"
            for each in range(TICKETS // 4):
                key = {"Idempotency-Key": f"{worker}-{each}"}
                answer = session.post(f"{api}/tickets", json={"line": "xixian-a"}, headers=key, timeout=30)
                if answer.status_code == 201:
                    numbers.append(answer.json()["number"])
                else:
                    troubles.append(answer.text)

    def press(clerk: dict[str, Any]) -> None:
        with requests.Session() as session:
            session.headers["Authorization"] = f"Bearer {clerk['token']}"
            window = f"{api}/windows/{clerk['window']}"
            session.post(f"{window}/open", timeout=30)
            while (answer := session.post(f"{window}/call-next", timeout=30)).status_code == 200:
                called.append(answer.json()["number"])
                session.post(f"{window}/finish", json={"outcome": "done"}, timeout=30)
            if answer.status_code != 204:
                troubles.append(answer.text)

    run_all([threading.Thread(target=draw, args=(each,)) for each in range(4)])
    clerks = [row for row in demo["staff"] if row["window"]][:WINDOWS]
    run_all([threading.Thread(target=press, args=(clerk,)) for clerk in clerks])

    assert not troubles, troubles[:3]
    assert sorted(numbers) == [f"A{serial:03d}" for serial in range(1, TICKETS + 1)], "Q1: doubles or gaps"
    twice = {number: count for number, count in Counter(called).items() if count > 1}
    assert not twice, f"Q2: called to two windows: {twice}"
    assert sorted(called) == sorted(numbers), "every ticket is called once"


def run_all(threads: list[threading.Thread]) -> None:
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
