"""Hard matters that heads take up: booked by citizens, promised, kept."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from hall.database import BigId, Instant

revision = "0040"
down_revision = "0039"
branch_labels = None
depends_on = None

UNIQUE = (
    (
        "uq_hard_matter_time",
        ["session_id", "body_id", "starts_at"],
        "state <> 'withdrawn' AND starts_at IS NOT NULL",
    ),
    ("uq_hard_matter_phone", ["body_id", "phone_trace"], "state = 'booked' AND phone_trace IS NOT NULL"),
)


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "hard_matter",
        sa.Column("site_id", BigId, nullable=False),
        sa.Column("rota_id", BigId, nullable=False),
        sa.Column("session_id", BigId, nullable=False),
        sa.Column("body_id", BigId, nullable=False),
        sa.Column("nonce", sa.LargeBinary(9), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("serial", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(20), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("source", sa.String(10), nullable=False),
        sa.Column("starts_at", Instant(), nullable=True),
        sa.Column("phone_trace", sa.LargeBinary(32), nullable=True),
        sa.Column("name_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("name_shown", sa.String(120), nullable=False),
        sa.Column("phone_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("phone_shown", sa.String(20), nullable=False),
        sa.Column("asked_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("made_at", Instant(), nullable=False),
        sa.Column("made_by", BigId, nullable=True),
        sa.Column("arrived_at", Instant(), nullable=True),
        sa.Column("taken_at", Instant(), nullable=True),
        sa.Column("taken_by", BigId, nullable=True),
        sa.Column("promise_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("promised_at", Instant(), nullable=True),
        sa.Column("promised_by", BigId, nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("answers_id", BigId, nullable=True),
        sa.Column("outcome_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("ended_at", Instant(), nullable=True),
        sa.Column("ended_by", BigId, nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("id", BigId, nullable=False),
        *_checks(),
        *(
            sa.ForeignKeyConstraint([column], [f"{table}.id"], name=op.f(f"fk_hard_matter_{column}_{table}"))
            for column, table in (
                ("site_id", "site"),
                ("rota_id", "rota"),
                ("session_id", "rota_session"),
                ("body_id", "rota_body"),
                ("made_by", "staff"),
                ("taken_by", "staff"),
                ("promised_by", "staff"),
                ("answers_id", "rota_person"),
                ("ended_by", "staff"),
            )
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hard_matter")),
        sa.UniqueConstraint("nonce", name=op.f("uq_hard_matter_nonce")),
        sa.UniqueConstraint("site_id", "number", name=op.f("uq_hard_matter_site_id_number")),
        sa.UniqueConstraint("site_id", "year", "serial", name=op.f("uq_hard_matter_site_id_year_serial")),
    )
    for name, columns, where in UNIQUE:
        op.create_index(
            name,
            "hard_matter",
            columns,
            unique=True,
            sqlite_where=sa.text(where),
            postgresql_where=sa.text(where),
        )
    op.create_index("ix_hard_matter_body", "hard_matter", ["body_id", "state"])
    op.create_index("ix_hard_matter_session", "hard_matter", ["session_id", "body_id"])
    op.create_index("ix_hard_matter_ended", "hard_matter", ["ended_at"])


def _checks() -> list[sa.CheckConstraint]:
    told = {
        "state": "state IN ('booked', 'arrived', 'taken_up', 'promised', 'kept', 'not_kept', 'pointed', "
        "'withdrawn', 'not_come')",
        "source": "source IN ('booked', 'floor', 'window')",
        "booked": "(source = 'booked') = (starts_at IS NOT NULL)",
        "promised": "(state IN ('promised', 'kept', 'not_kept')) = "
        "(due_on IS NOT NULL AND answers_id IS NOT NULL)",
        "ended": "(state IN ('booked', 'arrived', 'taken_up', 'promised')) = (ended_at IS NULL)",
    }
    return [sa.CheckConstraint(rule, name=op.f(f"ck_hard_matter_{name}")) for name, rule in told.items()]


def downgrade() -> None:
    """Take back."""
    op.drop_table("hard_matter")
