"""Screens of one hall while windows call: every message carries its version, in order, also past a slow one (Q11)."""

from __future__ import annotations

import json
import time
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

import requests

from tests.race.transport_peers import Client

if TYPE_CHECKING:
    from tests.servers import LiveHall

BOARD = "site:xixian:board"
CALLS, SCREENS = 120, 12
A_MOMENT_S = 0.03
"""Between two calls, as long as between two publications: else a quick hall tells of several at once."""
TINY = 4096
"""Less than a board's state after a few calls: whoever does not read holds the server's writes up at once."""


def watch(client: Client, topic: str) -> dict[str, Any]:
    """The topic's state, as the answer brings it."""
    client.say("42/live,1" + json.dumps(["watch", {"topic": topic}]))
    while not (text := client.text()).startswith("43/live,1"):
        pass
    (answer,) = json.loads(text.removeprefix("43/live,1"))
    assert answer["ok"], answer
    state: dict[str, Any] = answer["state"]
    return state


def until_shown(client: Client, truth: dict[str, Any]) -> list[dict[str, Any]]:
    """All states that come, up to the one that shows what a newcomer was shown."""
    found: list[dict[str, Any]] = []
    while not found or found[-1]["calls"] != truth["calls"]:
        text = client.text()  # fails when nothing comes any more
        if text.startswith('42/live,["state",'):
            found.append(json.loads(text.removeprefix("42/live,"))[1])
    return found


def work(hall: LiveHall) -> None:
    """A window calls a hundred and twenty people, one after the other."""
    clerk = next(row for row in hall.demo["staff"] if row["window"])
    kiosk = {"Authorization": f"Bearer {hall.demo['kiosk']['token']}"}
    headers, path = (
        {"Authorization": f"Bearer {clerk['token']}"},
        f"{hall.url}/api/v1/windows/{clerk['window']}",
    )
    with requests.Session() as speaking:
        speaking.post(f"{path}/open", headers=headers).raise_for_status()
        for number in range(CALLS):
            key = {**kiosk, "Idempotency-Key": f"drawn-{number}"}
            drawn = speaking.post(f"{hall.url}/api/v1/tickets", json={"line": "xixian-a"}, headers=key)
            drawn.raise_for_status()
            speaking.post(f"{path}/call-next", headers=headers).raise_for_status()
            speaking.post(f"{path}/finish", json={"outcome": "done"}, headers=headers).raise_for_status()
            time.sleep(A_MOMENT_S)


def test_Q11_every_screen_gets_growing_versions_and_ends_with_the_truth_also_the_slow_one(
    live_server: LiveHall,
) -> None:
    with ExitStack() as connected:
        slow = connected.enter_context(Client(live_server, "slow", receive_buffer=TINY).join())
        screens = [connected.enter_context(Client(live_server, "screen").join()) for _ in range(SCREENS)]
        for one in (*screens[: SCREENS // 2], slow, *screens[SCREENS // 2 :]):
            watch(one, BOARD)
        work(live_server)
        with Client(live_server, "newcomer").join() as newcomer:
            truth = watch(newcomer, BOARD)
        for one in (*screens, slow):
            states = until_shown(one, truth)
            versions = [state["version"] for state in states]
            assert len(states) > CALLS // 4, f"{len(states)} are too few to hold the slow one up"
            assert all(state["topic"] == BOARD for state in states)
            assert versions == sorted(set(versions)), (
                "Q11: a screen must never see an older state after a newer."
            )
