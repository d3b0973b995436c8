"""One ticket a person and line (Q8): the claim that a drawn ticket holds until it is over."""

from __future__ import annotations

from datetime import date
from typing import cast

from flask_babel import lazy_gettext as _l
from sqlalchemy import Select, Table, bindparam, delete, insert, select, update

from hall.applicants.traces import meet
from hall.errors import Conflict
from hall.queueing.agents import limits
from hall.queueing.models import NEXT_REVISION, Claim, Ticket
from hall.statements import Statement
from hall.unit_of_work import Work


def claim(work: Work, ticket: Ticket, person: bytes) -> None:
    """This person waits in this line; a registered agent has one number more of the day (Q8).

    Raises Conflict where the person waits there already (`already_waiting`), or at the agent's limit (`agent_limit`).
    """
    meet(work, person)
    agent = limits.agent_of(work.session, ticket.site_id, person)
    if agent is not None:
        limits.count_draw(work, agent, ticket)
        return
    held = work.session.scalar(
        select(Claim).where(
            Claim.line_id == ticket.line_id,
            Claim.business_date == ticket.business_date,
            Claim.person == person,
        )
    )
    if held is not None:
        _take_over(work, held, ticket)
        return
    row = {
        "line_id": ticket.line_id,
        "business_date": ticket.business_date,
        "person": person,
        "ticket_id": ticket.id,
    }
    work.session.execute(insert(Claim), row)


def _take_over(work: Work, held: Claim, ticket: Ticket) -> None:
    """Who was passed may draw anew; then the old numbers never come back. Raises Conflict while one counts."""
    beside = work.session.scalars(_aside(ticket.line_id, held.business_date, held.person)).all()
    old = [held.ticket_id, *(claim.ticket_id for claim in beside)]
    given_up = work.session.execute(
        update(Ticket)
        .where(Ticket.id.in_(old), Ticket.state == "passed")
        .values(given_up_at=work.now, rejoins=Ticket.rejoins + 1, revision=NEXT_REVISION)
    )
    if given_up.rowcount != len(old):  # type: ignore[attr-defined]
        raise Conflict(
            _l("You already have a ticket in this line today. If you lost it, please ask at the desk."),
            code="already_waiting",
        )
    held.ticket_id = ticket.id
    work.session.flush()


def move_claim(work: Work, ticket: Ticket, line_id: int) -> None:
    """A transferred ticket holds its person's place in the new line.

    Where the person waits there already, its claim stands aside, without a line, until the other is over.
    """
    held = work.session.scalar(select(Claim).where(Claim.ticket_id == ticket.id))
    if held is None or held.line_id == line_id:
        return
    left = held.line_id
    there = select(Claim.id).where(
        Claim.line_id == line_id,
        Claim.business_date == held.business_date,
        Claim.person == held.person,
    )
    held.line_id = line_id if work.session.scalar(there) is None else None
    work.session.flush()
    if left is not None:
        _step_in(work, left, held.business_date, held.person)


_CLAIMS = cast("Table", Claim.__table__)
_RELEASE = Statement(
    delete(_CLAIMS)
    .where(_CLAIMS.c.ticket_id == bindparam("ticket"))
    .returning(_CLAIMS.c.line_id, _CLAIMS.c.business_date, _CLAIMS.c.person)
)


def release_claim(work: Work, ticket: Ticket) -> None:
    """The person no longer waits: they may draw again (Q8)."""
    for line_id, day, person in _RELEASE.rows(work.session, {"ticket": ticket.id}):
        if line_id is not None:
            _step_in(work, line_id, day, person)


def _step_in(work: Work, line_id: int, day: date, person: bytes) -> None:
    """Another ticket of this person that came to the line by transfer, and stood aside, holds the place now."""
    first = _aside(line_id, day, person).with_only_columns(Claim.id).limit(1)
    work.session.execute(update(Claim).where(Claim.id == first.scalar_subquery()).values(line_id=line_id))


def _aside(line_id: int, day: date, person: bytes) -> Select[Claim]:
    """Claims of tickets that came to this line by transfer while their person waited there already."""
    return (
        select(Claim)
        .join(Ticket, Ticket.id == Claim.ticket_id)
        .where(Claim.line_id.is_(None), Claim.business_date == day, Claim.person == person)
        .where(Ticket.line_id == line_id)
        .order_by(Claim.id)
    )
