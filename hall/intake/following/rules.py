"""The way of a case as its applicant sees it (I9). Pure."""

from __future__ import annotations

from enum import StrEnum


class Stage(StrEnum):
    """Stops on the line."""

    RECEIVED = "received"
    ACCEPTED = "accepted"
    DECIDED = "decided"
    READY = "ready"
    DELIVERED = "delivered"


LINE = tuple(Stage)
REACHED = {
    "waiting_turn": Stage.RECEIVED,
    "received": Stage.RECEIVED,
    "correction": Stage.RECEIVED,
    "not_accepted": Stage.RECEIVED,
    "withdrawn": Stage.RECEIVED,
    "accepted": Stage.ACCEPTED,
    "stopped": Stage.ACCEPTED,
    "proposed": Stage.ACCEPTED,
    "terminated": Stage.ACCEPTED,
    "decided": Stage.DECIDED,
    "ready": Stage.READY,
    "delivered": Stage.DELIVERED,
}


def passed(state: str) -> tuple[tuple[Stage, bool, bool], ...]:
    """Each stop with whether it is reached, and whether the case stands there now."""
    here = LINE.index(REACHED[state])
    return tuple((stage, index <= here, index == here) for index, stage in enumerate(LINE))
