"""Connections go to whoever has waited longest; SQLAlchemy's own pools let newcomers take what was meant for others.

In a rush there is always a newcomer, so one who waits could lose every round until the pool's timeout.
"""

# ruff: noqa: FBT001, FBT002 - the pool calls its queue so

from __future__ import annotations

import threading
from collections import deque
from typing import Generic, TypeVar

from sqlalchemy.pool import ConnectionPoolEntry, QueuePool
from sqlalchemy.util.queue import Empty, Full, QueueCommon

T = TypeVar("T")


class _Place(Generic[T]):
    """Of one who waits; `given` is what was handed over."""

    __slots__ = ("comes", "given")

    def __init__(self) -> None:
        self.comes = threading.Event()
        self.given: T | None = None


class InOrder(QueueCommon[T]):
    """What is given back goes straight to the first who waits, and lies here only while nobody does.

    Its lock may be taken again by its holder: a connection that is thrown away gives itself back in the middle.
    """

    def __init__(self, maxsize: int = 0, use_lifo: bool = False) -> None:
        self.maxsize, self.use_lifo = maxsize, use_lifo
        self._lock = threading.RLock()
        self._items: deque[T] = deque()
        self._waiting: deque[_Place[T]] = deque()

    def qsize(self) -> int:
        """How many lie here."""
        return len(self._items)

    def empty(self) -> bool:
        """Whether none lies here."""
        return not self._items

    def full(self) -> bool:
        """Whether no more have room."""
        return 0 < self.maxsize <= len(self._items)

    def put_nowait(self, item: T) -> None:
        """As `put`."""
        self.put(item)

    def put(self, item: T, block: bool = True, timeout: float | None = None) -> None:  # noqa: ARG002 - the pool's words
        """Give one back; never waits. Raises Full."""
        with self._lock:
            if self._waiting:
                place = self._waiting.popleft()
                place.given = item
                place.comes.set()
            elif self.full():
                raise Full
            else:
                self._items.append(item)

    def get_nowait(self) -> T:
        """As `get`, without waiting."""
        return self.get(block=False)

    def get(self, block: bool = True, timeout: float | None = None) -> T:
        """Take one, or wait for so many seconds. Raises Empty."""
        with self._lock:
            if self._items:
                return self._items.pop() if self.use_lifo else self._items.popleft()
            if not block:
                raise Empty
            place: _Place[T] = _Place()
            self._waiting.append(place)
            if self._items and place.given is None:  # one gave itself back while the place was being made
                self._waiting.remove(place)
                return self._items.pop()
        try:
            place.comes.wait(timeout)
        except BaseException:  # whoever waits may be ended meanwhile: what it was given is the next one's
            self._leave(place)
            if place.given is not None:
                self.put(place.given)
            raise
        self._leave(place)
        if place.given is None:
            raise Empty
        return place.given

    def _leave(self, place: _Place[T]) -> None:
        with self._lock:
            if place.given is None:
                self._waiting.remove(place)


class Pool(QueuePool):
    """SQLAlchemy's pool, first come, first served."""

    _queue_class: type[QueueCommon[ConnectionPoolEntry]] = InOrder
