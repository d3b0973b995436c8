"""Notices, deferrals, clock stops, notes, deliveries, printed documents."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from hall.database import BigId, Instant

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "one_time_notice",
        sa.Column("id", BigId, nullable=False),
        sa.Column("case_id", BigId, nullable=False),
        sa.Column("serial", BigId, nullable=False),
        sa.Column("nonce", sa.LargeBinary(length=9), nullable=False),
        sa.Column("basis", sa.String(length=300), nullable=False),
        sa.Column("consequence", sa.String(length=300), nullable=False),
        sa.Column("term_days", BigId, nullable=False),
        sa.Column("answer_by", sa.Date(), nullable=True),
        sa.Column("sent_by", BigId, nullable=False),
        sa.Column("sent_at", Instant(), nullable=False),
        sa.Column("breach_by", BigId, nullable=True),
        sa.Column("breach_reason", sa.String(length=300), nullable=True),
        sa.Column("answered_at", Instant(), nullable=True),
        sa.Column("return_ticket_id", BigId, nullable=True),
        sa.CheckConstraint(
            "serial = 1 OR (breach_by IS NOT NULL AND breach_reason IS NOT NULL)",
            name=op.f("ck_one_time_notice_breach"),
        ),
        sa.CheckConstraint("serial IN (1, 2)", name=op.f("ck_one_time_notice_at_most_two")),
        sa.ForeignKeyConstraint(["breach_by"], ["staff.id"], name=op.f("fk_one_time_notice_breach_by")),
        sa.ForeignKeyConstraint(["case_id"], ["service_case.id"], name=op.f("fk_one_time_notice_case_id")),
        sa.ForeignKeyConstraint(
            ["return_ticket_id"], ["ticket.id"], name=op.f("fk_one_time_notice_return_ticket_id")
        ),
        sa.ForeignKeyConstraint(["sent_by"], ["staff.id"], name=op.f("fk_one_time_notice_sent_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_one_time_notice")),
        sa.UniqueConstraint("case_id", "serial", name=op.f("uq_one_time_notice_case_id_serial")),
        sa.UniqueConstraint("nonce", name=op.f("uq_one_time_notice_nonce")),
        sa.UniqueConstraint("return_ticket_id", name=op.f("uq_one_time_notice_return_ticket_id")),
    )

    op.create_table(
        "notice_line",
        sa.Column("id", BigId, nullable=False),
        sa.Column("notice_id", BigId, nullable=False),
        sa.Column("sort", BigId, nullable=False),
        sa.Column("paper_id", BigId, nullable=True),
        sa.Column("material", sa.String(length=200), nullable=False),
        sa.Column("problem", sa.String(length=300), nullable=False),
        sa.Column("wanted", sa.String(length=300), nullable=False),
        sa.Column("copies", sa.String(length=80), nullable=False),
        sa.Column("where_to_get", sa.String(length=200), nullable=False),
        sa.Column("settled_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(["notice_id"], ["one_time_notice.id"], name=op.f("fk_notice_line_notice_id")),
        sa.ForeignKeyConstraint(["paper_id"], ["filing_paper.id"], name=op.f("fk_notice_line_paper_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice_line")),
        sa.UniqueConstraint("notice_id", "sort", name=op.f("uq_notice_line_notice_id_sort")),
    )

    op.create_table(
        "deferral",
        sa.Column("id", BigId, nullable=False),
        sa.Column("case_id", BigId, nullable=False),
        sa.Column("paper_id", BigId, nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("days", BigId, nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("granted_by", BigId, nullable=False),
        sa.Column("granted_at", Instant(), nullable=False),
        sa.Column("handed_in_at", Instant(), nullable=True),
        sa.Column("handed_in_to", BigId, nullable=True),
        sa.Column("proposed_at", Instant(), nullable=True),
        sa.Column("ended_by", BigId, nullable=True),
        sa.Column("ended_at", Instant(), nullable=True),
        sa.Column("force_majeure", sa.String(length=300), nullable=True),
        sa.Column("made_good_at", Instant(), nullable=True),
        sa.CheckConstraint("state <> 'broken' OR ended_by IS NOT NULL", name=op.f("ck_deferral_signed")),
        sa.CheckConstraint(
            "state <> 'in' OR handed_in_to IS NOT NULL", name=op.f("ck_deferral_taken_by_somebody")
        ),
        sa.CheckConstraint(
            "state IN ('open', 'proposed', 'in', 'broken', 'withdrawn')", name=op.f("ck_deferral_state")
        ),
        sa.ForeignKeyConstraint(["case_id"], ["service_case.id"], name=op.f("fk_deferral_case_id")),
        sa.ForeignKeyConstraint(["ended_by"], ["staff.id"], name=op.f("fk_deferral_ended_by")),
        sa.ForeignKeyConstraint(["granted_by"], ["staff.id"], name=op.f("fk_deferral_granted_by")),
        sa.ForeignKeyConstraint(["handed_in_to"], ["staff.id"], name=op.f("fk_deferral_handed_in_to")),
        sa.ForeignKeyConstraint(["paper_id"], ["filing_paper.id"], name=op.f("fk_deferral_paper_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deferral")),
        sa.UniqueConstraint("case_id", "paper_id", name=op.f("uq_deferral_case_id_paper_id")),
    )
    op.create_index(
        "ix_deferral_open",
        "deferral",
        ["until"],
        unique=False,
        sqlite_where=sa.text("state IN ('open', 'proposed')"),
        postgresql_where=sa.text("state IN ('open', 'proposed')"),
    )
    op.create_table(
        "clock_stop",
        sa.Column("id", BigId, nullable=False),
        sa.Column("case_id", BigId, nullable=False),
        sa.Column("procedure", sa.String(length=120), nullable=False),
        sa.Column("basis", sa.String(length=300), nullable=False),
        sa.Column("planned_days", BigId, nullable=False),
        sa.Column("stopped_by", BigId, nullable=False),
        sa.Column("stopped_at", Instant(), nullable=False),
        sa.Column("stopped_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("told_at", Instant(), nullable=True),
        sa.Column("resumed_at", Instant(), nullable=True),
        sa.Column("resumed_on", sa.Date(), nullable=True),
        sa.Column("resumed_by", BigId, nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["service_case.id"], name=op.f("fk_clock_stop_case_id")),
        sa.ForeignKeyConstraint(["resumed_by"], ["staff.id"], name=op.f("fk_clock_stop_resumed_by")),
        sa.ForeignKeyConstraint(["stopped_by"], ["staff.id"], name=op.f("fk_clock_stop_stopped_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_clock_stop")),
    )
    op.create_index("ix_clock_stop_case", "clock_stop", ["case_id"], unique=False)
    op.create_index(
        "uq_clock_stop_running",
        "clock_stop",
        ["case_id"],
        unique=True,
        sqlite_where=sa.text("resumed_at IS NULL"),
        postgresql_where=sa.text("resumed_at IS NULL"),
    )
    op.create_table(
        "case_note",
        sa.Column("id", BigId, nullable=False),
        sa.Column("case_id", BigId, nullable=False),
        sa.Column("staff_id", BigId, nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["service_case.id"], name=op.f("fk_case_note_case_id")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_case_note_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_note")),
    )
    op.create_index("ix_case_note_case", "case_note", ["case_id", "id"], unique=False)
    op.create_table(
        "case_reminder",
        sa.Column("id", BigId, nullable=False),
        sa.Column("case_id", BigId, nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("about", sa.String(length=20), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["service_case.id"], name=op.f("fk_case_reminder_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_reminder")),
        sa.UniqueConstraint("case_id", "kind", "about", name=op.f("uq_case_reminder_case_id_kind_about")),
    )

    op.create_table(
        "delivery",
        sa.Column("id", BigId, nullable=False),
        sa.Column("case_id", BigId, nullable=False),
        sa.Column("way", sa.String(length=12), nullable=False),
        sa.Column("outcome", sa.String(length=10), nullable=False),
        sa.Column("staff_id", BigId, nullable=False),
        sa.Column("ticket_id", BigId, nullable=True),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("taker", sa.String(length=12), nullable=False),
        sa.Column("signature", sa.String(length=64), nullable=True),
        sa.Column("address_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("tracking", sa.String(length=40), nullable=False),
        sa.Column("note", sa.String(length=300), nullable=False),
        sa.CheckConstraint("outcome <> 'posted' OR length(tracking) > 0", name=op.f("ck_delivery_tracked")),
        sa.CheckConstraint(
            "outcome IN ('taken', 'posted', 'refused', 'returned')", name=op.f("ck_delivery_outcome")
        ),
        sa.CheckConstraint("way IN ('issue_window', 'post', 'same_desk')", name=op.f("ck_delivery_way")),
        sa.ForeignKeyConstraint(["case_id"], ["service_case.id"], name=op.f("fk_delivery_case_id")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_delivery_staff_id")),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name=op.f("fk_delivery_ticket_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delivery")),
    )
    op.create_index("ix_delivery_case", "delivery", ["case_id"], unique=False)
    op.create_index(
        "uq_delivery_done",
        "delivery",
        ["case_id"],
        unique=True,
        sqlite_where=sa.text("outcome IN ('taken', 'posted')"),
        postgresql_where=sa.text("outcome IN ('taken', 'posted')"),
    )
    op.create_table(
        "document_printing",
        sa.Column("id", BigId, nullable=False),
        sa.Column("filing_id", BigId, nullable=False),
        sa.Column("case_id", BigId, nullable=True),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("copy", BigId, nullable=False),
        sa.Column("staff_id", BigId, nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('receipt', 'notice', 'acceptance', 'undertaking', 'non_acceptance', 'decision', "
            "'termination', 'handover')",
            name=op.f("ck_document_printing_kind"),
        ),
        sa.ForeignKeyConstraint(["case_id"], ["service_case.id"], name=op.f("fk_document_printing_case_id")),
        sa.ForeignKeyConstraint(["filing_id"], ["filing.id"], name=op.f("fk_document_printing_filing_id")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_document_printing_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_document_printing")),
    )
    op.create_index("ix_document_printing", "document_printing", ["filing_id", "kind", "id"], unique=False)


def downgrade() -> None:
    """Undo."""
    op.drop_table("document_printing")
    op.drop_table("delivery")
    op.drop_table("case_reminder")
    op.drop_table("case_note")
    op.drop_table("clock_stop")
    op.drop_table("deferral")
    op.drop_table("notice_line")
    op.drop_table("one_time_notice")
