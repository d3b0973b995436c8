"""Tables of forms: what was filled in at a window, item by item, paper by paper (I2, I6, I11)."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import (
    CheckConstraint,
    Date,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from hall.database import Base, Keyed


class Filing(Keyed, Base):
    """One form, one receipt, one collection (I6): a single item, or a bundle. A draft until it is received.

    `bundle_revision` is the version of the bundle that it began with; its papers are copied then (I2). `revision` grows
    with each saving: two browsers never write over each other. Personal data of applicant and agent is sealed.
    """

    __tablename__ = "filing"

    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"))
    nonce: Mapped[bytes] = mapped_column(LargeBinary(9), unique=True)
    state: Mapped[str] = mapped_column(String(10), default="draft")
    revision: Mapped[int] = mapped_column(default=1)
    item_id: Mapped[int | None] = mapped_column(ForeignKey("service_item.id"))
    bundle_id: Mapped[int | None] = mapped_column(ForeignKey("bundle.id"))
    bundle_revision: Mapped[int | None]
    in_turn: Mapped[bool] = mapped_column(default=False)
    ticket_id: Mapped[int | None] = mapped_column(ForeignKey("ticket.id"))
    window_id: Mapped[int | None] = mapped_column(ForeignKey("service_window.id"))
    opened_by: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    opened_at: Mapped[datetime]
    applicant_id: Mapped[int | None] = mapped_column(ForeignKey("applicant.id"))
    party: Mapped[str] = mapped_column(String(12), default="person")
    name: Mapped[str] = mapped_column(String(120), default="")
    number_kind: Mapped[str] = mapped_column(String(20), default="id_card")
    number_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    number_shown: Mapped[str] = mapped_column(String(40), default="")
    phone_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    phone_shown: Mapped[str] = mapped_column(String(20), default="")
    agent_name: Mapped[str] = mapped_column(String(120), default="")
    agent_number_kind: Mapped[str] = mapped_column(String(20), default="id_card")
    agent_number_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    agent_number_shown: Mapped[str] = mapped_column(String(40), default="")
    mandate_scope: Mapped[str] = mapped_column(String(300), default="")
    mandate_until: Mapped[date | None] = mapped_column(Date)
    subject: Mapped[str] = mapped_column(String(300), default="")
    remarks: Mapped[str] = mapped_column(String(500), default="")
    collect: Mapped[str] = mapped_column(String(10), default="together")
    delivery: Mapped[str] = mapped_column(String(10), default="window")
    address_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    lang: Mapped[str] = mapped_column(String(5), default="zh")
    visits: Mapped[int] = mapped_column(default=1)
    received_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    received_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]

    __table_args__ = (
        CheckConstraint("state IN ('draft', 'received', 'discarded')", name="state"),
        CheckConstraint("(item_id IS NULL) <> (bundle_id IS NULL)", name="item_or_bundle"),
        CheckConstraint("state <> 'received' OR received_by IS NOT NULL", name="receiver"),
        CheckConstraint("state <> 'received' OR applicant_id IS NOT NULL", name="applicant"),
        CheckConstraint("collect IN ('together', 'piecewise')", name="collect"),
        CheckConstraint("delivery IN ('window', 'post')", name="delivery"),
        Index(  # a double click, a second tab: one draft a ticket
            "uq_filing_draft",
            "ticket_id",
            unique=True,
            sqlite_where=text("state = 'draft' AND ticket_id IS NOT NULL"),
            postgresql_where=text("state = 'draft' AND ticket_id IS NOT NULL"),
        ),
        Index("ix_filing_applicant", "applicant_id", "id"),
        Index("ix_filing_ticket", "ticket_id"),
        Index(
            "ix_filing_drafts",
            "site_id",
            "opened_by",
            sqlite_where=text("state = 'draft'"),
            postgresql_where=text("state = 'draft'"),
        ),
    )


class FilingVisit(Keyed, Base):
    """A later visit of a form's applicant, after that of the receipt (I11): by its ticket, or a day without one."""

    __tablename__ = "filing_visit"

    filing_id: Mapped[int] = mapped_column(ForeignKey("filing.id"))
    ticket_id: Mapped[int | None] = mapped_column(ForeignKey("ticket.id"))
    day: Mapped[date] = mapped_column(Date)

    __table_args__ = (
        UniqueConstraint("filing_id", "ticket_id"),
        Index(
            "uq_filing_visit_day",
            "filing_id",
            "day",
            unique=True,
            sqlite_where=text("ticket_id IS NULL"),
            postgresql_where=text("ticket_id IS NULL"),
        ),
    )


class FilingItem(Base):
    """An item of a form, in the revision in which the form began with it (I2)."""

    __tablename__ = "filing_item"

    filing_id: Mapped[int] = mapped_column(ForeignKey("filing.id"), primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("service_item.id"), primary_key=True)
    sort: Mapped[int] = mapped_column(default=0)
    item_revision: Mapped[int]


class FilingPaper(Keyed, Base):
    """One paper of a filing's checklist, as the catalogue said when it began; shared papers stand once (I2, I6).

    `made_by_id`: the item whose case, earlier in the same bundle, makes it.
    """

    __tablename__ = "filing_paper"

    filing_id: Mapped[int] = mapped_column(ForeignKey("filing.id"))
    sort: Mapped[int] = mapped_column(default=0)
    name: Mapped[str] = mapped_column(String(200))
    name_en: Mapped[str] = mapped_column(String(200), default="")
    originals: Mapped[int] = mapped_column(default=1)
    copies: Mapped[int] = mapped_column(default=0)
    condition: Mapped[str] = mapped_column(String(200), default="")
    condition_en: Mapped[str] = mapped_column(String(200), default="")
    source: Mapped[str] = mapped_column(String(200), default="")
    deferrable: Mapped[bool] = mapped_column(default=False)
    e_licence: Mapped[bool] = mapped_column(default=False)
    state: Mapped[str] = mapped_column(String(12), default="unchecked")
    note: Mapped[str] = mapped_column(String(200), default="")
    reused_paper_id: Mapped[int | None] = mapped_column(ForeignKey("filing_paper.id"))
    reused_licence_id: Mapped[int | None] = mapped_column(ForeignKey("licence.id"))
    made_by_id: Mapped[int | None] = mapped_column(ForeignKey("service_item.id"))
    handed_in_at: Mapped[datetime | None]

    __table_args__ = (
        UniqueConstraint("filing_id", "sort"),
        CheckConstraint(
            "state IN ('unchecked','present','reused','corrected','deferred','missing','not_needed','from_bundle')",
            name="state",
        ),
        CheckConstraint("state <> 'from_bundle' OR made_by_id IS NOT NULL", name="made_by"),
        CheckConstraint("state <> 'deferred' OR \"deferrable\"", name="deferrable"),
    )


class PaperUse(Base):
    """Which item of a filing asks for which of its papers."""

    __tablename__ = "paper_use"

    paper_id: Mapped[int] = mapped_column(ForeignKey("filing_paper.id"), primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("service_item.id"), primary_key=True)
