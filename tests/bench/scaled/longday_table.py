"""What a long day is asked for and what it found: its wishes, its goals and its table. Pure but for the environment."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

from hall.replay.report import quantile
from tests.bench import Cell, Goal, Table

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from hall.replay.drive import Press
    from hall.replay.run import Scene

KEPT_UP_MS = 500
GROWTH_MB, GROWTH = 5, 0.05
COLUMNS = (
    "when",
    "tickets",
    "calls",
    "call-next p50 · p95 · p99, ms",
    "call → screen p50 · p95 · p99, ms",
    "behind the plan p99, ms",
)
HOW = "Everything over nginx, on this machine, flushed to disk."
SHARED = "each fall and each jump of the number is one call"
WHO = (
    "A screen is a socket that is told its board; a phone follows the ticket drawn last and its line, and each takes "
    "the next ticket in turn."
)
WHAT = (
    "Memory: the most that a part had at once, looked at twice a minute and ten seconds after the last step, everybody "
    "still connected; PSS, of PostgreSQL without the buffers that it shares."
)
NIGHT = "Between two days the hall's clock is put forward to the next morning; its own jobs end the day."


@dataclass(frozen=True, slots=True)
class Wish:
    """What was asked for."""

    speed: float = 20
    days: int = 3
    offices: int = 0
    phones: int = 2000
    screens: int = 3
    processes: int = 2
    quiet: int = 200
    day: date = date(2019, 12, 30)

    @classmethod
    def from_env(cls) -> Wish:
        """As the environment says."""
        plain = cls()
        return cls(
            speed=float(os.environ.get("SPEED", plain.speed)),
            day=date.fromisoformat(os.environ.get("DATE", str(plain.day))),
            **{
                name: int(os.environ.get(name.upper(), getattr(plain, name)))
                for name in ("days", "offices", "phones", "screens", "processes", "quiet")
            },
        )


@dataclass(slots=True)
class Seen:
    """One day, or the quiet hour before: what was measured. Milliseconds, megabytes and seconds of the processor."""

    name: str
    tickets: int
    presses: list[Press]
    screen_ms: list[float]
    errors: list[str]
    memory: dict[str, float] = field(default_factory=dict)
    used: dict[str, float] = field(default_factory=dict)
    took_s: float = 0.0
    repeated: int = 0
    pushed: int = 0
    messages: int = 0
    backends: int = 0

    @property
    def answer_ms(self) -> list[float]:
        """From a press to its answer."""
        return [(press.answered - press.pressed) * 1000 for press in self.presses]

    @property
    def behind_ms(self) -> float:
        """How long after its time of the day 99 % of the presses came at most."""
        return quantile([(press.pressed - press.due) * 1000 for press in self.presses], 0.99)


def growth(days: Sequence[Seen]) -> Goal:
    """Whether memory stayed flat: on the last day a part has at most 5 MB or 5 % more at once than on the first."""
    first, last = days[0].memory, days[-1].memory
    grown = {part: last[part] - first[part] for part in first}
    told = ", ".join(f"{part} {more:+.1f} MB" for part, more in grown.items())
    met = all(more <= max(GROWTH_MB, GROWTH * first[part]) for part, more in grown.items())
    asked = f"no part has more than {GROWTH_MB} MB or {GROWTH:.0%} more at once on the last day than on day 1"
    return Goal(asked, told, met)


def _goals(wish: Wish, days: Sequence[Seen]) -> Iterator[Goal]:
    errors = [error for seen in days for error in seen.errors]
    yield Goal("no error", f"{len(errors)}{': ' if errors else ''}{'; '.join(errors[:3])}", not errors)
    behind = max(seen.behind_ms for seen in days[1:])
    asked = f"kept up with {wish.speed:g} ×: 99 % of the presses at most {KEPT_UP_MS} ms behind the plan"
    yield Goal(asked, f"{behind:.0f} ms on the worst day", behind <= KEPT_UP_MS)
    if len(days) > 2:
        yield growth(days[1:])


def _three(values: Sequence[float]) -> str:
    return " · ".join(f"{quantile(values, share):.0f}" for share in (0.5, 0.95, 0.99))


def _row(seen: Seen, parts: Sequence[str]) -> tuple[Cell, ...]:
    memory = [f"{seen.memory[part]:.1f}" if part in seen.memory else "" for part in parts]
    behind = round(seen.behind_ms, 1) if seen.memory else ""
    return (
        seen.name,
        seen.tickets,
        len(seen.presses),
        _three(seen.answer_ms),
        _three(seen.screen_ms),
        behind,
        *memory,
    )


def table(wish: Wish, record: str, scenes: Sequence[Scene], seen: Sequence[Seen]) -> Table:
    parts, queues = list(seen[-1].memory), sum(len(scene.plan.queues) for scene in scenes)
    dropped = sum(len(scene.plan.dropped) for scene in scenes)
    left_out = f"{dropped} queues to which nobody came are left out; where several share a series, {SHARED}."
    return Table(
        title="A long day",
        question=f"{record}, {scenes[0].plan.day}: {len(scenes)} sites, {queues} queues at {wish.speed:g} ×, "
        f"{wish.processes} processes, {wish.phones:,} phones and {wish.screens * len(scenes)} screens connected.",
        columns=(*COLUMNS, *(f"{part}, MB" for part in parts)),
        rows=tuple(_row(each, parts) for each in seen),
        goals=tuple(_goals(wish, seen)),
        notes=(*map(_shares, seen[1:]), f"{HOW} {left_out}", WHO, WHAT, NIGHT),
    )


def _shares(day: Seen) -> str:
    used = ", ".join(f"{part} {used / day.took_s:.0%}" for part, used in day.used.items())
    more = (
        f"{day.backends} connections of PostgreSQL open at its end, {day.repeated} requests repeated, "
        f"{day.messages:,} messages to phones so far, {day.pushed} times six newer calls had pushed one off the board "
        "before it was told"
    )
    return f"{day.name}: {day.took_s / 60:.0f} minutes; of one processor {used}; {more}."
