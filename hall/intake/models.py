"""Tables of cases and their results. What must never be double, and who may not do what, are constraints here (I1–I7).

Forms have their tables in `filing`, authorities in `authorities`; all are found here.
"""

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
from hall.intake.authorities.models import AcceptanceAuthority
from hall.intake.filing.models import Filing, FilingItem, FilingPaper, FilingVisit, PaperUse

__all__ = (
    "NEXT_REVISION",
    "AcceptanceAuthority",
    "Case",
    "CaseSeries",
    "Filing",
    "FilingItem",
    "FilingPaper",
    "FilingVisit",
    "Licence",
    "PaperUse",
)

STATES = (
    "'waiting_turn','received','correction','accepted','stopped','proposed','decided','ready','delivered',"
    "'not_accepted','terminated','withdrawn'"
)
UNTOLD = "decided_at IS NOT NULL AND actual_days IS NULL AND clock_from IS NOT NULL"


class CaseSeries(Base):
    """The running count of a hall's cases in one year: growing, unique, without gaps."""

    __tablename__ = "case_series"

    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"), primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    last_serial: Mapped[int]


class Licence(Keyed, Base):
    """A result that an applicant holds and that later cases may use instead of paper (一证通办)."""

    __tablename__ = "licence"

    applicant_id: Mapped[int] = mapped_column(ForeignKey("applicant.id"))
    name: Mapped[str] = mapped_column(String(200))
    number: Mapped[str] = mapped_column(String(80), default="")
    issued_on: Mapped[date] = mapped_column(Date)
    valid_until: Mapped[date | None] = mapped_column(Date)
    case_id: Mapped[int | None] = mapped_column(ForeignKey("service_case.id"))
    revoked_at: Mapped[datetime | None]

    __table_args__ = (Index("ix_licence_applicant", "applicant_id", "name"),)


class Case(Keyed, Base):
    """One item for one applicant at one department, from receipt to result (I1, I5, I8, I11).

    Days and mode are those of `item_revision`, with which its form began (I2). `due_on` None with `due_days` set:
    pending (I5). `clock_from` is the day after which working days count; a clock stop moves `due_on` when it ends.
    `actual_days` are those from then to the decision on which the clock ran (I11); None before it, or while pending.
    Triggers of the migrations keep an authority to its own person and item, in force, and a decision of who received
    to officials of the department or an authority (I1).
    """

    __tablename__ = "service_case"

    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"))
    filing_id: Mapped[int] = mapped_column(ForeignKey("filing.id"))
    sort: Mapped[int] = mapped_column(default=0)
    item_id: Mapped[int] = mapped_column(ForeignKey("service_item.id"))
    item_revision: Mapped[int]
    department_id: Mapped[int] = mapped_column(ForeignKey("department.id"))
    applicant_id: Mapped[int] = mapped_column(ForeignKey("applicant.id"))
    year: Mapped[int]
    serial: Mapped[int]
    number: Mapped[str] = mapped_column(String(40))
    platform_number: Mapped[str | None] = mapped_column(String(60))
    nonce: Mapped[bytes] = mapped_column(LargeBinary(9), unique=True)
    state: Mapped[str] = mapped_column(String(14), default="received")
    mode: Mapped[str] = mapped_column(String(10))
    kind: Mapped[str] = mapped_column(String(10))
    task_type: Mapped[int]
    statutory_days: Mapped[int | None]
    committed_days: Mapped[int | None]
    second_review: Mapped[bool] = mapped_column(default=False)
    owner_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    received_by: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    received_at: Mapped[datetime]
    arrived_at: Mapped[datetime | None]
    claimed_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    claimed_at: Mapped[datetime | None]
    accepted_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    accepted_at: Mapped[datetime | None]
    accepted_basis: Mapped[str | None] = mapped_column(String(10))
    authority_id: Mapped[int | None] = mapped_column(ForeignKey("acceptance_authority.id"))
    clock_from: Mapped[date | None] = mapped_column(Date)
    due_days: Mapped[int | None]
    due_on: Mapped[date | None] = mapped_column(Date)
    extended_days: Mapped[int] = mapped_column(default=0)
    extended_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    extension_reason: Mapped[str | None] = mapped_column(String(300))
    open_deferrals: Mapped[int] = mapped_column(default=0)
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    decided_at: Mapped[datetime | None]
    actual_days: Mapped[int | None]
    decision: Mapped[str | None] = mapped_column(String(10))
    decision_authority_id: Mapped[int | None] = mapped_column(ForeignKey("acceptance_authority.id"))
    reasons: Mapped[str | None] = mapped_column(Text)
    confirmed_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    result_name: Mapped[str] = mapped_column(String(200), default="")
    result_number: Mapped[str] = mapped_column(String(80), default="")
    result_until: Mapped[date | None] = mapped_column(Date)
    ready_at: Mapped[datetime | None]
    delivered_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    delivered_at: Mapped[datetime | None]
    delivered_by_way: Mapped[str | None] = mapped_column(String(12))
    ended_at: Mapped[datetime | None]
    sampled: Mapped[bool] = mapped_column(default=False)
    sampled_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    overdue_since: Mapped[date | None] = mapped_column(Date)
    notice_breach: Mapped[bool] = mapped_column(default=False)
    revision: Mapped[int] = mapped_column(default=1)
    changed_at: Mapped[datetime]

    __table_args__ = (
        UniqueConstraint("site_id", "year", "serial"),
        UniqueConstraint("filing_id", "sort"),
        UniqueConstraint("filing_id", "item_id"),
        Index(
            "uq_service_case_platform",
            "platform_number",
            unique=True,
            sqlite_where=text("platform_number IS NOT NULL"),
            postgresql_where=text("platform_number IS NOT NULL"),
        ),
        Index("ix_service_case_number", "site_id", "number"),
        Index(
            "ix_service_case_inbox",
            "department_id",
            "state",
            "due_on",
            sqlite_where=text("state IN ('received','correction','accepted','stopped','proposed','decided')"),
            postgresql_where=text(
                "state IN ('received','correction','accepted','stopped','proposed','decided')"
            ),
        ),
        Index(
            "ix_service_case_ready",
            "site_id",
            "ready_at",
            sqlite_where=text("state = 'ready'"),
            postgresql_where=text("state = 'ready'"),
        ),
        Index("ix_service_case_applicant", "applicant_id", "id"),
        Index(
            "ix_service_case_unnumbered",
            "site_id",
            "id",
            sqlite_where=text("platform_number IS NULL"),
            postgresql_where=text("platform_number IS NULL"),
        ),
        Index("ix_service_case_changed", "site_id", "changed_at", "id"),
        Index("ix_service_case_received", "site_id", "received_at"),
        Index(
            "ix_service_case_overdue",
            "site_id",
            "overdue_since",
            sqlite_where=text("overdue_since IS NOT NULL"),
            postgresql_where=text("overdue_since IS NOT NULL"),
        ),
        Index(  # days that could not be counted when it was decided: its year was not confirmed
            "ix_service_case_untold",
            "decided_at",
            sqlite_where=text(UNTOLD),
            postgresql_where=text(UNTOLD),
        ),
        CheckConstraint(f"state IN ({STATES})", name="state"),
        CheckConstraint("mode IN ('separated', 'same_desk', 'township')", name="mode"),
        # I1: who received does not decide, except where the item says so; what is NULL has not happened yet
        CheckConstraint("mode = 'same_desk' OR decided_by <> received_by", name="receiver_decides_not"),
        CheckConstraint("mode = 'same_desk' OR confirmed_by <> received_by", name="receiver_confirms_not"),
        CheckConstraint("confirmed_by <> decided_by", name="second_pair_of_eyes"),
        CheckConstraint(
            "accepted_by <> received_by OR authority_id IS NOT NULL OR mode = 'same_desk'", name="authorised"
        ),
        CheckConstraint("mode = 'same_desk' OR delivered_by <> decided_by", name="issued_by_another"),
        CheckConstraint("delivered_by_way <> 'same_desk' OR mode = 'same_desk'", name="way_of_issue"),
        CheckConstraint("sampled_by <> decided_by", name="sampled_by_another"),
        CheckConstraint("state NOT IN ('ready', 'delivered') OR open_deferrals = 0", name="no_open_deferral"),
        CheckConstraint(
            "state NOT IN ('decided', 'ready', 'delivered') OR NOT second_review OR confirmed_by IS NOT NULL",
            name="second_review",
        ),
        CheckConstraint(
            "state NOT IN ('accepted','stopped','proposed','decided','ready','delivered') OR accepted_at IS NOT NULL",
            name="accepted_first",
        ),
        CheckConstraint(
            "state NOT IN ('decided', 'ready', 'delivered') OR decided_at IS NOT NULL", name="decided_first"
        ),
        CheckConstraint("state <> 'delivered' OR delivered_by IS NOT NULL", name="delivered_by_somebody"),
        CheckConstraint("extended_days IN (0, 10)", name="one_extension"),
    )


NEXT_REVISION = Case.revision + 1
"""Built once, so that the statements that raise it are as well."""
