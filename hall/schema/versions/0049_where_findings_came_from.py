"""A finding knows the walk and step, or the hard matter, that it came from: of the same rota and session."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from hall.database import BigId

revision = "0049"
down_revision = "0048"
branch_labels = None
depends_on = None

TOGETHER = (("walk", "rota_id"), ("walk", "session_id"), ("hard_matter", "rota_id", "session_id"))
"""A table, and what of it is referred to together with its key."""
PAIRS = (
    (("walk_id", "rota_id"), "walk", ("id", "rota_id")),
    (("walk_id", "session_id"), "walk", ("id", "session_id")),
    (("walk_id", "walk_step"), "walk_step", ("walk_id", "number")),
    (("matter_id", "rota_id", "session_id"), "hard_matter", ("id", "rota_id", "session_id")),
)
CHECKS = {
    "of_walk": "walk_id IS NULL OR source = 'walk'",
    "of_step": "walk_step IS NULL OR walk_id IS NOT NULL",
    "of_matter": "matter_id IS NULL OR (source = 'do' AND session_id IS NOT NULL)",
}


def upgrade() -> None:
    """Apply."""
    for table, *columns in TOGETHER:
        with op.batch_alter_table(table) as batch:
            batch.create_unique_constraint(op.f(f"uq_{table}_id_{'_'.join(columns)}"), ["id", *columns])
    with op.batch_alter_table("finding") as batch:
        for name in ("walk_id", "walk_step", "matter_id"):
            batch.add_column(sa.Column(name, BigId, nullable=True))
        for mine, table, theirs in PAIRS:
            batch.create_foreign_key(op.f(f"fk_finding_{'_'.join(mine)}"), table, list(mine), list(theirs))
        for name, said in CHECKS.items():
            batch.create_check_constraint(op.f(f"ck_finding_{name}"), said)
    op.create_index("ix_finding_walk", "finding", ["walk_id"])
    op.create_index("ix_finding_matter", "finding", ["matter_id"])


def downgrade() -> None:
    """Undo."""
    op.drop_index("ix_finding_matter", "finding")
    op.drop_index("ix_finding_walk", "finding")
    with op.batch_alter_table("finding") as batch:
        for name in CHECKS:
            batch.drop_constraint(op.f(f"ck_finding_{name}"), type_="check")
        for mine, _table, _theirs in PAIRS:
            batch.drop_constraint(op.f(f"fk_finding_{'_'.join(mine)}"), type_="foreignkey")
        for name in ("matter_id", "walk_step", "walk_id"):
            batch.drop_column(name)
    for table, *columns in reversed(TOGETHER):
        with op.batch_alter_table(table) as batch:
            batch.drop_constraint(op.f(f"uq_{table}_id_{'_'.join(columns)}"), type_="unique")
