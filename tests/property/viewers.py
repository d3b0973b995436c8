"""Pages with a socket to the hall: they keep what static/js/live.js keeps, and connect anew where it would."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask_socketio import SocketIOTestClient

if TYPE_CHECKING:
    from tests.property.faulty_hall import FaultyHall

NAMESPACE = "/live"
BY_TIME = {"as_of", "version", "wait", "waits"}
"""What changes without anybody's doing: pages ask for it every minute."""
ASKED = {
    *("waiting", "waiting_count", "waiting_people", "order_holds_until"),
    *("last_passed", "undo_until"),  # who was passed may come back, leave or draw anew
}
"""What a console asks for when one of its lines has changed."""


class Viewer:
    """One page. The socket ends in the test; handlers, publisher, versions and rooms are the hall's own."""

    def __init__(self, hall: FaultyHall, *topics: str, token: str = "") -> None:
        self.hall, self.token = hall, token
        self.topics = list(topics)
        self.states: dict[str, dict[str, Any]] = {}
        self.connect()

    def connect(self) -> None:
        """After its process ended, as at first: every topic is asked for."""
        self.app = self.hall.app
        auth = {"token": self.token} if self.token else None
        self.line = SocketIOTestClient(self.app, self.app.extensions["socketio"], NAMESPACE, auth=auth)
        self.pushed: dict[str, int] = {}
        for topic in self.topics:
            self.ask(topic)

    def ask(self, topic: str) -> None:
        """The whole state of a topic, and from now on its changes."""
        answer: dict[str, Any] = self.line.emit("watch", {"topic": topic}, namespace=NAMESPACE, callback=True)
        assert answer["ok"], f"Q11: {topic} was refused: {answer}"
        self.hear()
        self._take(answer["state"], pushed=False)

    def follow(self, topic: str, left: str) -> None:
        """Another topic in the place of one that no longer says anything of ours."""
        self.topics.remove(left)
        self.line.emit("unwatch", {"topic": left}, namespace=NAMESPACE, callback=True)
        self.topics.append(topic)
        self.ask(topic)

    def hear(self) -> None:
        """Whatever came meanwhile."""
        if self.app is not self.hall.app:
            self.connect()
        for event in self.line.get_received(NAMESPACE):
            (state,) = event["args"]
            before = self.pushed.get(state["topic"], 0)
            assert state["version"] >= before, f"Q11: {state['topic']} went back from version {before}."
            self.pushed[state["topic"]] = state["version"]
            self._take(state, pushed=True)

    def content(self, topic: str) -> dict[str, Any]:
        """What is shown of a topic."""
        return content(self.states[topic])

    def leave(self) -> None:
        """The page is closed."""
        SocketIOTestClient.clients.pop(self.line.eio_sid, None)
        if self.app is self.hall.app:
            self.line.disconnect(NAMESPACE)

    def _take(self, state: dict[str, Any], *, pushed: bool) -> None:
        known = self.states.get(state["topic"], {"version": -1})["version"]
        assert pushed or state["version"] >= known, f"Q11: {state['topic']} is answered as it was before."
        if state["version"] > known or (state["version"] == known and not pushed):
            self.states[state["topic"]] = state


def content(state: dict[str, Any]) -> dict[str, Any]:
    """A state without what changes by time alone."""
    left_out = BY_TIME | ASKED if "held_tickets" in state else BY_TIME
    return {name: _still(value) for name, value in state.items() if name not in left_out}


def _still(value: Any) -> Any:
    if isinstance(value, dict):
        return content(value)
    return [_still(one) for one in value] if isinstance(value, list | tuple) else value
