"""Dates of their own: extra closures and extra openings. Weekly hours stand with the catalogue."""

from __future__ import annotations

from datetime import date

from sqlalchemy import CheckConstraint, Date, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from hall.database import Base, Keyed


class SpecialOpening(Keyed, Base):
    """One date: closed (no times), or open from `opens` to `closes` (local HH:MM)."""

    __tablename__ = "special_opening"

    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"))
    day: Mapped[date] = mapped_column(Date)
    opens: Mapped[str | None] = mapped_column(String(5))
    closes: Mapped[str | None] = mapped_column(String(5))
    reason: Mapped[str] = mapped_column(String(120), default="")

    __table_args__ = (
        UniqueConstraint("site_id", "day"),
        CheckConstraint("(opens IS NULL) = (closes IS NULL)", name="both"),
        CheckConstraint("opens IS NULL OR opens < closes", name="order"),
    )
