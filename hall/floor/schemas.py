"""Bodies of the floor's interface, in and out."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import AwareDatetime, BaseModel, Field

from hall.http import Strict

Code = Annotated[str, Field(min_length=1, max_length=120)]
Posted = Annotated[str, Field(min_length=1, max_length=200)]


class LendIn(Strict):
    """`until` is an instant with its offset, later on the same business date."""

    line: Code
    until: AwareDatetime


class EndLoanIn(Strict):
    """Which of the window's loans."""

    line: Code


class StopLineIn(Strict):
    """The reason that kiosk and screens post."""

    reason: Posted


class PostNoticeIn(Strict):
    """A notice for the screens; without `until` it runs until it is withdrawn."""

    text: Posted
    text_en: Annotated[str, Field(max_length=300)] = ""
    until: AwareDatetime | None = None


class EndDayIn(Strict):
    """The business date that the caller means; with `stop_reason` all lines stop for the day, too."""

    business_date: date
    stop_reason: Posted | None = None


class LoanOut(BaseModel):
    """A window lent to a line."""

    window: str
    line: str
    until: str


class LineStateOut(BaseModel):
    """Whether a line issues tickets."""

    line: str
    open: bool
    stopped_reason: str | None


class NoticeOut(BaseModel):
    """A notice."""

    id: int
    text: str
    text_en: str
    posted_at: str
    until: str | None
    withdrawn: bool


class EndedOut(BaseModel):
    """What ending the day did."""

    unserved: int
    at_windows: int
    stopped: int


class FloorHereIn(Strict):
    """`POST /devices/here`: nothing beyond who calls."""


class FloorHereOut(BaseModel):
    """Heard. `quiet`: a screen that shall not speak; it begins afresh when that has changed."""

    ok: bool
    quiet: bool
