"""Bodies of the outcome's interface, in and out."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, Field, RootModel

from hall.intake.review.schemas import SeenIn


class CaseOutcomeIn(SeenIn):
    """The decision at the window; a refusal has reasons, a result may have a number and a last day."""

    decision: Literal["granted", "refused"]
    reasons: Annotated[str, Field(max_length=2000)] = ""
    number: Annotated[str, Field(max_length=80)] = ""
    valid_until: date | None = None


class OutcomeOut(BaseModel):
    """How one case goes on: `way` from here, `why` it is not decided here (a code), `said` the same in words.

    `document` is the authority's number, `lacks` what its papers allow; both "" where they do not count.
    """

    token: str
    number: str
    revision: int
    state: str
    decision: str
    way: Literal["decide", "accept", "department", "over"]
    why: str
    said: str
    document: str
    lacks: str


class OutcomesOut(RootModel[list[OutcomeOut]]):
    """Those of a form, in its order."""
