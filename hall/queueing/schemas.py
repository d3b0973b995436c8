"""Bodies of the queue's interface, in and out (contract)."""

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


class OpenWindowIn(Strict):
    """`seat` names the browser that works at the window, so that a second one is told."""

    seat: Annotated[str, Field(min_length=1, max_length=40)] | None = None


class HandOverIn(Strict):
    """Where to the tickets on hold go, and what the colleague should know."""

    to_window: Code
    note: Annotated[str, Field(max_length=200)] = ""


class HoldIn(Strict):
    """A reason from the site's list, and a note for oneself or a colleague."""

    reason: Code
    note: Annotated[str, Field(max_length=200)] = ""


class ReasonIn(Strict):
    """A reason from the site's list."""

    reason: Code


class CallIn(Strict):
    """Out of order (Q7); `ticket` is today's number."""

    ticket: Code
    reason: Code
    note: Annotated[str, Field(max_length=200)] = ""


class ResumeIn(Strict):
    """A held ticket's number."""

    ticket: Code


class TransferIn(Strict):
    """To a line or to a window."""

    line: Code | None = None
    window: Code | None = None
    note: Annotated[str, Field(max_length=200)] = ""

    @model_validator(mode="after")
    def one(self) -> TransferIn:
        """Exactly one target."""
        if (self.line is None) == (self.window is None):
            message = "exactly one of line, window"
            raise ValueError(message)
        return self


class DoneItemIn(Strict):
    """One item done, and how often."""

    code: Code
    count: Annotated[int, Field(ge=1, le=999)] = 1


class FinishIn(Strict):
    """How the service ended."""

    outcome: Literal["done", "received", "collected", "consulted", "incomplete", "wrong_line"] = "done"
    items: Annotated[list[DoneItemIn], Field(max_length=20, default_factory=list)]


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


class WhyOut(BaseModel):
    """One reason for a place, as a key with its blanks."""

    key: str
    minutes: int | None
    window: int | None


class WaitingOut(BaseModel):
    """One row of a waiting list."""

    number: str
    token: str
    line: str
    lane: str
    lane_reason: str | None
    basis: str
    issued_at: str
    target_min: int
    heads: int
    test: bool
    frozen: bool
    why: list[WhyOut]


class HeldOut(BaseModel):
    """One ticket on hold at a window."""

    number: str
    token: str
    line: str
    since: str | None
    reason: str | None
    heads: int
    notes: list[str]


class PaperOut(BaseModel):
    """A paper that a matter asks for."""

    name: str
    name_en: str
    originals: int
    copies: int
    condition: str
    condition_en: str


class OtherMatterOut(BaseModel):
    """Another waiting matter on the same slip."""

    number: str
    line: str


class AtHandOut(BaseModel):
    """What the clerk sees of the ticket at the window beyond `current`."""

    heads: int
    lane_reason: str | None
    item: str | None
    matter: str
    matter_en: str
    papers: list[PaperOut]
    others: list[OtherMatterOut]
    counted_calls: int
    max_calls: int
    counts_again_at: str | None
    notes: list[str]


class WindowOut(BaseModel):
    """Contract `Window`."""

    code: str
    number: int
    name: str
    name_en: str
    site: str
    state: str
    reason: str | None
    since: str | None
    staff: int | None
    lines: list[str]
    current: TicketOut | None
    waiting: list[WaitingOut]
    waiting_count: int
    waiting_people: int
    order_holds_until: str | None
    held: list[str]
    held_tickets: list[HeldOut]
    last_passed: str | None
    undo_until: str | None
    staff_name: str | None
    opened_at: str | None
    seat: str | None
    at_hand: AtHandOut | None


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
