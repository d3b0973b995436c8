"""Working calendar with the published years, special opening days, texts of a site."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from hall import clock
from hall.calendar.published import published
from hall.database import Instant

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply; the published years are there from the beginning."""
    days = op.create_table(
        "calendar_day",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.CheckConstraint("kind IN ('holiday', 'workday', 'makeup')", name=op.f("ck_calendar_day_kind")),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_calendar_day")),
    )
    years = op.create_table(
        "calendar_year",
        sa.Column(
            "year", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False, autoincrement=False
        ),
        sa.Column("confirmed_at", Instant(), nullable=False),
        sa.Column("source", sa.String(length=10), nullable=False),
        sa.PrimaryKeyConstraint("year", name=op.f("pk_calendar_year")),
    )
    op.create_table(
        "special_opening",
        sa.Column("site_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("opens", sa.String(length=5), nullable=True),
        sa.Column("closes", sa.String(length=5), nullable=True),
        sa.Column("reason", sa.String(length=120), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint("(opens IS NULL) = (closes IS NULL)", name=op.f("ck_special_opening_both")),
        sa.CheckConstraint("opens IS NULL OR opens < closes", name=op.f("ck_special_opening_order")),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_special_opening_site_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_special_opening")),
        sa.UniqueConstraint("site_id", "day", name=op.f("uq_special_opening_site_id_day")),
    )
    big = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.add_column("site", sa.Column("hours_stamp", big, nullable=False, server_default="0"))
    op.add_column("site", sa.Column("texts_json", sa.Text(), nullable=False, server_default="{}"))
    known = published()
    now = clock.now()
    op.bulk_insert(
        years, [{"year": year, "confirmed_at": now, "source": "published"} for year in sorted(known.years)]
    )
    op.bulk_insert(
        days,
        [
            {"day": day, "kind": special.kind, "name": special.name}
            for day, special in sorted(known.days.items())
        ],
    )


def downgrade() -> None:
    """Undo."""
    op.drop_column("site", "texts_json")
    op.drop_column("site", "hours_stamp")
    op.drop_table("special_opening")
    op.drop_table("calendar_year")
    op.drop_table("calendar_day")
