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
                when = _pushed_off(press, self._no_older(order, seen, at))
                if when is None:
                    self.missed += 1
                    continue
                self.pushed += 1
            self.took_ms.append((when - press.pressed) * 1000)

    @staticmethod
    def _no_older(order: Sequence[Press], seen: Sequence[float | None], at: int) -> list[float]:
        """When those stood there first that are newer than this call, or of the same second: which of these the board
        takes for the newer one is not seen from outside."""
        first = at
        while first and order[first - 1].called_at == order[at].called_at:
            first -= 1
        others = [*seen[first:at], *seen[at + 1 :]]
        return [time for time in others if time is not None]


def _pushed_off(press: Press, newer: Sequence[float]) -> float | None:
    """When the first board was told after the press was answered, if six newer calls stood on it by then."""
    before = sum(time < press.answered for time in newer)
    when = min((time for time in newer if time >= press.answered), default=None)
    return when if when is not None and before + newer.count(when) >= BOARD_CALLS else None
