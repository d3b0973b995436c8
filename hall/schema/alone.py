"""One process prepares a database at a time, whoever else starts meanwhile waits and finds it prepared."""

from __future__ import annotations

import fcntl
import os
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import func, select

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Engine

PREPARING = 811_470_001
"""The lock's number: of the schema, and of the demo hall that is loaded behind it."""


@contextmanager
def one_at_a_time(engine: Engine) -> Iterator[None]:
    """Hold the database's lock; it ends with the process that holds it, however that ends."""
    with (_by_file if engine.dialect.name == "sqlite" else _by_session)(engine):
        yield


@contextmanager
def _by_file(engine: Engine) -> Iterator[None]:
    """SQLite: a lock of a file beside the database; a database in memory is this process's own."""
    if engine.url.database in {None, "", ":memory:"}:
        yield
        return
    database = Path(str(engine.url.database))
    handle = os.open(
        database.with_name(f".{database.name}-preparing"), os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o600
    )
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


@contextmanager
def _by_session(engine: Engine) -> Iterator[None]:
    """PostgreSQL: an advisory lock of a connection of its own, which is in no transaction meanwhile."""
    with engine.connect() as connection:
        connection.execution_options(isolation_level="AUTOCOMMIT")
        connection.execute(select(func.pg_advisory_lock(PREPARING)))
        try:
            yield
        finally:
            connection.execute(select(func.pg_advisory_unlock(PREPARING)))
