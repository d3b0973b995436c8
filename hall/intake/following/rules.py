"""The way of a case as its applicant sees it (I9). Pure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from hall.intake.states import OPEN

if TYPE_CHECKING:
    from collections.abc import Iterable


class Stage(StrEnum):
    """Stops on the line; `ENDED` is where a case leaves it that is not accepted, ended or taken back."""

    RECEIVED = "received"
    ACCEPTED = "accepted"
    DECIDED = "decided"
    READY = "ready"
    DELIVERED = "delivered"
    ENDED = "ended"


LINE = (Stage.RECEIVED, Stage.ACCEPTED, Stage.DECIDED, Stage.READY, Stage.DELIVERED)
REACHED = {
    "waiting_turn": Stage.RECEIVED,
    "received": Stage.RECEIVED,
    "correction": Stage.RECEIVED,
    "accepted": Stage.ACCEPTED,
    "stopped": Stage.ACCEPTED,
    "proposed": Stage.ACCEPTED,
    "decided": Stage.DECIDED,
    "ready": Stage.READY,
    "delivered": Stage.DELIVERED,
}


@dataclass(frozen=True, slots=True)
class Stop:
    """One stop: whether the case has been there, and whether it stands there now."""

    stage: Stage
    reached: bool
    here: bool


def passed(state: str, *, accepted: bool) -> tuple[Stop, ...]:
    """The line of a case. One that is over without a decision has its end in place of the stops it never reaches."""
    if state not in REACHED:
        been = LINE[: 2 if accepted else 1]
        return (
            *(Stop(stage, reached=True, here=False) for stage in been),
            Stop(Stage.ENDED, reached=True, here=True),
        )
    here = LINE.index(REACHED[state])
    return tuple(Stop(stage, index <= here, index == here) for index, stage in enumerate(LINE))


class Call(StrEnum):
    """What a form asks of its applicant now, the most pressing first."""

    READY = "ready"
    MISSING = "missing"
    DEFERRED = "deferred"
    WAIT = "wait"
    OVER = "over"


def call_of(states: Iterable[str], *, deferred: bool, together: bool) -> Call:
    """What is to be done next over all cases of a form; what is collected together waits for the last (I6)."""
    states = tuple(states)
    open_ones = [state for state in states if state in OPEN]
    if "correction" in open_ones:
        return Call.MISSING
    if deferred:
        return Call.DEFERRED
    if "ready" in open_ones and (not together or all(state == "ready" for state in open_ones)):
        return Call.READY
    return Call.WAIT if open_ones else Call.OVER
