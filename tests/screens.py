"""Clients of the live channel for tests with real servers: they keep the newest state of each topic, as pages do."""

from __future__ import annotations

import json
import random
import threading
import time
from contextlib import ExitStack, suppress
from typing import TYPE_CHECKING, Any, Self

from websockets.exceptions import ConnectionClosed, WebSocketException
from websockets.sync.client import connect

if TYPE_CHECKING:
    from collections.abc import Callable

PATIENCE_S = 60.0
"""Seconds after which a wait is given up as failed; no test measures them."""
PUSH, ANSWER = "42/live,", "43/live,"
KNOCK_S, LONGEST_KNOCK_S = 1.0, 15.0
"""As static/js/live.js: what it waits before it connects again, at first and at most; half of it more or less."""


def until(what: str, condition: Callable[[], object], patience_s: float = PATIENCE_S) -> None:
    """Wait for `condition` to become true."""
    give_up = time.monotonic() + patience_s
    while not condition():
        assert time.monotonic() < give_up, f"never happened: {what}"
        time.sleep(0.05)


class Screen:
    """One open socket at one process. Use it as a context manager."""

    def __init__(
        self, url: str, *topics: str, token: str = "", states: dict[str, dict[str, Any]] | None = None
    ) -> None:
        self.topics = topics
        self.states: dict[str, dict[str, Any]] = {} if states is None else states
        self.pushed: list[dict[str, Any]] = []
        """Everything that came without being asked for, in order."""
        self.refused: list[str] = []
        self.gone = threading.Event()
        self.answered = 0
        self._asked = 0
        address = f"ws{url.removeprefix('http')}/socket.io/?EIO=4&transport=websocket"
        with ExitStack() as opening:
            self._line = opening.enter_context(connect(address, proxy=None, open_timeout=60))
            self._line.recv(timeout=PATIENCE_S)
            self._line.send("40/live," + (json.dumps({"token": token}) if token else ""))
            self._line.recv(timeout=PATIENCE_S)
            self._open = opening.pop_all()
        self._reading = threading.Thread(target=self._read, daemon=True)
        self._reading.start()
        self.ask()
        until("every topic is answered", lambda: self.answered >= len(topics) or self.closed)

    @property
    def closed(self) -> bool:
        """Whether the server hung up, or refused us."""
        return self.gone.is_set()

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
        self.gone.set()

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
            self.answered += 1
        elif message.startswith("41/live"):
            self.gone.set()

    def _take(self, state: dict[str, Any], *, pushed: bool) -> None:
        """As static/js/live.js: what is newer, and of an answer also what tells more under the same version."""
        known = self.states.get(state["topic"], {"version": -1})["version"]
        if state["version"] > known or (state["version"] == known and not pushed):
            self.states[state["topic"]] = state


class LastingScreen:
    """A screen that comes back by itself when its socket was cut, and keeps meanwhile what it showed, as pages do."""

    def __init__(self, url: str, *topics: str, token: str = "") -> None:
        self.url, self.topics, self.token = url, topics, token
        self.returned = 0
        """How often it came back."""
        self._over = threading.Event()
        self._screen = Screen(url, *topics, token=token)
        self._staying = threading.Thread(target=self._stay, daemon=True)
        self._staying.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_problem: object) -> None:
        self.close()

    def close(self) -> None:
        """Leave for good."""
        self._over.set()
        self._screen.close()
        self._staying.join(timeout=PATIENCE_S)

    @property
    def online(self) -> bool:
        """Whether its socket is open."""
        return not self._screen.closed

    def content(self, topic: str) -> dict[str, Any]:
        """What is shown, without the instant that it was read at."""
        return self._screen.content(topic)

    def _stay(self) -> None:
        knock_s = KNOCK_S
        while self._screen.gone.wait() and not self._over.wait(knock_s * (0.5 + random.random())):
            try:
                self._screen = Screen(self.url, *self.topics, token=self.token, states=self._screen.states)
            except (OSError, WebSocketException):
                knock_s = min(2 * knock_s, LONGEST_KNOCK_S)
                continue
            knock_s = KNOCK_S
            self.returned += 1
