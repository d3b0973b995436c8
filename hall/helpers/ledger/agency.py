"""What an agency needs beside other help (H1, H7): its mandate, on paper or drawn, and the case it becomes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _l

from hall.errors import Conflict
from hall.helpers.ledger import queries
from hall.helpers.ledger.actions import changed, mine
from hall.helpers.ledger.cases import case_of

if TYPE_CHECKING:
    from datetime import date

    from hall.helpers.ledger.queries import RecordView
    from hall.unit_of_work import Work


@dataclass(frozen=True, slots=True)
class Stage:
    """How far it has come, and the number on the case's receipt."""

    nonce: bytes | None
    progress: str
    case_number: str = ""


@dataclass(frozen=True, slots=True)
class Mandate:
    """What the helper may do, until when; `signed`: on paper."""

    nonce: bytes | None
    scope: str
    until: date | None = None
    signed: bool = False


@dataclass(frozen=True, slots=True)
class Sign:
    """The mandate as it stood on the screen was signed there; `signature` is the kept file's name."""

    nonce: bytes | None
    revision: int
    signature: str


def stage(work: Work, command: Stage) -> RecordView:
    """How far it has come. Raises Invalid for a case number that is none, or another person's."""
    row, helper = mine(work, command.nonce)
    case = case_of(work.session, row, command.case_number)
    row.progress, row.case_number = command.progress, case.number if case else ""
    row.case_id = case.id if case else None
    changed(work, row, helper, f"progress_{command.progress}")
    return queries.view(work.session, row)


def mandate(work: Work, command: Mandate) -> RecordView:
    """Write the mandate down. Another scope or end is signed anew (H1): what was drawn under the old one goes."""
    row, helper = mine(work, command.nonce)
    same = (row.mandate_scope, row.mandate_until) == (command.scope, command.until)
    if not same or not command.signed:
        row.mandate_file = None
    row.mandate_scope, row.mandate_until = command.scope, command.until
    if command.signed:
        row.mandate_signed_at = (same and row.mandate_signed_at) or work.now
    else:
        row.mandate_signed_at = None
    changed(work, row, helper, "mandate_signed" if command.signed else "mandate")
    return queries.view(work.session, row)


def sign(work: Work, command: Sign) -> RecordView:
    """It was signed on the screen. Raises Conflict without a scope, or where it is no longer what was shown."""
    row, helper = mine(work, command.nonce)
    if not row.mandate_scope:
        raise Conflict(_l("Write down what the helper may do first."), code="no_mandate")
    if row.revision != command.revision:
        raise Conflict(
            _l("The mandate was changed meanwhile. Please read it again, and sign what it says now."),
            code="stale_mandate",
        )
    row.mandate_signed_at, row.mandate_file = work.now, command.signature
    changed(work, row, helper, "mandate_drawn")
    return queries.view(work.session, row)
