"""What this process told last of what thousands watch, so that a crowd that comes back is told the same at once.

Such a topic is published at a pace: nobody is told of a change sooner than that. Whoever comes to watch within the pace
is told the state that all others were told last, as long as nothing is known that changed it; the next one reaches
them like everybody else. So 5,000 phones that come back together cost one state a second, not 5,000.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from hall.live.existing import CODES, must_exist

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy.orm import Session

MOST = 5_000
"""Topics that are remembered; a province has fewer lines."""


@dataclass(slots=True)
class Told:
    """The last states by topic, with when they were read; `paces` says for how many seconds a kind of topic is kept."""

    paces: Mapping[str, float]
    states: dict[str, tuple[float, dict[str, Any]]] = field(default_factory=dict)
    existing: set[str] = field(default_factory=set)

    def keep(self, topic: str, pace: str, state: dict[str, Any]) -> None:
        """This was read just now."""
        if pace in self.paces:
            if len(self.states) >= MOST:
                self.states.clear()
            self.states[topic] = (time.monotonic(), state)

    def young(self, topic: str, pace: str, version: int) -> dict[str, Any] | None:
        """The state of this version, where it was read within the pace."""
        at, state = self.states.get(topic, (0.0, {}))
        if state.get("version") != version or time.monotonic() - at >= self.paces.get(pace, 0.0):
            return None
        return state

    def must_exist(self, session: Session, topic: str) -> None:
        """Raises NotFound where a topic is about nothing; what exists is never taken away, and not asked for again."""
        if topic not in self.existing:
            must_exist(session, topic)
            if topic.partition(":")[0] in CODES:
                self.existing.add(topic)
