"""Listening on the live channel: when each call appeared on the board, and what the lines said last."""

from __future__ import annotations

import threading
import time
from typing import Any

import socketio

NAMESPACE = "/live"
ANSWER_S = 10.0

Call = tuple[str, str]
"""Number and window."""


class Ear:
    """One client of the board and the lines of a site. `seen`: when each call was first shown (monotonic seconds)."""

    def __init__(self, server: str, site: str) -> None:
        self.seen: dict[Call, float] = {}
        self.waiting: dict[str, int] = {}
        self.lost = 0
        self.messages = 0
        self.stale = 0
        self._server = server
        self._topics = (f"site:{site}:board", f"site:{site}:lines")
        self._versions: dict[str, int] = {}
        self._news = threading.Condition()
        self._hanging_up = False
        self._client = socketio.Client(reconnection_delay=0.2, reconnection_delay_max=1, handle_sigint=False)
        self._client.on("state", self._hear, namespace=NAMESPACE)
        self._client.on("disconnect", self._gone, namespace=NAMESPACE)
        self._client.on("connect", self._back, namespace=NAMESPACE)

    def listen(self) -> None:
        """Connect and watch. Raises socketio.exceptions.SocketIOError where the server has no live channel."""
        self._client.connect(
            self._server, transports=["websocket"], namespaces=[NAMESPACE], wait_timeout=ANSWER_S
        )
        for topic in self._topics:
            self._watch(topic)

    def hang_up(self) -> None:
        """Done."""
        self._hanging_up = True
        self._client.disconnect()

    def wait_for(self, calls: set[Call], seconds: float) -> set[Call]:
        """Wait until all these were shown, at most so long; answers those that were not."""
        end = time.monotonic() + seconds
        with self._news:
            while (missing := calls - self.seen.keys()) and (left := end - time.monotonic()) > 0:
                self._news.wait(left)
        return missing

    def wait_for_counts(self, counts: dict[str, int], seconds: float) -> bool:
        """Wait until the lines show these counts of people waiting, at most so long."""
        end = time.monotonic() + seconds
        with self._news:
            while not (shown := all(self.waiting.get(code) == count for code, count in counts.items())):
                if (left := end - time.monotonic()) <= 0:
                    break
                self._news.wait(left)
        return shown

    def _watch(self, topic: str) -> None:
        answer = self._client.call("watch", {"topic": topic}, namespace=NAMESPACE, timeout=ANSWER_S)
        if not answer.get("ok"):
            raise socketio.exceptions.SocketIOError(f"watch {topic}: {answer.get('code')}")
        self._hear(answer["state"])

    def _hear(self, state: dict[str, Any]) -> None:
        now = time.monotonic()
        topic, version = str(state.get("topic")), int(state.get("version", 0))
        with self._news:
            self.messages += 1
            if version < self._versions.get(topic, 0):
                self.stale += 1  # overtaken on the way: a client keeps what it has
                return
            self._versions[topic] = version
            for call in state.get("calls", ()):
                self.seen.setdefault((call["number"], call["window"]), now)
            for line in state.get("lines", ()):
                self.waiting[line["code"]] = line["waiting"]
            self._news.notify_all()

    def _gone(self, *_reason: object) -> None:
        if not self._hanging_up:
            self.lost += 1

    def _back(self) -> None:
        if self.lost:
            for topic in self._topics:
                self._client.emit("watch", {"topic": topic}, namespace=NAMESPACE, callback=self._caught_up)

    def _caught_up(self, answer: dict[str, Any]) -> None:
        if answer.get("ok"):
            self._hear(answer["state"])
