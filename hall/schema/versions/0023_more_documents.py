"""Documents for an extension and for a special procedure: the applicant is told of both in writing."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

BEFORE = (
    *("receipt", "notice", "acceptance", "undertaking", "non_acceptance", "decision"),
    *("termination", "handover"),
)
NEW = ("extension", "procedure")
NAME = "ck_document_printing_kind"


def upgrade() -> None:
    """Apply."""
    _kinds((*BEFORE[:6], *NEW, *BEFORE[6:]))


def downgrade() -> None:
    """Undo: printings of the new documents cannot be kept."""
    printing = sa.table("document_printing", sa.column("kind"))
    op.execute(printing.delete().where(printing.c.kind.in_(NEW)))
    _kinds(BEFORE)


def _kinds(kinds: tuple[str, ...]) -> None:
    said = ", ".join(f"'{kind}'" for kind in kinds)
    with op.batch_alter_table("document_printing") as batch:
        batch.drop_constraint(op.f(NAME), type_="check")
        batch.create_check_constraint(op.f(NAME), f"kind IN ({said})")
