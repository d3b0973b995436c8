"""The live channel as the print agent uses it: it hears at once that a slip is wanted."""

from __future__ import annotations

import logging
import secrets
import threading
from typing import TYPE_CHECKING, Any

import socketio

from kiosk.agent_hall import Identity, JobList, http_session

if TYPE_CHECKING:
    from collections.abc import Callable

log = logging.getLogger("kiosk.agent")
NAMESPACE = "/live"
ASK_AGAIN = 60.0  # seconds after which the whole list is asked for again, should a message have been lost
ANSWER = 10.0  # seconds


class Backoff:
    """Growing, jittered delays, so that a hall full of agents doesn't come back all at once."""

    def __init__(self, first: float = 1.0, most: float = 30.0) -> None:
        self._first = self._next = first
        self._most = most

    def reset(self) -> None:
        """It worked: start small again."""
        self._next = self._first

    def delay(self) -> float:
        """The next delay in seconds."""
        upper, self._next = self._next, min(2 * self._next, self._most)
        return upper * (0.5 + secrets.randbelow(1000) / 1000)


class Live(threading.Thread):
    """Keeps a connection to the hall and passes on every newer list of jobs; runs until `stopping`."""

    def __init__(
        self,
        identity: Identity,
        authority: str | None,
        heard: Callable[[JobList], None],
        stopping: threading.Event,
    ) -> None:
        super().__init__(name="live", daemon=True)
        self._identity = identity
        self._topic = f"printer:{identity.device}"
        self._heard = heard
        self._stopping = stopping
        self._version = -1
        self._lost = threading.Event()
        self.connected = False
        self._client = socketio.Client(
            reconnection=False, handle_sigint=False, http_session=http_session(authority)
        )
        self._client.on("state", self._pushed, namespace=NAMESPACE)
        self._client.on("disconnect", lambda *_: self._lost.set(), namespace=NAMESPACE)

    def run(self) -> None:
        """Connect, listen, and connect again."""
        backoff = Backoff()
        while not self._stopping.is_set():
            try:
                self._connect()
                backoff.reset()
                while not self._lost.wait(ASK_AGAIN):
                    self._watch()
            except (socketio.exceptions.SocketIOError, OSError, ValueError, KeyError, TypeError) as problem:
                log.info("live channel: %s", problem.__class__.__name__)
            self.connected = False
            self._hang_up()
            self._stopping.wait(backoff.delay())

    def _hang_up(self) -> None:
        try:
            self._client.disconnect()
        except (socketio.exceptions.SocketIOError, OSError):
            log.info("live channel: already gone")

    def stop(self) -> None:
        """Hang up (after `stopping` was set)."""
        self._lost.set()

    def _connect(self) -> None:
        self._lost.clear()
        self._version = -1  # versions only grow, but a server restored from a backup starts lower
        if self._stopping.is_set():
            return
        self._client.connect(
            self._identity.server,
            auth={"token": self._identity.token},
            transports=["websocket"],
            namespaces=[NAMESPACE],
            wait_timeout=ANSWER,
        )
        self.connected = True
        self._watch()
        log.info("live channel: connected")

    def _watch(self) -> None:
        """Ask for the whole present list."""
        answer = self._client.call("watch", {"topic": self._topic}, namespace=NAMESPACE, timeout=ANSWER)
        if not answer.get("ok"):
            message = f"watch refused: {answer.get('code')}"
            raise ValueError(message)
        self._accept(answer["state"])

    def _pushed(self, state: dict[str, Any]) -> None:
        if state.get("topic") == self._topic:
            try:
                self._accept(state)
            except (ValueError, KeyError, TypeError) as problem:
                log.warning("live channel: unreadable state (%s)", problem.__class__.__name__)

    def _accept(self, state: dict[str, Any]) -> None:
        """A list older than one heard on the same connection was overtaken on the way."""
        jobs = JobList.read(state)
        if jobs.version is None or jobs.version >= self._version:
            self._version = -1 if jobs.version is None else jobs.version
            self._heard(jobs)
