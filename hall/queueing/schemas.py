"""Bodies of the queue's interface, in and out (contract): drawing, tickets and their histories."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, Field, model_validator

from hall.http import Strict

Code = Annotated[str, Field(min_length=1, max_length=120)]
Reason = Literal["elder", "disabled", "pregnant", "ill", "military", "martyr_family", "firefighter"]


class MatterIn(Strict):
    """One matter: a line, an item or a bundle."""

    line: Code | None = None
    item: Code | None = None
    bundle: Code | None = None

    @model_validator(mode="after")
    def one(self) -> MatterIn:
        """Exactly one of the three."""
        if sum(value is not None for value in (self.line, self.item, self.bundle)) != 1:
            message = "exactly one of line, item, bundle"
            raise ValueError(message)
        return self


class PersonIn(Strict):
    """Who draws, where given: an ID number or a phone (Q8)."""

    id_number: Annotated[str, Field(pattern=r"^[0-9A-Za-z()/-]{5,30}$")] | None = None
    phone: Annotated[str, Field(pattern=r"^\+?[0-9 -]{5,20}$")] | None = None


class DrawIn(Strict):
    """What a visit and a ticket share."""

    lane: Literal["ordinary", "priority"] = "ordinary"
    reason: Reason | None = None
    person: PersonIn | None = None
    heads: Annotated[int, Field(ge=1, le=50)] = 1
    lang: Literal["zh", "en"] = "zh"
    test: bool = False

    @model_validator(mode="after")
    def priority_says_why(self) -> DrawIn:
        """A reason only for the priority lane."""
        if self.reason is not None and self.lane != "priority":
            message = "reason without priority"
            raise ValueError(message)
        return self


class TicketIn(DrawIn, MatterIn):
    """`POST /tickets`."""


class VisitIn(DrawIn):
    """`POST /visits`."""

    matters: Annotated[list[MatterIn], Field(min_length=1, max_length=5)]


class LaterIn(Strict):
    """`POST /tickets/{token}/later`."""

    places: Annotated[int, Field(ge=1, le=20)] = 1


class RejoinIn(Strict):
    """`POST /tickets/rejoin`: today's number."""

    number: Annotated[str, Field(min_length=1, max_length=12)]


class PriorityIn(Strict):
    """`POST /tickets/{token}/priority`: the ground (Q4)."""

    reason: Reason


class Wait(BaseModel):
    """A range in minutes."""

    p50_min: float
    p90_min: float


class TicketOut(BaseModel):
    """Contract `Ticket`."""

    number: str
    token: str
    site: str
    line: str
    matter: str | None
    matter_en: str | None
    lane: str
    state: str
    issued_at: str
    business_date: str
    ahead: int
    tickets_ahead: int
    wait: Wait | None
    window: str | None
    called_at: str | None
    started_at: str | None
    times_called: int
    follow_url: str | None
    why_waiting: str | None
    test: bool


class RejoinedOut(BaseModel):
    """What may be shown of a number that is back in line to whoever typed it."""

    number: str
    line: str
    ahead: int


class VisitOut(BaseModel):
    """Several tickets on one slip."""

    tickets: list[TicketOut]


class HappenedOut(BaseModel):
    """One thing that happened to a ticket, in words."""

    at: str
    fact: str
    what: str
    who: str
    window: int | None
    details: list[str]


class OvertakingOut(BaseModel):
    """Who was drawn later and called earlier, and why."""

    number: str
    issued_at: str
    called_at: str
    why: list[str]


class HistoryOut(BaseModel):
    """A ticket's own history (Q7)."""

    ticket: TicketOut
    lane_reason: str
    place_why: list[str]
    happened: list[HappenedOut]
    overtaken_by: list[OvertakingOut]
