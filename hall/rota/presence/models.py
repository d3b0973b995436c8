"""Tables of the day itself. What was once written stays: triggers of the migration refuse any change of it (M5)."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from hall.database import Base, Keyed

HERE = "left_at IS NULL"
UNSIGNED = "how = 'unsigned'"


class CodeUse(Base):
    """A code that was used: once a session, window and minute, whoever typed it. Never changed."""

    __tablename__ = "presence_code_use"

    session_id: Mapped[int] = mapped_column(ForeignKey("rota_session.id"), primary_key=True)
    window_id: Mapped[int] = mapped_column(ForeignKey("service_window.id"), primary_key=True)
    minute: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    duty_id: Mapped[int] = mapped_column(ForeignKey("duty.id"))
    used_at: Mapped[datetime]


class Attendance(Keyed, Base):
    """Somebody came for a turn. Hours, post and minutes are those of that day; leaving is added once, nothing else.

    `post` is that of `person_id` on the day; `agreed` is whether they were the head, or the stand-in that was approved.
    `shown_by` typed the code, the clerk at the window (`witnessed_by`) saw it. `how`: `typed`, `scanned`.
    """

    __tablename__ = "attendance"

    duty_id: Mapped[int] = mapped_column(ForeignKey("duty.id"), unique=True)
    window_id: Mapped[int] = mapped_column(ForeignKey("service_window.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("rota_person.id"))
    post: Mapped[str] = mapped_column(String(15))
    agreed: Mapped[bool]
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    arrived_at: Mapped[datetime]
    late_min: Mapped[int]
    how: Mapped[str] = mapped_column(String(8))
    shown_by: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    witnessed_by: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    left_at: Mapped[datetime | None]
    early_min: Mapped[int | None]
    left_how: Mapped[str | None] = mapped_column(String(8))
    left_shown_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    left_witnessed_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))

    __table_args__ = (
        CheckConstraint("post IN ('head', 'deputy', 'chief_officer')", name="post"),
        CheckConstraint("how IN ('typed', 'scanned')", name="how"),
        CheckConstraint("left_how IN ('typed', 'scanned')", name="left_how"),
        CheckConstraint("late_min >= 0 AND early_min >= 0", name="minutes"),
        CheckConstraint("shown_by <> witnessed_by", name="witness"),
        CheckConstraint(
            "(left_at IS NULL) = (early_min IS NULL) AND (left_at IS NULL) = (left_how IS NULL) "
            "AND (left_at IS NULL) = (left_shown_by IS NULL)",
            name="left",
        ),
        CheckConstraint("left_at > arrived_at", name="order"),
        Index("ix_attendance_here", "window_id", sqlite_where=text(HERE), postgresql_where=text(HERE)),
    )


class Leaving(Keyed, Base):
    """Somebody left without the code: as the clerk or the manager says, or as time has it (M5). Added, never changed.

    The last row counts, and leaving by code (`attendance.left_at`) before all of them. `how`: `said` by `staff_id` as
    `said_as` (`clerk`, `manager`), or `unsigned`: the turn ended, and nobody had said anything.
    """

    __tablename__ = "presence_leaving"

    attendance_id: Mapped[int] = mapped_column(ForeignKey("attendance.id"))
    how: Mapped[str] = mapped_column(String(8))
    left_at: Mapped[datetime]
    early_min: Mapped[int]
    at: Mapped[datetime]
    staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    said_as: Mapped[str] = mapped_column(String(8), default="")
    reason: Mapped[str] = mapped_column(String(20), default="")
    note: Mapped[str] = mapped_column(String(300), default="")

    __table_args__ = (
        CheckConstraint("how IN ('said', 'unsigned')", name="how"),
        CheckConstraint("said_as IN ('', 'clerk', 'manager')", name="said_as"),
        CheckConstraint(
            "(how = 'said') = (staff_id IS NOT NULL) AND (how = 'said') = (said_as <> '') "
            "AND (how = 'said') = (reason <> '')",
            name="said",
        ),
        CheckConstraint("left_at <= at", name="past"),
        CheckConstraint("early_min >= 0", name="minutes"),
        Index("ix_presence_leaving_of", "attendance_id", "id"),
        Index(
            "uq_presence_leaving_unsigned",
            "attendance_id",
            unique=True,
            sqlite_where=text(UNSIGNED),
            postgresql_where=text(UNSIGNED),
        ),
    )


class LeavingObjection(Base):
    """The department objects to what was said of somebody's leaving, once (M5). Never changed."""

    __tablename__ = "presence_objection"

    leaving_id: Mapped[int] = mapped_column(ForeignKey("presence_leaving.id"), primary_key=True)
    at: Mapped[datetime]
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    text: Mapped[str] = mapped_column(String(300))


class AttendanceNote(Keyed, Base):
    """What the hall adds to the record of a turn: records are annotated, not edited (M5)."""

    __tablename__ = "attendance_note"

    duty_id: Mapped[int] = mapped_column(ForeignKey("duty.id"))
    at: Mapped[datetime]
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    text: Mapped[str] = mapped_column(String(300))

    __table_args__ = (Index("ix_attendance_note_duty", "duty_id", "id"),)


class Absence(Keyed, Base):
    """Nobody came for a turn: found, asked of the department, confirmed, or stated and then decided on (M5).

    `answer_by` is the last day on which the department has its say undisturbed. `reason` and `said` are its statement;
    `printed`: it wants it to stand beside an absence that remains one. `why` is what the manager says of the decision.
    """

    __tablename__ = "absence"

    duty_id: Mapped[int] = mapped_column(ForeignKey("duty.id"), unique=True)
    state: Mapped[str] = mapped_column(String(10), default="found")
    found_at: Mapped[datetime]
    asked_at: Mapped[datetime | None]
    asked_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    answer_by: Mapped[date | None] = mapped_column(Date)
    answered_at: Mapped[datetime | None]
    answered_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    reason: Mapped[str] = mapped_column(String(20), default="")
    said: Mapped[str] = mapped_column(String(300), default="")
    printed: Mapped[bool] = mapped_column(default=False)
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    why: Mapped[str] = mapped_column(String(300), default="")

    __table_args__ = (
        CheckConstraint(
            "state IN ('found', 'asked', 'confirmed', 'stated', 'excused', 'upheld')", name="state"
        ),
        CheckConstraint(
            "state = 'upheld' OR (state IN ('confirmed', 'stated', 'excused')) = (answered_at IS NOT NULL)",
            name="answered",
        ),
        CheckConstraint("state NOT IN ('asked', 'confirmed') OR asked_at IS NOT NULL", name="asked"),
        CheckConstraint("state <> 'upheld' OR answered_at IS NOT NULL OR asked_at IS NOT NULL", name="heard"),
        CheckConstraint("(asked_at IS NULL) = (answer_by IS NULL)", name="limit"),
        CheckConstraint("(state <> 'confirmed' AND answered_at IS NOT NULL) = (reason <> '')", name="reason"),
        CheckConstraint("(state IN ('excused', 'upheld')) = (decided_at IS NOT NULL)", name="decided"),
        CheckConstraint("(decided_at IS NULL) = (decided_by IS NULL)", name="decider"),
    )


class SatBeside(Base):
    """A service that a clerk began while somebody sat beside: in the clerk's name, both on the record (M6)."""

    __tablename__ = "sat_beside"

    attendance_id: Mapped[int] = mapped_column(ForeignKey("attendance.id"), primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id"), primary_key=True)
    clerk_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    at: Mapped[datetime]

    __table_args__ = (Index("ix_sat_beside_ticket", "ticket_id"),)
