"""The writer's thread, and what piles up before it: units of work that wait together are committed together.

On SQLite all writing runs in one native thread. A commit waits for the disk, and meanwhile others ask to write. They
are handed over as one batch: each in a savepoint of its own, so that a refusal undoes itself alone, then one commit
for all. Nobody gets an answer before that commit. A unit that comes alone is a transaction of its own, as ever.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import gevent
from gevent.event import Event
from gevent.threadpool import ThreadPool

MOST_TOGETHER = 16


@dataclass(slots=True)
class Asked:
    """One unit of work on its way: its body, and after `done` what came of it."""

    body: Callable[[Any], Any]
    durable: bool
    result: Any = None
    problem: Exception | None = None
    done: Event = field(default_factory=Event)


class Writer:
    """Hands units of work to the thread, those that wait together as one batch. `work` runs in the thread."""

    def __init__(self, work: Callable[[list[Asked]], None]) -> None:
        self._work = work
        self._pool = ThreadPool(1)
        self._waiting: deque[Asked] = deque()
        self._busy = False

    def run(self, body: Callable[[Any], Any], *, durable: bool) -> Any:  # noqa: ANN401 - whatever the body answers
        """Have it done, and wait. Raises what the body raised."""
        asked = Asked(body, durable)
        self._waiting.append(asked)
        if not self._busy:
            self._busy = True
            gevent.spawn(self._hand_over)
        asked.done.wait()
        if asked.problem is not None:
            raise asked.problem
        return asked.result

    def _hand_over(self) -> None:
        try:
            while self._waiting:
                self._do([self._waiting.popleft() for _ in range(min(MOST_TOGETHER, len(self._waiting)))])
        finally:
            self._busy = False

    def _do(self, batch: list[Asked]) -> None:
        try:
            self._pool.apply(self._work, (batch,))
        except BaseException as problem:
            for asked in batch:  # nobody takes silence for success
                asked.problem = asked.problem or RuntimeError(f"The writer ended: {type(problem).__name__}")
            raise
        finally:
            for asked in batch:
                asked.done.set()
