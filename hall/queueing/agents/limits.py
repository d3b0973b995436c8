"""What an agent's limits do to a draw, and to what is taken in on one number (Q8)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select

from hall.errors import Conflict
from hall.queueing.agents.models import AgentKey, AgentTicket, RegisteredAgent

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from hall.queueing.models import Ticket
    from hall.unit_of_work import Work


def agent_of(session: Session, site_id: int, person: bytes) -> RegisteredAgent | None:
    """The agent in use who is known by this hash, if it is one."""
    return session.scalar(
        select(RegisteredAgent)
        .join(AgentKey, AgentKey.agent_id == RegisteredAgent.id)
        .where(AgentKey.site_id == site_id, AgentKey.person == person)
    )


def count_draw(work: Work, agent: RegisteredAgent, ticket: Ticket) -> None:
    """One more of the agent's numbers of the day, in whatever line. Raises Conflict (`agent_limit`)."""
    drawn = (
        work.session.scalar(
            select(func.max(AgentTicket.nth)).where(
                AgentTicket.agent_id == agent.id, AgentTicket.business_date == ticket.business_date
            )
        )
        or 0
    )
    if drawn >= agent.tickets_a_day:
        raise Conflict(
            _l(
                "You have drawn %(count)s numbers today, as many as registered agents may. Please ask at the desk.",
                count=drawn,
            ),
            code="agent_limit",
        )
    work.session.add(
        AgentTicket(agent_id=agent.id, business_date=ticket.business_date, nth=drawn + 1, ticket_id=ticket.id)
    )
    work.session.flush()


def case_limit(session: Session, ticket_id: int) -> int | None:
    """How many matters may be taken in on this number; ordinary people's numbers have no such limit."""
    return session.scalar(
        select(RegisteredAgent.cases_a_ticket)
        .join(AgentTicket, AgentTicket.agent_id == RegisteredAgent.id)
        .where(AgentTicket.ticket_id == ticket_id)
    )
