"""How a replay went, in numbers and plain words. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from hall.replay.plan import DayPlan

ERRORS_SHOWN = 20


@dataclass(frozen=True, slots=True)
class Report:
    """What was done, waits in minutes of the recorded day, delays in milliseconds, and every error.

    `behind_ms`: how long after its time of the day each call was asked for.
    """

    plans: Sequence[DayPlan]
    speed: float
    seconds: float
    tickets: int
    calls: int
    left: int
    waits: Sequence[float]
    live_ms: Sequence[float]
    behind_ms: Sequence[float]
    messages: int
    late_s: float
    without_window: int
    repeated: int
    errors: Sequence[str] = field(default_factory=tuple)

    def lines(self) -> Iterator[str]:
        """The report, line by line."""
        queues = [queue for plan in self.plans for queue in plan.queues]
        recorded = [wait for queue in queues for wait in queue.waits]
        waiting = sum(queue.left_waiting for queue in queues)
        yield f"{self._who}, {self.plans[0].day}: {len(queues)} queues in {self.seconds:.0f} s (speed {self.speed:g})"
        yield f"  tickets  {self.tickets}"
        yield f"  calls    {self.calls}   left {self.left}   still waiting {waiting}"
        yield f"  waits    median {quantile(self.waits, 0.5):.1f} min, p90 {quantile(self.waits, 0.9):.1f} min"
        yield (f"  record   median {quantile(recorded, 0.5):.1f} min, p90 {quantile(recorded, 0.9):.1f} min")
        yield (
            f"  live     press to board p50 {quantile(self.live_ms, 0.5):.0f} ms, "
            f"p95 {quantile(self.live_ms, 0.95):.0f} ms; {self.messages} messages"
        )
        yield (
            f"  pace     at most {self.late_s:.1f} s behind the clock, 99 % of the calls at most "
            f"{quantile(self.behind_ms, 0.99):.0f} ms; {self.repeated} requests repeated"
        )
        if self.without_window:
            yield f"  {self.without_window} calls where the record shows no open window: one was opened"
        if not self.errors:
            yield "  errors   none"
            return
        yield f"  errors   {len(self.errors)}"
        for error in self.errors[:ERRORS_SHOWN]:
            yield f"    {error}"
        if len(self.errors) > ERRORS_SHOWN:
            yield f"    … and {len(self.errors) - ERRORS_SHOWN} more"

    @property
    def _who(self) -> str:
        return self.plans[0].office if len(self.plans) == 1 else f"{len(self.plans)} offices"


def quantile(values: Sequence[float], share: float) -> float:
    """The value that this share of all does not exceed; 0 for none."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else 0.0
