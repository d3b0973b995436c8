"""Tables of handing results over: what lies where, who took it, how it was posted."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String, text
from sqlalchemy.orm import Mapped, mapped_column

from hall.database import Base, Keyed


class Delivery(Keyed, Base):
    """One try to give a case's result to its holder: handed over, posted, or refused. One that succeeded a case.

    `signature` names a file by its content hash; the address is sealed.
    """

    __tablename__ = "delivery"

    case_id: Mapped[int] = mapped_column(ForeignKey("service_case.id"))
    way: Mapped[str] = mapped_column(String(12))
    outcome: Mapped[str] = mapped_column(String(10))
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    ticket_id: Mapped[int | None] = mapped_column(ForeignKey("ticket.id"))
    at: Mapped[datetime]
    taker: Mapped[str] = mapped_column(String(12), default="applicant")
    signature: Mapped[str | None] = mapped_column(String(64))
    address_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    tracking: Mapped[str] = mapped_column(String(40), default="")
    note: Mapped[str] = mapped_column(String(300), default="")

    __table_args__ = (
        CheckConstraint("way IN ('issue_window', 'post', 'same_desk')", name="way"),
        CheckConstraint("outcome IN ('taken', 'posted', 'refused', 'returned')", name="outcome"),
        CheckConstraint("outcome <> 'posted' OR length(tracking) > 0", name="tracked"),
        Index("ix_delivery_case", "case_id"),
        Index(
            "uq_delivery_done",
            "case_id",
            unique=True,
            sqlite_where=text("outcome IN ('taken', 'posted')"),
            postgresql_where=text("outcome IN ('taken', 'posted')"),
        ),
    )
