"""Q9: a number for which the disk had no room is nobody's, also when there is room again."""

from __future__ import annotations

import resource
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest

from kiosk.agent_clock import Anchor, read
from kiosk.agent_draws import Draws, Wish
from kiosk.agent_kit import Kit
from kiosk.agent_lines import Lines

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def kit() -> Kit:
    now = read()
    told: dict[str, Any] = {"zone": "Asia/Shanghai", "lines": [], "ranges": []}
    day = Kit(told, Anchor(now.wall, now)).day(now.wall)
    told["ranges"] = [{"id": 1, "line": "a", "prefix": "A", "day": day, "first": 9001, "last": 9099}]
    return Kit(told, Anchor(now.wall, now))


@contextmanager
def room(path: Path, more: int) -> Iterator[None]:
    """Files of this process end after so many bytes more than this one has."""
    old = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (path.stat().st_size + more, old[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, old)


@pytest.mark.parametrize("more", [0, 20], ids=["nothing fits", "half a line fits"])
def test_Q9_a_number_that_a_full_disk_refused_is_handed_in_by_nobody(tmp_path: Path, more: int) -> None:
    draws = Draws(tmp_path)
    assert draws.draw(kit(), Wish("one" * 8, "a")).number == "A9001"
    with room(tmp_path / "drawn.jsonl", more), pytest.raises(OSError):  # noqa: PT011 - whichever the system says
        draws.draw(kit(), Wish("two" * 8, "a"))
    after = draws.draw(kit(), Wish("six" * 8, "a"))
    draws.close()
    again = Draws(tmp_path)  # as after a start of the machine
    handed_in = [(draw.key, draw.number) for draw in again.pending()]
    again.close()
    assert handed_in == [("one" * 8, "A9001"), ("six" * 8, after.number)], (
        "Q9 broke: a number for which nobody holds a paper is handed in."
    )


def test_Q9_a_torn_last_line_swallows_none_that_comes_after_it(tmp_path: Path) -> None:
    path = tmp_path / "lines"
    path.write_bytes(b"one\ntwo to")
    for line in ("three", "four"):
        lines = Lines(path)
        lines.append(line)
        lines.close()
    assert path.read_text() == "one\ntwo to\nthree\nfour\n", "Q9 broke: a torn line took the next with it."
