"""Tables of the queue. What must never be double is a constraint here."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, LargeBinary, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from hall.database import Base, Keyed


class NumberSeries(Base):
    """The running count of one prefix on one business date (Q1); `last_issued_at` keeps clocks from stepping back."""

    __tablename__ = "number_series"

    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"), primary_key=True)
    business_date: Mapped[date] = mapped_column(Date, primary_key=True)
    prefix: Mapped[str] = mapped_column(String(4), primary_key=True)
    last_serial: Mapped[int]
    last_issued_at: Mapped[datetime]

    __table_args__ = (  # above lie the ranges of kiosks that print alone (Q9)
        CheckConstraint("last_serial <= 9000", name="below_ranges"),
    )


class Visit(Keyed, Base):
    """One slip: several tickets of one person (Q13)."""

    __tablename__ = "visit"

    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"))
    business_date: Mapped[date] = mapped_column(Date)
    made_at: Mapped[datetime]


class Ticket(Keyed, Base):
    """One number in one line on one business date. `place` is its order (Q3)."""

    __tablename__ = "ticket"

    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"))
    line_id: Mapped[int] = mapped_column(ForeignKey("line.id"))
    business_date: Mapped[date] = mapped_column(Date)
    number: Mapped[str] = mapped_column(String(12))
    nonce: Mapped[bytes] = mapped_column(LargeBinary(9), unique=True)
    state: Mapped[str] = mapped_column(String(10), default="waiting")
    lane: Mapped[str] = mapped_column(String(10), default="ordinary")
    lane_reason: Mapped[str | None] = mapped_column(String(20))
    place: Mapped[datetime]
    basis: Mapped[str] = mapped_column(String(12), default="issued")
    issued_at: Mapped[datetime]
    channel: Mapped[str] = mapped_column(String(10))
    lang: Mapped[str] = mapped_column(String(5), default="zh")
    heads: Mapped[int] = mapped_column(default=1)
    test: Mapped[bool] = mapped_column(default=False)
    item_id: Mapped[int | None] = mapped_column(ForeignKey("service_item.id"))
    bundle_id: Mapped[int | None] = mapped_column(ForeignKey("bundle.id"))
    visit_id: Mapped[int | None] = mapped_column(ForeignKey("visit.id"))
    frozen: Mapped[bool] = mapped_column(default=False)
    window_id: Mapped[int | None] = mapped_column(ForeignKey("service_window.id"))
    reserved_window_id: Mapped[int | None] = mapped_column(ForeignKey("service_window.id"))
    staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    first_called_at: Mapped[datetime | None]
    called_at: Mapped[datetime | None]
    times_called: Mapped[int] = mapped_column(default=0)
    counted_calls: Mapped[int] = mapped_column(default=0)
    counted_at: Mapped[datetime | None]
    call_reason: Mapped[str | None] = mapped_column(String(20))
    started_at: Mapped[datetime | None]
    held_at: Mapped[datetime | None]
    hold_reason: Mapped[str | None] = mapped_column(String(40))
    passed_at: Mapped[datetime | None]
    given_up_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    outcome: Mapped[str | None] = mapped_column(String(12))
    rejoins: Mapped[int] = mapped_column(default=0)
    laters: Mapped[int] = mapped_column(default=0)
    reprints: Mapped[int] = mapped_column(default=0)
    revision: Mapped[int] = mapped_column(default=1)

    __table_args__ = (
        UniqueConstraint("site_id", "business_date", "number"),
        Index(
            "uq_ticket_open_call",
            "window_id",
            unique=True,
            sqlite_where=text("state IN ('called', 'serving')"),
            postgresql_where=text("state IN ('called', 'serving')"),
        ),
        Index(
            "ix_ticket_waiting",
            "line_id",
            "business_date",
            "place",
            "id",
            "heads",
            "test",
            "state",
            sqlite_where=text("state = 'waiting'"),
            postgresql_where=text("state = 'waiting'"),
        ),
        Index(
            "ix_ticket_reserved",
            "reserved_window_id",
            "place",
            "id",
            sqlite_where=text("state = 'waiting' AND reserved_window_id IS NOT NULL"),
            postgresql_where=text("state = 'waiting' AND reserved_window_id IS NOT NULL"),
        ),
        Index(
            "ix_ticket_live",
            "site_id",
            "business_date",
            "state",
            sqlite_where=text("state IN ('called', 'serving', 'held')"),
            postgresql_where=text("state IN ('called', 'serving', 'held')"),
        ),
        Index(
            "uq_ticket_open_visit",
            "visit_id",
            unique=True,
            sqlite_where=text("state IN ('called', 'serving')"),
            postgresql_where=text("state IN ('called', 'serving')"),
        ),
        Index("ix_ticket_called", "site_id", "business_date", "called_at"),
        Index("ix_ticket_visit", "visit_id"),
        CheckConstraint(
            "state IN ('waiting','called','serving','held','passed','finished','abandoned','unserved')",
            name="state",
        ),
        CheckConstraint("lane IN ('ordinary', 'priority')", name="lane"),
        CheckConstraint("state NOT IN ('called','serving') OR window_id IS NOT NULL", name="at_window"),
        CheckConstraint(  # whose person has drawn anew is never called again (Q8)
            "given_up_at IS NULL OR state NOT IN ('waiting','called','serving','held')", name="given_up"
        ),
    )


NEXT_REVISION = Ticket.revision + 1
"""Built once, so that the statements that raise it are as well."""


class TicketNote(Keyed, Base):
    """What a clerk wrote beside a verb, for colleagues; may name people, so it stays out of the journal and is purged.

    `at` is the time of the journal's entry that it belongs to.
    """

    __tablename__ = "ticket_note"

    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id"))
    at: Mapped[datetime]
    staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    text: Mapped[str] = mapped_column(String(200))

    __table_args__ = (Index("ix_ticket_note_ticket", "ticket_id", "id"), Index("ix_ticket_note_at", "at"))


class Claim(Keyed, Base):
    """Same person, same line, still waiting: no second ticket (Q8). Holds a keyed hash only; purged nightly.

    Without a line: its ticket was transferred into one where the person waits already, and stands aside.
    """

    __tablename__ = "claim"

    line_id: Mapped[int | None] = mapped_column(ForeignKey("line.id"))
    business_date: Mapped[date] = mapped_column(Date)
    person: Mapped[bytes] = mapped_column(LargeBinary(32))
    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id"), unique=True)

    __table_args__ = (
        UniqueConstraint("line_id", "business_date", "person"),
        Index(
            "ix_claim_aside",
            "business_date",
            "person",
            sqlite_where=text("line_id IS NULL"),
            postgresql_where=text("line_id IS NULL"),
        ),
    )


class Staffing(Keyed, Base):
    """Who holds a window, from opening to closing; `seat` is the browser that works there."""

    __tablename__ = "staffing"

    window_id: Mapped[int] = mapped_column(ForeignKey("service_window.id"))
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    state: Mapped[str] = mapped_column(String(8), default="open")
    reason: Mapped[str | None] = mapped_column(String(40))
    seat: Mapped[str | None] = mapped_column(String(40))
    since: Mapped[datetime]
    opened_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]

    __table_args__ = (
        Index(
            "uq_staffing_window",
            "window_id",
            unique=True,
            sqlite_where=text("closed_at IS NULL"),
            postgresql_where=text("closed_at IS NULL"),
        ),
        CheckConstraint("state IN ('open', 'paused', 'closed')", name="state"),
    )


class Loan(Keyed, Base):
    """A window lent to a line until a set time; it ends by itself (Q5). One row a pair: the present or last loan."""

    __tablename__ = "loan"

    window_id: Mapped[int] = mapped_column(ForeignKey("service_window.id"))
    line_id: Mapped[int] = mapped_column(ForeignKey("line.id"))
    until: Mapped[datetime]
    made_at: Mapped[datetime]

    __table_args__ = (UniqueConstraint("window_id", "line_id"), Index("ix_loan_until", "until"))


class FinishedItem(Base):
    """What was done on a finished ticket, and how often."""

    __tablename__ = "finished_item"

    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id"), primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("service_item.id"), primary_key=True)
    count: Mapped[int] = mapped_column(default=1)


class TopicVersion(Base):
    """The version of a live topic: it only grows, across processes and restarts."""

    __tablename__ = "topic_version"

    topic: Mapped[str] = mapped_column(String(120), primary_key=True)
    version: Mapped[int]
