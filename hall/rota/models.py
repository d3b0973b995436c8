"""Tables of rotas: who may sit, when, where, whose turn it is. What must never be double is a constraint (M2)."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import (
    CheckConstraint,
    Date,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from hall.database import Base, Keyed

LIVE = "state IN ('proposed', 'signed', 'confirmed')"


def only(name: str, *columns: str, where: str) -> Index:
    """At most one row in these states."""
    return Index(name, *columns, unique=True, sqlite_where=text(where), postgresql_where=text(where))


def hours_in_order() -> tuple[CheckConstraint, CheckConstraint]:
    """Each half of the day begins before it ends, or is not held."""
    return (
        CheckConstraint("(am_starts = '') = (am_ends = '') AND am_starts <= am_ends", name="morning"),
        CheckConstraint("(pm_starts = '') = (pm_ends = '') AND pm_starts <= pm_ends", name="afternoon"),
    )


class Rota(Keyed, Base):
    """A recurring reception (M1). Times are local HH:MM; a part of the day without times is not held.

    `signup_days` and `publish_days` are working days before a session: sign-up closes, the list is published.
    `leaves` is how many a body can have in a quarter (M4).
    """

    __tablename__ = "rota"

    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"))
    code: Mapped[str] = mapped_column(String(40))
    name: Mapped[str] = mapped_column(String(60))
    name_en: Mapped[str] = mapped_column(String(120), default="")
    weekday: Mapped[int] = mapped_column(default=0)
    holiday_rule: Mapped[str] = mapped_column(String(20), default="next_working_day")
    signup_days: Mapped[int] = mapped_column(default=6)
    publish_days: Mapped[int] = mapped_column(default=3)
    leaves: Mapped[int] = mapped_column(default=2)
    am_starts: Mapped[str] = mapped_column(String(5), default="09:00")
    am_ends: Mapped[str] = mapped_column(String(5), default="11:30")
    pm_starts: Mapped[str] = mapped_column(String(5), default="")
    pm_ends: Mapped[str] = mapped_column(String(5), default="")
    revision: Mapped[int] = mapped_column(default=1)
    retired_at: Mapped[datetime | None]

    __table_args__ = (
        UniqueConstraint("site_id", "code"),
        CheckConstraint("weekday BETWEEN 0 AND 6", name="weekday"),
        CheckConstraint("holiday_rule IN ('next_working_day', 'skip', 'manual')", name="holiday_rule"),
        CheckConstraint("publish_days >= 0 AND signup_days >= publish_days", name="days"),
        CheckConstraint("leaves BETWEEN 0 AND 13", name="leaves"),
        *hours_in_order(),
    )


class RotaPlace(Base):
    """A seat that every new session of a rota has: a window, in the morning or the afternoon."""

    __tablename__ = "rota_place"

    rota_id: Mapped[int] = mapped_column(ForeignKey("rota.id"), primary_key=True)
    window_id: Mapped[int] = mapped_column(ForeignKey("service_window.id"), primary_key=True)
    part: Mapped[str] = mapped_column(String(2), primary_key=True)

    __table_args__ = (CheckConstraint("part IN ('am', 'pm')", name="part"),)


class RotaBody(Keyed, Base):
    """Whose turn it can be: a department, a bank, the county's leadership. `listed` ones have a turn every quarter."""

    __tablename__ = "rota_body"

    rota_id: Mapped[int] = mapped_column(ForeignKey("rota.id"))
    department_id: Mapped[int | None] = mapped_column(ForeignKey("department.id"))
    name: Mapped[str] = mapped_column(String(60))
    name_en: Mapped[str] = mapped_column(String(120), default="")
    listed: Mapped[bool] = mapped_column(default=True)
    retired_at: Mapped[datetime | None]

    __table_args__ = (
        UniqueConstraint("rota_id", "name"),
        UniqueConstraint("rota_id", "department_id"),
    )


class RotaPerson(Keyed, Base):
    """Somebody of a body: head, deputy, chief service officer, or the liaison who signs up for them.

    `title` is what the list shows (局长). `staff_id` is the account they sign in with, where they have one.
    """

    __tablename__ = "rota_person"

    body_id: Mapped[int] = mapped_column(ForeignKey("rota_body.id"))
    staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    name: Mapped[str] = mapped_column(String(60))
    title: Mapped[str] = mapped_column(String(60), default="")
    post: Mapped[str] = mapped_column(String(15))
    retired_at: Mapped[datetime | None]

    __table_args__ = (
        UniqueConstraint("body_id", "name", "post"),
        UniqueConstraint("body_id", "staff_id"),
        UniqueConstraint("id", "body_id"),  # what a turn refers to
        CheckConstraint("post IN ('head', 'deputy', 'chief_officer', 'liaison')", name="post"),
        Index("ix_rota_person_staff", "staff_id"),
    )


class PersonWas(Keyed, Base):
    """What somebody was called until they were corrected: days of before keep it. Added, never changed."""

    __tablename__ = "rota_person_was"

    person_id: Mapped[int] = mapped_column(ForeignKey("rota_person.id"))
    name: Mapped[str] = mapped_column(String(60))
    title: Mapped[str] = mapped_column(String(60))
    until: Mapped[datetime]
    staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))

    __table_args__ = (Index("ix_rota_person_was", "person_id", "until"),)


class RotaSession(Keyed, Base):
    """One day of a rota. `due_on` is its weekday, `held_on` the day itself; `why` says why they differ (M1).

    `why` is a word of `rules.Day`, or `by_hand`.
    `signup_until` and `publish_on` are worked out with the day and stay as they were announced. Its hours are the
    rota's until its list is public; then day and hours stay, a trigger refuses any change (M3). What is cancelled
    stays so; `cancelled_because` is told to everybody.
    """

    __tablename__ = "rota_session"

    rota_id: Mapped[int] = mapped_column(ForeignKey("rota.id"))
    state: Mapped[str] = mapped_column(String(10))
    due_on: Mapped[date] = mapped_column(Date)
    held_on: Mapped[date | None] = mapped_column(Date)
    why: Mapped[str] = mapped_column(String(12), default="")
    signup_until: Mapped[date | None] = mapped_column(Date)
    publish_on: Mapped[date | None] = mapped_column(Date)
    published_at: Mapped[datetime | None]
    am_starts: Mapped[str] = mapped_column(String(5))
    am_ends: Mapped[str] = mapped_column(String(5))
    pm_starts: Mapped[str] = mapped_column(String(5))
    pm_ends: Mapped[str] = mapped_column(String(5))
    cancelled_at: Mapped[datetime | None]
    cancelled_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    cancelled_because: Mapped[str] = mapped_column(String(200), default="")
    revision: Mapped[int] = mapped_column(default=1)

    __table_args__ = (
        UniqueConstraint("rota_id", "due_on"),
        UniqueConstraint("rota_id", "held_on"),
        CheckConstraint("state IN ('draft', 'open', 'published', 'dropped', 'cancelled')", name="state"),
        CheckConstraint(
            "state NOT IN ('open', 'published', 'cancelled') OR "
            "(held_on IS NOT NULL AND signup_until IS NOT NULL AND publish_on IS NOT NULL)",
            name="dated",
        ),
        CheckConstraint(
            "(state IN ('published', 'cancelled')) = (published_at IS NOT NULL)", name="published"
        ),
        CheckConstraint(
            "(state = 'cancelled') = (cancelled_at IS NOT NULL) AND (state = 'cancelled') = (cancelled_because <> '')",
            name="cancelled",
        ),
        *hours_in_order(),
    )


class Seat(Keyed, Base):
    """A window in one part of one session. Not in use any more: `retired_at`."""

    __tablename__ = "rota_seat"

    session_id: Mapped[int] = mapped_column(ForeignKey("rota_session.id"))
    window_id: Mapped[int] = mapped_column(ForeignKey("service_window.id"))
    part: Mapped[str] = mapped_column(String(2))
    retired_at: Mapped[datetime | None]

    __table_args__ = (
        UniqueConstraint("session_id", "window_id", "part"),
        UniqueConstraint("id", "session_id"),  # what a turn refers to
        CheckConstraint("part IN ('am', 'pm')", name="part"),
    )


class Duty(Keyed, Base):
    """Somebody's turn on a seat. One live duty a seat, one a body and session, one a person and session (M2).

    Its session is the seat's, its body the person's: pairs of keys refer to them. Both are of one rota: a trigger.

    `basis` says how it came about: `signed`, `proposed`, `exchanged`, `made_up`. `because`, `turns_then` and
    `last_then` are the reason of a proposal. `quarter` is the session's, so that limits are counted by index.
    """

    __tablename__ = "duty"

    seat_id: Mapped[int]
    session_id: Mapped[int] = mapped_column(ForeignKey("rota_session.id"))
    body_id: Mapped[int] = mapped_column(ForeignKey("rota_body.id"))
    person_id: Mapped[int]
    state: Mapped[str] = mapped_column(String(10))
    basis: Mapped[str] = mapped_column(String(10))
    because: Mapped[str] = mapped_column(String(12), default="")
    turns_then: Mapped[int | None]
    last_then: Mapped[date | None] = mapped_column(Date)
    quarter: Mapped[str] = mapped_column(String(7))
    matters: Mapped[str] = mapped_column(Text, default="")
    made_at: Mapped[datetime]
    made_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    ended_at: Mapped[datetime | None]
    revision: Mapped[int] = mapped_column(default=1)

    __table_args__ = (
        CheckConstraint(
            "state IN ('proposed', 'signed', 'confirmed', 'withdrawn', 'exchanged', 'excused', 'cancelled')",
            name="state",
        ),
        ForeignKeyConstraint(["seat_id", "session_id"], ["rota_seat.id", "rota_seat.session_id"]),
        ForeignKeyConstraint(["person_id", "body_id"], ["rota_person.id", "rota_person.body_id"]),
        UniqueConstraint("id", "body_id"),  # what a wish refers to
        CheckConstraint("basis IN ('signed', 'proposed', 'exchanged', 'made_up')", name="basis"),
        only("uq_duty_seat", "seat_id", where=LIVE),
        only("uq_duty_body", "session_id", "body_id", where=LIVE),
        only("uq_duty_person", "session_id", "person_id", where=LIVE),
        Index("ix_duty_body", "body_id", "quarter", "state"),
        Index("ix_duty_person", "person_id", "state"),
    )
