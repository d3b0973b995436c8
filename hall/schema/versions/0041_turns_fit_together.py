"""A turn's session is its seat's, its body its person's; a wish is of the turn's body: pairs of keys refer to them."""

from __future__ import annotations

from alembic import op

revision = "0041"
down_revision = "0040"
branch_labels = None
depends_on = None

PAIRS = (
    ("duty", "seat_id", "session_id", "rota_seat"),
    ("duty", "person_id", "body_id", "rota_person"),
    ("duty_wish", "duty_id", "body_id", "duty"),
    ("duty_wish", "person_id", "body_id", "rota_person"),
)
"""Table, its two columns, and the table whose `id` and column of the second name they refer to."""


def upgrade() -> None:
    """Apply."""
    for _table, _one, other, to in PAIRS[:3]:
        with op.batch_alter_table(to) as batch:
            batch.create_unique_constraint(op.f(f"uq_{to}_id_{other}"), ["id", other])
    for table, one, other, to in PAIRS:
        with op.batch_alter_table(table) as batch:
            batch.drop_constraint(op.f(f"fk_{table}_{one}"), type_="foreignkey")
            batch.create_foreign_key(op.f(f"fk_{table}_{one}_{other}"), to, [one, other], ["id", other])


def downgrade() -> None:
    """Undo."""
    for table, one, other, to in reversed(PAIRS):
        with op.batch_alter_table(table) as batch:
            batch.drop_constraint(op.f(f"fk_{table}_{one}_{other}"), type_="foreignkey")
            batch.create_foreign_key(op.f(f"fk_{table}_{one}"), to, [one], ["id"])
    for _table, _one, other, to in reversed(PAIRS[:3]):
        with op.batch_alter_table(to) as batch:
            batch.drop_constraint(op.f(f"uq_{to}_id_{other}"), type_="unique")
