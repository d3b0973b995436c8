"""The line to Redis: an error that it answers is an answer, and who is there is asked as soon as the line is back."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import gevent
import pytest
from redis import Redis

from hall.live.bus import Bus
from hall.live.wire import READY, Wire
from tests.redis_server import RedisServer

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def server(tmp_path: Path) -> Iterator[RedisServer]:
    """A Redis of the test's own."""
    made = RedisServer(tmp_path).start()
    yield made
    made.stop()


@pytest.fixture
def refusing(server: RedisServer) -> RedisServer:
    """A Redis that could not write its snapshot: it writes no key, and refuses a ping."""
    server.refuse()
    return server


@pytest.fixture
def bus(server: RedisServer) -> Iterator[Bus]:
    """One process' end, that beats only when it is told to."""
    made = Bus(server.url, "hall")
    yield made
    if made.redis is not None:
        made.redis.close()


def test_a_redis_that_refuses_to_write_is_not_away(bus: Bus, refusing: RedisServer) -> None:
    assert bus.leads("moments", 4), "Where Redis does not say who leads, each does it."
    assert bus._away_since is None, "It answered."
    with Redis(port=refusing.port) as other, other.pubsub() as line:
        line.subscribe(bus.notices)
        bus.tell(accounts=["staff#1"])
        assert told(line)["accounts"] == ["staff#1"], "What it does not refuse goes on."


def test_a_redis_that_ended_is_away(bus: Bus, server: RedisServer) -> None:
    assert bus.leads("moments", 4)
    server.stop()
    assert bus.leads("moments", 4)
    assert bus._away_since is not None


def test_what_redis_refused_to_tell_is_told_afterwards(bus: Bus, server: RedisServer) -> None:
    returned: list[str] = []
    bus.returned.append(lambda: returned.append("told"))
    with Redis(port=server.port) as other:
        other.acl_setuser("default", enabled=True, commands=["+@all", "-publish"])
        bus._publish({"method": "emit", "room": "site:xixian:board"})
        assert bus.untold == {"site:xixian:board"} and bus._away_since is None
        other.acl_setuser("default", enabled=True, commands=["+@all"])
    for number in range(1, 5):
        bus._hear_beat(bus.host_id, number)
    gevent.sleep(0)
    assert returned == ["told"], "Nothing else would tell it before its next change."


def test_a_line_to_a_redis_that_refuses_pings_is_ready_and_lives(refusing: RedisServer) -> None:
    with Redis(port=refusing.port) as asked:
        wire = Wire(asked, "hall", "hall:notices")
        try:
            wire.begin(["hall:to:line:a"])
            gevent.sleep(0)  # the writer has its turn
            first = next(wire.messages())
            assert first == {"type": READY}
            assert wire.confirmed == {"hall:to:line:a"}, "Ready means: all of them are heard."
        finally:
            wire.close()


def test_who_is_there_is_asked_before_a_beat_has_said_that_redis_is_back(
    bus: Bus, server: RedisServer
) -> None:
    with Redis(port=server.port) as other, other.pubsub() as line:
        line.subscribe(bus.notices)
        bus._is_away(ConnectionError())
        bus.tell(accounts=["staff#1"])
        bus.tell(who=True)
        assert "who" in told(line), "Of whom it does not know it would miss nobody."


def told(line: Any) -> dict[str, Any]:
    """The next notice on this line."""
    while True:
        message = line.get_message(timeout=15)
        assert message is not None, "Nothing was said."
        if message["type"] == "message":
            found: dict[str, Any] = json.loads(message["data"])
            return found
