"""Table of printing: one row a slip that was asked for."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from hall.database import Base, Keyed


class PrintJob(Keyed, Base):
    """One slip for one printer: of a ticket, or of a whole visit (Q13).

    `code` is its public name, random so that a hall restored from a backup never gives an old name to a new slip: the
    agent would take it for printed. `copy` counts the slips of a ticket or visit from 0; no two have the same.
    """

    __tablename__ = "print_job"

    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"))
    code: Mapped[str] = mapped_column(String(18), unique=True)
    printer_id: Mapped[int] = mapped_column(ForeignKey("device.id"))
    kiosk_id: Mapped[int | None] = mapped_column(ForeignKey("device.id"))
    ticket_id: Mapped[int | None] = mapped_column(ForeignKey("ticket.id"))
    visit_id: Mapped[int | None] = mapped_column(ForeignKey("visit.id"))
    copy: Mapped[int] = mapped_column(default=0)
    reprint: Mapped[bool] = mapped_column(default=False)
    state: Mapped[str] = mapped_column(String(10), default="queued")
    problem: Mapped[str | None] = mapped_column(String(10))
    queued_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]

    __table_args__ = (
        UniqueConstraint("ticket_id", "copy"),
        UniqueConstraint("visit_id", "copy"),
        Index(
            "ix_print_job_waiting",
            "printer_id",
            "id",
            sqlite_where=text("state = 'queued'"),
            postgresql_where=text("state = 'queued'"),
        ),
        Index("ix_print_job_kiosk", "kiosk_id", "id"),
        CheckConstraint("(ticket_id IS NULL) <> (visit_id IS NULL)", name="ticket_or_visit"),
        CheckConstraint("state IN ('queued','printed','uncertain','withdrawn','failed')", name="state"),
    )
