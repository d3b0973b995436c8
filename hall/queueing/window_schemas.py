"""Bodies of a window's interface, in and out (contract)."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field, model_validator

from hall.http import Strict
from hall.queueing.schemas import Code, TicketOut

Note = Annotated[str, Field(max_length=200)]


class WindowBody(Strict):
    """What a clerk's command says beside its window."""

    def given(self) -> dict[str, Any]:
        """Its values by the names that `staffing.AtWindow` has for them."""
        return dict(self)


class OpenWindowIn(WindowBody):
    """`seat` names the browser that works at the window, so that a second one is told."""

    seat: Annotated[str, Field(min_length=1, max_length=40)] | None = None


class WindowReasonIn(WindowBody):
    """A reason from the site's list."""

    reason: Code


class HandOverHeldIn(WindowBody):
    """Where to the tickets on hold go, and what the colleague should know."""

    to_window: Code
    note: Note = ""


class HoldTicketIn(WindowBody):
    """A reason from the site's list, and a note for oneself or a colleague."""

    reason: Code
    note: Note = ""


class CallIn(WindowBody):
    """Out of order (Q7); `ticket` is today's number."""

    ticket: Code
    reason: Code
    note: Note = ""


class ResumeIn(WindowBody):
    """A held ticket's number."""

    ticket: Code


class TransferIn(WindowBody):
    """To a line or to a window."""

    line: Code | None = None
    window: Code | None = None
    note: Note = ""

    @model_validator(mode="after")
    def one(self) -> TransferIn:
        """Exactly one target."""
        if (self.line is None) == (self.window is None):
            message = "exactly one of line, window"
            raise ValueError(message)
        return self

    def given(self) -> dict[str, Any]:
        """`window` is the one that the command goes to."""
        return {"line": self.line, "to_window": self.window, "note": self.note}


class DoneItemIn(Strict):
    """One item done, and how often."""

    code: Code
    count: Annotated[int, Field(ge=1, le=999)] = 1


class FinishIn(WindowBody):
    """How the service ended."""

    outcome: Literal["done", "received", "collected", "consulted", "incomplete", "wrong_line"] = "done"
    items: Annotated[list[DoneItemIn], Field(max_length=20, default_factory=list)]

    def given(self) -> dict[str, Any]:
        """Items as (code, count)."""
        return {"outcome": self.outcome, "items": tuple((item.code, item.count) for item in self.items)}


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


class HeldTicketOut(BaseModel):
    """One ticket on hold at a window."""

    number: str
    token: str
    line: str
    since: str | None
    reason: str | None
    heads: int
    notes: list[str]


class TicketPaperOut(BaseModel):
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
    papers: list[TicketPaperOut]
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
    held_tickets: list[HeldTicketOut]
    last_passed: str | None
    undo_until: str | None
    staff_name: str | None
    opened_at: str | None
    seat: str | None
    at_hand: AtHandOut | None
