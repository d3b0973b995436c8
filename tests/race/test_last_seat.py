"""H2 where it would break: fifty people after the last seat with a helper, twenty times over, against a served hall."""

from __future__ import annotations

import threading
from collections import Counter
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import requests

from tests.booking_at_work import BUNDLE, tomorrow

if TYPE_CHECKING:
    from tests.conftest import StartHall
    from tests.servers import Engine, LiveHall

CLIENTS, ROUNDS = 50, 20
ALL_WEEK = [{"weekday": weekday, "starts": "00:00", "ends": "24:00"} for weekday in range(7)]


def only_one_helper(hall: LiveHall) -> str:
    """One helper is there round the clock, the others are withdrawn; answers the address of bookings."""
    demo: dict[str, Any] = hall.prepared.demo
    site = f"{hall.url}/api/v1/sites/{demo['site']}"
    manager = next(row["token"] for row in demo["staff"] if row["role"] == "manager")
    with requests.Session() as session:
        session.headers["Authorization"] = f"Bearer {manager}"
        for helper in session.get(f"{site}/helpers", timeout=30).json()["helpers"]:
            first = helper["badge"] == "B01"
            body = {"revision": helper["revision"], **({"stretches": ALL_WEEK} if first else {})}
            verb = "week" if first else "retire"
            session.post(f"{site}/helpers/{helper['badge']}/{verb}", json=body, timeout=30).raise_for_status()
    return f"{site}/bookings"


def test_H2_of_fifty_after_the_last_seat_one_gets_it_and_all_others_hear_what_is_free(
    start_hall: StartHall, engine: Engine
) -> None:
    bookings = only_one_helper(start_hall(engine=engine))
    seats = [tomorrow(6) + timedelta(hours=number) for number in range(ROUNDS)]
    answers: list[list[requests.Response]] = [[] for _seat in seats]
    together = threading.Barrier(CLIENTS)

    def want(client: int) -> None:
        with requests.Session() as session:
            for number, at in enumerate(seats):
                together.wait()
                body = {"kind": "assist", "bundle": BUNDLE, "starts_at": at.isoformat()}
                answers[number].append(session.post(bookings, json=body, timeout=60))

    threads = [threading.Thread(target=want, args=(client,)) for client in range(CLIENTS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    for heard in answers:
        told = Counter(answer.status_code for answer in heard)
        assert told == {201: 1, 409: CLIENTS - 1}, [answer.text for answer in heard][:3]
        for answer in heard:
            if answer.status_code == 409:
                body = answer.json()
                assert body["code"] == "slot_taken", body
                assert len(body["nearest"]) == 3, "and what is free instead"
