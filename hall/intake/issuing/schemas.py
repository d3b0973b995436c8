"""Bodies of the issue window's interface."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, Field

from hall.http import Strict
from hall.intake.signing.schemas import LONGEST_SIGNATURE, Token


class HandOverResultIn(Strict):
    """`receipt`: what the holder shows (code, address, or case number). `also`: other cases of the same form.

    The signature is one of three: `signing` (the tablet's), `signature` (base64 of a PNG), or `on_paper`.
    """

    receipt: Annotated[str, Field(min_length=1, max_length=300)]
    taker: Literal["applicant", "agent"] = "applicant"
    signature: Annotated[str, Field(max_length=LONGEST_SIGNATURE)] | None = None
    signing: Token | None = None
    on_paper: bool = False
    partly: bool = False
    also: list[Token] = Field(default_factory=list, max_length=40)


class PostIn(Strict):
    """Tracking number; an address only where it is another than the form's. `also`: what lies in the same envelope."""

    tracking: Annotated[str, Field(min_length=1, max_length=40)]
    address: Annotated[str, Field(max_length=200)] = ""
    also: list[Token] = Field(default_factory=list, max_length=40)


class NotTakenIn(Strict):
    """Why."""

    note: Annotated[str, Field(min_length=1, max_length=300)]


class ReadyResultsIn(Strict):
    """What is looked for: a holder's or agent's name, a case number, or what stands on the receipt."""

    q: Annotated[str, Field(max_length=300)] = ""


class DeliveryOut(BaseModel):
    """One try to give a result to its holder."""

    way: Literal["issue_window", "post", "same_desk"]
    outcome: Literal["taken", "posted", "refused", "returned"]
    at: str
    taker: str
    tracking: str
    note: str
    signed: bool


class ReadyOut(BaseModel):
    """A result at the issue window."""

    token: str
    number: str
    item: str
    item_en: str
    holder: str
    number_shown: str
    agent: str
    result: str
    result_number: str
    ready_at: str
    days: int
    late: bool
    way: str
    collect: str
    complete: bool
    refused: bool


class ReadyListOut(BaseModel):
    """What lies at the issue window of a hall, longest there first."""

    ready: list[ReadyOut]
