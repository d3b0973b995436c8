"""Tables of the ledger of findings. What never changes is kept by triggers: steps and evidence are only added (M7)."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import (
    CheckConstraint,
    Date,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    LargeBinary,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from hall.database import Base, Keyed


class FindingSeries(Base):
    """The running count of a hall's findings in one year: growing, unique, without gaps."""

    __tablename__ = "finding_series"

    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"), primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    last_serial: Mapped[int]


class Finding(Keyed, Base):
    """A problem that a reception brought to light. `title` may be read by all, `detail` by those concerned.

    `body_id` is the department that puts it right, `owner_id` the person there who answers for it, until `due_on`.
    A citizen concerned is sealed (`citizen_sealed`, `phone_sealed`) and called back before it is closed.
    Long after the end words and files are forgotten (`forgotten_on`); line, dates, states and figures stay.
    What it came from, a walk (and its step) or a hard matter, is of the same rota and session, by pairs of keys.
    """

    __tablename__ = "finding"

    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"))
    rota_id: Mapped[int] = mapped_column(ForeignKey("rota.id"))
    session_id: Mapped[int | None] = mapped_column(ForeignKey("rota_session.id"))
    walk_id: Mapped[int | None]
    walk_step: Mapped[int | None]
    matter_id: Mapped[int | None]
    year: Mapped[int]
    serial: Mapped[int]
    state: Mapped[str] = mapped_column(String(10), default="found")
    source: Mapped[str] = mapped_column(String(5))
    title: Mapped[str] = mapped_column(String(80))
    detail: Mapped[str] = mapped_column(Text, default="")
    found_on: Mapped[date] = mapped_column(Date)
    found_at: Mapped[datetime]
    found_by: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    body_id: Mapped[int | None] = mapped_column(ForeignKey("rota_body.id"))
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("rota_person.id"))
    due_on: Mapped[date | None] = mapped_column(Date)
    extended: Mapped[int] = mapped_column(default=0)
    cure: Mapped[str] = mapped_column(Text, default="")
    rectified_at: Mapped[datetime | None]
    rectified_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    verified_at: Mapped[datetime | None]
    verified_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    closed_on: Mapped[date | None] = mapped_column(Date)
    citizen_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    citizen_shown: Mapped[str] = mapped_column(String(60), default="")
    phone_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    reached: Mapped[str | None] = mapped_column(String(12))
    forgotten_on: Mapped[date | None] = mapped_column(Date)
    revision: Mapped[int] = mapped_column(default=1)

    __table_args__ = (
        UniqueConstraint("site_id", "year", "serial"),
        CheckConstraint("state IN ('found', 'assigned', 'rectified', 'verified', 'closed')", name="state"),
        CheckConstraint("source IN ('sit', 'walk', 'do', 'other')", name="source"),
        CheckConstraint(
            "state = 'found' OR (body_id IS NOT NULL AND owner_id IS NOT NULL AND due_on IS NOT NULL)",
            name="assigned",
        ),
        CheckConstraint("state IN ('found', 'assigned') OR rectified_by IS NOT NULL", name="rectified"),
        CheckConstraint("(state IN ('verified', 'closed')) = (verified_by IS NOT NULL)", name="verified"),
        CheckConstraint("verified_by IS NULL OR verified_by <> rectified_by", name="by_another"),
        CheckConstraint("(state = 'closed') = (closed_on IS NOT NULL)", name="closed"),
        CheckConstraint(
            "state <> 'closed' OR phone_sealed IS NULL OR reached IS NOT NULL", name="called_back"
        ),
        CheckConstraint("reached IN ('content', 'not_content', 'not_reached')", name="reached"),
        CheckConstraint(
            "forgotten_on IS NULL OR (state = 'closed' AND detail = '' AND cure = '')", name="forgotten"
        ),
        UniqueConstraint("id", "forgotten_on"),  # steps and evidence are emptied with it
        ForeignKeyConstraint(["walk_id", "rota_id"], ["walk.id", "walk.rota_id"]),
        ForeignKeyConstraint(["walk_id", "session_id"], ["walk.id", "walk.session_id"]),
        ForeignKeyConstraint(["walk_id", "walk_step"], ["walk_step.walk_id", "walk_step.number"]),
        ForeignKeyConstraint(
            ["matter_id", "rota_id", "session_id"],
            ["hard_matter.id", "hard_matter.rota_id", "hard_matter.session_id"],
        ),
        CheckConstraint("walk_id IS NULL OR source = 'walk'", name="of_walk"),
        CheckConstraint("walk_step IS NULL OR walk_id IS NOT NULL", name="of_step"),
        CheckConstraint("matter_id IS NULL OR (source = 'do' AND session_id IS NOT NULL)", name="of_matter"),
        Index("ix_finding_walk", "walk_id"),
        Index("ix_finding_matter", "matter_id"),
        Index("ix_finding_rota", "rota_id", "found_on"),
        Index("ix_finding_body", "body_id", "state"),
        Index("ix_finding_due", "site_id", "state", "due_on"),
    )


class FindingStep(Keyed, Base):
    """One step in the life of a finding: only added, and emptied once with its finding (triggers).

    `due_on` is the deadline from then on, `reached` how a call ended.
    """

    __tablename__ = "finding_step"

    finding_id: Mapped[int] = mapped_column(ForeignKey("finding.id"))
    what: Mapped[str] = mapped_column(String(12))
    at: Mapped[datetime]
    by_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    note: Mapped[str] = mapped_column(String(500), default="")
    body_id: Mapped[int | None] = mapped_column(ForeignKey("rota_body.id"))
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("rota_person.id"))
    due_on: Mapped[date | None] = mapped_column(Date)
    reached: Mapped[str | None] = mapped_column(String(12))
    forgotten_on: Mapped[date | None] = mapped_column(Date)

    __table_args__ = (
        CheckConstraint("forgotten_on IS NULL OR note = ''", name="forgotten"),
        ForeignKeyConstraint(["finding_id", "forgotten_on"], ["finding.id", "finding.forgotten_on"]),
        CheckConstraint("reached IN ('content', 'not_content', 'not_reached')", name="reached"),
        CheckConstraint(
            "what IN ('found', 'assigned', 'extended', 'rectified', 'sent_back', 'verified', 'called_back', "
            "'closed')",
            name="what",
        ),
        Index("ix_finding_step_finding", "finding_id", "id"),
    )


class FindingEvidence(Keyed, Base):
    """A photo or document, kept as a file named by its content. `shows` is the problem, or its cure.

    Once forgotten, the file goes, and what it was stays: kind, size, content's hash, when and by whom.
    """

    __tablename__ = "finding_evidence"

    finding_id: Mapped[int] = mapped_column(ForeignKey("finding.id"))
    shows: Mapped[str] = mapped_column(String(7))
    digest: Mapped[str] = mapped_column(String(64))
    sort: Mapped[str] = mapped_column(String(4))
    size: Mapped[int]
    name: Mapped[str] = mapped_column(String(80), default="")
    added_at: Mapped[datetime]
    added_by: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    forgotten_on: Mapped[date | None] = mapped_column(Date)

    __table_args__ = (
        CheckConstraint("forgotten_on IS NULL OR name = ''", name="forgotten"),
        ForeignKeyConstraint(["finding_id", "forgotten_on"], ["finding.id", "finding.forgotten_on"]),
        UniqueConstraint("finding_id", "shows", "digest"),
        CheckConstraint("shows IN ('problem', 'cure')", name="shows"),
        CheckConstraint("sort IN ('jpeg', 'png', 'pdf', 'docx')", name="sort"),
    )
