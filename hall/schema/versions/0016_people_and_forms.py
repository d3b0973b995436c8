"""Applicants, filings, who may accept what; reviewers and how items keep receiving and deciding apart."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from hall.database import BigId, Instant

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "special_procedure",
        sa.Column("id", BigId, nullable=False),
        sa.Column("item_id", BigId, nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("basis", sa.String(length=300), nullable=False),
        sa.Column("planned_days", BigId, nullable=False),
        sa.CheckConstraint("planned_days BETWEEN 1 AND 730", name=op.f("ck_special_procedure_days")),
        sa.ForeignKeyConstraint(["item_id"], ["service_item.id"], name=op.f("fk_special_procedure_item_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_special_procedure")),
        sa.UniqueConstraint("item_id", "name", name=op.f("uq_special_procedure_item_id_name")),
    )

    op.create_table(
        "applicant",
        sa.Column("id", BigId, nullable=False),
        sa.Column("site_id", BigId, nullable=False),
        sa.Column("party", sa.String(length=12), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("number_kind", sa.String(length=20), nullable=False),
        sa.Column("number_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("number_shown", sa.String(length=40), nullable=False),
        sa.Column("trace", sa.LargeBinary(length=32), nullable=True),
        sa.Column("known_since", Instant(), nullable=False),
        sa.CheckConstraint("(trace IS NULL) = (number_kind = 'none_yet')", name=op.f("ck_applicant_traced")),
        sa.CheckConstraint("party IN ('person', 'organisation')", name=op.f("ck_applicant_party")),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_applicant_site_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_applicant")),
    )
    op.create_index(
        "uq_applicant_trace",
        "applicant",
        ["site_id", "trace"],
        unique=True,
        sqlite_where=sa.text("trace IS NOT NULL"),
        postgresql_where=sa.text("trace IS NOT NULL"),
    )
    op.create_table(
        "acceptance_authority",
        sa.Column("id", BigId, nullable=False),
        sa.Column("staff_id", BigId, nullable=False),
        sa.Column("item_id", BigId, nullable=False),
        sa.Column("document", sa.String(length=120), nullable=False),
        sa.Column("granted_at", Instant(), nullable=False),
        sa.Column("granted_by", BigId, nullable=True),
        sa.Column("revoked_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(
            ["granted_by"], ["staff.id"], name=op.f("fk_acceptance_authority_granted_by")
        ),
        sa.ForeignKeyConstraint(
            ["item_id"], ["service_item.id"], name=op.f("fk_acceptance_authority_item_id")
        ),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_acceptance_authority_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_acceptance_authority")),
    )
    op.create_index(
        "uq_acceptance_authority",
        "acceptance_authority",
        ["staff_id", "item_id"],
        unique=True,
        sqlite_where=sa.text("revoked_at IS NULL"),
        postgresql_where=sa.text("revoked_at IS NULL"),
    )
    op.create_table(
        "case_series",
        sa.Column("site_id", BigId, nullable=False),
        sa.Column("year", BigId, autoincrement=False, nullable=False),
        sa.Column("last_serial", BigId, nullable=False),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_case_series_site_id")),
        sa.PrimaryKeyConstraint("site_id", "year", name=op.f("pk_case_series")),
    )

    op.create_table(
        "filing",
        sa.Column("id", BigId, nullable=False),
        sa.Column("site_id", BigId, nullable=False),
        sa.Column("nonce", sa.LargeBinary(length=9), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("revision", BigId, nullable=False),
        sa.Column("item_id", BigId, nullable=True),
        sa.Column("bundle_id", BigId, nullable=True),
        sa.Column("bundle_revision", BigId, nullable=True),
        sa.Column("in_turn", sa.Boolean(), nullable=False),
        sa.Column("ticket_id", BigId, nullable=True),
        sa.Column("window_id", BigId, nullable=True),
        sa.Column("opened_by", BigId, nullable=False),
        sa.Column("opened_at", Instant(), nullable=False),
        sa.Column("applicant_id", BigId, nullable=True),
        sa.Column("party", sa.String(length=12), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("number_kind", sa.String(length=20), nullable=False),
        sa.Column("number_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("number_shown", sa.String(length=40), nullable=False),
        sa.Column("phone_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("phone_shown", sa.String(length=20), nullable=False),
        sa.Column("agent_name", sa.String(length=120), nullable=False),
        sa.Column("agent_number_kind", sa.String(length=20), nullable=False),
        sa.Column("agent_number_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("agent_number_shown", sa.String(length=40), nullable=False),
        sa.Column("mandate_scope", sa.String(length=300), nullable=False),
        sa.Column("mandate_until", sa.Date(), nullable=True),
        sa.Column("subject", sa.String(length=300), nullable=False),
        sa.Column("remarks", sa.String(length=500), nullable=False),
        sa.Column("collect", sa.String(length=10), nullable=False),
        sa.Column("delivery", sa.String(length=10), nullable=False),
        sa.Column("address_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("lang", sa.String(length=5), nullable=False),
        sa.Column("visits", BigId, nullable=False),
        sa.Column("received_by", BigId, nullable=True),
        sa.Column("received_at", Instant(), nullable=True),
        sa.Column("closed_at", Instant(), nullable=True),
        sa.CheckConstraint("collect IN ('together', 'piecewise')", name=op.f("ck_filing_collect")),
        sa.CheckConstraint("delivery IN ('window', 'post')", name=op.f("ck_filing_delivery")),
        sa.CheckConstraint(
            "state <> 'received' OR applicant_id IS NOT NULL", name=op.f("ck_filing_applicant")
        ),
        sa.CheckConstraint("state <> 'received' OR received_by IS NOT NULL", name=op.f("ck_filing_receiver")),
        sa.CheckConstraint("state IN ('draft', 'received', 'discarded')", name=op.f("ck_filing_state")),
        sa.CheckConstraint("(item_id IS NULL) <> (bundle_id IS NULL)", name=op.f("ck_filing_item_or_bundle")),
        sa.ForeignKeyConstraint(["applicant_id"], ["applicant.id"], name=op.f("fk_filing_applicant_id")),
        sa.ForeignKeyConstraint(["bundle_id"], ["bundle.id"], name=op.f("fk_filing_bundle_id")),
        sa.ForeignKeyConstraint(["item_id"], ["service_item.id"], name=op.f("fk_filing_item_id")),
        sa.ForeignKeyConstraint(["opened_by"], ["staff.id"], name=op.f("fk_filing_opened_by")),
        sa.ForeignKeyConstraint(["received_by"], ["staff.id"], name=op.f("fk_filing_received_by")),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_filing_site_id")),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name=op.f("fk_filing_ticket_id")),
        sa.ForeignKeyConstraint(["window_id"], ["service_window.id"], name=op.f("fk_filing_window_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_filing")),
        sa.UniqueConstraint("nonce", name=op.f("uq_filing_nonce")),
    )
    op.create_index("ix_filing_applicant", "filing", ["applicant_id", "id"], unique=False)
    op.create_index(
        "ix_filing_drafts",
        "filing",
        ["site_id", "opened_by"],
        unique=False,
        sqlite_where=sa.text("state = 'draft'"),
        postgresql_where=sa.text("state = 'draft'"),
    )
    op.create_index(
        "uq_filing_draft",
        "filing",
        ["ticket_id"],
        unique=True,
        sqlite_where=sa.text("state = 'draft' AND ticket_id IS NOT NULL"),
        postgresql_where=sa.text("state = 'draft' AND ticket_id IS NOT NULL"),
    )
    with op.batch_alter_table("service_item") as batch:
        batch.add_column(sa.Column("mode", sa.String(length=10), nullable=False, server_default="separated"))
        batch.add_column(sa.Column("second_review", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch.add_column(sa.Column("legal_basis", sa.String(length=300), nullable=False, server_default=""))
        batch.add_column(sa.Column("result_name", sa.String(length=200), nullable=False, server_default=""))
        batch.add_column(
            sa.Column("result_name_en", sa.String(length=200), nullable=False, server_default="")
        )
        batch.create_check_constraint(
            op.f("ck_service_item_mode"), "mode IN ('separated', 'same_desk', 'township')"
        )
    with op.batch_alter_table("staff") as batch:
        batch.add_column(sa.Column("department_id", BigId, nullable=True))
        batch.create_foreign_key(op.f("fk_staff_department_id"), "department", ["department_id"], ["id"])


def downgrade() -> None:
    """Undo."""
    with op.batch_alter_table("staff") as batch:
        batch.drop_constraint(op.f("fk_staff_department_id"), type_="foreignkey")
        batch.drop_column("department_id")
    with op.batch_alter_table("service_item") as batch:
        batch.drop_constraint(op.f("ck_service_item_mode"), type_="check")
        for name in ("result_name_en", "result_name", "legal_basis", "second_review", "mode"):
            batch.drop_column(name)
    op.drop_table("filing")
    op.drop_table("case_series")
    op.drop_table("acceptance_authority")
    op.drop_table("applicant")
    op.drop_table("special_procedure")
