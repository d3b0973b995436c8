"""A consistent copy of a database that is in use, and putting one back.

SQLite is copied with its own backup interface: one read transaction, writers go on meanwhile. PostgreSQL is dumped and
restored with its own programs, which read from one snapshot.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy.engine import make_url

from hall.backup.archive import ArchiveError

if TYPE_CHECKING:
    from sqlalchemy import URL

SIDE_FILES = ("-wal", "-shm", "-journal")


def engine_of(database_url: str) -> str:
    """`sqlite` or `postgresql`."""
    return make_url(database_url).get_backend_name()


def file_of(database_url: str) -> Path:
    """The file of an SQLite address."""
    return Path(make_url(database_url).database or "")


def take(database_url: str, target: Path) -> None:
    """Copy the database into the file `target`. Raises ArchiveError."""
    if engine_of(database_url) == "sqlite":
        source = file_of(database_url)
        with (
            closing(sqlite3.connect(f"file:{source}?mode=ro", uri=True)) as live,
            closing(sqlite3.connect(target)) as copy,
        ):
            live.backup(copy)
        return
    _postgres("pg_dump", database_url, "--format=custom", "--no-owner", "--no-acl", f"--file={target}")


def check(engine: str, copy: Path) -> None:
    """Whether a copy is whole. Raises ArchiveError."""
    if engine != "sqlite":
        return  # pg_restore reads its own checks while it restores, in one transaction
    with closing(sqlite3.connect(f"file:{copy}?mode=ro", uri=True)) as database:
        try:
            verdict = database.execute("PRAGMA integrity_check").fetchone()[0]
            broken = database.execute("PRAGMA foreign_key_check").fetchone()
        except sqlite3.DatabaseError as problem:
            verdict, broken = str(problem), None
    if verdict != "ok" or broken:
        message = f"The database in this archive is damaged ({'foreign keys' if broken else verdict})."
        raise ArchiveError(message)


def put_back(database_url: str, copy: Path) -> None:
    """Make the copy the hall's database. Raises ArchiveError; the hall must not be running."""
    if engine_of(database_url) == "sqlite":
        target = file_of(database_url)
        for ending in SIDE_FILES:
            target.with_name(target.name + ending).unlink(missing_ok=True)
        os.replace(copy, target)  # noqa: PTH105 - replaces in one step
        return
    options = ("--clean", "--if-exists", "--no-owner", "--no-acl", "--single-transaction", "--exit-on-error")
    _postgres("pg_restore", database_url, *options, str(copy))


def _postgres(program: str, database_url: str, *options: str) -> None:
    path = shutil.which(program) or next(
        (str(found) for found in sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{program}"), reverse=True)),
        None,
    )
    if path is None:
        message = f"{program} is missing. On Debian or Ubuntu: apt-get install postgresql-client."
        raise ArchiveError(message)
    url = make_url(database_url)
    # The password goes through the environment: arguments are seen by everybody on the machine.
    env = {**os.environ, **({"PGPASSWORD": str(url.password)} if url.password else {})}
    done = subprocess.run(  # noqa: S603 - a fixed program
        [path, f"--dbname={_address(url)}", *options], env=env, capture_output=True, text=True, check=False
    )
    if done.returncode:
        last = (done.stderr.strip().splitlines() or ["no reason"])[-1]
        message = f"{program} did not succeed: {last}"
        raise ArchiveError(message)


def _address(url: URL) -> str:
    return url.set(drivername="postgresql", password=None).render_as_string()
