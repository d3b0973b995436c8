"""Alembic's entry: runs migrations over the writing engine."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from alembic import context

from hall.database import Base
from hall.schema.alone import one_at_a_time
from hall.unit_of_work import units

if TYPE_CHECKING:
    from sqlalchemy import Connection


def run() -> None:
    """Migrate in one transaction, one process at a time: who comes meanwhile waits, and finds nothing left to do.

    SQLite changes a table by writing it anew and dropping the old one, which rows that refer to it would forbid: there
    foreign keys rest meanwhile, and are all looked through before the commit.
    """
    engine = units().engine
    with one_at_a_time(engine), engine.connect() as connection:
        driver: Any = connection.connection.driver_connection if connection.dialect.name == "sqlite" else None
        if driver is not None:
            driver.execute("PRAGMA foreign_keys=OFF")
        try:
            _migrate(connection)
        finally:
            if driver is not None:
                driver.execute("PRAGMA foreign_keys=ON")


def _migrate(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_as_batch=True,
        compare_type=False,
    )
    with context.begin_transaction():
        context.run_migrations()
        if connection.dialect.name == "sqlite":
            broken = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
            if broken:
                message = f"The migration would leave rows that refer to nothing: {broken[:5]}"
                raise RuntimeError(message)


run()
