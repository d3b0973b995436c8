"""Tables of walks. One open walk a person, one running step a walk, by constraint (M6)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from hall.database import Base, Keyed


class Walk(Keyed, Base):
    """Somebody of a body goes through an item. What the catalogue promised is kept as it stood at the beginning.

    `session_id` is the session of that day in which the body sits, where it does.
    """

    __tablename__ = "walk"

    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"))
    rota_id: Mapped[int] = mapped_column(ForeignKey("rota.id"))
    body_id: Mapped[int] = mapped_column(ForeignKey("rota_body.id"))
    session_id: Mapped[int | None] = mapped_column(ForeignKey("rota_session.id"))
    item_id: Mapped[int] = mapped_column(ForeignKey("service_item.id"))
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    nonce: Mapped[bytes] = mapped_column(LargeBinary(9), unique=True)
    state: Mapped[str] = mapped_column(String(10))
    begun_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    promised_days: Mapped[int | None]
    promised_visits: Mapped[int | None]
    promised_papers: Mapped[int | None]
    promised_fee: Mapped[str] = mapped_column(String(200), default="")
    found_days: Mapped[int | None]
    found_visits: Mapped[int | None]
    found_papers: Mapped[int | None]
    found_fee: Mapped[str] = mapped_column(String(200), default="")
    conclusion: Mapped[str] = mapped_column(String(500), default="")
    revision: Mapped[int] = mapped_column(default=1)

    __table_args__ = (
        CheckConstraint("state IN ('walking', 'ended', 'given_up')", name="state"),
        CheckConstraint("(state = 'walking') = (ended_at IS NULL)", name="ended"),
        UniqueConstraint("id", "rota_id"),  # a finding refers to these pairs
        UniqueConstraint("id", "session_id"),
        Index(
            "uq_walk_staff",
            "staff_id",
            unique=True,
            sqlite_where=text("state = 'walking'"),
            postgresql_where=text("state = 'walking'"),
        ),
        Index("ix_walk_body", "body_id", "begun_at"),
    )


class WalkStep(Keyed, Base):
    """One step of a walk, with its own stopwatch by the server's clock; at most one runs."""

    __tablename__ = "walk_step"

    walk_id: Mapped[int] = mapped_column(ForeignKey("walk.id"))
    number: Mapped[int]
    name: Mapped[str] = mapped_column(String(40))
    remark: Mapped[str] = mapped_column(String(300), default="")
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]

    __table_args__ = (
        UniqueConstraint("walk_id", "number"),
        CheckConstraint("ended_at IS NULL OR ended_at >= started_at", name="order"),
        Index(
            "uq_walk_step_running",
            "walk_id",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
    )
