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
    """Undo."""
    op.execute("ALTER TABLE finding_step DROP COLUMN reached")
