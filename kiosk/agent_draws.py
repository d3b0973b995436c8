"""Numbers that the agent drew alone, on disk before anybody sees them: none twice, none forgotten (Q9).

`drawn.jsonl` has a line for each draw, flushed to the medium, and one more when it is handed in. A number whose
line could not be written is never given out again: better a gap than two papers.
"""

from __future__ import annotations

import json
import logging
import secrets
import threading
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING

from kiosk.agent_clock import Reading, age, read, reckon
from kiosk.agent_kit import write_whole
from kiosk.agent_lines import Lines

if TYPE_CHECKING:
    from pathlib import Path

    from kiosk.agent_kit import Kit, Range

log = logging.getLogger("kiosk.agent")
NUMBERS = 99
KEPT = 4000  # draws that were handed in, kept so that no number of their ranges comes again
OWN = "alone-"
SLIP_WANTED_S = 600.0  # after that nobody stands there any more


class Spent(Exception):
    """No number of this line is left for today."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody touched; a key a draw, so that a repeat brings the same number."""

    key: str
    line: str
    lane: str = "ordinary"
    reason: str | None = None
    lang: str = "zh"


@dataclass(frozen=True, slots=True)
class Draw:
    """A number on paper; `settled` is what the hall made of it, empty as long as it has not been asked."""

    key: str
    range: int
    position: int
    number: str
    line: str
    day: str
    lane: str
    reason: str | None
    lang: str
    at: float
    wall: float
    steady: float
    boot: str
    settled: str = ""

    @property
    def job(self) -> str:
        """The name of its slip in the journal of papers."""
        return OWN + self.key

    @property
    def reading(self) -> Reading:
        """The machine's clocks when it was drawn."""
        return Reading(self.wall, self.steady, self.boot)


class Draws:
    """All draws of one state folder; safe to use from several threads."""

    def __init__(self, folder: Path) -> None:
        self._lock = threading.Lock()
        self._path = folder / "drawn.jsonl"
        self.memory = _memory(folder / "memory")
        self._draws = _read(self._path)
        self._used: dict[int, int] = {}
        for draw in self._draws.values():
            self._used[draw.range] = max(self._used.get(draw.range, 0), draw.position)
        self._lines = self._compact()

    def draw(self, kit: Kit, wish: Wish) -> Draw:
        """The next number of the line, on disk when this returns. Raises Spent, OSError."""
        with self._lock:
            known = self._draws.get(wish.key)
            if known is not None:
                return known
            now = read()
            at = reckon(kit.anchor, now, self._latest())
            found = self._next(kit, wish.line, kit.day(at))
            if found is None:
                raise Spent
            row, position = found
            self._used[row.id] = position  # before the write: a torn line may still be read one day
            draw = Draw(
                key=wish.key,
                range=row.id,
                position=position,
                number=f"{row.prefix}{row.first + position - 1}",
                line=wish.line,
                day=row.day,
                lane=wish.lane,
                reason=wish.reason,
                lang=wish.lang,
                at=at,
                wall=now.wall,
                steady=now.steady,
                boot=now.boot,
            )
            self._append(draw)
            return draw

    def settle(self, key: str, state: str) -> None:
        """The hall answered."""
        with self._lock:
            self._append(replace(self._draws[key], settled=state))

    def pending(self) -> list[Draw]:
        """What the hall has not answered for, in the order in which it was drawn."""
        with self._lock:
            return [draw for draw in self._draws.values() if not draw.settled]

    def find(self, key: str) -> Draw | None:
        """A draw by its key."""
        with self._lock:
            return self._draws.get(key)

    def left(self, kit: Kit, line: str, day: str) -> int:
        """Numbers of a line that can still be drawn on a date."""
        with self._lock:
            return sum(
                NUMBERS - self._used.get(row.id, 0)
                for row in kit.ranges
                if (row.line, row.day) == (line, day)
            )

    def now(self, kit: Kit | None) -> float:
        """The time that would be printed."""
        with self._lock:
            return reckon(kit.anchor if kit else None, read(), self._latest())

    def wants_slip(self, job: str) -> bool:
        """Whether somebody may still stand there and wait for this slip of ours."""
        draw = self.find(job.removeprefix(OWN))
        if draw is None:
            return False
        since = age(draw.reading, now := read())
        return (now.wall - draw.wall if since is None else since) < SLIP_WANTED_S

    def close(self) -> None:
        """Let go of the file."""
        self._lines.close()

    def _latest(self) -> float:
        """What was printed last; once the hall has taken all, its time counts alone."""
        return max((draw.at for draw in self._draws.values() if not draw.settled), default=0.0)

    def _next(self, kit: Kit, line: str, day: str) -> tuple[Range, int] | None:
        for row in kit.ranges:
            if (row.line, row.day) == (line, day) and self._used.get(row.id, 0) < NUMBERS:
                return row, self._used.get(row.id, 0) + 1
        return None

    def _append(self, draw: Draw) -> None:
        self._lines.append(_line(draw))
        self._draws[draw.key] = draw

    def _compact(self) -> Lines:
        """The file with one line a draw; where the disk has no room, as it was: slips of the server go on."""
        done = [key for key, draw in self._draws.items() if draw.settled]
        for key in done[:-KEPT]:
            del self._draws[key]
        try:
            write_whole(self._path, "".join(f"{_line(draw)}\n" for draw in self._draws.values()).encode())
        except OSError as problem:
            log.error("the disk takes nothing, so no number can be drawn without the server: %s", problem)  # noqa: TRY400
        return Lines(self._path)


def is_own(job: str) -> bool:
    """Whether a slip is of a number that was drawn alone."""
    return job.startswith(OWN)


def _line(draw: Draw) -> str:
    return json.dumps(asdict(draw), separators=(",", ":"), ensure_ascii=False)


def _read(path: Path) -> dict[str, Draw]:
    """The last word on each draw; a torn last line was shown to nobody."""
    found: dict[str, Draw] = {}
    if path.exists():
        for line in path.read_text(encoding="utf-8", errors="replace").splitlines():
            try:
                draw = Draw(**json.loads(line))
            except (ValueError, TypeError):
                continue
            found[draw.key] = draw
    return found


def _memory(path: Path) -> str:
    """The name of this folder towards the hall: a new folder gets new numbers."""
    if path.exists() and len(known := path.read_text(encoding="ascii").strip()) == 32:  # noqa: PLR2004
        return known
    fresh = secrets.token_hex(16)
    write_whole(path, fresh.encode())
    return fresh
