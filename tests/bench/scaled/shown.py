"""When calls stood on screens, from what these were told. Pure.

A board holds the six newest calls. On a clock that runs twenty times as fast, six more may come while a state is on its
way; then the call was pushed off. It counts from its press until the board that no longer held it: it was shown no
sooner.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from hall.queueing.boards import BOARD_CALLS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from hall.replay.drive import Press

Told = dict[str, dict[str, float]]
"""By call and screen: when it first stood there."""


def key_of(press: Press) -> str:
    """What a screen knows a call by."""
    return f"{press.window} {press.number} {press.called_at}"


@dataclass(slots=True)
class Shown:
    """Milliseconds from press to screen; how many calls were pushed off before, and how many never came."""

    took_ms: list[float] = field(default_factory=list)
    pushed: int = 0
    missed: int = 0

    def add(self, presses: Sequence[Press], told: Mapping[str, Mapping[str, float]], each: int) -> None:
        """The calls of one site on its screens."""
        order = sorted(presses, key=lambda press: (press.called_at, press.answered))
        times = [told.get(key_of(press), {}) for press in order]
        screens = {screen for seen in times for screen in seen}
        self.missed += (each - len(screens)) * len(order)
        for screen in screens:
            self._on(order, [seen.get(screen) for seen in times])

    def _on(self, order: Sequence[Press], seen: Sequence[float | None]) -> None:
        for at, press in enumerate(order):
            when = seen[at]
            if when is None:
                later = [time for time in seen[at + 1 :] if time is not None]
                when = min(later, default=None)
                if when is None or later.count(when) < BOARD_CALLS:
                    self.missed += 1
                    continue
                self.pushed += 1
            self.took_ms.append((when - press.pressed) * 1000)
