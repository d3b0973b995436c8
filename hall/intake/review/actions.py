"""What a department does with a case besides its great steps: claim, note, first contact, withdrawal (I8)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from hall.accounts.models import Staff
from hall.accounts.roles import Can
from hall.errors import Conflict, Invalid, Refused
from hall.intake import facts
from hall.intake.review.accepting import note
from hall.intake.review.at_hand import Which, for_review, for_staff, reviews, said
from hall.intake.review.clock_stops import end_stop
from hall.intake.review.deferrals import live_deferrals
from hall.intake.review.turns import next_turn
from hall.intake.states import WITH_DEPARTMENT

if TYPE_CHECKING:
    from hall.intake.models import Case
    from hall.unit_of_work import Work

NOTE = 2000


@dataclass(frozen=True, slots=True)
class Claim:
    """Take a case up; `note` is needed to take it over from a colleague."""

    which: Which
    note: str = ""


@dataclass(frozen=True, slots=True)
class Note:
    """What colleagues should know."""

    which: Which
    text: str


@dataclass(frozen=True, slots=True)
class Withdraw:
    """The applicant takes the case back: why, in the applicant's words."""

    which: Which
    reason: str


@dataclass(frozen=True, slots=True)
class ChangeOwner:
    """Move the first contact to a colleague (by account name), with a note (I8)."""

    which: Which
    owner: str
    note: str


def claim(work: Work, command: Claim) -> Case:
    """Take it up. Raises Conflict (`claimed`) where a colleague has it and no note says why it is taken over."""
    at_hand = for_review(work, command.which)
    case = at_hand.case
    if case.state not in WITH_DEPARTMENT:
        raise Conflict(_l("This case is not with the department."), code="conflict")
    if case.claimed_by == work.actor.id:
        return case
    if case.claimed_by is not None:
        if not command.note.strip():
            raise Conflict(
                _l("A colleague works on this case. Say in a note why you take it over."), code="claimed"
            )
        note(at_hand, said(command.note, "note", NOTE))
    case.claimed_by, case.claimed_at = work.actor.id, work.now
    at_hand.touch()
    work.session.flush()
    at_hand.record(facts.CaseClaimed)
    return case


def add_note(work: Work, command: Note) -> Case:
    """Keep a note: for colleagues, never public."""
    at_hand = for_staff(work, command.which)
    note(at_hand, said(command.text, "text", NOTE))
    at_hand.touch()
    work.session.flush()
    return at_hand.case


def withdraw(work: Work, command: Withdraw) -> Case:
    """The applicant takes it back before it is decided, at a window or at the department."""
    at_hand = for_staff(work, command.which)
    reason = said(command.reason, "reason")
    for row in live_deferrals(at_hand):
        row.state, row.ended_by, row.ended_at = "withdrawn", work.actor.id, work.now
    at_hand.case.open_deferrals = 0
    end_stop(at_hand, at_hand.today)
    at_hand.move("withdraw", ended_at=work.now)
    note(at_hand, reason)
    at_hand.record(facts.CaseWithdrawn)
    next_turn(at_hand)
    return at_hand.case


def change_owner(work: Work, command: ChangeOwner) -> Case:
    """Move the first contact with a note: by its owner, the department, or a manager (I8)."""
    at_hand = for_staff(work, command.which)
    case, actor = at_hand.case, work.actor
    if actor.id != case.owner_id and not reviews(actor, case) and Can.INTAKE_SUPERVISE not in actor.can:
        raise Refused(
            _l("The first contact is moved by who has it, the department or a manager."), code="not_owner"
        )
    text = said(command.note, "note", NOTE)
    colleague = work.session.scalar(
        select(Staff).where(
            Staff.user == command.owner, Staff.site_id == case.site_id, Staff.retired_at.is_(None)
        )
    )
    if colleague is None or colleague.id == case.owner_id:
        message = _l("Choose a colleague of this hall.")
        raise Invalid(message, code="unknown_owner", errors={"owner": [message]})
    case.owner_id = colleague.id
    note(at_hand, text)
    at_hand.touch()
    work.session.flush()
    at_hand.record(facts.CaseOwnerChanged, what=f"staff:{colleague.id}")
    return case
