"""The table of hard matters (M6). A quarter hour of a head is one citizen's, by constraint."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, LargeBinary, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from hall.database import Base, Keyed

TAKES_TIME = "state <> 'withdrawn' AND starts_at IS NOT NULL"
ONE_OPEN = "state = 'booked' AND phone_trace IS NOT NULL"


class HardMatter(Keyed, Base):
    """One matter for the head of a body. `starts_at` is its quarter hour of `session_id`, where it was booked.

    `number` is the hall's, year and running count. Who it is about, what is asked, promised and done are sealed; names
    and telephones are shown masked. `answers_id` is who of the body answers for the promise.
    """

    __tablename__ = "hard_matter"

    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"))
    rota_id: Mapped[int] = mapped_column(ForeignKey("rota.id"))
    session_id: Mapped[int] = mapped_column(ForeignKey("rota_session.id"))
    body_id: Mapped[int] = mapped_column(ForeignKey("rota_body.id"))
    nonce: Mapped[bytes] = mapped_column(LargeBinary(9), unique=True)
    year: Mapped[int]
    serial: Mapped[int]
    number: Mapped[str] = mapped_column(String(20))
    state: Mapped[str] = mapped_column(String(10))
    source: Mapped[str] = mapped_column(String(10))
    starts_at: Mapped[datetime | None]
    phone_trace: Mapped[bytes | None] = mapped_column(LargeBinary(32))
    name_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    name_shown: Mapped[str] = mapped_column(String(120), default="")
    phone_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    phone_shown: Mapped[str] = mapped_column(String(20), default="")
    asked_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    made_at: Mapped[datetime]
    made_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    arrived_at: Mapped[datetime | None]
    taken_at: Mapped[datetime | None]
    taken_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    promise_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    promised_at: Mapped[datetime | None]
    promised_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    due_on: Mapped[date | None] = mapped_column(Date)
    answers_id: Mapped[int | None] = mapped_column(ForeignKey("rota_person.id"))
    outcome_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    revision: Mapped[int] = mapped_column(default=1)

    __table_args__ = (
        UniqueConstraint("site_id", "number"),
        UniqueConstraint("site_id", "year", "serial"),
        UniqueConstraint("id", "rota_id", "session_id"),  # a finding refers to them together
        CheckConstraint(
            "state IN ('booked', 'arrived', 'taken_up', 'promised', 'kept', 'not_kept', 'pointed', 'withdrawn', "
            "'not_come', 'called_off')",
            name="state",
        ),
        CheckConstraint("source IN ('booked', 'floor', 'window')", name="source"),
        CheckConstraint("(source = 'booked') = (starts_at IS NOT NULL)", name="booked"),
        CheckConstraint(
            "(state IN ('promised', 'kept', 'not_kept')) = (due_on IS NOT NULL AND answers_id IS NOT NULL)",
            name="promised",
        ),
        CheckConstraint(
            "(state IN ('booked', 'arrived', 'taken_up', 'promised')) = (ended_at IS NULL)", name="ended"
        ),
        *(
            Index(name, *columns, unique=True, sqlite_where=text(where), postgresql_where=text(where))
            for name, columns, where in (
                ("uq_hard_matter_time", ("session_id", "body_id", "starts_at"), TAKES_TIME),
                ("uq_hard_matter_phone", ("body_id", "phone_trace"), ONE_OPEN),
            )
        ),
        Index("ix_hard_matter_body", "body_id", "state"),
        Index("ix_hard_matter_session", "session_id", "body_id"),
        Index("ix_hard_matter_ended", "ended_at"),
    )
