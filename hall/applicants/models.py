"""Tables of applicants. Numbers and phones are sealed; search goes by keyed hash (I10)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String, text
from sqlalchemy.orm import Mapped, mapped_column

from hall.database import Base, Keyed


class Applicant(Keyed, Base):
    """A person or an organisation that a hall knows. `trace` is the keyed hash of the number, None for none yet.

    `number_shown` and `phone_shown` are masked. What a case's papers say of its applicant is kept with its filing.
    """

    __tablename__ = "applicant"

    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"))
    party: Mapped[str] = mapped_column(String(12))
    name: Mapped[str] = mapped_column(String(120))
    number_kind: Mapped[str] = mapped_column(String(20))
    number_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    number_shown: Mapped[str] = mapped_column(String(40), default="")
    trace: Mapped[bytes | None] = mapped_column(LargeBinary(32))
    known_since: Mapped[datetime]

    __table_args__ = (
        CheckConstraint("party IN ('person', 'organisation')", name="party"),
        CheckConstraint("(trace IS NULL) = (number_kind = 'none_yet')", name="traced"),
        Index(
            "uq_applicant_trace",
            "site_id",
            "trace",
            unique=True,
            sqlite_where=text("trace IS NOT NULL"),
            postgresql_where=text("trace IS NOT NULL"),
        ),
    )
