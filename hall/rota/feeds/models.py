"""The secret addresses of calendar feeds. Only a hash is kept: a stolen copy of the database opens no calendar."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, text
from sqlalchemy.orm import Mapped, mapped_column

from hall.database import Base, Keyed


class CalendarFeed(Keyed, Base):
    """An address under which somebody's turns can be read. A new one ends the one before: one live a person."""

    __tablename__ = "rota_feed"

    person_id: Mapped[int] = mapped_column(ForeignKey("rota_person.id"))
    digest: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    made_at: Mapped[datetime]
    made_by: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))

    __table_args__ = (
        CheckConstraint("(ended_at IS NULL) = (ended_by IS NULL)", name="ended"),
        Index(
            "uq_rota_feed_live",
            "person_id",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
    )
