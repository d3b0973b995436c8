"""Alembic's entry: runs migrations over the writing engine."""

from __future__ import annotations

from alembic import context

from hall.database import Base
from hall.unit_of_work import units


def run() -> None:
    """Migrate in one transaction."""
    with units().engine.connect() as connection:
        context.configure(
            connection=connection,
            target_metadata=Base.metadata,
            render_as_batch=True,
            compare_type=False,
        )
        with context.begin_transaction():
            context.run_migrations()


run()
