"""How a replay went, in numbers and plain words. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from hall.replay.plan import DayPlan

ERRORS_SHOWN = 20


@dataclass(frozen=True, slots=True)
class Report:
    """What was done, waits in minutes of the recorded day, live delays in milliseconds, and every error."""

    plan: DayPlan
    speed: float
    seconds: float
    tickets: int
    calls: int
    left: int
    still_waiting: int
    waits: Sequence[float]
    live_ms: Sequence[float]
    messages: int
    late_s: float
    without_window: int
    repeated: int
    errors: Sequence[str] = field(default_factory=tuple)

    def lines(self) -> Iterator[str]:
        """The report, line by line."""
        plan = self.plan
        recorded = [wait for queue in plan.queues for wait in queue.waits]
        yield f"{plan.office}, {plan.day}: {len(plan.queues)} queues in {self.seconds:.0f} s (speed {self.speed:g})"
        yield f"  tickets  {self.tickets}"
        yield f"  calls    {self.calls}   left {self.left}   still waiting {self.still_waiting}"
        yield f"  waits    median {quantile(self.waits, 0.5):.1f} min, p90 {quantile(self.waits, 0.9):.1f} min"
        yield (f"  record   median {quantile(recorded, 0.5):.1f} min, p90 {quantile(recorded, 0.9):.1f} min")
        yield (
            f"  live     press to board p50 {quantile(self.live_ms, 0.5):.0f} ms, "
            f"p95 {quantile(self.live_ms, 0.95):.0f} ms; {self.messages} messages"
        )
        yield f"  pace     at most {self.late_s:.1f} s behind the clock; {self.repeated} requests repeated"
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


def quantile(values: Sequence[float], share: float) -> float:
    """The value that this share of all does not exceed; 0 for none."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else 0.0
