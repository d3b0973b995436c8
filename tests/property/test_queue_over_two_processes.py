"""The queue's state machine over two processes of one hall: each press goes to one of them, and one of them may end.

The listening half of Redis, which needs a process that serves, is looked at in tests/race; here is what it is told.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, cast

import pytest
from hypothesis.stateful import invariant, rule
from sqlalchemy.orm import Session

from hall.live.versions import version_of
from tests.property.queue_day import LINES
from tests.property.queue_machine import BOARD
from tests.property.queue_rules import Queue
from tests.property.queue_running import live_through
from tests.property.queue_viewers import TILES
from tests.property.two_processes import Told, TwoProcesses
from tests.property.viewers import content
from tests.redis_server import RedisServer

if TYPE_CHECKING:
    from pathlib import Path

    from config import Config

TOPICS = (BOARD, TILES, *(f"line:{line}" for line in LINES))


class OverTwo(Queue):
    """With a screen that hears what both tell."""

    must = (*Queue.must, "pressed elsewhere", "Redis away")

    def __init__(self) -> None:
        super().__init__()
        self.two = cast("TwoProcesses", self.hall)
        self.two.lost = True  # a new screen asks
        self.states: dict[str, dict[str, Any]] = {}
        self.told: Told | None = None

    def teardown(self) -> None:
        super().teardown()
        if self.two.server and self.two.server.process is None:
            self.redis_is_cut_or_back()
        if self.told:
            self.told.close()

    @rule()
    def pressed_elsewhere(self) -> None:
        self.two.switch()
        self.two.met["pressed elsewhere", "switch"] += 1

    @rule()
    def redis_is_cut_or_back(self) -> None:
        assert self.two.server
        if self.two.server.process is not None:
            self.two.server.stop()
            self.told = None
            self.two.met["Redis away", "stop"] += 1
        else:
            self.two.server.start()
            self._listen()
            self.two.redis_is_back()  # what could not be told is told now, unasked

    def _listen(self) -> Told:
        assert self.two.server
        self.told = Told(self.two.server, self.two.config.name_in_redis, TOPICS)
        return self.told

    @invariant()
    def screens_at_both_are_told_the_truth(self) -> None:
        self.two.settle()
        server = self.two.server
        if server is None or server.process is None:
            return
        for state in (self.told or self._listen()).hear():
            known = self.states.get(state["topic"], {"version": -1})["version"]
            if state["version"] > known:  # of two processes one may be overtaken: pages show the newer, too
                self.states[state["topic"]] = state
        present = self._present()
        if self.two.lost:
            for topic, state in present.items():
                known = self.states.get(topic, {"version": -1})["version"]
                assert state["version"] >= known, f"Q11: {topic} is answered as it was before."
            self.states.update(present)
            self.two.lost = False
        for topic, state in present.items():
            held, now = content(self.states[topic]), content(state)
            if self.set_back:  # then the order of a board's calls follows the time, too
                held.pop("calls", None), now.pop("calls", None)
            assert held == now, (
                f"Q11: who watches {topic} is shown something else than a newcomer at the other process."
            )

    def _present(self) -> dict[str, dict[str, Any]]:
        publisher = self.two.other.extensions["hall_publisher"]
        with self.two.other.app_context(), Session(self._engine()) as session:
            return {topic: publisher.state(session, topic, version_of(session, topic)) for topic in TOPICS}


@pytest.mark.engines("postgresql")
def test_Q1_to_Q11_hold_over_two_processes(
    config: Config, demo: dict[str, Any], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    server = RedisServer(tmp_path).start()
    hall = TwoProcesses(replace(config, redis_url=server.url), demo, server=server)
    try:
        live_through(OverTwo, hall, tmp_path, monkeypatch, examples=5)
    finally:
        server.stop()
