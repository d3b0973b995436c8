"""What chance leaves out: a run meets each occasion, in the morning of some day or at its end (Q2, Q3, Q5–Q8, Q10)."""

from __future__ import annotations

import sys

from tests.property.queue_day import AGENT_TICKETS, LINES, WINDOWS
from tests.property.queue_occasions import GONE, Occasions


class Chance(Occasions):
    """What has to happen in a run is done where no rule came to it."""

    def teardown(self) -> None:
        """A day that nobody has seen to its posted end goes on until then."""
        well = sys.exc_info()[0] is None
        if well and "closing_time" in self.hall.lacking(Occasions.must) and self.hall.at < self._closes():
            self.closing_time(LINES[0])
            self.everything_is_as_the_rules_say()
            self.the_journal_tells_of_every_call()
        super().teardown()

    def what_never_happened(self) -> None:
        """A run meets each occasion: in the morning that is done which no day before has met."""
        lacking = set(self.hall.lacking(Occasions.must))
        if "lend" in lacking:
            window, line = next(
                (one, line) for one in WINDOWS for line in LINES if line not in self.tiers[one][0]
            )
            self.lend(window, line, 5)
        if "check_in" in lacking:
            self.check_in(LINES[0], 20)
        if "agent_draws" in lacking:
            self.agent_draws(LINES[0], AGENT_TICKETS + 1)
        if "back_with_papers" in lacking:
            self.sent_for_papers(0)
            self.back_with_papers(-1)
        if lacking & {"call_chosen", *(f"called though {state}" for state in GONE)}:
            self.everybody_is_called_again()

    def everybody_is_called_again(self) -> None:
        """From another window, whatever became of them."""
        window, _other = sorted(self.open)[:2]
        self.serve(window, "finish")
        self.crowd(LINES[0], len(GONE))
        self.call_chosen(window, 0, "health")
        for verb, state in ((None, "called"), ("start", "serving"), ("hold", "held")):
            if verb:
                self.serve(window, verb)
            self.called_though_not_waiting(state, 1)
        self.call_next(window)
        self.serve(window, "finish")
        self.called_though_not_waiting("finished", 1)
        self.call_next(window)
        if any(one.state == "called" for one in self.day.numbers):
            self.nobody_comes(21)
        self.called_though_not_waiting("passed", 1)
        self.holder(len(self.day.numbers) - 1, "abandon")
        self.called_though_not_waiting("abandoned", 1)

    # Helpers

    def crowd(self, line: str, count: int) -> None:
        """Several draw."""
        raise NotImplementedError

    def nobody_comes(self, pause: int) -> None:
        """Whoever is called is called again and passed."""
        raise NotImplementedError

    def holder(self, which: int, verb: str) -> None:
        """Whoever holds a number leaves or comes back."""
        raise NotImplementedError
