"""Tables of signing on a tablet: which tablet belongs to which window, and what is signed for on it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String, text
from sqlalchemy.orm import Mapped, mapped_column

from hall.database import Base, Keyed


class SigningPad(Keyed, Base):
    """The tablet of one window. Its nonce is the whole of its right: a new one cuts the old tablet off."""

    __tablename__ = "signing_pad"

    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"))
    window_id: Mapped[int] = mapped_column(ForeignKey("service_window.id"), unique=True)
    nonce: Mapped[bytes] = mapped_column(LargeBinary(9), unique=True)
    joined_by: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    joined_at: Mapped[datetime]


class Signing(Keyed, Base):
    """One signature that a clerk asked for. `signature` names a file by its content hash; `taker` is who signs."""

    __tablename__ = "signing"

    pad_id: Mapped[int] = mapped_column(ForeignKey("signing_pad.id"))
    nonce: Mapped[bytes] = mapped_column(LargeBinary(9), unique=True)
    state: Mapped[str] = mapped_column(String(10), default="asked")
    taker: Mapped[str] = mapped_column(String(12))
    asked_by: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    asked_at: Mapped[datetime]
    shown_at: Mapped[datetime | None]
    signed_at: Mapped[datetime | None]
    signature: Mapped[str | None] = mapped_column(String(64))

    __table_args__ = (
        CheckConstraint("state IN ('asked', 'signed', 'used', 'withdrawn')", name="state"),
        CheckConstraint("taker IN ('applicant', 'agent')", name="taker"),
        CheckConstraint("state NOT IN ('signed', 'used') OR signature IS NOT NULL", name="drawn"),
        Index(  # a tablet shows one thing
            "uq_signing_open",
            "pad_id",
            unique=True,
            sqlite_where=text("state IN ('asked', 'signed')"),
            postgresql_where=text("state IN ('asked', 'signed')"),
        ),
    )


class SigningCase(Base):
    """A case whose result is signed for."""

    __tablename__ = "signing_case"

    signing_id: Mapped[int] = mapped_column(ForeignKey("signing.id"), primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("service_case.id"), primary_key=True)

    __table_args__ = (Index("ix_signing_case_case", "case_id"),)
