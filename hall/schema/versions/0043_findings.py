"""The ledger of findings; its steps and evidence are only added (triggers)."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from hall.database import BigId, Instant

revision = "0043"
down_revision = "0042"
branch_labels = None
depends_on = None

ONLY_ADDED = ("finding_step", "finding_evidence")


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "finding_series",
        sa.Column("site_id", BigId, nullable=False),
        sa.Column("year", BigId, autoincrement=False, nullable=False),
        sa.Column("last_serial", BigId, nullable=False),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_finding_series_site_id")),
        sa.PrimaryKeyConstraint("site_id", "year", name=op.f("pk_finding_series")),
    )
    op.create_table(
        "finding",
        sa.Column("id", BigId, nullable=False),
        sa.Column("site_id", BigId, nullable=False),
        sa.Column("rota_id", BigId, nullable=False),
        sa.Column("session_id", BigId, nullable=True),
        sa.Column("year", BigId, nullable=False),
        sa.Column("serial", BigId, nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("source", sa.String(length=5), nullable=False),
        sa.Column("title", sa.String(length=80), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("found_on", sa.Date(), nullable=False),
        sa.Column("found_at", Instant(), nullable=False),
        sa.Column("found_by", BigId, nullable=False),
        sa.Column("body_id", BigId, nullable=True),
        sa.Column("owner_id", BigId, nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("extended", BigId, nullable=False),
        sa.Column("cure", sa.Text(), nullable=False),
        sa.Column("rectified_at", Instant(), nullable=True),
        sa.Column("rectified_by", BigId, nullable=True),
        sa.Column("verified_at", Instant(), nullable=True),
        sa.Column("verified_by", BigId, nullable=True),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.Column("citizen_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("citizen_shown", sa.String(length=60), nullable=False),
        sa.Column("phone_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("reached", sa.String(length=12), nullable=True),
        sa.Column("revision", BigId, nullable=False),
        sa.CheckConstraint("(state = 'closed') = (closed_on IS NOT NULL)", name=op.f("ck_finding_closed")),
        sa.CheckConstraint(
            "(state IN ('verified', 'closed')) = (verified_by IS NOT NULL)", name=op.f("ck_finding_verified")
        ),
        sa.CheckConstraint(
            "reached IN ('content', 'not_content', 'not_reached')", name=op.f("ck_finding_reached")
        ),
        sa.CheckConstraint("source IN ('sit', 'walk', 'do', 'other')", name=op.f("ck_finding_source")),
        sa.CheckConstraint(
            "state <> 'closed' OR phone_sealed IS NULL OR reached IS NOT NULL",
            name=op.f("ck_finding_called_back"),
        ),
        sa.CheckConstraint(
            "state = 'found' OR (body_id IS NOT NULL AND owner_id IS NOT NULL AND due_on IS NOT NULL)",
            name=op.f("ck_finding_assigned"),
        ),
        sa.CheckConstraint(
            "state IN ('found', 'assigned') OR rectified_by IS NOT NULL", name=op.f("ck_finding_rectified")
        ),
        sa.CheckConstraint(
            "state IN ('found', 'assigned', 'rectified', 'verified', 'closed')", name=op.f("ck_finding_state")
        ),
        sa.CheckConstraint(
            "verified_by IS NULL OR verified_by <> rectified_by", name=op.f("ck_finding_by_another")
        ),
        sa.ForeignKeyConstraint(["body_id"], ["rota_body.id"], name=op.f("fk_finding_body_id")),
        sa.ForeignKeyConstraint(["found_by"], ["staff.id"], name=op.f("fk_finding_found_by")),
        sa.ForeignKeyConstraint(["owner_id"], ["rota_person.id"], name=op.f("fk_finding_owner_id")),
        sa.ForeignKeyConstraint(["rectified_by"], ["staff.id"], name=op.f("fk_finding_rectified_by")),
        sa.ForeignKeyConstraint(["rota_id"], ["rota.id"], name=op.f("fk_finding_rota_id")),
        sa.ForeignKeyConstraint(["session_id"], ["rota_session.id"], name=op.f("fk_finding_session_id")),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_finding_site_id")),
        sa.ForeignKeyConstraint(["verified_by"], ["staff.id"], name=op.f("fk_finding_verified_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_finding")),
        sa.UniqueConstraint("site_id", "year", "serial", name=op.f("uq_finding_site_id_year_serial")),
    )
    op.create_index("ix_finding_body", "finding", ["body_id", "state"], unique=False)
    op.create_index("ix_finding_due", "finding", ["site_id", "state", "due_on"], unique=False)
    op.create_index("ix_finding_rota", "finding", ["rota_id", "found_on"], unique=False)
    op.create_table(
        "finding_evidence",
        sa.Column("id", BigId, nullable=False),
        sa.Column("finding_id", BigId, nullable=False),
        sa.Column("shows", sa.String(length=7), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("sort", sa.String(length=4), nullable=False),
        sa.Column("size", BigId, nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("added_at", Instant(), nullable=False),
        sa.Column("added_by", BigId, nullable=False),
        sa.CheckConstraint("shows IN ('problem', 'cure')", name=op.f("ck_finding_evidence_shows")),
        sa.CheckConstraint("sort IN ('jpeg', 'png', 'pdf', 'docx')", name=op.f("ck_finding_evidence_sort")),
        sa.ForeignKeyConstraint(["added_by"], ["staff.id"], name=op.f("fk_finding_evidence_added_by")),
        sa.ForeignKeyConstraint(["finding_id"], ["finding.id"], name=op.f("fk_finding_evidence_finding_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_finding_evidence")),
        sa.UniqueConstraint(
            "finding_id", "shows", "digest", name=op.f("uq_finding_evidence_finding_id_shows_digest")
        ),
    )
    op.create_table(
        "finding_step",
        sa.Column("id", BigId, nullable=False),
        sa.Column("finding_id", BigId, nullable=False),
        sa.Column("what", sa.String(length=12), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("by_id", BigId, nullable=False),
        sa.Column("note", sa.String(length=500), nullable=False),
        sa.Column("body_id", BigId, nullable=True),
        sa.Column("owner_id", BigId, nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "what IN ('found', 'assigned', 'extended', 'rectified', 'sent_back', 'verified', 'called_back', 'closed')",
            name=op.f("ck_finding_step_what"),
        ),
        sa.ForeignKeyConstraint(["body_id"], ["rota_body.id"], name=op.f("fk_finding_step_body_id")),
        sa.ForeignKeyConstraint(["by_id"], ["staff.id"], name=op.f("fk_finding_step_by_id")),
        sa.ForeignKeyConstraint(["finding_id"], ["finding.id"], name=op.f("fk_finding_step_finding_id")),
        sa.ForeignKeyConstraint(["owner_id"], ["rota_person.id"], name=op.f("fk_finding_step_owner_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_finding_step")),
    )
    op.create_index("ix_finding_step_finding", "finding_step", ["finding_id", "id"], unique=False)
    for table in ONLY_ADDED:
        _keep(table)


def _postgres() -> bool:
    return op.get_bind().dialect.name == "postgresql"


def _keep(table: str) -> None:
    """Rows of this table are added, never changed or taken away, whoever asks."""
    if _postgres():
        op.execute(
            f"CREATE FUNCTION {table}_stays() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            f"RAISE EXCEPTION '{table}_stays' USING ERRCODE = 'check_violation', CONSTRAINT = '{table}_stays'; END $$"
        )
        op.execute(
            f"CREATE TRIGGER {table}_stays BEFORE UPDATE OR DELETE ON {table} "
            f"FOR EACH ROW EXECUTE FUNCTION {table}_stays()"
        )
        return
    for verb in ("update", "delete"):
        op.execute(
            f"CREATE TRIGGER {table}_no_{verb} BEFORE {verb} ON {table} "
            f"BEGIN SELECT RAISE(ABORT, '{table}_stays'); END"
        )


def downgrade() -> None:
    """Undo."""
    op.drop_table("finding_evidence")
    op.drop_table("finding_step")
    op.drop_table("finding")
    op.drop_table("finding_series")
    if _postgres():
        for table in ONLY_ADDED:
            op.execute(f"DROP FUNCTION {table}_stays()")
