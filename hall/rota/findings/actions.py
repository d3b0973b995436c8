"""From assigned to verified: each step by those who may, the verification by another than who put it right (M7)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select

from hall.calendar.queries import working_calendar
from hall.calendar.rules import add_working_days
from hall.errors import Conflict, Invalid, Refused
from hall.rota.findings import facts
from hall.rota.findings.at_hand import (
    NOTE,
    bodies_of,
    finding_of,
    must_manage,
    must_oversee,
    record,
    step,
    today_at,
    worded,
)
from hall.rota.findings.models import FindingEvidence, FindingStep
from hall.rota.findings.rules import MOST_DAYS
from hall.rota.findings.states import FINDING_MOVES
from hall.rota.models import RotaBody, RotaPerson

if TYPE_CHECKING:
    from datetime import date

    from hall.rota.findings.models import Finding
    from hall.unit_of_work import Work


@dataclass(frozen=True, slots=True)
class Assign:
    """Who puts it right (a person of a department on the list), within how many working days from today.

    Given again within its department it keeps its deadline, whatever `days` says; to another one, `reason` says why.
    """

    finding_id: int
    owner_id: int
    days: int
    revision: int | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Extend:
    """A deadline `days` working days after the old one, and why."""

    finding_id: int
    days: int
    reason: str
    revision: int | None = None


@dataclass(frozen=True, slots=True)
class Tell:
    """A step with its words: what was done, what is missing, what was looked at."""

    finding_id: int
    note: str
    revision: int | None = None


def assign(work: Work, command: Assign) -> Finding:
    """Give it to a department and a person there, with a deadline. Raises Conflict, Invalid, NotFound, Refused."""
    row = finding_of(work, command.finding_id, command.revision)
    must_manage(work, row)
    owner = work.session.get(RotaPerson, command.owner_id)
    body = work.session.get(RotaBody, owner.body_id) if owner else None
    if owner is None or body is None or body.rota_id != row.rota_id or owner.retired_at or body.retired_at:
        said = _l("Choose somebody from the list of this reception.")
        raise Invalid(said, errors={"owner": [said]})
    reason = command.reason.strip()[:NOTE]
    if row.state == "assigned" and row.body_id != body.id:
        reason = worded(command.reason, "reason")
    stays = row.due_on if row.state == "assigned" and row.body_id == body.id else None
    due_on = stays or _after(work, today_at(work, row.site_id), command.days)
    work.move(
        FINDING_MOVES,
        row,
        "assign",
        body_id=body.id,
        owner_id=owner.id,
        due_on=due_on,
        revision=row.revision + 1,
    )
    step(work, row, "assigned", reason)
    record(work, facts.FindingAssigned, row)
    return row


def extend(work: Work, command: Extend) -> Finding:
    """A later deadline: a step with its reason, no state. Raises Conflict (`conflict`), Invalid, NotFound, Refused."""
    row = finding_of(work, command.finding_id, command.revision)
    must_manage(work, row)
    reason = worded(command.reason, "reason")
    if row.state != "assigned" or row.due_on is None:
        raise Conflict(_l("Only a finding that is being put right can be extended."), code="conflict")
    row.due_on = _after(work, row.due_on, command.days)
    row.extended += 1
    row.revision += 1
    step(work, row, "extended", reason)
    record(work, facts.FindingExtended, row)
    return row


def rectify(work: Work, command: Tell) -> Finding:
    """The department (or the manager for it) says what was done; evidence of it is there already.

    Raises Conflict (`no_evidence`), Invalid, NotFound, Refused.
    """
    row = finding_of(work, command.finding_id, command.revision)
    if row.body_id not in bodies_of(work.session, work.actor):
        must_manage(work, row)
    cure = worded(command.note, "note")
    if row.state == "assigned" and not _has_evidence(work, row):
        raise Conflict(_l("Add a photo or document that shows it first."), code="no_evidence")
    work.move(
        FINDING_MOVES,
        row,
        "rectify",
        cure=cure,
        rectified_at=work.now,
        rectified_by=work.actor.id,
        revision=row.revision + 1,
    )
    step(work, row, "rectified", cure)
    record(work, facts.FindingRectified, row)
    return row


def _has_evidence(work: Work, row: Finding) -> bool:
    """Something that shows the cure, added since it was last sent back."""
    sent_back = work.session.scalar(
        select(func.max(FindingStep.at)).where(
            FindingStep.finding_id == row.id, FindingStep.what == "sent_back"
        )
    )
    cures = select(FindingEvidence.id).where(
        FindingEvidence.finding_id == row.id, FindingEvidence.shows == "cure"
    )
    if sent_back is not None:
        cures = cures.where(FindingEvidence.added_at >= sent_back)
    return work.session.scalar(cures.limit(1)) is not None


def verify(work: Work, command: Tell) -> Finding:
    """Somebody else looked, and it is put right. Raises Conflict, Invalid, NotFound, Refused (`by_another`)."""
    row = _to_check(work, command)
    note = worded(command.note, "note")
    work.move(
        FINDING_MOVES,
        row,
        "verify",
        verified_at=work.now,
        verified_by=work.actor.id,
        revision=row.revision + 1,
    )
    step(work, row, "verified", note)
    record(work, facts.FindingVerified, row)
    return row


def send_back(work: Work, command: Tell) -> Finding:
    """What was shown is not enough: the department goes on, with the same deadline, and the citizen is told anew.

    After the verification, too: the citizen may not be content. It is then verified no more. Raises as `verify`.
    """
    row = _to_check(work, command)
    note = worded(command.note, "note")
    work.move(
        FINDING_MOVES,
        row,
        "send_back",
        reached=None,
        verified_at=None,
        verified_by=None,
        revision=row.revision + 1,
    )
    step(work, row, "sent_back", note)
    record(work, facts.FindingSentBack, row)
    return row


def _to_check(work: Work, command: Tell) -> Finding:
    """One that the caller may check: a manager or the office, who neither put it right nor is of the department."""
    row = finding_of(work, command.finding_id, command.revision)
    must_oversee(work, row)
    if work.actor.id == row.rectified_by or row.body_id in bodies_of(work.session, work.actor):
        raise Refused(
            _l("Somebody else has to look whether it is put right: not who did it, nor the department."),
            code="by_another",
        )
    return row


def _after(work: Work, day: date, days: int) -> date:
    """So many working days later. Raises Invalid where the number is none, or the calendar does not reach so far."""
    due_on = add_working_days(working_calendar(work.session), day, days) if 0 < days <= MOST_DAYS else None
    if due_on is None:
        said = (
            _l("Give 1 to %(most)s working days.", most=MOST_DAYS)
            if not 0 < days <= MOST_DAYS
            else _l("The calendar of that year is not confirmed yet. Give fewer days, and extend later.")
        )
        raise Invalid(said, errors={"days": [said]})
    return due_on
