"""Bodies of the ledger, in and out."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, Field

from hall.helpers.schemas import Badge, KindWord
from hall.http import Strict
from hall.intake.signing.schemas import LONGEST_SIGNATURE
from hall.queueing.schemas import Code

Day = Annotated[date, Field(strict=False)]
Note = Annotated[str, Field(max_length=500)]
Result = Literal["done", "advised", "handed_in", "referred", "withdrawn"]


class NewHelpIn(Strict):
    """Help begins: for a number of today, or for a matter."""

    kind: KindWord = "assist"
    number: Annotated[str, Field(max_length=12)] = ""
    item: Code | None = None
    bundle: Code | None = None
    line: Code | None = None


class RecordNoteIn(Strict):
    """The helper's own note, kept sealed."""

    note: Note


class RecordPersonIn(Strict):
    """Who is helped; all but the name may be missing."""

    name: Annotated[str, Field(min_length=1, max_length=60)]
    phone: Annotated[str, Field(max_length=30)] = ""
    id_number: Annotated[str, Field(max_length=30)] = ""


class StageIn(Strict):
    """How far it has come; the case's number once the window has received it."""

    progress: Literal["begun", "papers", "handed_in", "waiting", "result_in"]
    case_number: Annotated[str, Field(max_length=120)] = ""


class MandateIn(Strict):
    """What the helper may do for them (H1), until when, and that they have signed."""

    scope: Annotated[str, Field(min_length=1, max_length=500)]
    until: Day | None = None
    signed: bool = False


class SignMandateIn(Strict):
    """`signature`: base64 of a PNG, also as a data address; `revision` of the line, as whoever signs saw it."""

    revision: Annotated[int, Field(ge=1)]
    signature: Annotated[str, Field(max_length=LONGEST_SIGNATURE)]


class HelpPaperIn(Strict):
    """A paper that is taken."""

    name: Annotated[str, Field(min_length=1, max_length=120)]
    count: Annotated[int, Field(ge=1, le=99)] = 1
    original: bool = True


class HandOverRecordIn(Strict):
    """To whom, with which note (H6)."""

    to: Badge
    note: Note = ""


class CloseIn(Strict):
    """How it ended, and when they are called back."""

    result: Result
    note: Note = ""
    call_back_on: Day | None = None


class DrawForIn(Strict):
    """A number for them, in a line or for an item."""

    item: Code | None = None
    bundle: Code | None = None
    line: Code | None = None
    heads: Annotated[int, Field(ge=1, le=20)] = 1


class LinePaper(BaseModel):
    """A paper of a line."""

    id: int
    name: str
    count: int
    original: bool
    taken_at: str
    returned_at: str | None


class Mandate(BaseModel):
    """A mandate."""

    scope: str
    until: str | None
    signed_at: str | None
    drawn: bool


class ByWhom(BaseModel):
    """A helper."""

    name: str
    badge: str


class HelpRecordOut(BaseModel):
    """One line of the ledger, personal data masked."""

    token: str
    number: str
    date: str
    state: Literal["open", "closed"]
    kind: KindWord
    helper: ByWhom
    matter: str
    matter_en: str
    ticket: str | None
    ticket_state: str | None
    applicant: str
    phone: str
    id_number: str
    has_address: bool
    mandate: Mandate
    papers: list[LinePaper]
    papers_out: int
    progress: str
    case_number: str
    case_state: str | None
    result: str | None
    call_back_on: str | None
    called_back_at: str | None
    handed_over: int
    opened_at: str
    closed_at: str | None
    revision: int


class RevealedOut(BaseModel):
    """What is sealed of the person, for their helper."""

    name: str
    phone: str
    id_number: str
    address: str
    wish: str
