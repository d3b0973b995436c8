"""Bodies of the interface of helpers and their shifts, in and out."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, Field

from hall.http import Strict

Clock = Annotated[str, Field(pattern=r"^(?:(?:[01]\d|2[0-3]):[0-5]\d|24:00)$")]
Revision = Annotated[int, Field(ge=1)]
Skill = Annotated[str, Field(pattern=r"^(?:sign|dialect|english|bundle:.{1,60})$")]


class StretchIn(Strict):
    """From when until when, local time (24:00 is midnight); what is kept back only the desk gives away."""

    starts: Clock
    ends: Clock
    kept_back: bool = False


class WeekStretchIn(StretchIn):
    """One stretch of a week; 0 is Monday."""

    weekday: Annotated[int, Field(ge=0, le=6)]


class AddHelperIn(Strict):
    """An account with the role helper, and its badge number."""

    user: Annotated[str, Field(min_length=1, max_length=60)]
    badge: Annotated[str, Field(pattern=r"^[A-Za-z0-9-]{1,12}$")]


class EditHelperIn(Strict):
    """What a helper does and knows."""

    revision: Revision
    skills: list[Skill] = Field(max_length=60)
    does_agency: bool
    does_home_visits: bool


class WeekIn(Strict):
    """The whole week."""

    revision: Revision
    stretches: list[WeekStretchIn] = Field(max_length=40)


class HelperDayIn(Strict):
    """One date: these stretches; none: away; `plain`: as in the week again."""

    revision: Revision
    day: Annotated[str, Field(pattern=r"^\d{4}-\d\d-\d\d$")]
    stretches: list[StretchIn] = Field(default_factory=list, max_length=8)
    reason: Literal["", "leave", "ill", "training", "meeting", "other"] = ""
    plain: bool = False


class RetireHelperIn(Strict):
    """`revision` is what the caller saw."""

    revision: Revision


class ShiftedOut(BaseModel):
    """How many bookings a person must move now."""

    orphaned: int


class StretchOut(BaseModel):
    """A stretch of a week or a date; on a date no times mean away."""

    starts: str
    ends: str
    kept_back: bool
    weekday: int | None = None
    day: str | None = None
    reason: str | None = None


class MemberOut(BaseModel):
    """A helper as the manager sees one."""

    badge: str
    user: str
    name: str
    does_agency: bool
    does_home_visits: bool
    skills: list[str]
    week: list[StretchOut]
    days: list[StretchOut]
    revision: int


class TeamOut(BaseModel):
    """All helpers."""

    helpers: list[MemberOut]
