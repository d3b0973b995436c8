"""Bodies of the desk's interface, in and out."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, Field

from hall.http import Strict
from hall.queueing.schemas import Reason

Number = Annotated[str, Field(min_length=1, max_length=12)]


class PriorityBody(Strict):
    """Priority given after the ticket was drawn (Q4)."""

    reason: Reason


class ReturnBody(Strict):
    """Back with papers; `date` where the notice is of an earlier day."""

    date: Annotated[str, Field(pattern=r"^\d{4}-\d{2}-\d{2}$")] | None = None


class ReprintBody(Strict):
    """A further slip: on this printer, or by the browser where none is named."""

    printer: Annotated[int, Field(ge=1, le=2**53)] | None = None


class ConfirmedBody(Strict):
    """The address of a lost ticket: only when staff made sure of its holder."""

    confirmed: Literal[True]


class CompareBody(Strict):
    """The number of whoever asks, and the other."""

    asked: Number
    other: Number


class TopicBody(Strict):
    """A topic from the site's list."""

    topic: Annotated[str, Field(min_length=1, max_length=40)]


class TickBody(Strict):
    """A point done, or open again; with a note where one helps."""

    done: bool = True
    note: Annotated[str, Field(max_length=200)] = ""


class Step(BaseModel):
    """One step of a ticket's story."""

    at: str
    text: str


class FoundOut(BaseModel):
    """A ticket as the desk sees it; `can` are the actions possible now. No token: see `address`.

    `story` is told where the ticket is read, and null in the answers of commands.
    """

    number: str
    line: str
    line_name: str
    line_name_en: str
    lane: str
    lane_reason: str | None
    basis: str
    state: str
    issued_at: str
    business_date: date
    ahead: int
    window_name: str | None
    window_name_en: str | None
    called_at: str | None
    times_called: int
    why_waiting: str | None
    heads: int
    lang: str
    test: bool
    frozen: bool
    reprints: int
    rejoin_until: str | None
    can: list[str]
    story: list[Step] | None


class HandedOut(BaseModel):
    """A ticket with what its slip needs: token and address included."""

    ticket: FoundOut
    token: str
    path: str
    follow_url: str | None


class ExplainedOut(BaseModel):
    """Why one number came before another: to be read out, and for the desk alone (Q7)."""

    first: str
    second: str
    verdict: str
    public: list[str]
    staff: list[str]
    tickets: list[FoundOut]


class QuestionsOut(BaseModel):
    """The day's questions by topic."""

    counts: dict[str, int]
    total: int


class PointOut(BaseModel):
    """One point of a list."""

    code: str
    done: bool
    by: str
    at: str | None
    note: str


class ChecklistOut(BaseModel):
    """A list as it stands today."""

    kind: str
    points: list[PointOut]
