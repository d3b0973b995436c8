"""Tables of kiosks that print alone. What must never be double is a constraint here (docs/cut-off.md)."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import (
    CheckConstraint,
    Date,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    String,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from hall.database import Base, Keyed

_TICKET = text("ticket_id IS NOT NULL")
_STANDS = text("state <> 'withdrawn'")


class RangeKeeper(Base):
    """An agent that keeps ranges: when it was last heard with nothing left to hand in."""

    __tablename__ = "range_keeper"

    device_id: Mapped[int] = mapped_column(ForeignKey("device.id"), primary_key=True)
    heard_at: Mapped[datetime]


class NumberRange(Keyed, Base):
    """99 numbers of a prefix on a business date, of one agent's memory. `slot` 0 is 9001–9099, 1 is 9101–9199."""

    __tablename__ = "number_range"

    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"))
    line_id: Mapped[int] = mapped_column(ForeignKey("line.id"))
    device_id: Mapped[int] = mapped_column(ForeignKey("device.id"))
    memory: Mapped[str] = mapped_column(String(40))
    business_date: Mapped[date] = mapped_column(Date)
    prefix: Mapped[str] = mapped_column(String(2))
    slot: Mapped[int]
    reserved_at: Mapped[datetime]

    __table_args__ = (
        UniqueConstraint("site_id", "business_date", "prefix", "slot"),
        UniqueConstraint("id", "business_date"),
        CheckConstraint("slot BETWEEN 0 AND 99", name="slot"),
        Index("ix_number_range_memory", "memory", "business_date"),
    )


class HandedTicket(Keyed, Base):
    """A paper that was printed alone and handed in. Without a ticket: a second paper with the same number.

    `because` says why the time that counts is not the printed one.
    """

    __tablename__ = "handed_ticket"

    key: Mapped[str] = mapped_column(String(64), unique=True)
    range_id: Mapped[int]
    business_date: Mapped[date] = mapped_column(Date)
    position: Mapped[int]
    ticket_id: Mapped[int | None] = mapped_column(ForeignKey("ticket.id"), unique=True)
    printed_at: Mapped[datetime]
    counted_at: Mapped[datetime]
    because: Mapped[str | None] = mapped_column(String(8))
    paper: Mapped[str] = mapped_column(String(10))
    handed_at: Mapped[datetime]

    __table_args__ = (
        ForeignKeyConstraint(
            ["range_id", "business_date"], ["number_range.id", "number_range.business_date"]
        ),
        Index(
            "uq_handed_ticket_position",
            "range_id",
            "position",
            unique=True,
            sqlite_where=_TICKET,
            postgresql_where=_TICKET,
        ),
        CheckConstraint("position BETWEEN 1 AND 99", name="position"),
        CheckConstraint("paper IN ('printed', 'uncertain', 'none')", name="paper"),
    )


class PaperAside(Keyed, Base):
    """A paper that the hall could not take, as its agent told; once it is handed in, the telling is over.

    `why`: the server stumbled over it, and it is tried again, or it was refused. `seen_at`: staff saw to its holder.
    """

    __tablename__ = "paper_aside"

    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"))
    device_id: Mapped[int] = mapped_column(ForeignKey("device.id"))
    key: Mapped[str] = mapped_column(String(64), unique=True)
    number: Mapped[str] = mapped_column(String(12))
    business_date: Mapped[date] = mapped_column(Date)
    why: Mapped[str] = mapped_column(String(10))
    told_at: Mapped[datetime]
    seen_at: Mapped[datetime | None]

    __table_args__ = (
        CheckConstraint("why IN ('stumbled', 'refused')", name="why"),
        Index("ix_paper_aside_told", "site_id", "told_at"),
        Index("ix_paper_aside_device", "device_id", "told_at"),
    )


class HandCall(Keyed, Base):
    """A number that a window called by hand; `ticket_id` once its ticket is known."""

    __tablename__ = "hand_call"

    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"))
    business_date: Mapped[date] = mapped_column(Date)
    number: Mapped[str] = mapped_column(String(12))
    window_id: Mapped[int] = mapped_column(ForeignKey("service_window.id"))
    staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    called_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    state: Mapped[str] = mapped_column(String(10), default="noted")
    ticket_id: Mapped[int | None] = mapped_column(ForeignKey("ticket.id"), unique=True)
    entered_at: Mapped[datetime]

    __table_args__ = (
        Index(
            "uq_hand_call_number",
            "site_id",
            "business_date",
            "number",
            unique=True,
            sqlite_where=_STANDS,
            postgresql_where=_STANDS,
        ),
        CheckConstraint("state IN ('noted', 'matched', 'withdrawn')", name="state"),
        CheckConstraint("(state = 'matched') = (ticket_id IS NOT NULL)", name="matched"),
        CheckConstraint("(called_at IS NULL) = (ended_at IS NULL)", name="times"),
        CheckConstraint("ended_at IS NULL OR ended_at >= called_at", name="order"),
    )
