"""The writer's thread: units that wait together share a batch; nobody waits for ever or takes silence for success."""

from __future__ import annotations

import gevent
import pytest

from hall.writer import Asked, Writer


class Ended(BaseException):
    """What no `except Exception` catches."""


def test_units_that_wait_together_share_a_batch() -> None:
    sizes: list[int] = []

    def work(batch: list[Asked]) -> None:
        sizes.append(len(batch))
        for asked in batch:
            asked.result = asked.body(None)

    writer = Writer(work)
    people = [gevent.spawn(writer.run, lambda _session, at=at: at, durable=True) for at in range(5)]
    gevent.joinall(people, raise_error=True)
    assert [person.value for person in people] == [0, 1, 2, 3, 4], "Each gets the answer to its own question."
    assert sum(sizes) == 5
    assert len(sizes) < 5, "Those who came while the first was at work go together."


def test_a_batch_that_breaks_is_told_to_everybody_in_it_and_the_next_goes_on() -> None:
    broken = [True]

    def work(batch: list[Asked]) -> None:
        if broken.pop() if broken else False:
            raise Ended
        for asked in batch:
            asked.result = "done"

    writer = Writer(work)
    with pytest.raises(RuntimeError, match="Ended"):
        writer.run(lambda _session: None, durable=True)
    assert writer.run(lambda _session: None, durable=True) == "done"
