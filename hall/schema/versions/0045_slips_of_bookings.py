"""A slip may be of a booking."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from hall.database import BigId

revision = "0045"
down_revision = "0044"
branch_labels = None
depends_on = None

BEFORE, NOW = "ck_print_job_ticket_or_visit", "ck_print_job_one_thing"
BOOKING, COPY = "fk_print_job_booking_id", "uq_print_job_booking_id_copy"
ONE_THING = " + ".join(
    f"(CASE WHEN {what}_id IS NULL THEN 0 ELSE 1 END)" for what in ("ticket", "visit", "booking")
)


def upgrade() -> None:
    """Apply."""
    with op.batch_alter_table("print_job") as batch:
        batch.add_column(sa.Column("booking_id", BigId, nullable=True))
        batch.create_foreign_key(op.f(BOOKING), "booking", ["booking_id"], ["id"])
        batch.create_unique_constraint(op.f(COPY), ["booking_id", "copy"])
        batch.drop_constraint(op.f(BEFORE), type_="check")
        batch.create_check_constraint(op.f(NOW), f"{ONE_THING} = 1")


def downgrade() -> None:
    """Undo: what was printed of bookings is forgotten."""
    job = sa.table("print_job", sa.column("booking_id"))
    op.execute(sa.delete(job).where(job.c.booking_id.is_not(None)))
    with op.batch_alter_table("print_job") as batch:
        batch.drop_constraint(op.f(NOW), type_="check")
        batch.create_check_constraint(op.f(BEFORE), "(ticket_id IS NULL) <> (visit_id IS NULL)")
        batch.drop_constraint(op.f(COPY), type_="unique")
        batch.drop_constraint(op.f(BOOKING), type_="foreignkey")
        batch.drop_column("booking_id")
