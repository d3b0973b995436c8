"""The rooms of the live channel in this process: one a topic that somebody here watches."""

from __future__ import annotations

from typing import Any

from flask_socketio import join_room, leave_room

NAMESPACE = "/live"


def all_here(manager: Any) -> set[str]:  # noqa: ANN401 - Socket.IO has no types
    """Those that a socket is in. Each socket has a room of its own besides, whose name is no topic's."""
    return {room for room in _rooms(manager) if room and (":" in room or "#" in room)}


def here(manager: Any, topics: set[str]) -> set[str]:  # noqa: ANN401 - as above
    """Those of these topics that a socket of this process watches."""
    rooms = _rooms(manager)
    return {topic for topic in topics if topic in rooms}


def _rooms(manager: Any) -> dict[str | None, Any]:  # noqa: ANN401 - as above
    found: dict[str | None, Any] = manager.rooms.get(NAMESPACE, {})
    return found


class Joined:
    """The topics of each socket of this process. Socket.IO would look through all rooms to say which these are."""

    def __init__(self) -> None:
        self._of: dict[str, set[str]] = {}

    def begin(self, sid: str) -> bool:
        """The socket is open: always True."""
        self._of[sid] = set()
        return True

    def end(self, sid: str) -> None:
        """The socket is closed."""
        self._of.pop(sid, None)

    def of(self, sid: str) -> set[str]:
        """What the socket watches, as it is now."""
        return set(self._of.get(sid, ()))

    def join(self, sid: str, room: str) -> None:
        """The socket of this event watches the room from now on."""
        join_room(room)
        if sid in self._of:
            self._of[sid].add(room)

    def leave(self, sid: str, room: str) -> None:
        """The socket of this event watches the room no longer."""
        leave_room(room)
        self._of.get(sid, set()).discard(room)
