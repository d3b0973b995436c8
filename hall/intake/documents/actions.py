"""Printing a document: every copy is a row, reprints are known (I3)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _l

from hall.accounts.access import of_site
from hall.accounts.roles import Can
from hall.catalog.models import Department
from hall.errors import NotFound, Refused
from hall.intake import facts
from hall.intake.documents import queries
from hall.intake.documents.models import Printing
from hall.intake.documents.rules import Kind
from hall.intake.filing.queries import filing_by_nonce, site_of
from hall.intake.models import Case, Filing

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from hall.actor import Actor
    from hall.unit_of_work import Work


@dataclass(frozen=True, slots=True)
class PrintDocument:
    """A document of a form (`filing` nonce) or of one of its cases (`case` nonce)."""

    kind: Kind
    filing: bytes | None = None
    case: bytes | None = None


def require_reach(actor: Actor, filing: Filing, case: Case | None) -> None:
    """Who works at the windows of this hall, and the department whose case it is. Raises Refused."""
    of_site(actor, filing.site_id)
    at_windows = bool({Can.INTAKE_RECEIVE, Can.INTAKE_ISSUE} & actor.can)
    own = case is not None and Can.INTAKE_REVIEW in actor.can and actor.department_id == case.department_id
    if not (at_windows or own):
        raise Refused(_l("This case belongs to another department."), code="other_department")


def find(session: Session, command: PrintDocument, *, lock: bool = False) -> tuple[Filing, Case | None]:
    """The form and the case that a document is about. Raises NotFound."""
    if command.kind is not Kind.RECEIPT:
        case = queries.case_by_nonce(session, command.case)
        filing = session.get_one(Filing, case.filing_id, with_for_update=lock or None)
        return filing, case
    found = filing_by_nonce(session, command.filing, lock=lock)
    if found is None or found.state != "received":
        raise NotFound(_l("There is no such form."), code="unknown_form")
    return found, None


def print_document(work: Work, command: PrintDocument) -> tuple[int, int]:
    """Count a printing: answers its key and its copy, 0 for the first. Raises NotFound, Refused."""
    filing, case = find(work.session, command, lock=True)
    require_reach(work.actor, filing, case)
    if case is not None and command.kind not in queries.documents_of(work.session, case):
        raise NotFound(_l("There is no such document yet."), code="no_document")
    case_id = case.id if case else None
    copy = queries.printings(work.session, filing.id, case, command.kind)
    row = Printing(
        filing_id=filing.id,
        case_id=case_id,
        kind=command.kind.value,
        copy=copy,
        staff_id=work.actor.id,
        at=work.now,
    )
    work.session.add(row)
    work.session.flush()
    site = site_of(work.session, filing)
    first = case or queries.entries_of(work.session, filing.id)[0].case
    work.record(
        facts.DocumentPrinted(
            site_id=site.id,
            site=site.code,
            case_id=first.id,
            number=first.number,
            department=work.session.get_one(Department, first.department_id).code,
            what=command.kind.value,
            basis="again" if copy else "first",
        )
    )
    return row.id, copy
