"""Walks: an item gone through as an applicant, step by step."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from hall.database import BigId, Instant

revision = "0048"
down_revision = "0047"
branch_labels = None
depends_on = None

WALKING, RUNNING = sa.text("state = 'walking'"), sa.text("ended_at IS NULL")


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "walk",
        sa.Column("site_id", BigId, nullable=False),
        sa.Column("rota_id", BigId, nullable=False),
        sa.Column("body_id", BigId, nullable=False),
        sa.Column("session_id", BigId, nullable=True),
        sa.Column("item_id", BigId, nullable=False),
        sa.Column("staff_id", BigId, nullable=False),
        sa.Column("nonce", sa.LargeBinary(9), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("begun_at", Instant(), nullable=False),
        sa.Column("ended_at", Instant(), nullable=True),
        *(
            sa.Column(f"{side}_{what}", sa.Integer(), nullable=True)
            for side in ("promised", "found")
            for what in ("days", "visits", "papers")
        ),
        sa.Column("promised_fee", sa.String(200), nullable=False),
        sa.Column("found_fee", sa.String(200), nullable=False),
        sa.Column("conclusion", sa.String(500), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("id", BigId, nullable=False),
        sa.CheckConstraint("state IN ('walking', 'ended', 'given_up')", name=op.f("ck_walk_state")),
        sa.CheckConstraint("(state = 'walking') = (ended_at IS NULL)", name=op.f("ck_walk_ended")),
        *(
            sa.ForeignKeyConstraint([column], [f"{table}.id"], name=op.f(f"fk_walk_{column}_{table}"))
            for column, table in (
                ("site_id", "site"),
                ("rota_id", "rota"),
                ("body_id", "rota_body"),
                ("session_id", "rota_session"),
                ("item_id", "service_item"),
                ("staff_id", "staff"),
            )
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_walk")),
        sa.UniqueConstraint("nonce", name=op.f("uq_walk_nonce")),
    )
    op.create_index(
        "uq_walk_staff", "walk", ["staff_id"], unique=True, sqlite_where=WALKING, postgresql_where=WALKING
    )
    op.create_index("ix_walk_body", "walk", ["body_id", "begun_at"])
    op.create_table(
        "walk_step",
        sa.Column("walk_id", BigId, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(40), nullable=False),
        sa.Column("remark", sa.String(300), nullable=False),
        sa.Column("started_at", Instant(), nullable=False),
        sa.Column("ended_at", Instant(), nullable=True),
        sa.Column("id", BigId, nullable=False),
        sa.CheckConstraint("ended_at IS NULL OR ended_at >= started_at", name=op.f("ck_walk_step_order")),
        sa.ForeignKeyConstraint(["walk_id"], ["walk.id"], name=op.f("fk_walk_step_walk_id_walk")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_walk_step")),
        sa.UniqueConstraint("walk_id", "number", name=op.f("uq_walk_step_walk_id_number")),
    )
    op.create_index(
        "uq_walk_step_running",
        "walk_step",
        ["walk_id"],
        unique=True,
        sqlite_where=RUNNING,
        postgresql_where=RUNNING,
    )


def downgrade() -> None:
    """Take back."""
    op.drop_table("walk_step")
    op.drop_table("walk")
