"""What people of receptions were called until they were corrected. Never changed."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from hall.database import BigId, Instant

revision = "0057"
down_revision = "0056"
branch_labels = None
depends_on = None

TABLE = "rota_person_was"


def upgrade() -> None:
    """Apply."""
    op.create_table(
        TABLE,
        sa.Column("id", BigId, nullable=False),
        sa.Column("person_id", BigId, nullable=False),
        sa.Column("name", sa.String(60), nullable=False),
        sa.Column("title", sa.String(60), nullable=False),
        sa.Column("until", Instant(), nullable=False),
        sa.Column("staff_id", BigId, nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["rota_person.id"], name=op.f("fk_rota_person_was_person_id")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_rota_person_was_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rota_person_was")),
    )
    op.create_index("ix_rota_person_was", TABLE, ["person_id", "until"])
    for verb in ("UPDATE", "DELETE"):
        head = f"CREATE TRIGGER {TABLE}_{verb.lower()} BEFORE {verb} ON {TABLE} "
        if op.get_bind().dialect.name == "postgresql":
            op.execute(f"{head} FOR EACH ROW EXECUTE FUNCTION kept_as_written()")
        else:
            op.execute(f"{head} BEGIN SELECT RAISE(ABORT, 'kept_as_written'); END")


def downgrade() -> None:
    """Undo."""
    op.drop_table(TABLE)
