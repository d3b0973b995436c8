"""Bodies of the interface of walks, in and out."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, Field

from hall.http import Strict

Name = Annotated[str, Field(max_length=40)]
Remark = Annotated[str, Field(max_length=300)]


class NewWalkIn(Strict):
    """An item of the catalogue, for a body; `step` is the first one."""

    body: int
    item: Annotated[str, Field(max_length=120)]
    step: Name


class NextIn(Strict):
    """`number` is the step that runs; it ends with `remark`, and `step` begins."""

    number: int
    step: Name
    remark: Remark = ""


class EndingIn(Strict):
    """What was met with; null and "" are not said."""

    remark: Remark = ""
    days: int | None = None
    visits: int | None = None
    papers: int | None = None
    fee: Annotated[str, Field(max_length=200)] = ""
    conclusion: Annotated[str, Field(max_length=500)] = ""


class StepOut(BaseModel):
    """A step; `seconds` null runs."""

    number: int
    name: str
    remark: str
    started_at: str
    seconds: int | None


class LineOut(BaseModel):
    """One line of promise and experience: `kept`, `better`, `worse` or `unknown`."""

    what: str
    promised: str
    found: str
    verdict: str


class WalkOut(BaseModel):
    """A walk with its steps, and the comparison once it has ended."""

    token: str
    state: str
    item: str
    item_name: str
    body: int
    begun_at: str
    ended_at: str | None
    steps: list[StepOut]
    compared: list[LineOut]
    conclusion: str


class WalksOut(BaseModel):
    """The latest ones of the caller's departments."""

    walks: list[WalkOut]
