"""Tables of the working calendar: one for the whole county."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Date, String
from sqlalchemy.orm import Mapped, mapped_column

from hall.database import Base


class CalendarDay(Base):
    """A day that differs from the plain week, or has a name."""

    __tablename__ = "calendar_day"

    day: Mapped[date] = mapped_column(Date, primary_key=True)
    kind: Mapped[str] = mapped_column(String(8))
    name: Mapped[str] = mapped_column(String(60), default="")

    __table_args__ = (CheckConstraint("kind IN ('holiday', 'workday', 'makeup')", name="kind"),)


class CalendarYear(Base):
    """A year that was confirmed: by `source` published (came with the product) or entered (by a manager)."""

    __tablename__ = "calendar_year"

    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    confirmed_at: Mapped[datetime]
    source: Mapped[str] = mapped_column(String(10))
