"""Tablets at windows, and the signatures asked for on them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from hall.database import BigId, Instant

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "signing_pad",
        sa.Column("id", BigId, nullable=False),
        sa.Column("site_id", BigId, nullable=False),
        sa.Column("window_id", BigId, nullable=False),
        sa.Column("nonce", sa.LargeBinary(length=9), nullable=False),
        sa.Column("joined_by", BigId, nullable=False),
        sa.Column("joined_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["joined_by"], ["staff.id"], name=op.f("fk_signing_pad_joined_by")),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_signing_pad_site_id")),
        sa.ForeignKeyConstraint(["window_id"], ["service_window.id"], name=op.f("fk_signing_pad_window_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signing_pad")),
        sa.UniqueConstraint("nonce", name=op.f("uq_signing_pad_nonce")),
        sa.UniqueConstraint("window_id", name=op.f("uq_signing_pad_window_id")),
    )
    op.create_table(
        "signing",
        sa.Column("id", BigId, nullable=False),
        sa.Column("pad_id", BigId, nullable=False),
        sa.Column("nonce", sa.LargeBinary(length=9), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("taker", sa.String(length=12), nullable=False),
        sa.Column("asked_by", BigId, nullable=False),
        sa.Column("asked_at", Instant(), nullable=False),
        sa.Column("shown_at", Instant(), nullable=True),
        sa.Column("signed_at", Instant(), nullable=True),
        sa.Column("signature", sa.String(length=64), nullable=True),
        sa.CheckConstraint(
            "state IN ('asked', 'signed', 'used', 'withdrawn')", name=op.f("ck_signing_state")
        ),
        sa.CheckConstraint("taker IN ('applicant', 'agent')", name=op.f("ck_signing_taker")),
        sa.CheckConstraint(
            "state NOT IN ('signed', 'used') OR signature IS NOT NULL", name=op.f("ck_signing_drawn")
        ),
        sa.ForeignKeyConstraint(["asked_by"], ["staff.id"], name=op.f("fk_signing_asked_by")),
        sa.ForeignKeyConstraint(["pad_id"], ["signing_pad.id"], name=op.f("fk_signing_pad_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signing")),
        sa.UniqueConstraint("nonce", name=op.f("uq_signing_nonce")),
    )
    op.create_index(
        "uq_signing_open",
        "signing",
        ["pad_id"],
        unique=True,
        sqlite_where=sa.text("state IN ('asked', 'signed')"),
        postgresql_where=sa.text("state IN ('asked', 'signed')"),
    )
    op.create_table(
        "signing_case",
        sa.Column("signing_id", BigId, nullable=False),
        sa.Column("case_id", BigId, nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["service_case.id"], name=op.f("fk_signing_case_case_id")),
        sa.ForeignKeyConstraint(["signing_id"], ["signing.id"], name=op.f("fk_signing_case_signing_id")),
        sa.PrimaryKeyConstraint("signing_id", "case_id", name=op.f("pk_signing_case")),
    )
    op.create_index("ix_signing_case_case", "signing_case", ["case_id"])


def downgrade() -> None:
    """Undo."""
    op.drop_table("signing_case")
    op.drop_table("signing")
    op.drop_table("signing_pad")
