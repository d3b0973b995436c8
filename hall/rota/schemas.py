"""Bodies of the interface of receptions, in and out. Days are ISO dates of the hall's own calendar."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, Field

from hall.http import Strict

Short = Annotated[str, Field(max_length=120)]
Clock = Annotated[str, Field(max_length=5)]
Note = Annotated[str, Field(max_length=200)]


class PlaceIn(Strict):
    """A window in one part of the day."""

    window: Short
    part: Literal["am", "pm"]


class RotaIn(Strict):
    """A reception as it shall be. `weekday` 0 is Monday; a part of the day without times is not held.

    `leaves` is how many a department can have in a quarter.
    """

    name: Annotated[str, Field(max_length=60)]
    name_en: Short = ""
    weekday: int = 0
    holiday_rule: Literal["next_working_day", "skip", "manual"] = "next_working_day"
    signup_days: int = 6
    publish_days: int = 3
    leaves: int = 2
    am_starts: Clock = "09:00"
    am_ends: Clock = "11:30"
    pm_starts: Clock = ""
    pm_ends: Clock = ""
    places: Annotated[tuple[PlaceIn, ...], Field(max_length=120)] = ()


class RotaPersonIn(Strict):
    """Somebody of a body; `user` is their account, where they have one; `key` is who is called so from now on."""

    name: Annotated[str, Field(max_length=60)]
    post: Literal["head", "deputy", "chief_officer", "liaison"]
    title: Annotated[str, Field(max_length=60)] = ""
    user: Annotated[str, Field(max_length=60)] = ""
    key: Annotated[int, Field(ge=1)] | None = None


class BodyIn(Strict):
    """A department, bank or leadership with all its people; who is no longer named is retired."""

    name: Annotated[str, Field(max_length=60)]
    name_en: Short = ""
    department: Short = ""
    listed: bool = True
    people: Annotated[tuple[RotaPersonIn, ...], Field(max_length=60)] = ()


class TermIn(Strict):
    """The first and the last day of a term."""

    first: date
    last: date


class SignUpIn(Strict):
    """Who sits (a person of the list), and what their department receives there."""

    person: int
    matters: Annotated[str, Field(max_length=300)] = ""


class SwapIn(Strict):
    """The other turn."""

    other: int
    note: Note = ""


class StandInIn(Strict):
    """Who sits instead, and why."""

    person: int
    reason: Literal["meeting", "mission", "illness", "other"]
    note: Note = ""


class LeaveIn(Strict):
    """Why nobody of the department can come."""

    reason: Literal["leadership", "flood", "illness", "other"]
    note: Note = ""


class BeyondIn(Strict):
    """Why a leave is approved although those of the quarter are used up."""

    why: Annotated[str, Field(min_length=1, max_length=200)]


class RotaOut(BaseModel):
    """A reception of the hall."""

    code: str
    name: str
    name_en: str
    weekday: int
    am: str | None
    pm: str | None


class RotasOut(BaseModel):
    """Those in use, by code."""

    rotas: list[RotaOut]


class SittingOut(BaseModel):
    """Whose turn a seat is, and why where it was proposed; `stand_in` sits in the person's place."""

    duty: int
    state: str
    basis: str
    because: str
    body: int
    body_name: str
    body_name_en: str
    person: int
    person_name: str
    title: str
    matters: str
    stand_in: str
    stand_in_title: str


class SeatOut(BaseModel):
    """A window in one part of a session; `sitting` null is free."""

    seat: int
    window: str
    window_name: str
    window_name_en: str
    part: str
    sitting: SittingOut | None


class SessionOut(BaseModel):
    """One day of a reception with its own hours. `why` says why it is not held on its weekday.

    `cancelled_because` is told to everybody, "" unless it was cancelled.
    """

    session: int
    state: str
    due_on: date
    held_on: date | None
    why: str
    signup_until: date | None
    publish_on: date | None
    published_at: str | None
    am_starts: str
    am_ends: str
    pm_starts: str
    pm_ends: str
    cancelled_because: str
    seats: list[SeatOut]


class SessionsOut(BaseModel):
    """The sessions that were asked for, by day."""

    sessions: list[SessionOut]


class StandingOut(BaseModel):
    """How a body stands in a quarter: turns, the day of the last one ever, turns owed after leave.

    `listed` ones have at least one turn a quarter, and seats that are left are proposed to them.
    """

    body: int
    name: str
    turns: int
    last: date | None
    owed: int
    listed: bool


class StandingsOut(BaseModel):
    """All bodies in use; `quarter` as 2026-4."""

    quarter: str
    standings: list[StandingOut]


class OnListOut(BaseModel):
    """Somebody who may sit, stand in, or sign up for others."""

    person: int
    name: str
    title: str
    post: str
    body: int
    body_name: str
    mine: bool


class PeopleOut(BaseModel):
    """Everybody on the list of a reception, by body; `mine` is the caller, or whom the caller may sign up."""

    people: list[OnListOut]


class DifferenceOut(BaseModel):
    """What would be made otherwise today, and is left as it is."""

    due_on: date
    what: str
    now: str
    would_be: str


class GeneratedOut(BaseModel):
    """Sessions that are new, dated now, and kept; with the differences."""

    new: int
    dated: int
    kept: int
    differences: list[DifferenceOut]


class DutyOut(BaseModel):
    """A turn after something happened to it."""

    duty: int
    state: str
    basis: str


class DutiesOut(BaseModel):
    """Proposals that were made."""

    duties: list[DutyOut]


class AskedOut(BaseModel):
    """A swap, stand-in or leave after something happened to it."""

    id: int
    state: str


class StateOut(BaseModel):
    """Where it stands now."""

    state: str


class KeyOut(BaseModel):
    """The key of what was set up."""

    id: int
