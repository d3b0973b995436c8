"""When a hall is open: weekly hours by season, and dates of their own."""

from __future__ import annotations

from datetime import date

from sqlalchemy import CheckConstraint, Date, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from hall.database import Base, Keyed


class OpeningHours(Keyed, Base):
    """When a hall is open: one row per weekday (0 = Monday) and stretch; seasons as MM-DD (Q10)."""

    __tablename__ = "opening_hours"

    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"))
    weekday: Mapped[int]
    opens: Mapped[str] = mapped_column(String(5))
    closes: Mapped[str] = mapped_column(String(5))
    lunch: Mapped[bool] = mapped_column(default=False)
    season_from: Mapped[str] = mapped_column(String(5), default="01-01")
    season_until: Mapped[str] = mapped_column(String(5), default="12-31")

    __table_args__ = (
        CheckConstraint("weekday BETWEEN 0 AND 6", name="weekday"),
        CheckConstraint("opens < closes", name="order"),
    )


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
