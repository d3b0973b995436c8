"""Bulletins: what is signed off never changes, and numbers have neither gaps nor doubles (triggers)."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from hall.database import BigId, Instant

revision = "0047"
down_revision = "0046"
branch_labels = None
depends_on = None

FROZEN = "OLD.state = 'frozen'"
NEXT = (
    "NEW.state = 'frozen' AND NEW.number <> 1 + (SELECT COALESCE(MAX(number), 0) FROM bulletin "
    "WHERE rota_id = NEW.rota_id AND year = NEW.year AND id <> NEW.id)"
)


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "bulletin",
        sa.Column("id", BigId, nullable=False),
        sa.Column("site_id", BigId, nullable=False),
        sa.Column("rota_id", BigId, nullable=False),
        sa.Column("corrects_id", BigId, nullable=True),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("first", sa.Date(), nullable=False),
        sa.Column("last", sa.Date(), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("figures", sa.Text(), nullable=False),
        sa.Column("figures_at", Instant(), nullable=False),
        sa.Column("drafted_at", Instant(), nullable=False),
        sa.Column("drafted_by", BigId, nullable=False),
        sa.Column("edited_at", Instant(), nullable=False),
        sa.Column("edited_by", BigId, nullable=False),
        sa.Column("year", BigId, nullable=True),
        sa.Column("number", BigId, nullable=True),
        sa.Column("signed_on", sa.Date(), nullable=True),
        sa.Column("signed_at", Instant(), nullable=True),
        sa.Column("signed_by", BigId, nullable=True),
        sa.Column("sheet", sa.Text(), nullable=True),
        sa.Column("digest", sa.String(length=64), nullable=True),
        sa.Column("revision", BigId, nullable=False),
        sa.CheckConstraint(
            "(state = 'frozen') = (digest IS NOT NULL)", name=op.f("ck_bulletin_frozen_digest")
        ),
        sa.CheckConstraint(
            "(state = 'frozen') = (number IS NOT NULL)", name=op.f("ck_bulletin_frozen_number")
        ),
        sa.CheckConstraint("(state = 'frozen') = (sheet IS NOT NULL)", name=op.f("ck_bulletin_frozen_sheet")),
        sa.CheckConstraint(
            "(state = 'frozen') = (signed_at IS NOT NULL)", name=op.f("ck_bulletin_frozen_signed_at")
        ),
        sa.CheckConstraint(
            "(state = 'frozen') = (signed_by IS NOT NULL)", name=op.f("ck_bulletin_frozen_signed_by")
        ),
        sa.CheckConstraint(
            "(state = 'frozen') = (signed_on IS NOT NULL)", name=op.f("ck_bulletin_frozen_signed_on")
        ),
        sa.CheckConstraint("(state = 'frozen') = (year IS NOT NULL)", name=op.f("ck_bulletin_frozen_year")),
        sa.CheckConstraint("state IN ('draft', 'frozen', 'dropped')", name=op.f("ck_bulletin_state")),
        sa.CheckConstraint("corrects_id <> id", name=op.f("ck_bulletin_corrects")),
        sa.CheckConstraint("first <= last", name=op.f("ck_bulletin_days")),
        sa.CheckConstraint("length(digest) = 64", name=op.f("ck_bulletin_digest")),
        sa.CheckConstraint("number > 0", name=op.f("ck_bulletin_number")),
        sa.CheckConstraint(
            "signed_by <> drafted_by AND signed_by <> edited_by", name=op.f("ck_bulletin_by_another")
        ),
        sa.ForeignKeyConstraint(["corrects_id"], ["bulletin.id"], name=op.f("fk_bulletin_corrects_id")),
        sa.ForeignKeyConstraint(["drafted_by"], ["staff.id"], name=op.f("fk_bulletin_drafted_by")),
        sa.ForeignKeyConstraint(["edited_by"], ["staff.id"], name=op.f("fk_bulletin_edited_by")),
        sa.ForeignKeyConstraint(["rota_id"], ["rota.id"], name=op.f("fk_bulletin_rota_id")),
        sa.ForeignKeyConstraint(["signed_by"], ["staff.id"], name=op.f("fk_bulletin_signed_by")),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_bulletin_site_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bulletin")),
        sa.UniqueConstraint("rota_id", "year", "number", name=op.f("uq_bulletin_rota_id_year_number")),
    )
    op.create_index("ix_bulletin_corrects", "bulletin", ["corrects_id"], unique=False)
    op.create_index("ix_bulletin_rota", "bulletin", ["rota_id", "state", "last"], unique=False)
    (_on_postgres if _postgres() else _on_sqlite)()


def _postgres() -> bool:
    return op.get_bind().dialect.name == "postgresql"


def _on_postgres() -> None:
    _function("bulletin_stays", f"IF {FROZEN} THEN", "RETURN COALESCE(NEW, OLD);")
    _function("bulletin_number", f"IF {NEXT} THEN", "RETURN NEW;")
    op.execute(
        "CREATE TRIGGER bulletin_stays BEFORE UPDATE OR DELETE ON bulletin "
        "FOR EACH ROW EXECUTE FUNCTION bulletin_stays()"
    )
    op.execute(
        "CREATE TRIGGER bulletin_number BEFORE INSERT OR UPDATE ON bulletin "
        "FOR EACH ROW EXECUTE FUNCTION bulletin_number()"
    )


def _function(name: str, when: str, otherwise: str) -> None:
    op.execute(
        f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {when} "
        f"RAISE EXCEPTION '{name}' USING ERRCODE = 'check_violation', CONSTRAINT = '{name}'; END IF; "
        f"{otherwise} END $$"
    )


def _on_sqlite() -> None:
    for name, verb, when in (
        ("stays", "update", FROZEN),
        ("stays", "delete", FROZEN),
        ("number", "insert", NEXT),
        ("number", "update", NEXT),
    ):
        op.execute(
            f"CREATE TRIGGER bulletin_{name}_{verb} BEFORE {verb} ON bulletin WHEN {when} "
            f"BEGIN SELECT RAISE(ABORT, 'bulletin_{name}'); END"
        )


def downgrade() -> None:
    """Undo."""
    op.drop_table("bulletin")
    if _postgres():
        op.execute("DROP FUNCTION bulletin_stays()")
        op.execute("DROP FUNCTION bulletin_number()")
