"""Tables of the helpers' room: helpers, shifts, bookings. What must never be double is a constraint here (H2, H3)."""

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

KINDS = "kind IN ('assist', 'agency', 'home_visit')"
LIVE = "state IN ('confirmed', 'arrived', 'started')"


class Helper(Keyed, Base):
    """A helper (帮办员): a member of staff with a badge number. Every helper assists; the rest is said here.

    `revision` grows with every change of shifts or skills, so that of two people who edit one is told.
    """

    __tablename__ = "helper"

    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"))
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"), unique=True)
    badge: Mapped[str] = mapped_column(String(12))
    does_agency: Mapped[bool] = mapped_column(default=True)
    does_home_visits: Mapped[bool] = mapped_column(default=False)
    revision: Mapped[int] = mapped_column(default=1)
    retired_at: Mapped[datetime | None]

    __table_args__ = (UniqueConstraint("site_id", "badge"),)


class HelperSkill(Base):
    """What a helper knows: `sign`, `dialect`, `english`, or `bundle:CODE` (H6)."""

    __tablename__ = "helper_skill"

    helper_id: Mapped[int] = mapped_column(ForeignKey("helper.id"), primary_key=True)
    skill: Mapped[str] = mapped_column(String(80), primary_key=True)


class HelperWeek(Keyed, Base):
    """One stretch of a helper's week (0 = Monday), local HH:MM; what is kept back only the desk gives away."""

    __tablename__ = "helper_week"

    helper_id: Mapped[int] = mapped_column(ForeignKey("helper.id"))
    weekday: Mapped[int]
    starts: Mapped[str] = mapped_column(String(5))
    ends: Mapped[str] = mapped_column(String(5))
    kept_back: Mapped[bool] = mapped_column(default=False)

    __table_args__ = (
        UniqueConstraint("helper_id", "weekday", "starts"),
        CheckConstraint("weekday BETWEEN 0 AND 6", name="weekday"),
        CheckConstraint("starts < ends", name="order"),
    )


class HelperDay(Keyed, Base):
    """A date that differs from a helper's week: away all day (no times), or there in these stretches instead."""

    __tablename__ = "helper_day"

    helper_id: Mapped[int] = mapped_column(ForeignKey("helper.id"))
    day: Mapped[date] = mapped_column(Date)
    starts: Mapped[str] = mapped_column(String(5), default="")
    ends: Mapped[str] = mapped_column(String(5), default="")
    kept_back: Mapped[bool] = mapped_column(default=False)
    reason: Mapped[str] = mapped_column(String(40), default="")

    __table_args__ = (
        UniqueConstraint("helper_id", "day", "starts"),
        CheckConstraint("(starts = '') = (ends = '')", name="both"),
        CheckConstraint("starts = '' OR starts < ends", name="order"),
    )


class Booking(Keyed, Base):
    """One booking of a helper. `matter` is `item:ID`, `bundle:ID` or `line:ID`; its line is where a window is needed.

    `cell_from` up to `cell_until` (five minutes since 1970, travel included) is when the helper is taken. Who booked
    is kept as keyed hashes; name, numbers, address and wishes are sealed, and shown masked. `because` and its
    neighbours say why this helper (H6). `orphaned_at`: the shift is gone, and a person must move it.
    """

    __tablename__ = "booking"

    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"))
    nonce: Mapped[bytes] = mapped_column(LargeBinary(9), unique=True)
    state: Mapped[str] = mapped_column(String(10))
    kind: Mapped[str] = mapped_column(String(10))
    channel: Mapped[str] = mapped_column(String(10))
    helper_id: Mapped[int] = mapped_column(ForeignKey("helper.id"))
    line_id: Mapped[int] = mapped_column(ForeignKey("line.id"))
    item_id: Mapped[int | None] = mapped_column(ForeignKey("service_item.id"))
    bundle_id: Mapped[int | None] = mapped_column(ForeignKey("bundle.id"))
    matter: Mapped[str] = mapped_column(String(30))
    needs: Mapped[str] = mapped_column(String(80), default="")
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    cell_from: Mapped[int]
    cell_until: Mapped[int]
    kept_back: Mapped[bool] = mapped_column(default=False)
    because: Mapped[str] = mapped_column(String(20))
    because_known: Mapped[str] = mapped_column(String(200), default="")
    because_load_min: Mapped[int] = mapped_column(default=0)
    because_among: Mapped[int] = mapped_column(default=1)
    lang: Mapped[str] = mapped_column(String(5), default="zh")
    companions: Mapped[int] = mapped_column(default=0)
    made_at: Mapped[datetime]
    made_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    held_until: Mapped[datetime | None]
    confirmed_at: Mapped[datetime | None]
    phone_trace: Mapped[bytes | None] = mapped_column(LargeBinary(32))
    number_trace: Mapped[bytes | None] = mapped_column(LargeBinary(32))
    name_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    name_shown: Mapped[str] = mapped_column(String(120), default="")
    phone_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    phone_shown: Mapped[str] = mapped_column(String(20), default="")
    number_kind: Mapped[str] = mapped_column(String(20), default="")
    number_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    number_shown: Mapped[str] = mapped_column(String(40), default="")
    address_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    wish_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    ticket_id: Mapped[int | None] = mapped_column(ForeignKey("ticket.id"))
    arrived_by: Mapped[str | None] = mapped_column(String(10))
    arrived_at: Mapped[datetime | None]
    started_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[str | None] = mapped_column(String(10))
    orphaned_at: Mapped[datetime | None]
    reminded_at: Mapped[datetime | None]
    revision: Mapped[int] = mapped_column(default=1)

    __table_args__ = (
        CheckConstraint(
            "state IN ('held','confirmed','arrived','started','done','cancelled','no_show','expired')",
            name="state",
        ),
        CheckConstraint(KINDS, name="kind"),
        CheckConstraint("item_id IS NULL OR bundle_id IS NULL", name="one_matter"),
        CheckConstraint("starts_at < ends_at AND cell_from < cell_until", name="order"),
        CheckConstraint("(state = 'held') = (held_until IS NOT NULL)", name="held_until"),
        *(
            Index(
                f"uq_booking_{whose}",
                "site_id",
                f"{whose}_trace",
                "matter",
                unique=True,
                sqlite_where=text(f"{LIVE} AND {whose}_trace IS NOT NULL"),
                postgresql_where=text(f"{LIVE} AND {whose}_trace IS NOT NULL"),
            )
            for whose in ("phone", "number")
        ),
        Index(
            "ix_booking_taken",
            "site_id",
            "cell_until",
            "cell_from",
            "helper_id",
            "state",
            "held_until",
            sqlite_where=text("state IN ('held','confirmed','arrived','started')"),
            postgresql_where=text("state IN ('held','confirmed','arrived','started')"),
        ),
        Index("ix_booking_helper", "helper_id", "starts_at"),
        Index("ix_booking_day", "site_id", "starts_at"),
        Index("ix_booking_phone", "phone_trace", "state"),
        Index("ix_booking_number", "number_trace", "state"),
        Index("ix_booking_ticket", "ticket_id"),
    )


class BookingCell(Base):
    """Five minutes of one helper, given to one booking: the key is what keeps a helper from being in two places (H2).

    Travel is included. A booking that no longer takes time gives its cells back.
    """

    __tablename__ = "booking_cell"

    helper_id: Mapped[int] = mapped_column(ForeignKey("helper.id"), primary_key=True)
    cell: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    booking_id: Mapped[int] = mapped_column(ForeignKey("booking.id"))

    __table_args__ = (Index("ix_booking_cell_booking", "booking_id"),)


class BookingPardon(Keyed, Base):
    """A desk lifted the lock that two no-shows put on a person (H3): who, when, and why."""

    __tablename__ = "booking_pardon"

    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"))
    trace: Mapped[bytes] = mapped_column(LargeBinary(32))
    at: Mapped[datetime]
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    reason: Mapped[str] = mapped_column(Text)

    __table_args__ = (Index("ix_booking_pardon_trace", "site_id", "trace", "at"),)


class HelpExclusion(Keyed, Base):
    """A kind of help that is not given for an item or a bundle: secret matters (H1), or what needs its holder there."""

    __tablename__ = "help_exclusion"

    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"))
    item_id: Mapped[int | None] = mapped_column(ForeignKey("service_item.id"))
    bundle_id: Mapped[int | None] = mapped_column(ForeignKey("bundle.id"))
    kind: Mapped[str] = mapped_column(String(10))
    reason: Mapped[str] = mapped_column(String(40), default="in_person")

    __table_args__ = (
        UniqueConstraint("item_id", "kind"),
        UniqueConstraint("bundle_id", "kind"),
        CheckConstraint("(item_id IS NULL) <> (bundle_id IS NULL)", name="one_matter"),
        CheckConstraint(KINDS, name="kind"),
    )
