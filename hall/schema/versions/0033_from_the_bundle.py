"""A paper that an earlier case of the same bundle makes is not asked of the applicant."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from hall.database import BigId

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None

BEFORE = ("unchecked", "present", "reused", "corrected", "deferred", "missing", "not_needed")
STATE, MADE, ITEM = "ck_filing_paper_state", "ck_filing_paper_made_by", "fk_filing_paper_made_by_id"


def upgrade() -> None:
    """Apply."""
    with op.batch_alter_table("filing_paper") as batch:
        batch.add_column(sa.Column("made_by_id", BigId, nullable=True))
        batch.create_foreign_key(op.f(ITEM), "service_item", ["made_by_id"], ["id"])
        batch.drop_constraint(op.f(STATE), type_="check")
        batch.create_check_constraint(op.f(STATE), f"state IN ({_said((*BEFORE, 'from_bundle'))})")
        batch.create_check_constraint(op.f(MADE), "state <> 'from_bundle' OR made_by_id IS NOT NULL")


def downgrade() -> None:
    """Undo: what was to come from the bundle is missing."""
    paper = sa.table("filing_paper", sa.column("state"))
    op.execute(sa.update(paper).where(paper.c.state == "from_bundle").values(state="missing"))
    with op.batch_alter_table("filing_paper") as batch:
        batch.drop_constraint(op.f(MADE), type_="check")
        batch.drop_constraint(op.f(STATE), type_="check")
        batch.create_check_constraint(op.f(STATE), f"state IN ({_said(BEFORE)})")
        batch.drop_constraint(op.f(ITEM), type_="foreignkey")
        batch.drop_column("made_by_id")


def _said(states: tuple[str, ...]) -> str:
    return ", ".join(f"'{state}'" for state in states)
