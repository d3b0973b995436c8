"""A limit of leaves a body and quarter: each one that is approved has its place, or a reason to go beyond.

Leaves that were approved before keep their order as places, whatever their number.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from hall.database import BigId

revision = "0056"
down_revision = "0055"
branch_labels = None
depends_on = None

CHECKS = {
    "counted": "(kind = 'leave' AND state = 'approved') = (place IS NOT NULL OR beyond <> '')",
    "place": "place IS NULL OR (place > 0 AND beyond = '')",
    "beyond": "beyond = '' OR reason IN ('leadership', 'flood')",
}
PLACED = sa.text("place IS NOT NULL")


def upgrade() -> None:
    """Apply."""
    with op.batch_alter_table("rota") as batch:
        batch.add_column(sa.Column("leaves", BigId, nullable=False, server_default="2"))
        batch.create_check_constraint(op.f("ck_rota_leaves"), "leaves BETWEEN 0 AND 13")
    with op.batch_alter_table("rota") as batch:
        batch.alter_column("leaves", existing_type=BigId, existing_nullable=False, server_default=None)
    op.add_column("duty_wish", sa.Column("place", BigId, nullable=True))
    op.add_column("duty_wish", sa.Column("beyond", sa.String(200), nullable=False, server_default=""))
    op.execute(
        "UPDATE duty_wish SET place = (SELECT COUNT(*) FROM duty_wish AS before WHERE before.id <= duty_wish.id "
        "AND before.body_id = duty_wish.body_id AND before.quarter = duty_wish.quarter "
        "AND before.kind = 'leave' AND before.state = 'approved') WHERE kind = 'leave' AND state = 'approved'"
    )
    with op.batch_alter_table("duty_wish") as batch:
        batch.alter_column(
            "beyond", existing_type=sa.String(200), existing_nullable=False, server_default=None
        )
        for name, rule in CHECKS.items():
            batch.create_check_constraint(op.f(f"ck_duty_wish_{name}"), rule)
    op.create_index(
        "uq_duty_wish_leave",
        "duty_wish",
        ["body_id", "quarter", "place"],
        unique=True,
        sqlite_where=PLACED,
        postgresql_where=PLACED,
    )


def downgrade() -> None:
    """Undo."""
    op.drop_index("uq_duty_wish_leave", "duty_wish")
    with op.batch_alter_table("duty_wish") as batch:
        for name in CHECKS:
            batch.drop_constraint(op.f(f"ck_duty_wish_{name}"), type_="check")
        batch.drop_column("beyond")
        batch.drop_column("place")
    with op.batch_alter_table("rota") as batch:
        batch.drop_constraint(op.f("ck_rota_leaves"), type_="check")
        batch.drop_column("leaves")
