"""One connection to Redis on which a process listens. Whatever is wrong with it, it is given up and another one made.

One greenlet reads, another writes what is wished in the order of the wishes. A channel counts as heard once Redis has
said so; whoever needs that waits for it, but never long. Signs of life are asked for by listening once more to what is
heard already: a ping is refused by a Redis that cannot write its disk, though it tells everything as before.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any

import gevent
import structlog
from gevent.event import Event
from gevent.queue import Queue

ASK_S = 1.0
SILENT_S = 3.0
"""Not even a sign of life that was asked for: the line is cut, or Redis stands still, though nobody said so."""
READY = "ready"

log = structlog.get_logger(__name__)


class Wire:
    """A line that is open from its making to `close()`."""

    def __init__(self, redis: Any, *always: str) -> None:  # noqa: ANN401 - redis is imported late
        self.pubsub = redis.pubsub()
        self.pubsub.subscribe(*always)
        self._sign = always[-1]
        self._signs = 0
        self.confirmed: set[str] = set()
        self._asked: dict[str, Event] = {}
        self._late: set[str] = set()
        self._broken: Exception | None = None
        self._wishes: Queue[Callable[[], Any]] = Queue()
        self._writer = gevent.spawn(self._write)

    def begin(self, channels: list[str]) -> None:
        """Listen to these as well; `messages` answers READY when all of them are heard."""
        for channel in channels:
            self._asked.setdefault(channel, Event())
        if channels:
            self._wishes.put(lambda: self.pubsub.subscribe(*channels))
        self._ask_for_a_sign()

    def hear(self, channel: str, within_s: float) -> None:
        """Listen to this channel, too: back when Redis has said so, the line is given up, or the time is over."""
        if channel in self.confirmed:
            return
        said = self._asked.get(channel)
        if said is None:
            said = self._asked[channel] = Event()
            self._wishes.put(lambda: self.pubsub.subscribe(channel))
        if not said.wait(within_s):
            self._late.add(channel)

    def drop(self, channels: set[str]) -> None:
        """Listen to these no more. What is only just being asked for stays."""
        dropped = channels & self.confirmed
        self.confirmed -= dropped  # whoever wants one from here on asks anew, and behind this
        if dropped:
            self._wishes.put(lambda: self.pubsub.unsubscribe(*dropped))

    def messages(self) -> Iterator[dict[str, Any]]:
        """What comes: messages, READY once, and a `subscribe` for which somebody waited too long.

        Raises where the line is broken or silent.
        """
        heard = asked = time.monotonic()
        while True:
            message = self.pubsub.get_message(timeout=ASK_S / 2)
            now = time.monotonic()
            if self._broken is not None:
                raise self._broken  # what is read now may be another connection's already
            if message is not None:
                heard = now
                if self._is_ready(message):
                    yield {"type": READY}
                elif self._tells(message):
                    yield message
            elif now - heard > SILENT_S:
                raise TimeoutError
            if now - asked > ASK_S:
                asked = now
                self._ask_for_a_sign()

    def close(self) -> None:
        """Give it up; nobody waits for it any longer."""
        self._writer.kill()
        for said in self._asked.values():
            said.set()
        self.pubsub.close()

    def _ask_for_a_sign(self) -> None:
        self._wishes.put(lambda: self.pubsub.subscribe(self._sign))

    def _is_ready(self, message: dict[str, Any]) -> bool:
        """Whether this is the first sign that was asked for: the one before it came of making the line."""
        if message["type"] != "subscribe" or message["channel"] != self._sign.encode():
            return False
        self._signs += 1
        return self._signs == 2  # noqa: PLR2004 - as said above

    def _tells(self, message: dict[str, Any]) -> bool:
        """Whether the listener needs to know."""
        if message["type"] == "subscribe":
            channel = message["channel"].decode()
            said = self._asked.pop(channel, None)
            if said is not None:
                self.confirmed.add(channel)
                said.set()
            late = channel in self._late
            self._late.discard(channel)
            return late
        return bool(message["type"] == "message")

    def _write(self) -> None:
        for wish in self._wishes:
            try:
                wish()
            except Exception as problem:  # noqa: BLE001 - whatever it is, the reader gives this line up
                self._broken = problem
                return
