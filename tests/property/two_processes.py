"""Two applications of one hall, on one PostgreSQL database with a Redis between them; their clocks differ a little."""

from __future__ import annotations

import itertools
import json
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import gevent
import redis

from tests import applications
from tests.property.faulty_hall import IMPATIENT, PATIENT, PAUSE_S, FaultyHall

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Flask
    from werkzeug.test import TestResponse

    from hall.live.bus import Bus
    from tests.redis_server import RedisServer

APART_S = 3
ALMOST = timedelta(minutes=1)
MARKS = itertools.count()


class Told:
    """What the processes tell sockets that watch these topics, heard where a third process would hear it."""

    def __init__(self, server: RedisServer, channel: str, topics: tuple[str, ...]) -> None:
        self.server, self.marks = server, f"{channel}:marks"
        self.channels = [f"{channel}:to:{topic}" for topic in topics]
        self.connect()

    def connect(self) -> None:
        """Listen, as a process does when Redis is there again."""
        self.client = redis.Redis.from_url(self.server.url)
        self.line = self.client.pubsub()  # type: ignore[no-untyped-call]
        self.line.subscribe(self.marks, *self.channels)
        self.hear()

    def hear(self) -> list[dict[str, Any]]:
        """Every state that was told since, in order."""
        mark = json.dumps({"mark": next(MARKS)}).encode()
        self.client.publish(self.marks, mark)
        found: list[dict[str, Any]] = []
        while True:
            message = self.line.get_message(timeout=30)
            assert message is not None, "Redis does not answer."
            if message["data"] == mark:
                return found
            if message["type"] == "message":
                (state,) = json.loads(message["data"])["data"]
                found.append(state)

    def close(self) -> None:
        """Hang up."""
        self.line.close()
        self.client.close()


@dataclass(slots=True)
class TwoProcesses(FaultyHall):
    """Presses go to the one whose turn it is; what ends is that one alone."""

    server: RedisServer | None = None
    other: Flask = field(init=False)
    ahead: bool = False
    lost: bool = True
    """Whether something was told to nobody: whoever watches asks again, as pages do."""

    def __post_init__(self) -> None:
        FaultyHall.__post_init__(self)
        self.other = self.app
        self.start()

    def start(self) -> None:
        """A process of the hall: it tells and asks through Redis; its listening half needs one that serves."""
        FaultyHall.start(self)
        publisher, bus = self.app.extensions["hall_publisher"], self._bus(self.app)
        publisher.bus = bus
        bus.returned.append(publisher.retell)

    def _bus(self, app: Flask) -> Bus:
        bus: Bus = app.extensions["socketio"].server.manager
        return bus

    def switch(self) -> None:
        """The next press goes to the other, whose clock differs."""
        self.app, self.other = self.other, self.app
        self.client = self.app.test_client()
        self.at += timedelta(seconds=-APART_S if self.ahead else APART_S)
        self.ahead = not self.ahead

    def end(self) -> None:
        """Both end."""
        applications.end(self.other)
        self.stop()

    def settle(self) -> None:
        """Until neither has anything due; in the meantime it is some seconds later."""
        while any(abs(self.at - each) <= ALMOST for each in self.moments):
            self.pass_by(APART_S)  # the clocks of both are to be on one side of it
        self._look(self.app.extensions["hall_publisher"])
        publishers = [app.extensions["hall_publisher"] for app in (self.app, self.other)]
        for turn in itertools.count():
            gevent.sleep(0 if turn < PATIENT else PAUSE_S)
            busy = [one for one in publishers if one.running]
            if not busy:
                return
            assert turn < IMPATIENT, f"Q11: never published: {[sorted(one.due) for one in busy]}"
            self.ticks += 1
            self.pass_by(1)
            for one in busy:
                one.wake.set()

    def redis_is_back(self) -> None:
        """As the listener of each process notices."""
        for app in (self.app, self.other):
            self._bus(app)._is_back()

    def _kill(self, send: Callable[[], TestResponse], *, before: bool) -> bool:
        self.lost = True
        return FaultyHall._kill(self, send, before=before)

    def _cut(self) -> bool:
        cut = FaultyHall._cut(self)
        applications.end(self.other)  # it lost its connections as well
        mine, self.app = self.app, self.other
        self.start()
        self.app, self.other = mine, self.app
        self.client = self.app.test_client()
        return cut
