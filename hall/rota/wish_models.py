"""Tables of what is asked for a turn once its list is public: swaps, stand-ins, leaves (M4)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from hall.database import Base, Keyed
from hall.rota.models import only

PENDING = "state IN ('asked', 'accepted')"


class Swap(Keyed, Base):
    """Two duties that shall change seats (M4): asked, accepted by the other, approved. One open wish a duty."""

    __tablename__ = "duty_swap"

    from_duty_id: Mapped[int] = mapped_column(ForeignKey("duty.id"))
    to_duty_id: Mapped[int] = mapped_column(ForeignKey("duty.id"))
    state: Mapped[str] = mapped_column(String(10))
    note: Mapped[str] = mapped_column(String(200), default="")
    asked_at: Mapped[datetime]
    asked_by: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    answer_until: Mapped[datetime]
    answered_at: Mapped[datetime | None]
    answered_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))

    __table_args__ = (
        CheckConstraint(
            "state IN ('asked', 'accepted', 'approved', 'refused', 'taken_back', 'lapsed')", name="state"
        ),
        CheckConstraint("from_duty_id <> to_duty_id", name="another"),
        only("uq_duty_swap_from", "from_duty_id", where=PENDING),
        only("uq_duty_swap_to", "to_duty_id", where=PENDING),
    )


class Wish(Keyed, Base):
    """A stand-in or a leave for one duty (M4). `body_id` and `quarter` carry the limit: one stand-in a quarter.

    A leave that is approved owes a turn: `owes` until `made_up_by` is the duty that made it good. It is the quarter's
    first, second, … of its body (`place`), or was approved beyond the limit, and why (`beyond`).
    """

    __tablename__ = "duty_wish"

    duty_id: Mapped[int]
    body_id: Mapped[int] = mapped_column(ForeignKey("rota_body.id"))
    quarter: Mapped[str] = mapped_column(String(7))
    kind: Mapped[str] = mapped_column(String(10))
    state: Mapped[str] = mapped_column(String(10))
    reason: Mapped[str] = mapped_column(String(20))
    note: Mapped[str] = mapped_column(String(200), default="")
    person_id: Mapped[int | None]
    asked_at: Mapped[datetime]
    asked_by: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    made_up_by: Mapped[int | None] = mapped_column(ForeignKey("duty.id"), unique=True)
    place: Mapped[int | None]
    beyond: Mapped[str] = mapped_column(String(200), default="")

    __table_args__ = (
        ForeignKeyConstraint(["duty_id", "body_id"], ["duty.id", "duty.body_id"]),
        ForeignKeyConstraint(["person_id", "body_id"], ["rota_person.id", "rota_person.body_id"]),
        CheckConstraint("kind IN ('stand_in', 'leave')", name="kind"),
        CheckConstraint(
            "state IN ('asked', 'approved', 'refused', 'taken_back', 'lapsed', 'given_back')", name="state"
        ),
        CheckConstraint("(kind = 'stand_in') = (person_id IS NOT NULL)", name="person"),
        CheckConstraint("made_up_by IS NULL OR (kind = 'leave' AND state = 'approved')", name="made_up"),
        CheckConstraint(
            "(kind = 'leave' AND state = 'approved') = (place IS NOT NULL OR beyond <> '')", name="counted"
        ),
        CheckConstraint("place IS NULL OR (place > 0 AND beyond = '')", name="place"),
        CheckConstraint("beyond = '' OR reason IN ('leadership', 'flood')", name="beyond"),
        only("uq_duty_wish_leave", "body_id", "quarter", "place", where="place IS NOT NULL"),
        only("uq_duty_wish_open", "duty_id", where="state = 'asked'"),
        only("uq_duty_wish_stand_in", "body_id", "quarter", where="kind = 'stand_in' AND state = 'approved'"),
        Index("ix_duty_wish_body", "body_id", "kind", "state"),
    )
