"""Bodies of the interface for calls by hand, in and out."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, Field

from hall.http import Strict

Clock = Annotated[str, Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")]


class HandCallIn(Strict):
    """`POST /hand-calls`: from–until in the hall's time, or neither where only known that it was served."""

    number: Annotated[str, Field(min_length=1, max_length=12)]
    window: Annotated[str, Field(min_length=1, max_length=60)]
    day: Annotated[str, Field(pattern=r"^\d{4}-\d\d-\d\d$")] | None = None
    since: Clock | None = None
    until: Clock | None = None


class HandCallOut(BaseModel):
    """`matched`: its ticket is finished; `noted`: its kiosk has not handed it in yet."""

    state: Literal["noted", "matched"]


class HandCallRowOut(BaseModel):
    """A call by hand as staff read it; times in the hall's time."""

    id: int
    number: str
    window: str
    since: str | None
    until: str | None
    state: str


class HandCallsOut(BaseModel):
    """The short list of a date: what was called by hand, what was printed alone and still waits, doubled papers.

    `aside`: numbers of papers that could not be taken.
    """

    day: str
    calls: list[HandCallRowOut]
    waiting: list[str]
    doubled: list[str]
    aside: list[str]
