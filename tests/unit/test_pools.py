"""Connections go to whoever has waited longest, whoever comes just then; a wait that ends takes nothing with it."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import create_engine
from sqlalchemy.exc import TimeoutError as NoneLeft
from sqlalchemy.util.queue import Empty, Full

from hall.database import make_writer, reader_options
from hall.pools import InOrder, Pool

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

LONG_S = 60


def until(what: Callable[[], bool]) -> None:
    for _ in range(LONG_S * 100):
        if what():
            return
        time.sleep(0.01)
    pytest.fail("It never came.")


def test_whoever_waits_is_served_in_order_and_before_all_newcomers() -> None:
    queue: InOrder[int] = InOrder(3)
    got: list[tuple[str, int]] = []

    def wait(name: str) -> None:
        got.append((name, queue.get(timeout=LONG_S)))

    waiting = []
    for name in ("first", "second", "third"):
        waiting.append(threading.Thread(target=wait, args=(name,)))
        waiting[-1].start()
        until(lambda: len(queue._waiting) == len(waiting))
    for number in range(3):
        queue.put(number)
        with pytest.raises(Empty):
            queue.get(block=False)  # a newcomer, before the one who waits has noticed
    for each in waiting:
        each.join(LONG_S)
    assert sorted(got) == [("first", 0), ("second", 1), ("third", 2)]


def test_who_waited_in_vain_or_was_ended_meanwhile_takes_nothing_with_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    queue: InOrder[str] = InOrder(1)
    with pytest.raises(Empty):
        queue.get(timeout=0)
    assert not queue._waiting

    def ended(_self: threading.Event, _timeout: float | None = None) -> bool:
        queue.put("given in the last moment")
        raise KeyboardInterrupt

    with monkeypatch.context() as during:
        during.setattr(threading.Event, "wait", ended)
        with pytest.raises(KeyboardInterrupt):
            queue.get(timeout=LONG_S)
    assert queue.get(block=False) == "given in the last moment"
    queue.put("one")
    with pytest.raises(Full):
        queue.put("another")


@pytest.mark.parametrize("lifo", [False, True])
def test_what_lies_there_comes_in_the_order_that_was_asked_for(lifo: bool) -> None:
    queue: InOrder[int] = InOrder(2, use_lifo=lifo)
    queue.put(1)
    queue.put(2)
    assert [queue.get(), queue.get()] == ([2, 1] if lifo else [1, 2])


def test_a_pool_gives_its_connection_to_who_waited_and_says_when_there_is_none(tmp_path: Path) -> None:
    engine = create_engine(
        f"sqlite:///{tmp_path / 'a.db'}",
        poolclass=Pool,
        pool_size=1,
        max_overflow=0,
        pool_timeout=0,
        connect_args={"check_same_thread": False},
    )
    held = engine.connect()
    with pytest.raises(NoneLeft):
        engine.connect()
    engine.pool._timeout = LONG_S  # type: ignore[attr-defined]
    served: list[str] = []

    def wait() -> None:
        with engine.connect():
            served.append("who waited")

    waiting = threading.Thread(target=wait)
    waiting.start()
    until(lambda: len(engine.pool._pool._waiting) == 1)  # type: ignore[attr-defined]
    held.close()
    with engine.connect():
        served.append("a newcomer")
    waiting.join(LONG_S)
    assert served == ["who waited", "a newcomer"]
    engine.dispose()


@pytest.mark.parametrize("url", ["sqlite:///a.db", "postgresql+psycopg://nobody@127.0.0.1/none"])
def test_the_hall_s_own_pools_are_of_this_kind(url: str) -> None:
    assert reader_options(url)["poolclass"] is Pool
    writer = make_writer(url)
    assert isinstance(writer.pool, Pool)
    writer.dispose()
