"""What may be done with a case now, by whom: what pages offer. The actions themselves check again. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from hall.intake.states import OPEN, WITH_DEPARTMENT, Mode


@dataclass(frozen=True, slots=True)
class Standing:
    """What of a case and its reader decides what is offered."""

    state: str
    mode: str
    actor: int | None
    reviews: bool  # of the case's department
    works_here: bool  # at a window of its hall, or a manager
    supervises: bool
    authorised: bool  # received it, and has the department's written authority
    received_by: int
    owner: int
    claimed_by: int | None
    decided_by: int | None
    lacks: str  # a word of Lacking
    notices: int
    extended: bool
    limited: bool
    procedures: bool
    open_deferrals: int
    proposed_deferrals: int
    sampled: bool  # and not looked at yet


def offers(this: Standing) -> frozenset[str]:
    """The verbs that make sense now: names as in the interface's addresses."""
    found = {"note"} if this.reviews or this.works_here else set()
    if this.state in OPEN and (this.reviews or this.supervises or this.owner == this.actor):
        found.add("owner")
    if this.open_deferrals and this.state in OPEN and (this.reviews or this.works_here):
        found.add("hand-in")
    if this.state in OPEN[:5] and (this.reviews or this.works_here):
        found.add("withdraw")
    if this.state == "correction" and (this.reviews or this.works_here):
        found.add("supplement")
    return frozenset(found | _of_acceptance(this) | (_of_department(this) if this.reviews else set()))


def _of_acceptance(this: Standing) -> set[str]:
    own = this.received_by == this.actor and this.mode != Mode.SAME_DESK
    if this.state != "received":
        return set()
    if not (this.reviews and not own) and not this.authorised:
        return {"notice"} if this.supervises and this.notices == 1 else set()
    found = {"decline"}
    if this.lacks in {"nothing", "deferrable"}:
        found.add("accept")
    found.add("turn-back" if this.notices else "notice")
    return found


def _of_department(this: Standing) -> set[str]:
    found: set[str] = set()
    received_it = this.received_by == this.actor and this.mode != Mode.SAME_DESK
    if this.state in WITH_DEPARTMENT and this.claimed_by != this.actor:
        found.add("claim")
    if this.state == "accepted":
        found |= {"decide"} if not received_it else set()
        found |= {"stop-clock"} if this.procedures else set()
        found |= {"extend"} if this.limited and not this.extended and this.claimed_by != this.actor else set()
    if this.state == "stopped":
        found.add("resume-clock")
    if this.state == "proposed" and this.decided_by != this.actor:
        found |= {"send-back"} | ({"confirm"} if not received_it else set())
    if this.state == "decided" and not this.open_deferrals:
        found.add("make-ready")
    if this.open_deferrals:
        found.add("force-majeure")
    if this.proposed_deferrals:
        found.add("terminate")
    if this.sampled and this.actor not in {this.decided_by, this.received_by}:
        found.add("look")
    return found
