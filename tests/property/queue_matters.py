"""Groups, several matters, letting others first, priority given later, lines that are stopped (Q4–Q7, Q10, Q13)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from hall.queueing.rules import PRIORITY_REASONS
from tests.property.queue_day import LINES, WINDOWS, Number
from tests.property.queue_machine import Hall

TIMES = 3


class Matters(Hall):
    """What happens less often, and still every day."""

    @rule(which=st.sampled_from(((0, 1), (1, 2), (2, 0), (0, 1, 2))))
    def several_matters(self, which: tuple[int, ...]) -> None:
        """One person, several lines, one slip (Q13)."""
        lines = [LINES[each] for each in which]
        body = {"matters": [{"line": line} for line in lines]}
        said = self.hall.press("visits", body, self.hall.bearer())
        if any(self._refuses(line) for line in lines):
            assert said.status_code == 409, f"Q10: stopped, or closed: {said.text}"
            return
        assert said.status_code == 201, f"Q13: several matters on one slip: {said.text}"
        for found, line in zip(said.get_json()["tickets"], lines, strict=True):
            self._issued(found, line, visit=self.hall.pressed)

    @rule(which=st.integers(0, 30), places=st.integers(1, 3))
    def lets_others_first(self, which: int, places: int) -> None:
        one = self._any(which)
        if one is None:
            return
        line = self.day.waiting(one.line)
        behind = [other for other in line if other.place > one.place]
        said = self.hall.press(f"tickets/{one.token}/later", {"places": places}, {})
        if one.state != "waiting" or one.laters >= TIMES or not behind:
            assert said.status_code in {403, 409}, f"Q3: later from {one.state}: {said.text}"
            return
        assert said.status_code == 200, f"Q3: {one.number} lets others go first: {said.text}"
        one.place, one.basis, one.laters = self._stored(one).place, "later", one.laters + 1
        passed_by = [other for other in behind if other.place < one.place]
        assert len(passed_by) >= min(places, len(behind)), "Q3: others go first."
        assert passed_by == behind[: len(passed_by)], "Q3: others keep their order."

    @rule(
        which=st.integers(0, 30),
        reason=st.sampled_from((*PRIORITY_REASONS, "friend")),
        at_desk=st.booleans(),
    )
    def priority_is_shown_late(self, which: int, reason: str, at_desk: bool) -> None:
        """On a word at a window or at the desk, for all matters of the slip (Q4)."""
        one = self._any(which)
        if one is None:
            return
        who = self.hall.bearer(role="reception") if at_desk else self.hall.bearer(window=WINDOWS[0])
        said = self.hall.press(f"tickets/{one.token}/priority", {"reason": reason}, who)
        if reason not in PRIORITY_REASONS:
            assert said.status_code == 422, (
                f"Q4: {one.number} goes first for no reason of the list: {said.text}"
            )
            return
        if one.state != "waiting" or one.lane == "priority":
            assert said.status_code == 409, f"Q4: priority from {one.state}: {said.text}"
            return
        assert said.status_code == 200, f"Q4: on a word: {said.text}"
        for other in self.day.numbers:
            same = other is one or (one.visit is not None and other.visit == one.visit)
            if same and other.state == "waiting" and other.lane == "ordinary":
                other.goes_first()

    @rule(window=st.sampled_from(WINDOWS), there=st.sampled_from(WINDOWS))
    def transfer_to_window(self, window: str, there: str) -> None:
        """Sent to a colleague's window; place and number kept (Q3, Q5)."""
        self.hall.pass_by(2)
        said = self.hall.press(
            f"windows/{window}/transfer", {"window": there}, self.hall.bearer(window=window)
        )
        one = self.day.at(window)
        if one is None or there not in self.open:
            assert said.status_code == 409, f"Q3: to a window without a clerk: {said.text}"
            return
        assert said.status_code == 200, f"Q3, Q5: {one.number} is sent to {there}, which is open: {said.text}"
        one.state, one.window, one.reserved, one.basis = "waiting", None, there, "transferred"

    @precondition(lambda self: any(one.state == "held" for one in self.day.numbers))
    @rule(there=st.sampled_from(WINDOWS))
    def hand_over(self, there: str) -> None:
        """What is on hold goes to a colleague (Q14)."""
        window = next(one.window for one in self.day.numbers if one.state == "held")
        assert window
        said = self._at(window, "hand-over", to_window=there)
        if there == window or not {window, there} <= self.open:
            assert said.status_code in {409, 422}, f"Q14: to nobody: {said.text}"
            return
        assert said.status_code == 200, f"Q14: what is on hold goes to {there}, which is open: {said.text}"
        for one in self.day.numbers:
            if one.state == "held" and one.window == window:
                one.window = there

    @precondition(lambda self: any(one.state == "passed" for one in self.day.numbers))
    @rule()
    def typed_at_the_kiosk(self) -> None:
        """A missed number (Q6)."""
        one = [one for one in self.day.numbers if one.state == "passed"][-1]
        self._rejoins(one, self.hall.press("tickets/rejoin", {"number": one.number}, self.hall.bearer()))

    @rule(line=st.sampled_from(LINES))
    def stopped_or_reopened(self, line: str) -> None:
        """By the manager, with a posted reason; who waits is served (Q10)."""
        stopped = line in self.day.stopped
        verb, body = ("reopen", None) if stopped else ("stop", {"reason": "系统维护"})
        said = self.hall.press(f"lines/{line}/{verb}", body, self.hall.bearer(role="manager"))
        assert said.status_code == 200, f"Q10: the manager may {verb} {line}: {said.text}"
        self.day.stopped ^= {line}

    def _rejoins(self, one: Number, said: Any) -> None:
        """Once, within half an hour, behind the third (Q6)."""
        if not self._may_rejoin(one):
            assert said.status_code in {403, 409}, f"Q6: rejoin from {one.state}: {said.text}"
            return
        before = self.day.waiting(one.line)
        assert said.status_code == 200, f"Q6: who was passed can rejoin once within 30 minutes: {said.text}"
        one.state, one.window, one.rejoins, one.basis = "waiting", None, 1, "rejoined"
        one.place = self._stored(one).place
        assert self.day.waiting(one.line).index(one) == min(3, len(before)), (
            "Q6: who rejoins stands just behind the third waiting, or last if fewer wait."
        )

    def _may_rejoin(self, one: Number) -> bool:
        recent = one.passed is not None and self.hall.at <= one.passed + timedelta(minutes=30)
        return one.state == "passed" and recent and not one.rejoins

    def _any(self, which: int) -> Number | None:
        """Somebody, rather one who waits."""
        waiting = [one for one in self.day.numbers if one.state == "waiting"]
        found = waiting if waiting and which % 4 else self.day.numbers
        return found[which % len(found)] if found else None
