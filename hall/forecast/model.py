"""The seam of the wait figure: what is known of a line at one moment goes in, a range of minutes comes out.

Callers know this module and nothing behind it; a better model is another class with `predict`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from datetime import date


@dataclass(frozen=True, slots=True)
class Today:
    """What a line did so far today; everything empty means that nothing is known of today.

    `busy_calls` were made in `busy_minutes`, the minutes in which somebody waited. `since_call` is the time since the
    last call, or since the first event when nobody was called yet; `last_joined` is how long ago the one last called
    joined the line.
    """

    busy_calls: int = 0
    busy_minutes: float = 0.0
    since_call: float | None = None
    last_joined: float | None = None


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One person in one line at one moment.

    `line` is the line's slug; `ahead` counts those of the line who are called before this person, so that the person's
    own call is the (`ahead` + 1)th from now; `minute` counts from local midnight.
    """

    line: str
    ahead: int
    windows_open: int
    minute: float
    today: Today = field(default_factory=Today)


@dataclass(frozen=True, slots=True)
class WaitRange:
    """Minutes until the call: half of all people wait at most `p50_min`, nine of ten at most `p90_min`."""

    p50_min: float
    p90_min: float


@dataclass(frozen=True, slots=True)
class Observation:
    """What a model learns from: the moment and the minutes that this person then really waited from there."""

    day: date
    snapshot: Snapshot
    waited_min: float


class WaitModel(Protocol):
    """Anything that turns a moment into a range."""

    def predict(self, snapshot: Snapshot) -> WaitRange | None:
        """The range for this moment; None rather than a guess when there is no basis for one."""
        ...
