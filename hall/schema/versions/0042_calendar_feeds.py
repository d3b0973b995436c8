"""Secret addresses of calendars."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from hall.database import BigId, Instant

revision = "0042"
down_revision = "0041"
branch_labels = None
depends_on = None

LIVE = sa.text("ended_at IS NULL")


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "rota_feed",
        sa.Column("id", BigId, nullable=False),
        sa.Column("person_id", BigId, nullable=False),
        sa.Column("digest", sa.LargeBinary(length=32), nullable=False),
        sa.Column("made_at", Instant(), nullable=False),
        sa.Column("made_by", BigId, nullable=False),
        sa.Column("ended_at", Instant(), nullable=True),
        sa.Column("ended_by", BigId, nullable=True),
        sa.CheckConstraint("(ended_at IS NULL) = (ended_by IS NULL)", name=op.f("ck_rota_feed_ended")),
        sa.ForeignKeyConstraint(["person_id"], ["rota_person.id"], name=op.f("fk_rota_feed_person_id")),
        sa.ForeignKeyConstraint(["made_by"], ["staff.id"], name=op.f("fk_rota_feed_made_by")),
        sa.ForeignKeyConstraint(["ended_by"], ["staff.id"], name=op.f("fk_rota_feed_ended_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rota_feed")),
        sa.UniqueConstraint("digest", name=op.f("uq_rota_feed_digest")),
    )
    op.create_index(
        "uq_rota_feed_live",
        "rota_feed",
        ["person_id"],
        unique=True,
        sqlite_where=LIVE,
        postgresql_where=LIVE,
    )


def downgrade() -> None:
    """Take back."""
    op.drop_index("uq_rota_feed_live", table_name="rota_feed")
    op.drop_table("rota_feed")
