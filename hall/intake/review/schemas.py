"""Bodies of the interface of cases, in and out."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, Field

from hall.http import Strict

Revision = Annotated[int, Field(ge=1, le=2**53)]
Key = Annotated[int, Field(ge=1, le=2**53)]
Short = Annotated[str, Field(max_length=300)]
Long = Annotated[str, Field(max_length=2000)]
Days = Annotated[int, Field(ge=0, le=730)]
State = Literal["present", "corrected", "deferred", "missing", "not_needed"]


class SeenIn(Strict):
    """The case as it was last seen; without a revision whatever it is now."""

    revision: Revision | None = None


class ClaimIn(SeenIn):
    """`note` is needed to take a case over from a colleague."""

    note: Long = ""


class CaseNoteIn(SeenIn):
    """A note for colleagues."""

    text: Long


class AcceptIn(SeenIn):
    """`deferral_days`: working days for deferred papers, at most those of the case."""

    deferral_days: Days | None = None


class AskedIn(Strict):
    """One thing that the notice asks for."""

    paper: Key | None = None
    material: Annotated[str, Field(max_length=200)]
    problem: Short
    wanted: Short
    copies: Annotated[str, Field(max_length=80)] = ""
    where_to_get: Annotated[str, Field(max_length=200)] = ""


class OneTimeNoticeIn(SeenIn):
    """The one-time notice; `breach_reason` is a manager's, for a second one."""

    lines: Annotated[tuple[AskedIn, ...], Field(max_length=200)]
    term_days: Annotated[int, Field(ge=1, le=180)]
    basis: Short = ""
    consequence: Short = ""
    breach_reason: Short = ""


class FoundIn(Strict):
    """What a paper is now; `note` says what is still wrong with it."""

    id: Key
    state: State
    note: Annotated[str, Field(max_length=200)] = ""


class CameIn(Strict):
    """A line of the notice that is about no paper of the list: whether it came."""

    id: Key
    came: bool


class SupplementIn(SeenIn):
    """Papers that came in, and of what else the notice asks for whether it came; without a word it did."""

    papers: Annotated[tuple[FoundIn, ...], Field(max_length=200)] = ()
    lines: Annotated[tuple[CameIn, ...], Field(max_length=200)] = ()


class TurnedBackIn(Strict):
    """A line of the notice, and what is still wrong with what came in."""

    id: Key
    note: Annotated[str, Field(max_length=200)]


class TurnBackIn(SeenIn):
    """What came in and is not what the notice asked for."""

    lines: Annotated[tuple[TurnedBackIn, ...], Field(max_length=200)]


class DeclineIn(SeenIn):
    """Why it is not accepted, how to complain, and where to go instead."""

    reason: Short
    remedy: Short
    where_to_go: Short = ""


class StopClockIn(SeenIn):
    """A special procedure of the item; `told`: the applicant was told."""

    procedure: Annotated[str, Field(max_length=120)]
    told: bool
    planned_days: Annotated[int, Field(ge=1, le=730)] | None = None


class CaseReasonIn(SeenIn):
    """Why."""

    reason: Short


class DecideIn(SeenIn):
    """The decision; a refusal has reasons."""

    decision: Literal["granted", "refused"]
    reasons: Annotated[str, Field(max_length=2000)] = ""


class MakeReadyIn(SeenIn):
    """The result that lies at the issue window."""

    name: Annotated[str, Field(max_length=200)] = ""
    number: Annotated[str, Field(max_length=80)] = ""
    valid_until: date | None = None


class HandInIn(SeenIn):
    """A deferred paper that arrived, by its key."""

    paper: Key


class ForceMajeureIn(SeenIn):
    """More working days for a deferred paper, and why."""

    paper: Key
    days: Annotated[int, Field(ge=1, le=60)]
    reason: Short


class TerminateIn(SeenIn):
    """`note` says how the papers went back."""

    note: Short


class OwnerIn(SeenIn):
    """The colleague's account name, and a note (I8)."""

    owner: Annotated[str, Field(max_length=60)]
    note: Long


class InboxRowOut(BaseModel):
    """One open case; `until`: its deadline, or the last day for a notice while it is received."""

    token: str
    number: str
    item: str
    item_name: str
    item_name_en: str
    applicant: str
    state: str
    light: str
    until: date | None
    due_days: int | None
    received_at: str
    claimed_by: str
    open_deferrals: int
    second_review: bool
    overdue_since: date | None
    revision: int


class InboxOut(BaseModel):
    """One page, the most urgent first, with the counts of all open cases by state and by light."""

    department: str
    department_name: str
    department_name_en: str
    rows: list[InboxRowOut]
    total: int
    shown: int
    page: int
    pages: int
    mine: int
    states: dict[str, int]
    lights: dict[str, int]


class CaseOut(BaseModel):
    """A case with everything its department knows; `offers` are the commands that its reader may give now."""

    token: str
    revision: int
    number: str
    state: str
    light: str
    until: date | None
    mode: str
    item: str
    item_name: str
    department: str
    due_days: int | None
    due_on: date | None
    open_deferrals: int
    owner: str
    claimed_by: str
    decision: str
    lacks: str
    papers: list[dict[str, object]]
    notices: list[dict[str, object]]
    stops: list[dict[str, object]]
    notes: list[dict[str, object]]
    history: list[dict[str, object]]
    siblings: list[dict[str, object]]
    offers: list[str]


class StandsOut(BaseModel):
    """Where a case stands after a command."""

    token: str
    number: str
    state: str
    revision: int
    due_days: int | None
    due_on: date | None
    open_deferrals: int
