"""The case that a command is about: found by its nonce, locked, in the caller's reach, and how it is moved (I1)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from hall import clock
from hall.accounts.access import of_site
from hall.accounts.roles import Can
from hall.calendar.queries import working_calendar
from hall.catalog.models import Department
from hall.errors import Conflict, Invalid, NotFound, Refused
from hall.intake.authorities.held import authority_of, was_revoked
from hall.intake.models import NEXT_REVISION, Case
from hall.intake.states import CASE_MOVES, Mode
from hall.sites import Site

if TYPE_CHECKING:
    from datetime import date

    from hall.actor import Actor
    from hall.calendar.rules import WorkingCalendar
    from hall.intake.facts import CaseFact
    from hall.unit_of_work import Work

TEXT = 300


@dataclass(frozen=True, slots=True)
class Which:
    """The case that the caller means; `revision` is the one last seen, None where the caller does not mind."""

    nonce: bytes | None
    revision: int | None = None


@dataclass(slots=True)
class AtHand:
    """A locked case with what commands need of it."""

    work: Work
    case: Case
    site: Site

    @property
    def today(self) -> date:
        """The business date at its hall."""
        return clock.business_date(self.site.zone, self.work.now)

    def calendar(self) -> WorkingCalendar:
        """The working calendar."""
        return working_calendar(self.work.session)

    def move(self, verb: str, **values: Any) -> None:  # noqa: ANN401
        """Move the case by the table; its revision grows and its change has a time."""
        self.work.session.flush()
        self.work.move(
            CASE_MOVES, self.case, verb, revision=NEXT_REVISION, changed_at=self.work.now, **values
        )

    def touch(self) -> None:
        """It changed without moving."""
        self.case.revision += 1
        self.case.changed_at = self.work.now

    def record(self, kind: type[CaseFact], what: str | None = None, basis: str | None = None) -> None:
        """Say what happened to it; `what` and `basis` are words of lists."""
        department = self.work.session.get_one(Department, self.case.department_id)
        self.work.record(
            kind(
                site_id=self.site.id,
                site=self.site.code,
                case_id=self.case.id,
                number=self.case.number,
                department=department.code,
                what=what,
                basis=basis,
            )
        )


def for_review(work: Work, which: Which) -> AtHand:
    """The case, for an official or reviewer of its own department. Raises NotFound, Refused, Conflict."""
    found = _found(work, which)
    require_reviewer(work.actor, found.case)
    return found


def for_staff(work: Work, which: Which) -> AtHand:
    """The case, for whoever works with cases in its hall: windows, the department, managers."""
    found = _found(work, which)
    require_reach(work.actor, found.case)
    return found


def for_acceptance(work: Work, which: Which) -> tuple[AtHand, int | None]:
    """The case, for who may accept, notice or decline it (I1), with the authority that a window acts under.

    The department does; at the window, who received it does under a written authority for the item. Raises Refused.
    """
    found = _found(work, which)
    case = found.case
    reviewing = reviews(work.actor, case)
    if reviewing and (case.received_by != work.actor.id or case.mode == Mode.SAME_DESK):
        return found, None
    held = authority_of(work.session, work.actor.id, case.item_id, lock=True)
    if held is not None and case.received_by == work.actor.id:
        require_reach(work.actor, case)
        return found, held.id
    if reviewing:
        raise Refused(
            _l("You received this case yourself. A colleague of the department accepts it."),
            code="received_it",
        )
    if held is None and was_revoked(work.session, work.actor.id, case.item_id):
        raise Refused(
            _l("Your authority for this item was revoked. The department goes on."), code="authority_revoked"
        )
    raise Refused(_l("Accepting this item is the department's part."), code="no_authority")


def by_id(work: Work, case_id: int) -> AtHand:
    """The case with this key, locked: for jobs and for what follows from another case."""
    case = work.session.scalar(
        select(Case).where(Case.id == case_id).with_for_update().execution_options(populate_existing=True)
    )
    if case is None:
        raise NotFound(_l("There is no such case."), code="unknown_case")
    return AtHand(work, case, work.session.get_one(Site, case.site_id))


def _found(work: Work, which: Which) -> AtHand:
    case = None
    if which.nonce is not None:
        case = work.session.scalar(select(Case).where(Case.nonce == which.nonce).with_for_update())
    if case is None:
        raise NotFound(_l("There is no such case."), code="unknown_case")
    if which.revision is not None and case.revision != which.revision:
        require_reach(work.actor, case)  # whose it is not, is not told that it changed
        raise Conflict(_l("This case was changed meanwhile. Please look at it again."), code="stale_case")
    return AtHand(work, case, work.session.get_one(Site, case.site_id))


def reviews(actor: Actor, case: Case) -> bool:
    """Whether the case is the caller's department's to review."""
    return Can.INTAKE_REVIEW in actor.can and actor.department_id == case.department_id


def require_reviewer(actor: Actor, case: Case) -> None:
    """Raises Refused unless the caller reviews for the case's department."""
    if not reviews(actor, case):
        raise Refused(_l("This case belongs to another department."), code="other_department")
    if case.mode != Mode.TOWNSHIP:  # received there, decided at the county
        of_site(actor, case.site_id)


def require_reach(actor: Actor, case: Case) -> None:
    """Raises Refused unless the caller works with the case: at a window of its hall, as manager, or its department."""
    if reviews(actor, case):
        return require_reviewer(actor, case)
    if not {Can.INTAKE_RECEIVE, Can.INTAKE_SUPERVISE} & actor.can:
        raise Refused(_l("This case belongs to another department."), code="other_department")
    return of_site(actor, case.site_id)


def reaches(actor: Actor, case: Case) -> bool:
    """Whether `require_reach` lets the caller pass."""
    try:
        require_reach(actor, case)
    except Refused:
        return False
    return True


def said(text: str, field: str, limit: int = TEXT) -> str:
    """A text that must be given. Raises Invalid at its field."""
    plain = " ".join(text.split()) if limit <= TEXT else text.strip()
    if not plain or len(plain) > limit:
        message = _l("This is needed.") if not plain else _l("This is too long.")
        raise Invalid(_l("Some of this cannot be used. Please check it."), errors={field: [message]})
    return plain
