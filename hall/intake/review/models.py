"""Tables of what departments do with a case: notices, deferrals, clock stops, notes (I4, I5, I7, I8)."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import (
    CheckConstraint,
    Date,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from hall.database import Base, Keyed


class OneTimeNotice(Keyed, Base):
    """A correction notice (一次性告知): everything missing, once. A second needs a manager and counts as a breach (I4).

    `nonce` is the return code on the paper: at the kiosk it gives back the old place (Q3), once.
    """

    __tablename__ = "one_time_notice"

    case_id: Mapped[int] = mapped_column(ForeignKey("service_case.id"))
    serial: Mapped[int] = mapped_column(default=1)
    nonce: Mapped[bytes] = mapped_column(LargeBinary(9), unique=True)
    basis: Mapped[str] = mapped_column(String(300), default="")
    consequence: Mapped[str] = mapped_column(String(300), default="")
    term_days: Mapped[int]
    answer_by: Mapped[date | None] = mapped_column(Date)
    sent_by: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    sent_at: Mapped[datetime]
    breach_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    breach_reason: Mapped[str | None] = mapped_column(String(300))
    answered_at: Mapped[datetime | None]
    return_ticket_id: Mapped[int | None] = mapped_column(ForeignKey("ticket.id"))

    __table_args__ = (
        UniqueConstraint("case_id", "serial"),
        UniqueConstraint("return_ticket_id"),
        CheckConstraint("serial IN (1, 2)", name="at_most_two"),
        CheckConstraint("serial = 1 OR (breach_by IS NOT NULL AND breach_reason IS NOT NULL)", name="breach"),
    )


class NoticeLine(Keyed, Base):
    """One thing that a notice asks for: which paper, what is wrong with it, what is wanted, and where to get it.

    `still_wrong`: why what came in was turned back.
    """

    __tablename__ = "notice_line"

    notice_id: Mapped[int] = mapped_column(ForeignKey("one_time_notice.id"))
    sort: Mapped[int] = mapped_column(default=0)
    paper_id: Mapped[int | None] = mapped_column(ForeignKey("filing_paper.id"))
    material: Mapped[str] = mapped_column(String(200))
    problem: Mapped[str] = mapped_column(String(300))
    wanted: Mapped[str] = mapped_column(String(300))
    copies: Mapped[str] = mapped_column(String(80), default="")
    where_to_get: Mapped[str] = mapped_column(String(200), default="")
    settled_at: Mapped[datetime | None]
    still_wrong: Mapped[str] = mapped_column(String(200), default="")

    __table_args__ = (UniqueConstraint("notice_id", "sort"),)


class Deferral(Keyed, Base):
    """A paper to be handed in later, under a signed undertaking (I3, I7). `until` None is pending (I5)."""

    __tablename__ = "deferral"

    case_id: Mapped[int] = mapped_column(ForeignKey("service_case.id"))
    paper_id: Mapped[int] = mapped_column(ForeignKey("filing_paper.id"))
    state: Mapped[str] = mapped_column(String(10), default="open")
    days: Mapped[int]
    until: Mapped[date | None] = mapped_column(Date)
    granted_by: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    granted_at: Mapped[datetime]
    handed_in_at: Mapped[datetime | None]
    handed_in_to: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    proposed_at: Mapped[datetime | None]
    ended_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    ended_at: Mapped[datetime | None]
    force_majeure: Mapped[str | None] = mapped_column(String(300))
    made_good_at: Mapped[datetime | None]

    __table_args__ = (
        UniqueConstraint("case_id", "paper_id"),
        CheckConstraint("state IN ('open', 'proposed', 'in', 'broken', 'withdrawn')", name="state"),
        CheckConstraint("state <> 'in' OR handed_in_to IS NOT NULL", name="taken_by_somebody"),
        CheckConstraint("state <> 'broken' OR ended_by IS NOT NULL", name="signed"),
        Index(
            "ix_deferral_open",
            "until",
            sqlite_where=text("state IN ('open', 'proposed')"),
            postgresql_where=text("state IN ('open', 'proposed')"),
        ),
    )


class ClockStop(Keyed, Base):
    """A special procedure named in the item: the clock stands, and runs again by itself (I5)."""

    __tablename__ = "clock_stop"

    case_id: Mapped[int] = mapped_column(ForeignKey("service_case.id"))
    procedure: Mapped[str] = mapped_column(String(120))
    basis: Mapped[str] = mapped_column(String(300))
    planned_days: Mapped[int]
    stopped_by: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    stopped_at: Mapped[datetime]
    stopped_on: Mapped[date] = mapped_column(Date)
    ends_on: Mapped[date | None] = mapped_column(Date)
    told_at: Mapped[datetime | None]
    resumed_at: Mapped[datetime | None]
    resumed_on: Mapped[date | None] = mapped_column(Date)
    resumed_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))

    __table_args__ = (
        Index(
            "uq_clock_stop_running",
            "case_id",
            unique=True,
            sqlite_where=text("resumed_at IS NULL"),
            postgresql_where=text("resumed_at IS NULL"),
        ),
        Index("ix_clock_stop_case", "case_id"),
    )


class CaseNote(Keyed, Base):
    """What colleagues should know of a case; moving the first contact to somebody else has one (I8). Never public."""

    __tablename__ = "case_note"

    case_id: Mapped[int] = mapped_column(ForeignKey("service_case.id"))
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    at: Mapped[datetime]
    text: Mapped[str] = mapped_column(Text)

    __table_args__ = (Index("ix_case_note_case", "case_id", "id"),)


class Reminder(Keyed, Base):
    """What a job has reminded of: once a case, kind and deadline, however often the job runs."""

    __tablename__ = "case_reminder"

    case_id: Mapped[int] = mapped_column(ForeignKey("service_case.id"))
    kind: Mapped[str] = mapped_column(String(20))
    about: Mapped[str] = mapped_column(String(20))
    at: Mapped[datetime]

    __table_args__ = (UniqueConstraint("case_id", "kind", "about"),)
