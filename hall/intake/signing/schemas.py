"""Bodies of signing on a tablet."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, Field

from hall.http import Strict

LONGEST_SIGNATURE = 280_000  # base64 of 200 KB, with its prefix
Token = Annotated[str, Field(min_length=1, max_length=40)]


class ToAskIn(Strict):
    """`also`: tokens of other cases of the same form that go with it, under the same signature."""

    also: list[Token] = Field(default_factory=list, max_length=40)
    taker: Literal["applicant", "agent"] = "applicant"


class ShownIn(Strict):
    """Which signature the tablet is showing."""

    signing: Token


class SignIn(Strict):
    """`signature`: base64 of a PNG, also as a data address."""

    signing: Token
    signature: Annotated[str, Field(max_length=LONGEST_SIGNATURE)]


class SigningOut(BaseModel):
    """Where an asked signature stands; `shown`: the tablet has it on its screen."""

    token: str
    state: Literal["asked", "signed", "used", "withdrawn"]
    shown: bool
    taker: str


class SignedForOut(BaseModel):
    """A result that is signed for."""

    result: str
    result_number: str
    item: str
    item_en: str
    number: str


class ToSignOut(BaseModel):
    """What the tablet shows."""

    token: str
    signer: str
    as_agent: bool
    holder: str
    results: list[SignedForOut]


class PadOut(BaseModel):
    """A tablet; `to_sign` null: nothing is to be signed now."""

    window: str
    window_en: str
    to_sign: ToSignOut | None
