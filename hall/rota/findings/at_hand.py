"""A finding as an action begins with it: read for update, and what its caller is to it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select

from hall import clock
from hall.accounts.roles import Can
from hall.calendar.queries import working_calendar
from hall.errors import Conflict, Invalid, NotFound, Refused
from hall.rota.findings.models import Finding, FindingStep
from hall.rota.findings.rules import Tries, finding_number, tries_on
from hall.rota.findings.states import Reached
from hall.rota.models import Rota, RotaPerson
from hall.sites import Site

if TYPE_CHECKING:
    from datetime import date

    from sqlalchemy.orm import Session

    from hall.actor import Actor
    from hall.rota.findings.facts import FindingFact
    from hall.unit_of_work import Work

NOTE = 500


def manages(actor: Actor, site_id: int) -> bool:
    """Whether the caller keeps the receptions of this hall."""
    return Can.ROTA_MANAGE in actor.can and (actor.every_site or actor.site_id == site_id)


def oversees(actor: Actor, site_id: int) -> bool:
    """Whether the caller looks after what others of this hall did: the manager, or the business-environment office."""
    return Can.ROTA_OVERSEE in actor.can and (actor.every_site or actor.site_id == site_id)


def bodies_of(session: Session, actor: Actor) -> frozenset[int]:
    """The departments that the caller belongs to on some list."""
    mine = select(RotaPerson.body_id).where(RotaPerson.staff_id == actor.id, RotaPerson.retired_at.is_(None))
    return frozenset(session.scalars(mine))


def members_of(session: Session, body_id: int | None) -> frozenset[int | None]:
    """The accounts of a department's people."""
    theirs = select(RotaPerson.staff_id).where(RotaPerson.body_id == body_id, RotaPerson.retired_at.is_(None))
    return frozenset(session.scalars(theirs))


def is_concerned(session: Session, actor: Actor, row: Finding) -> bool:
    """The hall's manager and office, who found it, and the department that puts it right: nobody else sees it."""
    if oversees(actor, row.site_id):
        return True
    return row.found_by == actor.id or (row.body_id in bodies_of(session, actor))


def finding_of(work: Work, finding_id: int, revision: int | None = None) -> Finding:
    """A finding that concerns the caller, kept from others until the commit.

    `revision` is what the caller's page was made from. Raises NotFound, Conflict (`stale`).
    """
    row = work.session.scalar(
        select(Finding)
        .where(Finding.id == finding_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if row is None or not is_concerned(work.session, work.actor, row):
        raise NotFound(_l("There is no such finding."), code="unknown_finding")
    if revision is not None and revision != row.revision:
        raise Conflict(
            _l("Somebody has changed this finding in the meantime. Look at it again."), code="stale"
        )
    return row


def must_manage(work: Work, row: Finding) -> None:
    """Raises Refused for everybody but the hall's manager."""
    if not manages(work.actor, row.site_id):
        raise Refused(_l("Only the hall manager can do this."))


def must_oversee(work: Work, row: Finding) -> None:
    """Raises Refused for everybody but the hall's manager and the business-environment office."""
    if not oversees(work.actor, row.site_id):
        raise Refused(_l("Only the hall manager or the business-environment office can do this."))


def today_at(work: Work, site_id: int) -> date:
    """The business date of the hall."""
    return clock.business_date(work.session.get_one(Site, site_id).zone, work.now)


def step(work: Work, row: Finding, what: str, note: str = "", reached: str | None = None) -> None:
    """Write a step into the history, with the department, person and deadline from then on; how a call ended."""
    work.session.add(
        FindingStep(
            finding_id=row.id,
            what=what,
            at=work.now,
            by_id=work.actor.id,
            note=note,
            body_id=row.body_id,
            owner_id=row.owner_id,
            due_on=row.due_on,
            reached=reached,
        )
    )
    work.session.flush()


def tries_of(session: Session, row: Finding) -> Tries:
    """Calls at which nobody was reached, since it was last sent back: what is put right anew is told anew."""
    mine = select(FindingStep.at).where(FindingStep.finding_id == row.id)
    sent_back = session.scalar(
        select(func.max(FindingStep.id)).where(
            FindingStep.finding_id == row.id, FindingStep.what == "sent_back"
        )
    )
    calls = mine.where(FindingStep.reached == Reached.NOT_REACHED, FindingStep.id > (sent_back or 0))
    zone = session.get_one(Site, row.site_id).zone
    days = [clock.business_date(zone, at) for at in session.scalars(calls)]
    return tries_on(days, working_calendar(session)) if days else Tries()


def record(work: Work, kind: type[FindingFact], row: Finding, reason: str | None = None) -> None:
    """Say what happened to it."""
    site = work.session.get_one(Site, row.site_id)
    work.record(
        kind(
            site_id=site.id,
            site=site.code,
            finding_id=row.id,
            number=finding_number(row.year, row.serial),
            rota=work.session.get_one(Rota, row.rota_id).code,
            body_id=row.body_id,
            due_on=str(row.due_on) if row.due_on else None,
            reason=reason,
        )
    )


def worded(given: str, field: str) -> str:
    """Words that a step needs. Raises Invalid at their field."""
    note = given.strip()
    if not note or len(note) > NOTE:
        told = _l("Say it in a few words, at most %(most)s signs.", most=NOTE)
        raise Invalid(told, errors={field: [told]})
    return note
