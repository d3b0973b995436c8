"""The rooms of the live channel in this process: one a topic that somebody here watches."""

from __future__ import annotations

from typing import Any

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
