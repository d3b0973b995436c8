"""Tables of registered agents, and of the numbers they drew. A number too many is refused by a constraint (Q8)."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Date, ForeignKey, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from hall.database import Base, Keyed


class RegisteredAgent(Keyed, Base):
    """Somebody who draws for others as their work. What they are known by is kept as keyed hashes (`AgentKey`).

    `shown` is the masked number or phone, so that two of one name can be told apart.
    """

    __tablename__ = "registered_agent"

    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"))
    name: Mapped[str] = mapped_column(String(60))
    shown: Mapped[str] = mapped_column(String(60))
    tickets_a_day: Mapped[int]
    cases_a_ticket: Mapped[int]
    registered_at: Mapped[datetime]
    registered_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    retired_at: Mapped[datetime | None]

    __table_args__ = (
        CheckConstraint("tickets_a_day BETWEEN 1 AND 200", name="tickets_a_day"),
        CheckConstraint("cases_a_ticket BETWEEN 1 AND 50", name="cases_a_ticket"),
    )


class AgentKey(Base):
    """An ID number or a phone by which an agent in use is known, as the hash that claims use."""

    __tablename__ = "agent_key"

    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"), primary_key=True)
    person: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    agent_id: Mapped[int] = mapped_column(ForeignKey("registered_agent.id"), index=True)


class AgentTicket(Base):
    """A number that an agent drew: the how-manieth of the day, which nobody else is."""

    __tablename__ = "agent_ticket"

    agent_id: Mapped[int] = mapped_column(ForeignKey("registered_agent.id"), primary_key=True)
    business_date: Mapped[date] = mapped_column(Date, primary_key=True)
    nth: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id"))

    __table_args__ = (UniqueConstraint("ticket_id"),)
