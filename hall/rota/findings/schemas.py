"""Bodies of the interface of findings, in and out."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import BaseModel, Field

from hall.http import Strict

Note = Annotated[str, Field(max_length=500)]


class FindIn(Strict):
    """A problem. `title` may be read by all; `day` is the session it was found on; a citizen needs a telephone.

    Made of a walk (and a step of it, by number) or a hard matter, named by their tokens, it takes session and source
    from there; whose matter it was is called back.
    """

    title: Annotated[str, Field(max_length=80)]
    detail: Annotated[str, Field(max_length=1000)] = ""
    source: Literal["sit", "walk", "do", "other"] = "other"
    day: date | None = None
    citizen: Annotated[str, Field(max_length=60)] = ""
    phone: Annotated[str, Field(max_length=30)] = ""
    walk: Annotated[str, Field(max_length=60)] = ""
    step: Annotated[int, Field(ge=1, le=999)] | None = None
    matter: Annotated[str, Field(max_length=60)] = ""


class AssignIn(Strict):
    """Somebody on the list of the reception, and within how many working days."""

    owner: int
    days: int
    revision: int | None = None


class ExtendIn(Strict):
    """How many working days later, and why."""

    days: int
    reason: Note
    revision: int | None = None


class TellIn(Strict):
    """What was done, looked at, or is missing."""

    note: Note = ""
    revision: int | None = None


class CallBackIn(Strict):
    """How the call ended; who is not content is quoted."""

    reached: Literal["content", "not_content", "not_reached"]
    note: Note = ""
    revision: int | None = None


class NameIn(BaseModel):
    """What the file is called, for people."""

    name: Annotated[str, Field(max_length=200)] = ""


class LedgerIn(BaseModel):
    """One of open, overdue, found, assigned, rectified, verified, closed; and which page of fifty."""

    state: Literal["", "open", "overdue", "found", "assigned", "rectified", "verified", "closed"] = ""
    page: Annotated[int, Field(ge=1, le=100_000)] = 1


class FindingOut(BaseModel):
    """A finding after a step."""

    finding: int
    number: str
    state: str
    due_on: date | None
    revision: int


class EvidenceOut(BaseModel):
    """A file that is kept."""

    evidence: int
    sort: str
    size: int


class LineOut(BaseModel):
    """A line of the ledger."""

    finding: int
    number: str
    state: str
    overdue: bool
    title: str
    source: str
    rota: str
    rota_en: str
    found_on: date
    body: str
    body_en: str
    owner: str
    due_on: date | None
    extended: int


class LedgerOut(BaseModel):
    """A page of the ledger with how many there are by state."""

    lines: list[LineOut]
    counts: dict[str, int]
    page: int
    pages: int


class StepOut(BaseModel):
    """One step of its history."""

    what: str
    at: datetime
    by: str
    note: str
    body: str
    owner: str
    due_on: date | None
    reached: str | None


class FileOut(BaseModel):
    """A photo or document of it."""

    evidence: int
    shows: str
    sort: str
    size: int
    name: str
    digest: str
    added_at: datetime
    by: str


class OriginOut(BaseModel):
    """Where it came from: `walk` (an item, perhaps a step) or `do` (the number of a hard matter).

    `token` opens it, for its own department.
    """

    what: str
    name: str
    name_en: str
    body: str
    body_en: str
    day: date
    step: int | None
    step_name: str
    remark: str
    token: str


class WholeOut(BaseModel):
    """One finding with its history and files; the citizen masked."""

    line: LineOut
    rota_id: int
    detail: str
    cure: str
    citizen: str
    has_citizen: bool
    reached: str | None
    tries: int
    called_back: bool
    forgotten_on: date | None
    revision: int
    body_id: int | None
    owner_id: int | None
    rectified_by: int | None
    steps: list[StepOut]
    evidence: list[FileOut]
    origin: OriginOut | None
