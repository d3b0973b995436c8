"""The table of written authorities (I1, I3)."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Date, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from hall.database import Base, Keyed


class AcceptanceAuthority(Keyed, Base):
    """A department's written authorisation: this person accepts this item at the window (I1, I3).

    Where the item's mode is `same_desk`, decides it as well. `document` is its number, `dated` its day. Revoked, never
    deleted.
    """

    __tablename__ = "acceptance_authority"

    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    item_id: Mapped[int] = mapped_column(ForeignKey("service_item.id"))
    document: Mapped[str] = mapped_column(String(120))
    dated: Mapped[date | None] = mapped_column(Date)
    reason: Mapped[str] = mapped_column(String(300), default="")
    granted_at: Mapped[datetime]
    granted_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    revoked_at: Mapped[datetime | None]
    revoked_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    revoked_reason: Mapped[str | None] = mapped_column(String(300))

    __table_args__ = (
        Index("ix_acceptance_authority_item", "item_id"),
        Index(
            "uq_acceptance_authority",
            "staff_id",
            "item_id",
            unique=True,
            sqlite_where=text("revoked_at IS NULL"),
            postgresql_where=text("revoked_at IS NULL"),
        ),
    )
