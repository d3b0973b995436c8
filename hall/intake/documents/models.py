"""Tables of printed documents: each printing is a row, so that reprints are known."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from hall.database import Base, Keyed


class Printing(Keyed, Base):
    """One printing of an official document. `copy` 0 is the first; later ones are reprints."""

    __tablename__ = "document_printing"

    filing_id: Mapped[int] = mapped_column(ForeignKey("filing.id"))
    case_id: Mapped[int | None] = mapped_column(ForeignKey("service_case.id"))
    kind: Mapped[str] = mapped_column(String(20))
    copy: Mapped[int] = mapped_column(default=0)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    at: Mapped[datetime]

    __table_args__ = (
        CheckConstraint(
            "kind IN ('receipt', 'notice', 'acceptance', 'undertaking', 'non_acceptance', 'decision', "
            "'extension', 'procedure', 'termination', 'handover')",
            name="kind",
        ),
        Index("ix_document_printing", "filing_id", "kind", "id"),
    )
