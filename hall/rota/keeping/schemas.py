"""Bodies of the interface of keeping a reception."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import BaseModel, Field

from hall.http import Strict


class SessionDayIn(Strict):
    """The day on which a session is held."""

    day: date


class CancelSessionIn(Strict):
    """Why a published day is not held: everybody reads it."""

    because: Annotated[str, Field(max_length=400)]


class CalledOut(BaseModel):
    """A booking of a cancelled day whose holder was called."""

    number: str
    state: str


class HeldSessionOut(BaseModel):
    """A session after something happened to it."""

    session: int
    state: str
    held_on: date | None
    signup_until: date | None
    publish_on: date | None


class RetiredOut(BaseModel):
    """Who is no longer on the list, or which reception has ended or is held again."""

    id: int
    name: str
