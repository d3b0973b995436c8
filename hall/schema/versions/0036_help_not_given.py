"""Kinds of help that are not given for an item or a bundle."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from hall.database import BigId

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "help_exclusion",
        sa.Column("id", BigId, nullable=False),
        sa.Column("site_id", BigId, nullable=False),
        sa.Column("item_id", BigId, nullable=True),
        sa.Column("bundle_id", BigId, nullable=True),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("reason", sa.String(length=40), nullable=False),
        sa.CheckConstraint(
            "(item_id IS NULL) <> (bundle_id IS NULL)", name=op.f("ck_help_exclusion_one_matter")
        ),
        sa.CheckConstraint("kind IN ('assist', 'agency', 'home_visit')", name=op.f("ck_help_exclusion_kind")),
        sa.ForeignKeyConstraint(["bundle_id"], ["bundle.id"], name=op.f("fk_help_exclusion_bundle_id")),
        sa.ForeignKeyConstraint(["item_id"], ["service_item.id"], name=op.f("fk_help_exclusion_item_id")),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_help_exclusion_site_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_help_exclusion")),
        sa.UniqueConstraint("bundle_id", "kind", name=op.f("uq_help_exclusion_bundle_id_kind")),
        sa.UniqueConstraint("item_id", "kind", name=op.f("uq_help_exclusion_item_id_kind")),
    )


def downgrade() -> None:
    """Undo."""
    op.drop_table("help_exclusion")
