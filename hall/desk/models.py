"""Tables of the reception desk. What must never be double is a constraint here."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from hall.database import Base, Keyed


class DeskQuestion(Keyed, Base):
    """A question that needed no ticket: one tap. `topic` is from the site's list; taken back within a minute or not."""

    __tablename__ = "desk_question"

    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"))
    business_date: Mapped[date] = mapped_column(Date)
    topic: Mapped[str] = mapped_column(String(40))
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    asked_at: Mapped[datetime]
    undone_at: Mapped[datetime | None]

    __table_args__ = (Index("ix_desk_question_day", "site_id", "business_date"),)


class ChecklistTick(Keyed, Base):
    """One point of the opening checklist or the closing sweep on one business date (Q14), with who and when."""

    __tablename__ = "checklist_tick"

    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"))
    business_date: Mapped[date] = mapped_column(Date)
    kind: Mapped[str] = mapped_column(String(10))
    point: Mapped[str] = mapped_column(String(40))
    done: Mapped[bool]
    note: Mapped[str] = mapped_column(String(200), default="")
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    ticked_at: Mapped[datetime]

    __table_args__ = (
        UniqueConstraint("site_id", "business_date", "kind", "point"),
        CheckConstraint("kind IN ('opening', 'closing')", name="kind"),
    )


class PapersReturn(Keyed, Base):
    """Somebody came back with the papers that were missing (Q3): once a notice, so once an incomplete ticket."""

    __tablename__ = "papers_return"

    notice_ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id"), unique=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id"), unique=True)
    made_at: Mapped[datetime]
