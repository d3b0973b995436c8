"""Which neighbours are alive, by their beats: each process tells all others several times a second that it is there.

Time is counted in our own beats as they come back to us on the same line. So a Redis that stands still, a line that is
cut and a process that was frozen itself accuse nobody: no beat of ours comes back meanwhile. Pure.
"""

from __future__ import annotations

from dataclasses import dataclass, field

BEAT_S = 0.5
GONE_AFTER = 5
"""So many beats of ours came back, and none of that neighbour's between them: it ended, or stands still."""


@dataclass(slots=True)
class Beats:
    """What one process has heard."""

    ours: str
    echoes: int = 0
    heard: dict[str, int] = field(default_factory=dict)

    def hear(self, host: str) -> list[str]:
        """A beat came; answers who has fallen silent, each once."""
        if host != self.ours:
            self.heard[host] = self.echoes
            return []
        self.echoes += 1
        gone = [each for each, then in self.heard.items() if self.echoes - then >= GONE_AFTER]
        for each in gone:
            del self.heard[each]
        return gone
