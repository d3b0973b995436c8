"""Cases, the papers of filings, results that can be used again."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from hall.database import BigId, Instant

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "service_case",
        sa.Column("id", BigId, nullable=False),
        sa.Column("site_id", BigId, nullable=False),
        sa.Column("filing_id", BigId, nullable=False),
        sa.Column("sort", BigId, nullable=False),
        sa.Column("item_id", BigId, nullable=False),
        sa.Column("item_revision", BigId, nullable=False),
        sa.Column("department_id", BigId, nullable=False),
        sa.Column("applicant_id", BigId, nullable=False),
        sa.Column("year", BigId, nullable=False),
        sa.Column("serial", BigId, nullable=False),
        sa.Column("number", sa.String(length=40), nullable=False),
        sa.Column("platform_number", sa.String(length=60), nullable=True),
        sa.Column("nonce", sa.LargeBinary(length=9), nullable=False),
        sa.Column("state", sa.String(length=14), nullable=False),
        sa.Column("mode", sa.String(length=10), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("task_type", BigId, nullable=False),
        sa.Column("statutory_days", BigId, nullable=True),
        sa.Column("committed_days", BigId, nullable=True),
        sa.Column("second_review", sa.Boolean(), nullable=False),
        sa.Column("owner_id", BigId, nullable=False),
        sa.Column("received_by", BigId, nullable=False),
        sa.Column("received_at", Instant(), nullable=False),
        sa.Column("arrived_at", Instant(), nullable=True),
        sa.Column("claimed_by", BigId, nullable=True),
        sa.Column("claimed_at", Instant(), nullable=True),
        sa.Column("accepted_by", BigId, nullable=True),
        sa.Column("accepted_at", Instant(), nullable=True),
        sa.Column("accepted_basis", sa.String(length=10), nullable=True),
        sa.Column("authority_id", BigId, nullable=True),
        sa.Column("clock_from", sa.Date(), nullable=True),
        sa.Column("due_days", BigId, nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("extended_days", BigId, nullable=False),
        sa.Column("extended_by", BigId, nullable=True),
        sa.Column("extension_reason", sa.String(length=300), nullable=True),
        sa.Column("open_deferrals", BigId, nullable=False),
        sa.Column("decided_by", BigId, nullable=True),
        sa.Column("decided_at", Instant(), nullable=True),
        sa.Column("decision", sa.String(length=10), nullable=True),
        sa.Column("reasons", sa.Text(), nullable=True),
        sa.Column("confirmed_by", BigId, nullable=True),
        sa.Column("result_name", sa.String(length=200), nullable=False),
        sa.Column("result_number", sa.String(length=80), nullable=False),
        sa.Column("result_until", sa.Date(), nullable=True),
        sa.Column("ready_at", Instant(), nullable=True),
        sa.Column("delivered_by", BigId, nullable=True),
        sa.Column("delivered_at", Instant(), nullable=True),
        sa.Column("delivered_by_way", sa.String(length=12), nullable=True),
        sa.Column("ended_at", Instant(), nullable=True),
        sa.Column("sampled", sa.Boolean(), nullable=False),
        sa.Column("sampled_by", BigId, nullable=True),
        sa.Column("overdue_since", sa.Date(), nullable=True),
        sa.Column("notice_breach", sa.Boolean(), nullable=False),
        sa.Column("revision", BigId, nullable=False),
        sa.Column("changed_at", Instant(), nullable=False),
        sa.CheckConstraint(
            "accepted_by <> received_by OR authority_id IS NOT NULL OR mode = 'same_desk'",
            name=op.f("ck_service_case_authorised"),
        ),
        sa.CheckConstraint(
            "delivered_by_way <> 'same_desk' OR mode = 'same_desk'", name=op.f("ck_service_case_way_of_issue")
        ),
        sa.CheckConstraint(
            "mode = 'same_desk' OR confirmed_by <> received_by",
            name=op.f("ck_service_case_receiver_confirms_not"),
        ),
        sa.CheckConstraint(
            "mode = 'same_desk' OR decided_by <> received_by",
            name=op.f("ck_service_case_receiver_decides_not"),
        ),
        sa.CheckConstraint(
            "mode = 'same_desk' OR delivered_by <> decided_by", name=op.f("ck_service_case_issued_by_another")
        ),
        sa.CheckConstraint(
            "mode IN ('separated', 'same_desk', 'township')", name=op.f("ck_service_case_mode")
        ),
        sa.CheckConstraint(
            "state <> 'delivered' OR delivered_by IS NOT NULL",
            name=op.f("ck_service_case_delivered_by_somebody"),
        ),
        sa.CheckConstraint(
            "state IN ('waiting_turn','received','correction','accepted','stopped','proposed','decided','ready',"
            "'delivered','not_accepted','terminated','withdrawn')",
            name=op.f("ck_service_case_state"),
        ),
        sa.CheckConstraint(
            "state NOT IN ('accepted','stopped','proposed','decided','ready','delivered') OR accepted_at IS NOT NULL",
            name=op.f("ck_service_case_accepted_first"),
        ),
        sa.CheckConstraint(
            "state NOT IN ('decided', 'ready', 'delivered') OR NOT second_review OR confirmed_by IS NOT NULL",
            name=op.f("ck_service_case_second_review"),
        ),
        sa.CheckConstraint(
            "state NOT IN ('decided', 'ready', 'delivered') OR decided_at IS NOT NULL",
            name=op.f("ck_service_case_decided_first"),
        ),
        sa.CheckConstraint(
            "state NOT IN ('ready', 'delivered') OR open_deferrals = 0",
            name=op.f("ck_service_case_no_open_deferral"),
        ),
        sa.CheckConstraint("confirmed_by <> decided_by", name=op.f("ck_service_case_second_pair_of_eyes")),
        sa.CheckConstraint("extended_days IN (0, 10)", name=op.f("ck_service_case_one_extension")),
        sa.CheckConstraint("sampled_by <> decided_by", name=op.f("ck_service_case_sampled_by_another")),
        sa.ForeignKeyConstraint(["accepted_by"], ["staff.id"], name=op.f("fk_service_case_accepted_by")),
        sa.ForeignKeyConstraint(
            ["applicant_id"], ["applicant.id"], name=op.f("fk_service_case_applicant_id")
        ),
        sa.ForeignKeyConstraint(
            ["authority_id"], ["acceptance_authority.id"], name=op.f("fk_service_case_authority_id")
        ),
        sa.ForeignKeyConstraint(["claimed_by"], ["staff.id"], name=op.f("fk_service_case_claimed_by")),
        sa.ForeignKeyConstraint(["confirmed_by"], ["staff.id"], name=op.f("fk_service_case_confirmed_by")),
        sa.ForeignKeyConstraint(["decided_by"], ["staff.id"], name=op.f("fk_service_case_decided_by")),
        sa.ForeignKeyConstraint(["delivered_by"], ["staff.id"], name=op.f("fk_service_case_delivered_by")),
        sa.ForeignKeyConstraint(
            ["department_id"], ["department.id"], name=op.f("fk_service_case_department_id")
        ),
        sa.ForeignKeyConstraint(["extended_by"], ["staff.id"], name=op.f("fk_service_case_extended_by")),
        sa.ForeignKeyConstraint(["filing_id"], ["filing.id"], name=op.f("fk_service_case_filing_id")),
        sa.ForeignKeyConstraint(["item_id"], ["service_item.id"], name=op.f("fk_service_case_item_id")),
        sa.ForeignKeyConstraint(["owner_id"], ["staff.id"], name=op.f("fk_service_case_owner_id")),
        sa.ForeignKeyConstraint(["received_by"], ["staff.id"], name=op.f("fk_service_case_received_by")),
        sa.ForeignKeyConstraint(["sampled_by"], ["staff.id"], name=op.f("fk_service_case_sampled_by")),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_service_case_site_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_service_case")),
        sa.UniqueConstraint("filing_id", "item_id", name=op.f("uq_service_case_filing_id_item_id")),
        sa.UniqueConstraint("filing_id", "sort", name=op.f("uq_service_case_filing_id_sort")),
        sa.UniqueConstraint("nonce", name=op.f("uq_service_case_nonce")),
        sa.UniqueConstraint("site_id", "year", "serial", name=op.f("uq_service_case_site_id_year_serial")),
    )
    op.create_index("ix_service_case_applicant", "service_case", ["applicant_id", "id"], unique=False)
    op.create_index("ix_service_case_changed", "service_case", ["site_id", "changed_at", "id"], unique=False)
    op.create_index(
        "ix_service_case_inbox",
        "service_case",
        ["department_id", "state", "due_on"],
        unique=False,
        sqlite_where=sa.text("state IN ('received','correction','accepted','stopped','proposed','decided')"),
        postgresql_where=sa.text(
            "state IN ('received','correction','accepted','stopped','proposed','decided')"
        ),
    )
    op.create_index("ix_service_case_number", "service_case", ["site_id", "number"], unique=False)
    op.create_index(
        "ix_service_case_ready",
        "service_case",
        ["site_id", "ready_at"],
        unique=False,
        sqlite_where=sa.text("state = 'ready'"),
        postgresql_where=sa.text("state = 'ready'"),
    )
    op.create_index("ix_service_case_received", "service_case", ["site_id", "received_at"], unique=False)
    op.create_index(
        "uq_service_case_platform",
        "service_case",
        ["platform_number"],
        unique=True,
        sqlite_where=sa.text("platform_number IS NOT NULL"),
        postgresql_where=sa.text("platform_number IS NOT NULL"),
    )
    op.create_table(
        "licence",
        sa.Column("id", BigId, nullable=False),
        sa.Column("applicant_id", BigId, nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("number", sa.String(length=80), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("case_id", BigId, nullable=True),
        sa.Column("revoked_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(["applicant_id"], ["applicant.id"], name=op.f("fk_licence_applicant_id")),
        sa.ForeignKeyConstraint(["case_id"], ["service_case.id"], name=op.f("fk_licence_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_licence")),
    )
    op.create_index("ix_licence_applicant", "licence", ["applicant_id", "name"], unique=False)
    op.create_table(
        "filing_paper",
        sa.Column("id", BigId, nullable=False),
        sa.Column("filing_id", BigId, nullable=False),
        sa.Column("sort", BigId, nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("name_en", sa.String(length=200), nullable=False),
        sa.Column("originals", BigId, nullable=False),
        sa.Column("copies", BigId, nullable=False),
        sa.Column("condition", sa.String(length=200), nullable=False),
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.Column("deferrable", sa.Boolean(), nullable=False),
        sa.Column("e_licence", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("note", sa.String(length=200), nullable=False),
        sa.Column("reused_paper_id", BigId, nullable=True),
        sa.Column("reused_licence_id", BigId, nullable=True),
        sa.Column("handed_in_at", Instant(), nullable=True),
        sa.CheckConstraint("state <> 'deferred' OR \"deferrable\"", name=op.f("ck_filing_paper_deferrable")),
        sa.CheckConstraint(
            "state IN ('unchecked','present','reused','corrected','deferred','missing','not_needed')",
            name=op.f("ck_filing_paper_state"),
        ),
        sa.ForeignKeyConstraint(["filing_id"], ["filing.id"], name=op.f("fk_filing_paper_filing_id")),
        sa.ForeignKeyConstraint(
            ["reused_licence_id"], ["licence.id"], name=op.f("fk_filing_paper_reused_licence_id")
        ),
        sa.ForeignKeyConstraint(
            ["reused_paper_id"], ["filing_paper.id"], name=op.f("fk_filing_paper_reused_paper_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_filing_paper")),
        sa.UniqueConstraint("filing_id", "sort", name=op.f("uq_filing_paper_filing_id_sort")),
    )

    op.create_table(
        "paper_use",
        sa.Column("paper_id", BigId, nullable=False),
        sa.Column("item_id", BigId, nullable=False),
        sa.ForeignKeyConstraint(["item_id"], ["service_item.id"], name=op.f("fk_paper_use_item_id")),
        sa.ForeignKeyConstraint(["paper_id"], ["filing_paper.id"], name=op.f("fk_paper_use_paper_id")),
        sa.PrimaryKeyConstraint("paper_id", "item_id", name=op.f("pk_paper_use")),
    )


def downgrade() -> None:
    """Undo."""
    op.drop_table("paper_use")
    op.drop_table("filing_paper")
    op.drop_table("licence")
    op.drop_table("service_case")
