"""What the processes of one hall tell each other, through Redis: states for each other's sockets, and notices.

It is the message queue of Socket.IO, mended for a hall: Redis away costs a request nothing and no publication more
than a moment, its return is noticed within two seconds (upstream: up to a minute), and then every process sends its own
sockets what they missed. Notices tell what the others keep in memory and must look up anew.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from typing import Any

import gevent
import structlog
from socketio import RedisManager

CONNECT_WITHIN_S = 1.0
ANSWER_WITHIN_S = 2.0
AGAIN_S = 1.0
"""How long a Redis that did not answer is left alone."""
PING_S = 5.0
SILENT_S = 15.0
"""Not even an answer to a ping: the line is cut, though nobody said so."""

log = structlog.get_logger(__name__)
Hearer = Callable[[dict[str, Any]], None]


def options() -> dict[str, Any]:
    """How a client of Redis behaves that may never hold up a request: short waits, and no second try."""
    from redis.backoff import NoBackoff  # noqa: PLC0415 - where there is one process, it is not loaded
    from redis.retry import Retry  # noqa: PLC0415

    return {
        "socket_connect_timeout": CONNECT_WITHIN_S,
        "socket_timeout": ANSWER_WITHIN_S,
        "retry": Retry(NoBackoff(), 0),
    }


class Bus(RedisManager):  # type: ignore[misc] # Socket.IO has no types
    """The line between the processes. `returned` are called when Redis is there again, with seconds it was away."""

    def __init__(self, url: str, name: str) -> None:
        super().__init__(url, channel=name, redis_options=options())
        self.notices = f"{name}:notices"
        self.hearers: list[Hearer] = []
        self.returned: list[Callable[[float], None]] = []
        self._rest_until = 0.0
        self._away_since: float | None = None

    def start(self) -> None:
        """Listen from now on, also before the first socket is opened here."""
        self.server.manager_initialized = True
        self.initialize()

    def tell(self, **notice: Any) -> None:  # noqa: ANN401 - a small JSON object
        """Let the other processes know. Lost while Redis is away: what is kept in memory has an end of its own."""
        self._say(self.notices, {**notice, "host_id": self.host_id})

    def leads(self, what: str, for_s: float) -> bool:
        """Whether this process is the one that does it for now; where Redis is away, each does it."""
        key = f"{self.channel}:leads:{what}"
        milliseconds = int(for_s * 1000)

        def claim() -> bool:
            if self.redis.set(key, self.host_id, nx=True, px=milliseconds):
                return True
            mine = self.redis.get(key) == self.host_id.encode()
            return mine and bool(self.redis.pexpire(key, milliseconds))

        led = self._try(claim)
        return led is None or bool(led)

    def _publish(self, data: dict[str, Any]) -> None:
        self._say(self.channel, data)

    def _say(self, channel: str, data: dict[str, Any]) -> None:
        self._try(lambda: self.redis.publish(channel, json.dumps(data, ensure_ascii=False)))

    def _try(self, act: Callable[[], Any]) -> Any:  # noqa: ANN401 - Redis' answer; None where it is away
        """Do it unless Redis just failed; its absence is no fault of whoever asks."""
        if time.monotonic() < self._rest_until:
            return None
        try:
            if self.redis is None:
                self._redis_connect()
            return act()
        except Exception as problem:  # noqa: BLE001 - whatever is wrong with Redis, the hall goes on
            self._rest_until = time.monotonic() + AGAIN_S
            self._is_away(problem)
            return None

    def _is_away(self, problem: Exception) -> None:
        if self._away_since is None:
            self._away_since = time.monotonic()
            log.warning("redis_away", problem=type(problem).__name__)

    def _is_back(self) -> None:
        if self._away_since is None:
            return
        self._rest_until = 0.0
        away, self._away_since = time.monotonic() - self._away_since, None
        log.info("redis_back", away_s=round(away, 1))
        for hearer in self.returned:
            gevent.spawn(hearer, away)

    def _listen(self) -> Iterator[bytes]:
        """States of the other processes; notices go to their hearers from here."""
        while True:
            try:
                for message in self._messages():
                    if message["channel"] == self.notices.encode():
                        self._hear(message["data"])
                    else:
                        yield message["data"]
            except Exception as problem:  # noqa: BLE001 - a broken line is mended, whatever broke it
                self._is_away(problem)
                gevent.sleep(AGAIN_S)

    def _messages(self) -> Iterator[dict[str, Any]]:
        if self.redis is None:
            self._redis_connect()
        line = self.redis.pubsub()
        try:
            line.subscribe(self.channel, self.notices)
            heard = asked = time.monotonic()
            while True:
                message = line.get_message(timeout=1.0)
                now = time.monotonic()
                if message is not None:
                    heard = now
                    self._is_back()
                    if message["type"] == "message":
                        yield message
                elif now - heard > SILENT_S:
                    raise TimeoutError
                elif now - asked > PING_S:
                    asked = now
                    line.ping()
        finally:
            line.close()

    def _hear(self, data: bytes) -> None:
        notice = json.loads(data)
        if notice.pop("host_id", None) == self.host_id:
            return
        for hearer in self.hearers:
            try:
                hearer(notice)
            except Exception:
                log.exception("notice_failed")
