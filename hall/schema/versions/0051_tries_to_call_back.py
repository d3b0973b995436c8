"""Each call to a citizen keeps how it ended: who is not reached is called again before a finding is closed."""

from __future__ import annotations

from alembic import op

revision = "0051"
down_revision = "0050"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply. The table is not written anew: its triggers stay."""
    op.execute(
        "ALTER TABLE finding_step ADD COLUMN reached VARCHAR(12) CONSTRAINT ck_finding_step_reached "
        "CHECK (reached IN ('content', 'not_content', 'not_reached'))"
    )


def downgrade() -> None:
    """Undo. SQLite writes the table anew, and its triggers with it."""
    bind = op.get_bind()
    kept = (
        bind.exec_driver_sql(
            "SELECT sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'finding_step'"
        )
        .scalars()
        .all()
        if bind.dialect.name == "sqlite"
        else ()
    )
    with op.batch_alter_table("finding_step") as batch:
        batch.drop_constraint(op.f("ck_finding_step_reached"), type_="check")
        batch.drop_column("reached")
    for trigger in kept:
        op.execute(trigger)
