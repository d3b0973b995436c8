"""What the processes of one hall tell each other, through Redis: states for each other's sockets, and notices.

It is the message queue of Socket.IO, mended for a hall. Each room has a channel of its own, so a process hears only
what its sockets watch, and can ask whether anybody watches elsewhere. Redis away costs a request nothing and no
publication more than a moment; what could not be told is told when Redis is back. Who listens anew may have missed
something, and whoever falls silent may have died before it told what it committed: both are `doubts`, after which a
process sends its own sockets everything. Notices tell what the others keep in memory and must look up anew.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable, Iterator
from itertools import count
from typing import Any

import gevent
import structlog
from socketio import RedisManager

from hall.live import rooms
from hall.live.beats import BEAT_S, Beats
from hall.live.wire import READY, Wire
from hall.patience import redis_pool

ANSWER_WITHIN_S = 1.0
AGAIN_S = 1.0
"""How long a line that broke is left alone."""
TIDY_EVERY = 4
"""Beats between two looks at which channels nobody needs any longer."""

log = structlog.get_logger(__name__)
Hearer = Callable[[dict[str, Any]], None]


def _is_answer(problem: Exception) -> bool:
    from redis.exceptions import ResponseError  # noqa: PLC0415 - as above

    return isinstance(problem, ResponseError)


class Bus(RedisManager):  # type: ignore[misc] # Socket.IO has no types
    """The line between the processes.

    `doubts` are called with rooms, or None for all, whose sockets here may show what is no longer true; `returned`
    when Redis hears us again.
    """

    def __init__(self, url: str, name: str) -> None:
        super().__init__(url, channel=name)
        self.notices = f"{name}:notices"
        self.hearers: list[Hearer] = []
        self.returned: list[Callable[[], None]] = []
        self.doubts: list[Callable[[set[str] | None], None]] = []
        self.untold: set[str] = set()
        """Rooms that others could not be told of."""
        self._beats = Beats(self.host_id)
        self._beat_numbers = count(1)
        self._last_beat = 0
        self._wire: Wire | None = None
        self._away_since: float | None = None
        self._back_with = 0
        self._refusals: set[str] = set()

    def start(self) -> None:
        """Listen from now on, also before the first socket is opened here; be known before anything happens here."""
        self._beat()
        self.server.manager_initialized = True
        self.initialize()
        gevent.spawn(self._keep_beating)

    def tell(self, **notice: Any) -> None:  # noqa: ANN401 - a small JSON object
        """Let the other processes know. Lost while Redis is away: what is kept in memory has an end of its own.

        Who is there is asked and answered as beats are sent: just when the line came back, no beat has yet said so.
        """
        about_beats = "who" in notice or "beat" in notice
        self._say(self.notices, {**notice, "host_id": self.host_id}, beat=about_beats)

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

    def listen_to(self, room: str) -> None:
        """From now on hear what others tell this room: a state that is read after this misses nothing.

        Where Redis does not say so at once, the room is told everything as soon as it did.
        """
        if self._wire is not None:
            self._wire.hear(self._channel_of(room), ANSWER_WITHIN_S)

    def heard_elsewhere(self, topics: Iterable[str]) -> set[str]:
        """Those of these that somebody listens to; with Redis away none, but they are told when it is back."""
        channels = {self._channel_of(topic): topic for topic in topics}
        if not channels:
            return set()
        counts = self._try(lambda: self.redis.pubsub_numsub(*channels))
        if counts is None:
            self.untold.update(channels.values())
            return set()
        return {channels[channel.decode()] for channel, listening in dict(counts).items() if listening}

    def _redis_connect(self) -> None:
        from redis import Redis  # noqa: PLC0415 - where there is one process, it is not loaded

        self.redis: Any = Redis(connection_pool=redis_pool(self.redis_url, ANSWER_WITHIN_S))
        self.connected = True

    def _channel_of(self, room: str) -> str:
        return f"{self.channel}:to:{room}"

    def _publish(self, data: dict[str, Any]) -> None:
        room = data.get("room") if data["method"] == "emit" else None
        if room is None:
            self._say(self.channel, data)
        elif self._say(self._channel_of(room), data) is None:
            self.untold.add(room)

    def _say(self, channel: str, data: dict[str, Any], *, beat: bool = False) -> int | None:
        said: int | None = self._try(
            lambda: self.redis.publish(channel, json.dumps(data, ensure_ascii=False)), beat=beat
        )
        return said

    def _try(self, act: Callable[[], Any], *, beat: bool = False) -> Any:  # noqa: ANN401 - Redis' answer, or None
        """Do it unless Redis is away, which is found out by beats alone; it is no fault of whoever asks.

        What Redis answers with an error (no room, no disk, a mere copy) is not done; but who answers is not away.
        """
        if self._away_since is not None and not beat:
            return None
        try:
            if self.redis is None:
                self._redis_connect()
            return act()
        except Exception as problem:  # noqa: BLE001 - whatever is wrong with Redis, the hall goes on
            if _is_answer(problem):
                self._is_refused(problem)
            else:
                self._is_away(problem)
            return None

    def _keep_beating(self) -> None:
        while True:
            gevent.sleep(BEAT_S)
            self._beat()

    def _beat(self) -> None:
        self._last_beat = next(self._beat_numbers)
        beat = json.dumps({"beat": self._last_beat, "host_id": self.host_id})
        self._try(lambda: self.redis.publish(self.notices, beat), beat=True)

    def _is_refused(self, problem: Exception) -> None:
        """Said once: most refusals last until somebody looks after Redis."""
        kind = type(problem).__name__
        if kind not in self._refusals:
            self._refusals.add(kind)
            log.warning("redis_refused", problem=kind, said=str(problem).partition(" ")[0])

    def _is_away(self, problem: Exception) -> None:
        self._back_with = self._last_beat + 1
        if self._away_since is None:
            self._away_since = time.monotonic()
            log.warning("redis_away", problem=type(problem).__name__)

    def _is_back(self) -> None:
        """A beat that was sent since came back: we are heard, and hear."""
        if self._away_since is None:
            return
        away, self._away_since = time.monotonic() - self._away_since, None
        self._refusals.clear()
        log.info("redis_back", away_s=round(away, 1))
        self._have_told()

    def _have_told(self) -> None:
        for hearer in self.returned:
            gevent.spawn(hearer)

    def _doubt(self, topics: set[str] | None = None) -> None:
        for hearer in self.doubts:
            hearer(topics)

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
                log.info("redis_line_given_up", problem=type(problem).__name__)
                self._is_away(problem)
                gevent.sleep(AGAIN_S)

    def _messages(self) -> Iterator[dict[str, Any]]:
        if self.redis is None:
            self._redis_connect()
        wire = Wire(self.redis, self.channel, self.notices)
        try:
            self._wire = wire  # whoever comes from here on asks it; who is here already, is asked for now
            wire.begin([self._channel_of(room) for room in rooms.all_here(self)])
            for message in wire.messages():
                if message["type"] == "message":
                    yield message
                elif message["type"] == READY:
                    self._doubt()  # what was told before this line heard everything may have been missed
                    self.tell(who=True)  # whoever dies from here on is missed
                else:
                    self._doubt({message["channel"].decode().removeprefix(self._channel_of(""))})
        finally:
            self._wire = None
            wire.close()

    def _hear(self, data: bytes) -> None:
        notice = json.loads(data)
        host = notice.pop("host_id", None)
        if notice.get("beat"):
            self._hear_beat(host, notice["beat"])
        elif host == self.host_id:
            return
        elif "beat" in notice:  # the answer to a question, not counted by who gave it
            self._beats.hear(host)
        elif "who" in notice:
            gevent.spawn(self.tell, beat=0)
        else:
            for hearer in self.hearers:
                try:
                    hearer(notice)
                except Exception:
                    log.exception("notice_failed")

    def _hear_beat(self, host: str, number: int) -> None:
        gone = self._beats.hear(host)
        if gone:
            log.info("neighbours_gone", hosts=gone)
            self._doubt()
        if host == self.host_id:
            if number >= self._back_with:
                self._is_back()
            if number % TIDY_EVERY == 0:
                self._tidy()

    def _tidy(self) -> None:
        if self.untold and self._away_since is None:  # Redis refused to tell it, and was never away
            self._have_told()
        if self._wire is not None:
            needed = {self._channel_of(room) for room in rooms.all_here(self)}
            self._wire.drop(self._wire.confirmed - needed)
