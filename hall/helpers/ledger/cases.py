"""An agency and the case that it was made into at the window (H7): checked, and found from both sides."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _l
from sqlalchemy import or_, select

from hall.accounts.models import Staff
from hall.applicants.models import Applicant
from hall.database import db
from hall.errors import Invalid
from hall.helpers.models import Helper
from hall.helpers.records import HelpRecord
from hall.intake.models import Case

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


@dataclass(frozen=True, slots=True)
class Through:
    """The help through which a case came: the ledger's number, kind, and who helped."""

    number: str
    kind: str
    helper: str
    badge: str


def case_of(session: Session, row: HelpRecord, number: str) -> Case | None:
    """The case with this number, of the hall or the platform; None for no number. Raises Invalid.

    `unknown_case`; `another_person` where both are known by an identity number, and not the same.
    """
    if not number:
        return None
    found = session.execute(
        select(Case, Applicant.trace)
        .join(Applicant, Applicant.id == Case.applicant_id)
        .where(Case.site_id == row.site_id, or_(Case.number == number, Case.platform_number == number))
        .limit(1)
    ).first()
    if found is None:
        said = _l("No case of this hall has this number. Compare it with the receipt, sign by sign.")
        raise Invalid(said, code="unknown_case", errors={"case_number": [said]})
    case, applicant = found
    if row.trace and applicant and row.trace != applicant:
        said = _l("The case with this number is another person’s. Compare it with the receipt.")
        raise Invalid(said, code="another_person", errors={"case_number": [said]})
    return case


def came_through(case_id: int) -> list[Through]:
    """The lines of the ledger from which a case came, for its page: no person is named but the helper."""
    rows = db.session.execute(
        select(HelpRecord.number, HelpRecord.kind, Staff.name, Helper.badge)
        .join(Helper, Helper.id == HelpRecord.helper_id)
        .join(Staff, Staff.id == Helper.staff_id)
        .where(HelpRecord.case_id == case_id)
        .order_by(HelpRecord.id)
    )
    return [Through(*row) for row in rows]
