"""One process prepares a database at a time, whoever else starts meanwhile waits and finds it prepared.

Who waits says so, and for whom, and gives up in the end: a process that stands still holds the lock while it lives.
"""

from __future__ import annotations

import fcntl
import os
import time
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

import click
from sqlalchemy import text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sqlalchemy import Connection, Engine

PREPARING = 811_470_001
"""The lock's number: of the schema, and of the demo hall that is loaded behind it."""
TRIED_EVERY_S, SAID_EVERY_S = 0.2, 5.0
LONGEST_S = 600.0
"""Far above what any migration of a county's hall takes; whoever migrates more starts the others afterwards."""
LOST_AFTER = {"tcp_keepalives_idle": 5, "tcp_keepalives_interval": 2, "tcp_keepalives_count": 3}
"""PostgreSQL's own look at who holds the lock: if that machine is lost, the lock is free after some ten seconds."""
_TRY = text("SELECT pg_try_advisory_lock(:number)")
_FREE = text("SELECT pg_advisory_unlock(:number)")
_HOLDER = text(
    "SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND granted AND classid = 0 AND objid = :number"
    " AND objsubid = 1 AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
)


class StillHeld(click.ClickException):
    """The lock did not come free: the command ends with words and exit code 1, nothing was changed."""


@contextmanager
def one_at_a_time(engine: Engine) -> Iterator[None]:
    """Hold the database's lock; it ends with the process that holds it, however that ends. Raises StillHeld."""
    with (_by_file if engine.dialect.name == "sqlite" else _by_session)(engine):
        yield


def _wait(taken: Callable[[], bool], holder: Callable[[], str]) -> None:
    """Try until the lock is ours; say now and again for whom we wait."""
    began = time.monotonic()
    said = began - SAID_EVERY_S
    while not taken():
        now = time.monotonic()
        if now - began > LONGEST_S:
            message = (
                f"Another process ({holder()}) has held the lock of the schema for {LONGEST_S / 60:.0f} minutes: "
                "nothing was changed. Wait until it is done, or end it (docs/operations.md, Updating), and start again."
            )
            raise StillHeld(message)
        if now - said >= SAID_EVERY_S:
            click.echo(f"waiting for another process ({holder()}) that brings the schema up", err=True)
            said = now
        time.sleep(TRIED_EVERY_S)


@contextmanager
def _by_file(engine: Engine) -> Iterator[None]:
    """SQLite: a lock of a file beside the database; a database in memory is this process's own."""
    if engine.url.database in {None, "", ":memory:"}:
        yield
        return
    database = Path(str(engine.url.database))
    path = database.with_name(f".{database.name}-preparing")
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        _wait(lambda: _locked(handle), lambda: f"pid {os.pread(handle, 20, 0).decode() or 'unknown'}")
        with suppress(OSError):  # the number is a courtesy to whoever waits: a full disk takes none
            os.ftruncate(handle, 0)
            os.pwrite(handle, str(os.getpid()).encode(), 0)
        yield
    finally:
        os.close(handle)


def _locked(handle: int) -> bool:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


@contextmanager
def _by_session(engine: Engine) -> Iterator[None]:
    """PostgreSQL: an advisory lock of a connection of its own, which is in no transaction meanwhile."""
    with engine.connect() as connection:
        connection.execution_options(isolation_level="AUTOCOMMIT")
        for name, value in LOST_AFTER.items():
            connection.exec_driver_sql(f"SET {name} = {value}")
        _wait(
            lambda: bool(connection.scalar(_TRY, {"number": PREPARING})),
            lambda: _holder(connection),
        )
        try:
            yield
        finally:
            connection.execute(_FREE, {"number": PREPARING})


def _holder(connection: Connection) -> str:
    return f"pid {connection.scalar(_HOLDER, {'number': PREPARING}) or 'unknown'} of PostgreSQL"
