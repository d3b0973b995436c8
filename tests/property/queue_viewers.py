"""Screens, windows and phones that watch all day: each holds the present state, whatever was cut (Q5, Q11)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hypothesis.stateful import invariant
from sqlalchemy.orm import Session

from tests.property.queue_day import LINES, WINDOWS, Number
from tests.property.queue_machine import BOARD, Hall
from tests.property.viewers import Viewer, content

if TYPE_CHECKING:
    from hall.live.publisher import Publisher

TILES = "site:xixian:lines"
CONSOLE = f"window:{WINDOWS[0]}"
PHONES_OUT = 6
EVERY = 3


class Viewers(Hall):
    """Whoever watches."""

    def __init__(self) -> None:
        super().__init__()
        self.screens: list[Viewer] = []
        self.phones: dict[int, Viewer] = {}
        self.followed = self.day

    def teardown(self) -> None:
        super().teardown()
        for viewer in (*self.screens, *self.phones.values()):
            viewer.leave()

    @invariant()
    def whoever_watches_sees_what_is(self) -> None:
        if not self.screens:
            clerk = self.hall.bearer(window=WINDOWS[0])["Authorization"].removeprefix("Bearer ")
            self.screens += [
                Viewer(self.hall, BOARD, TILES, *(f"line:{line}" for line in LINES)),
                Viewer(self.hall, CONSOLE, token=clerk),
            ]
        self._phones_out()
        self.hall.settle()
        for viewer in (*self.screens, *self.phones.values()):
            viewer.hear()
        for viewer in self.screens:
            # Each line in turn: a phone that is told something false is told it until its line changes again
            for topic in [one for one in viewer.topics if not one.startswith("line:")] + (
                viewer.topics[2:][self.asked % len(LINES) :][:1]
            ):
                held, present = viewer.content(topic), self._present(topic)
                if topic == BOARD and self.set_back:
                    present.pop("calls")  # then their order follows the time, too
                other = {
                    name: (held.get(name), now) for name, now in present.items() if held.get(name) != now
                }
                assert not other, (
                    f"Q11: whoever watched {topic} all along is not shown as a newcomer: {other}"
                )
        shown = self.screens[0].states[BOARD]["waiting"]
        for line in LINES:
            assert shown.get(self.prefixes[line], 0) == self.day.people(line), (
                f"Q11: the board counts {shown} in {line}."
            )
        for key, phone in self.phones.items():
            self._phone_is_told(self.day.numbers[key], phone)

    def _phone_is_told(self, one: Number, phone: Viewer) -> None:
        """Its own state, and by the line's order how many are ahead."""
        own = phone.states[f"ticket:{one.token}"]
        assert own["state"] == one.state, (
            f"Q6, Q10: the phone of {one.number} says {own['state']}: {one.state}."
        )
        if one.state in {"called", "serving"}:
            assert own["window"] == one.window, f"Q2: the phone of {one.number} is sent to {own['window']}."
        assert own["why_waiting"] == one.told, f"Q7: the phone of {one.number} reads {own['why_waiting']}."
        topic = f"line:{own['line']}"
        assert own["line"] == one.line, f"Q3: {one.number} waits in {one.line}; its phone says {own['line']}."
        if topic not in phone.topics:
            phone.follow(topic, left=phone.topics[1])
        order = phone.states[topic]["order"]
        ahead = self.day.waiting(one.line).index(one) if one.state == "waiting" else None
        told = order.index(own["key"]) if own["key"] in order else None
        assert told == ahead, f"Q5: {ahead} are ahead of {one.number}, and its phone says {told}."

    def _phones_out(self) -> None:
        """Some of those who draw scan the code on their slip; a phone of yesterday is put away."""
        if self.followed is not self.day:
            self.followed = self.day
            for phone in self.phones.values():
                phone.leave()
            self.phones.clear()
        for one in self.day.numbers[::EVERY]:
            if len(self.phones) < PHONES_OUT and one.key not in self.phones and not one.alone:
                self.phones[one.key] = Viewer(self.hall, f"ticket:{one.token}", f"line:{one.line}")

    def _present(self, topic: str) -> dict[str, Any]:
        publisher: Publisher = self.hall.app.extensions["hall_publisher"]
        with self.hall.app.app_context(), Session(self._engine()) as session:
            return content(publisher.state(session, topic, 0))
