"""A hall of two processes is backed up while people draw at both, and put back when both have ended."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

import pytest

from tests.api.test_backup import draw, read

if TYPE_CHECKING:
    from pathlib import Path

    from tests.scaled import StartScaled
    from tests.servers import LiveHall


def test_Q1_a_backup_made_while_people_draw_at_two_processes_is_one_consistent_moment(
    start_scaled: StartScaled, tmp_path: Path
) -> None:
    first, second = start_scaled().processes
    drawn: list[dict[str, Any]] = []
    enough = threading.Event()

    def keep_drawing(process: LiveHall) -> None:
        while not enough.wait(0.02):
            drawn.append(draw(process))

    people = [threading.Thread(target=keep_drawing, args=(one,)) for one in (first, second, first, second)]
    for person in people:
        person.start()
    while len(drawn) < 20:
        enough.wait(0.01)
    target = tmp_path / "hall.backup"
    first.flask("hall", "backup", str(target))
    enough.set()
    for person in people:
        person.join()

    first.stop()
    with pytest.raises(AssertionError, match="is running"):
        first.flask("hall", "restore", "--replace", str(target))
    assert read(second, drawn[-1]["token"]).ok, "Nothing was put back under the process that still serves."
    second.stop()
    first.flask("hall", "restore", "--replace", str(target))
    for process in (first, second):
        process.start()
    kept = [ticket["number"] for ticket in drawn if read(second, ticket["token"]).ok]
    assert 20 <= len(kept) <= len(drawn)
    assert sorted(kept) == [f"A{count:03d}" for count in range(1, len(kept) + 1)], (
        "Q1 broke: the backup holds a ticket without one that was drawn before it."
    )
    anew = [draw(process)["number"] for process in (second, first)]
    assert anew == [f"A{len(kept) + 1:03d}", f"A{len(kept) + 2:03d}"], (
        "Q1 broke: the two do not go on counting together where the backup stopped."
    )
    assert "sealed entries" in first.flask("hall", "journal", "verify")
