"""Tables of what helpers did: calls for help, the ledger with its papers, and handing over (H5, H6, H7)."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import (
    CheckConstraint,
    Date,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from hall.database import Base, Keyed
from hall.helpers.models import KINDS

OPEN_CALL = "state IN ('ringing', 'escalated', 'accepted', 'with')"
COMING = "state IN ('accepted', 'with')"


class HelpCall(Keyed, Base):
    """Somebody asks for help now (H5): from a kiosk, a phone page, the desk or a window; one at a time each.

    `place` says where they stand, in the hall's words. `because` and its neighbours say why this helper (H6).
    """

    __tablename__ = "help_call"

    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"))
    nonce: Mapped[bytes] = mapped_column(LargeBinary(9), unique=True)
    state: Mapped[str] = mapped_column(String(10), default="ringing")
    channel: Mapped[str] = mapped_column(String(10))
    device_id: Mapped[int | None] = mapped_column(ForeignKey("device.id"))
    window_id: Mapped[int | None] = mapped_column(ForeignKey("service_window.id"))
    ticket_id: Mapped[int | None] = mapped_column(ForeignKey("ticket.id"))
    place: Mapped[str] = mapped_column(String(60), default="")
    needs: Mapped[str] = mapped_column(String(80), default="")
    lang: Mapped[str] = mapped_column(String(5), default="zh")
    called_at: Mapped[datetime]
    called_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    escalated_at: Mapped[datetime | None]
    accepted_at: Mapped[datetime | None]
    helper_id: Mapped[int | None] = mapped_column(ForeignKey("helper.id"))
    because: Mapped[str | None] = mapped_column(String(20))
    because_load_min: Mapped[int | None]
    because_among: Mapped[int | None]
    met_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[str | None] = mapped_column(String(10))
    revision: Mapped[int] = mapped_column(default=1)

    __table_args__ = (
        CheckConstraint(
            "state IN ('ringing','escalated','accepted','with','ended','cancelled')", name="state"
        ),
        CheckConstraint("channel IN ('kiosk', 'phone', 'desk', 'window')", name="channel"),
        CheckConstraint(
            f"NOT ({COMING}) OR (helper_id IS NOT NULL AND accepted_at IS NOT NULL)", name="somebody"
        ),
        *(
            Index(
                f"uq_help_call_{what}",
                f"{what}_id",
                unique=True,
                sqlite_where=text(f"{states} AND {what}_id IS NOT NULL"),
                postgresql_where=text(f"{states} AND {what}_id IS NOT NULL"),
            )
            for what, states in (
                ("device", "state IN ('ringing', 'escalated', 'accepted')"),
                ("ticket", OPEN_CALL),
                ("helper", COMING),
            )
        ),
        Index("ix_help_call_site", "site_id", "called_at"),
        Index(
            "ix_help_call_unanswered",
            "called_at",
            sqlite_where=text("state = 'ringing'"),
            postgresql_where=text("state = 'ringing'"),
        ),
    )


class HelpRecord(Keyed, Base):
    """One line of the ledger (H7). `number` is the hall's, year and running count; personal data sealed and masked.

    It comes from a booking, from a call for help, or from a helper who began by themselves.
    """

    __tablename__ = "help_record"

    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"))
    nonce: Mapped[bytes] = mapped_column(LargeBinary(9), unique=True)
    year: Mapped[int]
    serial: Mapped[int]
    number: Mapped[str] = mapped_column(String(20))
    business_date: Mapped[date] = mapped_column(Date)
    state: Mapped[str] = mapped_column(String(8), default="open")
    kind: Mapped[str] = mapped_column(String(10))
    helper_id: Mapped[int] = mapped_column(ForeignKey("helper.id"))
    booking_id: Mapped[int | None] = mapped_column(ForeignKey("booking.id"), unique=True)
    call_id: Mapped[int | None] = mapped_column(ForeignKey("help_call.id"), unique=True)
    ticket_id: Mapped[int | None] = mapped_column(ForeignKey("ticket.id"))
    line_id: Mapped[int | None] = mapped_column(ForeignKey("line.id"))
    item_id: Mapped[int | None] = mapped_column(ForeignKey("service_item.id"))
    bundle_id: Mapped[int | None] = mapped_column(ForeignKey("bundle.id"))
    trace: Mapped[bytes | None] = mapped_column(LargeBinary(32))
    name_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    name_shown: Mapped[str] = mapped_column(String(120), default="")
    phone_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    phone_shown: Mapped[str] = mapped_column(String(20), default="")
    number_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    number_shown: Mapped[str] = mapped_column(String(40), default="")
    address_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    mandate_scope: Mapped[str] = mapped_column(Text, default="")
    mandate_until: Mapped[date | None] = mapped_column(Date)
    mandate_signed_at: Mapped[datetime | None]
    mandate_file: Mapped[str | None] = mapped_column(String(64))
    progress: Mapped[str] = mapped_column(String(20), default="begun")
    case_number: Mapped[str] = mapped_column(String(120), default="")
    case_id: Mapped[int | None] = mapped_column(ForeignKey("service_case.id"))
    note_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    result: Mapped[str | None] = mapped_column(String(20))
    call_back_on: Mapped[date | None] = mapped_column(Date)
    called_back_at: Mapped[datetime | None]
    called_back_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    opened_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    revision: Mapped[int] = mapped_column(default=1)

    __table_args__ = (
        UniqueConstraint("site_id", "number"),
        UniqueConstraint("site_id", "year", "serial"),
        CheckConstraint("state IN ('open', 'closed')", name="state"),
        CheckConstraint("(state = 'closed') = (closed_at IS NOT NULL AND result IS NOT NULL)", name="closed"),
        CheckConstraint(KINDS, name="kind"),
        CheckConstraint(
            "kind <> 'agency' OR state = 'open' OR mandate_scope <> '' OR result = 'withdrawn'",
            name="mandate",
        ),
        Index("ix_help_record_day", "site_id", "business_date"),
        Index("ix_help_record_helper", "helper_id", "state"),
        Index("ix_help_record_trace", "trace"),
        Index(
            "ix_help_record_case",
            "case_id",
            sqlite_where=text("case_id IS NOT NULL"),
            postgresql_where=text("case_id IS NOT NULL"),
        ),
        Index(
            "ix_help_record_call_back",
            "site_id",
            "call_back_on",
            sqlite_where=text("call_back_on IS NOT NULL AND called_back_at IS NULL"),
            postgresql_where=text("call_back_on IS NOT NULL AND called_back_at IS NULL"),
        ),
    )


class HelpPaper(Keyed, Base):
    """A paper that a helper took from somebody, and when it went back."""

    __tablename__ = "help_paper"

    record_id: Mapped[int] = mapped_column(ForeignKey("help_record.id"))
    name: Mapped[str] = mapped_column(String(120))
    count: Mapped[int] = mapped_column(default=1)
    original: Mapped[bool] = mapped_column(default=True)
    taken_at: Mapped[datetime]
    taken_by: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    returned_at: Mapped[datetime | None]
    returned_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))

    __table_args__ = (
        CheckConstraint("count BETWEEN 1 AND 99", name="count"),
        CheckConstraint("(returned_at IS NULL) = (returned_by IS NULL)", name="returned"),
        Index("ix_help_paper_record", "record_id"),
    )


class HelpHandOver(Keyed, Base):
    """A helper handed somebody over to another, with a note (H6): of a record, or of a booking not yet begun."""

    __tablename__ = "help_hand_over"

    record_id: Mapped[int | None] = mapped_column(ForeignKey("help_record.id"))
    booking_id: Mapped[int | None] = mapped_column(ForeignKey("booking.id"))
    from_helper_id: Mapped[int] = mapped_column(ForeignKey("helper.id"))
    to_helper_id: Mapped[int] = mapped_column(ForeignKey("helper.id"))
    note_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    at: Mapped[datetime]
    by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))

    __table_args__ = (
        CheckConstraint("(record_id IS NULL) <> (booking_id IS NULL)", name="one_thing"),
        CheckConstraint("from_helper_id <> to_helper_id", name="another"),
        Index("ix_help_hand_over_record", "record_id"),
        Index("ix_help_hand_over_booking", "booking_id"),
    )
