"""Bodies of the forms' interface, in and out."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, Field, RootModel

from hall.http import Strict

Text = Annotated[str, Field(max_length=500)]
Revision = Annotated[int, Field(ge=1, le=2**53)]


class OpenFormIn(Strict):
    """What the form is about; without both, what the ticket at the window was drawn for."""

    item: Annotated[str, Field(min_length=1, max_length=120)] | None = None
    bundle: Annotated[str, Field(min_length=1, max_length=60)] | None = None


class FilingPaperIn(Strict):
    """What the clerk found of one paper."""

    id: Annotated[int, Field(ge=1, le=2**53)]
    state: Literal[
        "unchecked", "present", "reused", "corrected", "deferred", "missing", "not_needed", "from_bundle"
    ]
    note: Annotated[str, Field(max_length=200)] = ""
    reused_from: Annotated[str, Field(pattern=r"^(paper|licence):[0-9]{1,18}$")] | None = None


class SaveFormIn(Strict):
    """What was typed since the form was last seen as `revision`; fields left out stay as they are."""

    revision: Revision
    party: Literal["person", "organisation"] | None = None
    name: Text | None = None
    number_kind: Text | None = None
    number: Text | None = None
    phone: Text | None = None
    agent_name: Text | None = None
    agent_number_kind: Text | None = None
    agent_number: Text | None = None
    mandate_scope: Text | None = None
    mandate_until: date | None = None
    subject: Text | None = None
    remarks: Text | None = None
    collect: Literal["together", "piecewise"] | None = None
    delivery: Literal["window", "post"] | None = None
    address: Text | None = None
    papers: tuple[FilingPaperIn, ...] = Field(default=(), max_length=200)


class FormSeenIn(Strict):
    """The form as it was last seen."""

    revision: Revision


class ReceiveFormIn(FormSeenIn):
    """The form as it was last seen; `without` names items known to be withdrawn, of which no case is made."""

    without: tuple[Annotated[str, Field(max_length=120)], ...] = Field(default=(), max_length=50)


class ReusableOut(BaseModel):
    """What can stand for the paper `paper_id`: give `source` as `reused_from`. `on` is a day."""

    paper_id: int
    source: str
    number: str
    on: str


class ReusablesOut(RootModel[list[ReusableOut]]):
    """All of them, licences first, then earlier cases, newest first."""


class TypedNumberIn(Strict):
    """A number to check before a form is received."""

    party: Literal["person", "organisation"]
    number_kind: Text
    number: Text


class NumberOut(BaseModel):
    """What can be told of a number: `fault` "" where it can be right, else what to say; `hint` a province or ""."""

    fault: str
    hint: str


class ItemLineOut(BaseModel):
    """An item of a form, with its department."""

    code: str
    name: str
    name_en: str
    department: str
    department_en: str
    withdrawn: bool


class SparedOut(BaseModel):
    """Visits and papers with this form, against going to each office (`before`)."""

    visits_before: int | None
    visits_after: int | None
    papers_before: int
    papers_after: int
    papers_reused: int


class FilingPaperOut(BaseModel):
    """One paper of the checklist; `made_by`: the item of the bundle whose case makes it, or ""."""

    id: int
    name: str
    name_en: str
    originals: int
    copies: int
    condition: str
    condition_en: str
    source: str
    deferrable: bool
    e_licence: bool
    state: str
    note: str
    items: list[str]
    reused_from: str
    made_by: str


class CaseLineOut(BaseModel):
    """A case that the form became; `token` opens its page."""

    number: str
    token: str
    item: str
    item_name: str
    item_name_en: str
    department: str
    department_en: str
    state: str


class FormOut(BaseModel):
    """A form: whole numbers while it is a draft, masked ones afterwards."""

    token: str
    state: Literal["draft", "received", "discarded"]
    revision: int
    site: str
    matter: str
    matter_name: str
    matter_name_en: str
    bundle: bool
    party: str
    name: str
    number_kind: str
    number: str
    phone: str
    agent_name: str
    agent_number_kind: str
    agent_number: str
    mandate_scope: str
    mandate_until: date | None
    subject: str
    remarks: str
    collect: str
    delivery: str
    address: str
    received_at: str | None
    in_turn: bool
    ticket: str | None
    items: list[ItemLineOut]
    spared: SparedOut
    papers: list[FilingPaperOut]
    cases: list[CaseLineOut]


class FormsOut(BaseModel):
    """The forms at a window: half-filled ones, and those received for the ticket at hand (its number).

    `matter` is whether that ticket was drawn for one, `draft` the token of its own half-filled form.
    """

    ticket: str | None
    matter: bool
    draft: str | None
    forms: list[FormOut]
