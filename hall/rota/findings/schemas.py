"""Bodies of the interface of findings, in and out."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal, get_type_hints

from pydantic import BaseModel, Field, create_model

from hall.http import Strict
from hall.rota.findings.queries import Ledger, Whole

Note = Annotated[str, Field(max_length=500)]


class NewFindingIn(Strict):
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


class StepIn(Strict):
    """A step; `revision` is what the caller's page was made from."""

    revision: int | None = None


class AssignIn(StepIn):
    """Somebody on the list of the reception, and within how many working days.

    Given again within its department it keeps its deadline, and `days` is not read; another department needs a reason.
    """

    owner: int
    days: int = 0
    reason: Note = ""


class ExtendIn(StepIn):
    """How many working days later, and why."""

    days: int
    reason: Note


class TellIn(StepIn):
    """What was done, looked at, or is missing."""

    note: Note = ""


class CallBackIn(StepIn):
    """How the call ended; who is not content is quoted."""

    reached: Literal["content", "not_content", "not_reached"]
    note: Note = ""


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


def _shaped(name: str, of: type, **more: Any) -> type[BaseModel]:  # noqa: ANN401 - as pydantic takes fields
    """The shape of what the queries answer: its fields are named once, there."""
    fields: dict[str, Any] = {field: (kind, ...) for field, kind in get_type_hints(of).items()}
    made: type[BaseModel] = create_model(name, __doc__=of.__doc__, **fields, **more)
    return made


LedgerOut = _shaped("LedgerOut", Ledger)
WholeOut = _shaped("WholeOut", Whole, origin=(OriginOut | None, ...))
