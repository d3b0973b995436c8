"""What clerks, visitors and kiosks do, and what the hall has to answer (Q1–Q8, Q10, H4)."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from hall.queueing.rules import PRIORITY_REASONS
from tests.property.queue_bookings import Bookings
from tests.property.queue_chance import Chance
from tests.property.queue_day import GIVEN_UP, LINES, OPEN, PHONES, WINDOWS
from tests.property.queue_kiosks import Kiosks
from tests.property.queue_matters import Matters

MOST_CALLS = 6


class Queue(Kiosks, Matters, Bookings, Chance):
    """What clerks, visitors and kiosks do."""

    must = (*Chance.must, "several_are_sent_to_one_window", "books_and_checks_in")

    def windows_open(self) -> None:
        """Two windows, and visitors of every kind."""
        for window in WINDOWS[:2]:
            self.open_window(window)
        self.crowd(LINES[0], 2)
        self.draw(LINES[0], "priority", None, 1)
        if self.hall.lacking():
            self.cut(0)
        self.draw(LINES[1], "ordinary", PHONES[0], 3)
        self.several_matters((0, 1))

    @rule(
        line=st.sampled_from(LINES),
        lane=st.sampled_from(("ordinary", "priority")),
        phone=st.sampled_from((None, None, *PHONES)),
        heads=st.sampled_from((1, 1, 3)),
    )
    def draw(self, line: str, lane: str, phone: str | None, heads: int) -> None:
        body: dict[str, Any] = {"line": line, "lane": lane, "heads": heads}
        body |= (
            {"reason": PRIORITY_REASONS[self.hall.pressed % len(PRIORITY_REASONS)]}
            if lane == "priority"
            else {}
        )
        body |= {"person": {"phone": phone}} if phone else {}
        said = self.hall.press("tickets", body, self.hall.bearer())
        if self._refuses(line):
            assert said.status_code == 409, f"Q10: {line} was stopped, or is closed: {said.text}"
            return
        twins = [one for one in self.day.numbers if phone and one.phone == phone and one.line == line]
        if any(one.state == "waiting" for one in twins):
            assert said.status_code == 409, f"Q8: the same person, the same line, still waiting: {said.text}"
            return
        if said.status_code == 409 and any(one.state in {*OPEN, "held"} for one in twins):
            return
        assert said.status_code == 201, f"Q8, Q10: a number was refused: {said.text}"
        for one in twins:
            one.rejoins = GIVEN_UP
        self._issued(said.get_json(), line, lane=lane, phone=phone, heads=heads)

    @rule(window=st.sampled_from(WINDOWS))
    def open_window(self, window: str) -> None:
        said = self._at(window, "open")
        assert said.status_code == 200, f"Q14: {window} opens for its clerk at any time: {said.text}"
        self.open.add(window)

    @rule(window=st.sampled_from(WINDOWS))
    def window_closes(self, window: str) -> None:
        said = self._at(window, "close")
        if window not in self.open or self.day.at(window):
            assert said.status_code == 409, (
                f"Q14: {window} is closed already, or somebody is there: {said.text}"
            )
            return
        assert said.status_code == 200, (
            f"Q14: {window} is open and nobody is there, so it closes: {said.text}"
        )
        self.open.discard(window)
        for one in self.day.numbers:
            one.reserved = None if one.reserved == window else one.reserved

    @rule(window=st.sampled_from(WINDOWS))
    def call_next(self, window: str) -> None:
        said = self._at(window, "call-next")
        if window not in self.open or self.day.at(window):
            assert said.status_code == 409, f"Q2: one call a window, and only where it is open: {said.text}"
            return
        expected = self._next(window)
        if expected is None:
            assert said.status_code == 204, f"Q5: nobody waits for {window}, yet {said.text}"
            return
        assert said.status_code == 200, f"Q2, Q5: {expected.number} waits for {window}: {said.text}"
        assert said.get_json()["number"] == expected.number, (
            f"Q3, Q5: {window} should call {expected.number}, and called {said.get_json()['number']}."
        )
        self._called(expected, window)

    @rule(window=st.sampled_from(WINDOWS))
    def recall(self, window: str) -> None:
        one, said = self.day.at(window), self._at(window, "recall")
        if one is None or one.state != "called":
            assert said.status_code == 409, f"Q6: announced again with nobody called: {said.text}"
            return
        assert said.status_code == 200, f"Q6: {one.number} is announced again: {said.text}"
        one.is_called_again(self.hall.at)

    @rule(line=st.sampled_from(LINES), count=st.integers(2, 6))
    def crowd(self, line: str, count: int) -> None:
        for _ in range(count):
            self.draw(line, "ordinary", None, 1)

    @precondition(lambda self: any(one.state == "called" for one in self.day.numbers))
    @rule(pause=st.sampled_from((21, 21, 19)))
    def nobody_comes(self, pause: int) -> None:
        """Called again and again, and passed; at times too soon."""
        one = next(one for one in self.day.numbers if one.state == "called")
        assert one.window
        for _ in range(2):
            self.hall.pass_by(pause - 2)
            self.recall(one.window)
        self.pass_over(one.window)

    @precondition(lambda self: any(one.state == "passed" for one in self.day.numbers))
    @rule(minutes=st.sampled_from((0, 0, 29, 31)))
    def comes_after_all(self, minutes: int) -> None:
        one = [one for one in self.day.numbers if one.state == "passed"][-1]
        self.hall.pass_by(minutes * 60)
        self.holder(one.key, "rejoin")

    @precondition(lambda self: any(one.state == "passed" for one in self.day.numbers))
    @rule()
    def undo_pass(self) -> None:
        """For a minute while the window is empty; then it is owed, else refused (Q6, Q8, Q13)."""
        window = [one for one in self.day.numbers if one.state == "passed"][-1].passed_by
        assert window
        said = self._at(window, "undo-pass")
        one = self.day.passed_last(window, self.hall.at) if window in self.open else None
        if one is None:
            assert said.status_code == 409, f"Q6: {window} has no pass to take back: {said.text}"
            return
        assert said.status_code == 200, f"Q6: {window} may take back {one.number} for a minute: {said.text}"
        one.state, one.window = "called", window

    @precondition(lambda self: any(one.state == "held" for one in self.day.numbers))
    @rule()
    def resume(self) -> None:
        one = next(one for one in self.day.numbers if one.state == "held")
        assert one.window
        said = self._at(one.window, "resume", ticket=one.number)
        if one.window in self.open and self.day.at(one.window) is None:
            assert said.status_code == 200, f"Q14: {one.number} is on hold at a free window: {said.text}"
            one.state = "serving"
        else:
            assert said.status_code == 409, f"Q2: {one.number} came to a window that is not free: {said.text}"

    @rule(window=st.sampled_from(WINDOWS))
    def pass_over(self, window: str) -> None:
        one, said = self.day.at(window), self._at(window, "pass")
        if one is None or one.state != "called" or one.calls < 3:
            assert said.status_code == 409, f"Q6: passed before three calls 20 s apart: {said.text}"
            return
        assert said.status_code == 200, f"Q6: after three calls 20 s apart: {said.text}"
        one.state, one.passed, one.passed_by, one.window = "passed", self.hall.at, window, one.window

    @rule(window=st.sampled_from(WINDOWS), verb=st.sampled_from(("start", "hold", "finish", "incomplete")))
    def serve(self, window: str, verb: str) -> None:
        outcome = {"finish": "done", "incomplete": "incomplete"}.get(verb)
        body = {"outcome": outcome} if outcome else {"reason": "form"} if verb == "hold" else {}
        one, said = self.day.at(window), self._at(window, "finish" if outcome else verb, **body)
        if one is None or (verb == "start" and one.state != "called"):
            assert said.status_code == 409, f"Q2: {verb} with nobody there: {said.text}"
            return
        assert said.status_code == 200, (
            f"{'Q14' if verb == 'hold' else 'Q2'}: {verb} {one.number}: {said.text}"
        )
        one.state = {"start": "serving", "hold": "held"}.get(verb, "finished")
        if verb == "incomplete":
            self.notices[self._today(), one.number] = one

    @rule(window=st.sampled_from(WINDOWS), line=st.sampled_from(LINES))
    def transfer(self, window: str, line: str) -> None:
        one, said = self.day.at(window), self._at(window, "transfer", line=line)
        if one is None:
            assert said.status_code == 409, f"Q3: transferred with nobody there: {said.text}"
            return
        assert said.status_code == 200, f"Q3: {one.number} can be sent to any line of the hall: {said.text}"
        one.state, one.line, one.window, one.basis = "waiting", line, None, "transferred"

    @rule(windows=st.permutations(WINDOWS), which=st.tuples(*[st.integers(0, 30)] * 3))
    def several_are_sent_to_one_window(self, windows: list[str], which: tuple[int, ...]) -> None:
        """In whatever order they were sent, they are called there by their places (Q3, Q5)."""
        window, there, *_ = windows
        for each in (window, there):
            self.open_window(each)
        self.serve(window, "finish")
        for one in which:
            self.call_chosen(window, one, "papers")
            self.transfer_to_window(window, there)
        if len(self.day.sent_to(there)) > 1:
            self.hall.met["several_are_sent_to_one_window", "transfer"] += 1
        for _ in range(MOST_CALLS):
            self.serve(there, "finish")
            self.call_next(there)
            if not self.day.sent_to(there):
                break

    @rule(which=st.integers(0, 30), verb=st.sampled_from(("abandon", "rejoin")))
    def holder(self, which: int, verb: str) -> None:
        if not self.day.numbers:
            return
        one = self.day.numbers[which % len(self.day.numbers)]
        said = self.hall.press(f"tickets/{one.token}/{verb}", None, {})
        if verb == "abandon" and one.state in {"waiting", "called", "held", "passed"}:
            assert said.status_code == 200, (
                f"Q10: its holder leaves, {one.number} is {one.state}: {said.text}"
            )
            one.state = "abandoned"
        elif verb == "rejoin":
            self._rejoins(one, said)
        else:
            assert said.status_code in {403, 409}, f"Q10: {verb} from {one.state}: {said.text}"
