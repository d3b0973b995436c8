"""Bodies of the day itself, in and out."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, Field

from hall.http import Strict

Reason = Literal["leadership", "flood", "illness", "not_told", "other"]


class PresenceIn(Strict):
    """The six digits on the window's console; `person` is who came, where the liaison says so for them."""

    code: Annotated[str, Field(min_length=6, max_length=6, pattern=r"^[0-9]{6}$")]
    person: Annotated[int, Field(ge=1)] | None = None
    how: Literal["typed", "scanned"] = "typed"


class LeftIn(Strict):
    """When they left, HH:MM of that day in the hall (now where it is not said), and why; `other` needs words."""

    left: Annotated[str, Field(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")] | None = None
    reason: Literal["not_told", "called_away", "nobody_came", "unwell", "other"] = "not_told"
    note: Annotated[str, Field(max_length=300)] = ""


class LeftOut(BaseModel):
    """When they left, as it was said."""

    left_at: str
    early_min: int
    said_as: Literal["clerk", "manager"]


class AbsenceIn(Strict):
    """Why nobody came; `other` needs words. `printed`: they are to stand beside the absence, should it remain one."""

    reason: Reason
    said: Annotated[str, Field(max_length=300)] = ""
    printed: bool = False


class DecisionIn(Strict):
    """What the manager says of the decision."""

    why: Annotated[str, Field(max_length=300)] = ""


class SaidIn(Strict):
    """What the department said."""

    said: Annotated[str, Field(max_length=300)] = ""


class DutyNoteIn(Strict):
    """A note to a turn's record."""

    text: Annotated[str, Field(min_length=1, max_length=300)]


class PresenceOut(BaseModel):
    """That somebody came, or left."""

    duty: int
    post: str
    agreed: bool
    arrived_at: str
    late_min: int
    left_at: str | None
    early_min: int | None


class AbsenceOut(BaseModel):
    """Where the check of an absence stands."""

    duty: int
    state: str


class NotedOut(BaseModel):
    """A note was added."""

    id: int


class MarkOut(BaseModel):
    """A turn of a published day and what became of it."""

    duty: int
    session: int
    day: str
    part: str
    starts: str
    ends: str
    window: str
    window_number: int
    window_name: str
    window_name_en: str
    body: int
    body_name: str
    body_name_en: str
    head: str
    head_title: str
    stand_in: str
    stand_in_title: str
    came: str
    came_title: str
    agreed: bool
    mark: Literal["expected", "present", "late", "left_early", "stand_in", "on_leave", "absent"]
    late_min: int
    early_min: int
    arrived_at: str | None
    left_at: str | None
    reason: str
    note: str
    absence: Literal["", "found", "asked", "confirmed", "stated", "excused", "upheld"]
    answer_by: str | None
    said: str
    printed: bool
    decided_at: str | None
    decided_by: str
    why: str
    rota: str
    rota_name: str
    rota_name_en: str
    left_how: Literal["", "code", "clerk", "manager", "unsigned"]
    left_reason: str
    left_note: str
    said_by: str
    objection: str


class MarksOut(BaseModel):
    """Turns of published days."""

    marks: list[MarkOut]


class TurnAtWindowOut(BaseModel):
    """Whose turn it is at a window, and whether they have come."""

    duty: int
    rota_name: str
    rota_name_en: str
    body_name: str
    body_name_en: str
    name: str
    title: str
    starts: str
    ends: str
    stage: Literal["expected", "here", "left"]
    arrived_at: str | None
    left_at: str | None
    left_how: Literal["", "code", "clerk", "manager", "unsigned"]


class CodeOut(BaseModel):
    """What a window's console shows: the code of this minute, and seconds until the next; null without a turn."""

    turn: TurnAtWindowOut | None
    code: str | None
    changes_in: int
    used: bool
    address: str | None
    as_of: str
