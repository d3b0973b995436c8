"""The table of bulletins. A frozen one never changes, numbers have neither gaps nor doubles: triggers (M8)."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from hall.database import Base, Keyed


class Bulletin(Keyed, Base):
    """A bulletin of a reception on the days `first` to `last`; `corrects_id` is the one that it puts right.

    `figures` are taken from the records when it is drafted, and again on demand. With the signature `sheet` is written:
    the whole bulletin as JSON, of which `digest` is the SHA-256.
    """

    __tablename__ = "bulletin"

    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"))
    rota_id: Mapped[int] = mapped_column(ForeignKey("rota.id"))
    corrects_id: Mapped[int | None] = mapped_column(ForeignKey("bulletin.id"))
    state: Mapped[str] = mapped_column(String(8), default="draft")
    first: Mapped[date] = mapped_column(Date)
    last: Mapped[date] = mapped_column(Date)
    title: Mapped[str] = mapped_column(String(120))
    text: Mapped[str] = mapped_column(Text)
    figures: Mapped[str] = mapped_column(Text)
    figures_at: Mapped[datetime]
    drafted_at: Mapped[datetime]
    drafted_by: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    edited_at: Mapped[datetime]
    edited_by: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    year: Mapped[int | None]
    number: Mapped[int | None]
    signed_on: Mapped[date | None] = mapped_column(Date)
    signed_at: Mapped[datetime | None]
    signed_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    sheet: Mapped[str | None] = mapped_column(Text)
    digest: Mapped[str | None] = mapped_column(String(64))
    revision: Mapped[int] = mapped_column(default=1)

    __table_args__ = (
        UniqueConstraint("rota_id", "year", "number"),
        CheckConstraint("state IN ('draft', 'frozen', 'dropped')", name="state"),
        CheckConstraint("first <= last", name="days"),
        *(
            CheckConstraint(f"(state = 'frozen') = ({name} IS NOT NULL)", name=f"frozen_{name}")
            for name in ("year", "number", "signed_on", "signed_at", "signed_by", "sheet", "digest")
        ),
        CheckConstraint("number > 0", name="number"),
        CheckConstraint("length(digest) = 64", name="digest"),
        CheckConstraint("signed_by <> drafted_by AND signed_by <> edited_by", name="by_another"),
        CheckConstraint("corrects_id <> id", name="corrects"),
        Index("ix_bulletin_rota", "rota_id", "state", "last"),
        Index("ix_bulletin_corrects", "corrects_id"),
    )
