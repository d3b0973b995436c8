"""Q11: a Redis that cannot write its snapshot refuses keys and pings, and still tells every process everything."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import psycopg
import pytest
import redis

from hall.patience import AT_ONCE, redis_pool
from tests.race.test_scaled_live import BOARD, draw
from tests.race.test_scaled_truth import TOPICS, cut_line_of, shows_truth, waiting
from tests.redis_server import RedisServer
from tests.screens import Screen, until

if TYPE_CHECKING:
    from pathlib import Path

    from tests.scaled import ScaledHall, StartScaled

CROWD, PATIENT_S = 300, 60.0


def beats_heard(hall: ScaledHall, count: int) -> None:
    """Stay as long as so many beats take, whosoever they are."""
    with redis.Redis(port=hall.redis.port) as asked, asked.pubsub() as line:
        line.psubscribe("*:notices")
        while count:
            message = line.get_message(timeout=60)
            assert message is not None, "Nobody beats any more."
            count -= message["type"] == "pmessage"


def test_Q11_a_redis_that_cannot_write_is_not_taken_for_away(start_scaled: StartScaled) -> None:
    hall = start_scaled()
    with Screen(hall.urls[0], *TOPICS) as here, Screen(hall.urls[1], *TOPICS) as there:
        draw(hall, 0)
        until("the hall is at work", lambda: waiting(here) == waiting(there) == 1)
        hall.redis.refuse()
        beats_heard(hall, 30)  # longer than a line may be silent
        draw(hall, 0)
        draw(hall, 1)
        until("Q11: all are told of both", lambda: waiting(here) == waiting(there) == 3)
        assert "redis_away" not in hall.log and "redis_line_given_up" not in hall.log, hall.log[-3000:]
        cut_line_of(hall, 1)
        draw(hall, 0)
        until("Q11: a new line is ready, too", lambda: waiting(there) == 4)
        shows_truth(here, hall, 0)
        shows_truth(there, hall, 1)


def test_names_that_somebody_makes_up_come_neither_to_redis_nor_into_the_database(
    start_scaled: StartScaled,
) -> None:
    hall = start_scaled()
    made_up = (*(f"line:nobody-{number}" for number in range(5)), "site:nowhere:board")
    with redis.Redis(port=hall.redis.port) as server, server.monitor() as heard:
        with Screen(hall.urls[0], *made_up) as stranger, Screen(hall.urls[0], BOARD) as board:
            assert len(stranger.refused) == len(made_up)
            cut_line_of(hall, 0)  # a doubt about everything that is watched here
            draw(hall, 1)
            until("the board is told by the line that was made anew", lambda: waiting(board) == 1)
            shows_truth(board, hall, 0)
        server.publish("enough", "")
        said: list[str] = []
        while not said or said[-1] != "PUBLISH enough ":
            said.append(heard.next_command()["command"])
    assert not [each for each in said if "nobody" in each or "nowhere" in each]
    with psycopg.connect(hall.prepared.database_url) as line:
        found = line.execute("SELECT topic FROM topic_version WHERE topic LIKE '%no%'").fetchall()
    assert found == [], "Whoever makes names up would fill the table."


def test_a_crowd_that_asks_redis_at_once_waits_and_does_not_take_it_for_away(tmp_path: Path) -> None:
    """Nor does it keep a connection each: Redis has ten thousand for all."""
    server = RedisServer(tmp_path).start()
    try:
        pool = redis_pool(server.url, PATIENT_S)
        with redis.Redis(connection_pool=pool) as client, redis.Redis(port=server.port) as other:
            other.client_pause(300)
            with ThreadPoolExecutor(CROWD) as crowd:
                assert all(crowd.map(lambda _number: client.ping(), range(CROWD)))
            assert len(other.client_list()) <= AT_ONCE + 1
        pool.disconnect()
    finally:
        server.stop()


def test_who_gets_no_connection_to_redis_is_told_soon(tmp_path: Path) -> None:
    server = RedisServer(tmp_path).start()
    try:
        pool: Any = redis_pool(server.url, 0.01)
        held = [pool.get_connection() for _ in range(AT_ONCE)]
        with pytest.raises(redis.ConnectionError):
            pool.get_connection()
        for each in held:
            pool.release(each)
        pool.disconnect()
    finally:
        server.stop()
