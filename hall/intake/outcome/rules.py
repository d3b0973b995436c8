"""What a clerk may do at once with a case just received (I1, I3). Pure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from hall.intake.states import Mode


class Way(StrEnum):
    """How a case goes on from the window."""

    DECIDE = "decide"  # here and now, under a written authority
    ACCEPT = "accept"  # accepted, noticed or not accepted here; the department decides
    DEPARTMENT = "department"
    OVER = "over"  # it has gone on already


class Why(StrEnum):
    """Why it is not decided here; each has a sentence (`words`) and is the code of its refusal."""

    NOTHING = ""
    NOT_RECEIVER = "not_receiver"
    WAITS = "waits_for_its_turn"
    PAST = "case_past"
    NO_AUTHORITY = "no_authority"
    REVOKED = "authority_revoked"
    MODE = "not_at_the_window"
    SECOND = "second_pair_of_eyes"


@dataclass(frozen=True, slots=True)
class Facing:
    """What of a case and its reader counts. `authority`: whether one is in force; `revoked`: whether there was one."""

    state: str
    mode: str
    second_review: bool
    received_by: int
    accepted_by: int | None
    claimed_by: int | None
    actor: int | None
    authority: bool
    revoked: bool = False


def way_of(this: Facing) -> tuple[Way, Why]:
    """How it goes on, and why it is not decided here."""
    if this.actor is None or this.received_by != this.actor:
        return Way.DEPARTMENT, Why.NOT_RECEIVER
    if this.state == "waiting_turn":
        return Way.DEPARTMENT, Why.WAITS
    accepted_here = this.state == "accepted" and this.accepted_by == this.actor
    if not (this.state == "received" or accepted_here) or this.claimed_by not in {None, this.actor}:
        return Way.OVER, Why.PAST
    if not this.authority:
        return Way.DEPARTMENT, Why.REVOKED if this.revoked else Why.NO_AUTHORITY
    if this.mode == Mode.SAME_DESK and not this.second_review:
        return Way.DECIDE, Why.NOTHING
    why = Why.SECOND if this.mode == Mode.SAME_DESK else Why.MODE
    return (Way.DEPARTMENT if accepted_here else Way.ACCEPT), why
