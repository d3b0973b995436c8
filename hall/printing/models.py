"""Table of printing: one row a slip that was asked for."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from hall.database import Base, Keyed

ONE_THING = (
    " + ".join(f"(CASE WHEN {what}_id IS NULL THEN 0 ELSE 1 END)" for what in ("ticket", "visit", "booking"))
    + " = 1"
)


class PrintJob(Keyed, Base):
    """One slip for one printer: of a ticket, of a whole visit (Q13), or of a booking.

    `code` is its public name, random so that a hall restored from a backup never gives an old name to a new slip: the
    agent would take it for printed. `copy` counts the slips of the same thing from 0; no two have the same.
    """

    __tablename__ = "print_job"

    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"))
    code: Mapped[str] = mapped_column(String(18), unique=True)
    printer_id: Mapped[int] = mapped_column(ForeignKey("device.id"))
    kiosk_id: Mapped[int | None] = mapped_column(ForeignKey("device.id"))
    ticket_id: Mapped[int | None] = mapped_column(ForeignKey("ticket.id"))
    visit_id: Mapped[int | None] = mapped_column(ForeignKey("visit.id"))
    booking_id: Mapped[int | None] = mapped_column(ForeignKey("booking.id"))
    copy: Mapped[int] = mapped_column(default=0)
    reprint: Mapped[bool] = mapped_column(default=False)
    state: Mapped[str] = mapped_column(String(10), default="queued")
    problem: Mapped[str | None] = mapped_column(String(10))
    queued_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]

    __table_args__ = (
        UniqueConstraint("ticket_id", "copy"),
        UniqueConstraint("visit_id", "copy"),
        UniqueConstraint("booking_id", "copy"),
        Index(
            "ix_print_job_waiting",
            "printer_id",
            "id",
            sqlite_where=text("state = 'queued'"),
            postgresql_where=text("state = 'queued'"),
        ),
        Index("ix_print_job_kiosk", "kiosk_id", "id"),
        CheckConstraint(ONE_THING, name="one_thing"),
        CheckConstraint("state IN ('queued','printed','uncertain','withdrawn','failed')", name="state"),
    )
