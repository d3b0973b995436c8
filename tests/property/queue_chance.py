"""What chance leaves out: before the days that it makes comes one with every occasion (Q2, Q3, Q5–Q8, Q10)."""

from __future__ import annotations

from tests.property.queue_day import AGENT_TICKETS, LINES, WINDOWS
from tests.property.queue_occasions import GONE, Occasions


class Chance(Occasions):
    """What has to happen in a run happens at least once."""

    def a_day_with_everything(self) -> None:
        """Each occasion once, up to the posted end; before the days that chance makes, which then begin alike."""
        self.morning()
        window, line = next(
            (one, line) for one in WINDOWS for line in LINES if line not in self.tiers[one][0]
        )
        self.lend(window, line, 5)
        self.check_in(LINES[0], 20)
        self.agent_draws(LINES[0], AGENT_TICKETS + 1)
        self.sent_for_papers(0)
        self.back_with_papers(-1)
        self.everybody_is_called_again()
        self._holds()
        self.lunch()
        self._holds()
        self.closing_time(LINES[0])
        self._holds()
        self.teardown()

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

    def _holds(self) -> None:
        """What must be true after each step."""
        for each in self.invariants:
            each.function(self)

    def crowd(self, line: str, count: int) -> None:
        """Several draw."""
        raise NotImplementedError

    def nobody_comes(self, pause: int) -> None:
        """Whoever is called is called again and passed."""
        raise NotImplementedError

    def holder(self, which: int, verb: str) -> None:
        """Whoever holds a number leaves or comes back."""
        raise NotImplementedError
