"""Reading registered agents: those in use, with what they drew today."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import and_, func, select

from hall.queueing.agents.models import AgentTicket, RegisteredAgent

if TYPE_CHECKING:
    from datetime import date, datetime

    from sqlalchemy.orm import Session


@dataclass(frozen=True, slots=True)
class AgentView:
    """An agent in use; `shown` is what they are known by, masked."""

    id: int
    name: str
    shown: str
    tickets_a_day: int
    cases_a_ticket: int
    registered_at: datetime
    drawn_today: int


def agents(session: Session, site_id: int, today: date) -> list[AgentView]:
    """Those of a hall, by name; one statement."""
    drawn = func.count(AgentTicket.ticket_id).label("drawn_today")
    of_today = and_(AgentTicket.agent_id == RegisteredAgent.id, AgentTicket.business_date == today)
    wanted = (
        select(RegisteredAgent, drawn)
        .outerjoin(AgentTicket, of_today)
        .where(RegisteredAgent.site_id == site_id, RegisteredAgent.retired_at.is_(None))
        .group_by(RegisteredAgent.id)
        .order_by(RegisteredAgent.name, RegisteredAgent.id)
    )
    return [
        AgentView(
            row.id,
            row.name,
            row.shown,
            row.tickets_a_day,
            row.cases_a_ticket,
            row.registered_at,
            int(count),
        )
        for row, count in session.execute(wanted)
    ]
