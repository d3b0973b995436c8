"""Who sends a thousand guesses at once has no more of them than who sends one after the other (E2)."""

from __future__ import annotations

import sqlite3
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from io import BytesIO
from threading import Barrier, Event
from typing import TYPE_CHECKING

import pytest
from sqlalchemy.engine import make_url

from hall.accounts import limits
from hall.accounts.turns import AT_A_TIME, Turns

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer
    from flask import Flask

ENROL = "/api/v1/devices/enrol"
GUESSES, LET_IN = 50, 10


@pytest.mark.engines("sqlite")
@pytest.mark.usefixtures("demo")
def test_E2_codes_that_are_tried_all_at_once_are_counted_all_the_same(app: Flask, database_url: str) -> None:
    begun = Barrier(GUESSES + 1)

    def guess() -> int:
        client = app.test_client()
        begun.wait()
        return client.post(ENROL, json={"code": "000000"}).status_code

    with (
        ThreadPoolExecutor(GUESSES) as pool,
        closing(sqlite3.connect(make_url(database_url).database or "")) as slow,
    ):
        slow.isolation_level = None
        slow.execute("BEGIN IMMEDIATE")  # none of them is answered before all have come
        said = [pool.submit(guess) for _each in range(GUESSES)]
        begun.wait()
        time.sleep(1)
        slow.execute("COMMIT")
        answers = [each.result() for each in said]
    tried = answers.count(404)
    assert set(answers) <= {404, 429}
    assert LET_IN <= tried < LET_IN + AT_A_TIME, (
        f"E2 broke: of {GUESSES} codes sent at once {tried} were tried, where {LET_IN} are let in."
    )
    assert not limits.turns._doors, "Somebody's turn is never given back."


class Slow(BytesIO):
    """A body whose end comes late; `asked` says that it is waited for."""

    def __init__(self, sent: bytes) -> None:
        super().__init__(sent)
        self.asked, self.arrived = Event(), Event()

    def read(self, size: int | None = -1, /) -> bytes:
        self._wait()
        return super().read(size)

    def readinto(self, buffer: WriteableBuffer, /) -> int:
        self._wait()
        return super().readinto(buffer)

    def _wait(self) -> None:
        self.asked.set()
        self.arrived.wait()


@pytest.mark.usefixtures("demo")
def test_E2_who_sends_a_code_slowly_holds_up_nobody_else(app: Flask) -> None:
    sent = b'{"code": "000000"}'
    bodies = [Slow(sent) for _each in range(AT_A_TIME)]

    def guess(body: Slow) -> int:
        more = {"input_stream": body, "content_length": len(sent), "content_type": "application/json"}
        return app.test_client().post(ENROL, **more).status_code

    with ThreadPoolExecutor(AT_A_TIME) as pool:
        said = [pool.submit(guess, body) for body in bodies]
        try:
            assert all(body.asked.wait(30) for body in bodies)
            other = app.test_client().post(ENROL, json={"code": "111111"}).status_code
        finally:
            for body in bodies:
                body.arrived.set()
        assert other == 404, "E2 broke: bodies that never come keep everybody from enrolling."
        assert [each.result() for each in said] == [404] * AT_A_TIME


def test_E2_a_turn_is_for_a_few_and_nothing_is_kept_of_who_has_gone() -> None:
    turns = Turns()
    for _each in range(AT_A_TIME):
        assert turns.take("guesser")
    with ThreadPoolExecutor(1) as pool:
        waits = pool.submit(turns.take, "guesser")
        assert turns.take("another"), "Others are not held up."
        turns.give_back("guesser")
        assert waits.result(), "Whose turn came is let in."
    for _each in range(AT_A_TIME):
        turns.give_back("guesser")
    turns.give_back("another")
    assert not turns._doors
