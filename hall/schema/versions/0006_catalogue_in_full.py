"""The catalogue in full: what files say of items and bundles, and what both said before."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from hall.database import Instant

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TEXTS = (
    ("department", "short_name", 40, ""),
    ("service_item", "kind", 10, "committed"),
    ("service_item", "fee_en", 200, ""),
    ("material", "source_en", 200, ""),
    ("bundle", "aliases", 300, ""),
)


def upgrade() -> None:
    """Apply."""
    for table, column, length, default in TEXTS:
        op.add_column(table, sa.Column(column, sa.String(length), nullable=False, server_default=default))
    op.add_column("bundle", sa.Column("in_turn", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("situation", sa.Column("retired_at", Instant(), nullable=True))
    op.create_table(
        "bundle_situation",
        sa.Column("bundle_id", BIG, nullable=False),
        sa.Column("situation_id", BIG, nullable=False),
        sa.ForeignKeyConstraint(["bundle_id"], ["bundle.id"], name=op.f("fk_bundle_situation_bundle_id")),
        sa.ForeignKeyConstraint(
            ["situation_id"], ["situation.id"], name=op.f("fk_bundle_situation_situation_id")
        ),
        sa.PrimaryKeyConstraint("bundle_id", "situation_id", name=op.f("pk_bundle_situation")),
    )
    op.create_table(
        "former_content",
        sa.Column("id", BIG, nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("owner_id", BIG, nullable=False),
        sa.Column("revision", BIG, nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("replaced_at", Instant(), nullable=False),
        sa.CheckConstraint("kind IN ('item', 'bundle')", name=op.f("ck_former_content_kind")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_former_content")),
        sa.UniqueConstraint(
            "kind", "owner_id", "revision", name=op.f("uq_former_content_kind_owner_id_revision")
        ),
    )


def downgrade() -> None:
    """Undo."""
    op.drop_table("former_content")
    op.drop_table("bundle_situation")
    op.drop_column("situation", "retired_at")
    op.drop_column("bundle", "in_turn")
    for table, column, _length, _default in reversed(TEXTS):
        op.drop_column(table, column)
