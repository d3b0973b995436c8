"""Bodies of the interface of hard matters, in and out."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, Field

from hall.http import Strict

Short = Annotated[str, Field(max_length=60)]
Long = Annotated[str, Field(max_length=500)]


class BookIn(Strict):
    """A quarter hour of the head of a body; `starts_at` as it was offered, `asked` is what it is about."""

    session: int
    body: int
    starts_at: Annotated[str, Field(max_length=40)]
    name: Short = ""
    phone: Annotated[str, Field(max_length=30)] = ""
    asked: Annotated[str, Field(max_length=300)] = ""


class FromHallIn(Strict):
    """A matter from the floor or the window of a body that receives today."""

    body: int
    source: Literal["floor", "window"]
    name: Short = ""
    phone: Annotated[str, Field(max_length=30)] = ""
    asked: Annotated[str, Field(max_length=300)] = ""


class PromiseIn(Strict):
    """What is promised, by which day, who of the body answers; `lawful`: only what the law allows."""

    what: Long
    due_on: date
    answers: int
    lawful: bool


class MatterOutcomeIn(Strict):
    """How it ended, and what was done, or why not."""

    how: Literal["keep", "fail", "point"]
    outcome: Long = ""


class SeatOfferOut(BaseModel):
    """Somebody who can be booked, with the beginnings of the quarter hours that are free."""

    session: int
    body: int
    rota: str
    day: str
    part: str
    body_name: str
    body_name_en: str
    person_name: str
    title: str
    window_name: str
    window_name_en: str
    matters: str
    free: list[str]


class SeatOffersOut(BaseModel):
    """Everybody who can be booked, by day."""

    offers: list[SeatOfferOut]


class MatterOut(BaseModel):
    """A hard matter. `received`: its department still receives at that time. `overdue`: a promise past its day."""

    token: str
    code: str
    number: str
    state: str
    source: str
    body: int
    body_name: str
    day: str
    starts_at: str | None
    received: bool
    name: str
    phone: str
    due_on: str | None
    answers: str
    overdue: bool


class MattersOut(BaseModel):
    """Those of the caller's departments that are open, and the last ones that are over."""

    matters: list[MatterOut]


class PersonOut(BaseModel):
    """Whose matter it is, in full; the journal keeps that it was opened."""

    name: str
    phone: str
