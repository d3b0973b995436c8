"""Clients of the live channel for tests with real servers: they keep the newest state of each topic, as pages do."""

from __future__ import annotations

import json
import threading
import time
from contextlib import ExitStack, suppress
from typing import TYPE_CHECKING, Any, Self

from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

if TYPE_CHECKING:
    from collections.abc import Callable

PATIENCE_S = 60.0
"""Seconds after which a wait is given up as failed; no test measures them."""
PUSH, ANSWER = "42/live,", "43/live,"


def until(what: str, condition: Callable[[], object]) -> None:
    """Wait for `condition` to become true."""
    give_up = time.monotonic() + PATIENCE_S
    while not condition():
        assert time.monotonic() < give_up, f"never happened: {what}"
        time.sleep(0.05)


class Screen:
    """One open socket at one process. Use it as a context manager."""

    def __init__(self, url: str, *topics: str, token: str = "") -> None:
        self.topics = topics
        self.states: dict[str, dict[str, Any]] = {}
        self.pushed: list[dict[str, Any]] = []
        """Everything that came without being asked for, in order."""
        self.refused: list[str] = []
        self.closed = False
        self._asked = 0
        address = f"ws{url.removeprefix('http')}/socket.io/?EIO=4&transport=websocket"
        self._open = ExitStack()
        self._line = self._open.enter_context(connect(address, proxy=None))
        self._line.recv(timeout=PATIENCE_S)
        self._line.send("40/live," + (json.dumps({"token": token}) if token else ""))
        self._line.recv(timeout=PATIENCE_S)
        self._reading = threading.Thread(target=self._read, daemon=True)
        self._reading.start()
        self.ask()
        until("every topic is answered", lambda: len(self.states) + len(self.refused) >= len(topics))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_problem: object) -> None:
        self.close()

    def ask(self) -> None:
        """Ask for the whole state of each topic, as pages do when they connect and every minute."""
        for topic in self.topics:
            self._asked += 1
            self._line.send(f"{PUSH}{self._asked}" + json.dumps(["watch", {"topic": topic}]))

    def close(self) -> None:
        """Hang up."""
        self._open.close()
        self._reading.join(timeout=PATIENCE_S)

    def content(self, topic: str) -> dict[str, Any]:
        """What is shown, without the instant that it was read at."""
        return {name: value for name, value in self.states[topic].items() if name != "as_of"}

    def versions(self, topic: str) -> list[int]:
        """Versions of a topic as they were pushed."""
        return [state["version"] for state in list(self.pushed) if state["topic"] == topic]

    def _read(self) -> None:
        with suppress(ConnectionClosed):
            for message in self._line:
                self._hear(str(message))
        self.closed = True

    def _hear(self, message: str) -> None:
        if message == "2":
            self._line.send("3")
        elif message.startswith(PUSH):
            _name, state = json.loads(message.removeprefix(PUSH))
            self.pushed.append(state)
            self._take(state, pushed=True)
        elif message.startswith(ANSWER):
            (answer,) = json.loads(message[message.index("[") :])
            if answer["ok"]:
                self._take(answer["state"], pushed=False)
            else:
                self.refused.append(answer["code"])
        elif message.startswith("41/live"):
            self.closed = True

    def _take(self, state: dict[str, Any], *, pushed: bool) -> None:
        """As static/js/live.js: what is newer, and of an answer also what tells more under the same version."""
        known = self.states.get(state["topic"], {"version": -1})["version"]
        if state["version"] > known or (state["version"] == known and not pushed):
            self.states[state["topic"]] = state
