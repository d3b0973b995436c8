"""A private PostgreSQL for the tests: its own folder, a socket of its own, no port, ended by its pid.

One server serves all workers of a run. It runs under a keeper (this module as a program) that ends it when the run is
over, also when the run was killed. Durability is off: what tests look at is locking and isolation, not the disk.
A test that looks at the disk starts one of its own (`OwnPostgres`), with durability on.
"""

from __future__ import annotations

import fcntl
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psutil
import psycopg
from psycopg import sql

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parent.parent
OWNER = "hall"
START_WITHIN_S = 60
SETTINGS = {
    "listen_addresses": "",
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "max_connections": "300",
    "shared_buffers": "128MB",
    "max_wal_size": "2GB",
    "autovacuum": "off",
    "log_min_messages": "fatal",
}


class PostgresMissing(RuntimeError):
    """No server programs on this machine."""


def programs() -> Path:
    """The folder of the newest PostgreSQL programs that Debian installed."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    if not found:
        message = "PostgreSQL is missing. Run: sh .ci/test-needs"
        raise PostgresMissing(message)
    return found[-1].parent


@contextmanager
def only_one(lock: Path) -> Iterator[None]:
    """Hold a file lock: of several workers one makes what all share."""
    with lock.open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def url(home: Path, database: str) -> str:
    """Address of one database of the server whose home this is."""
    return f"postgresql://{OWNER}@/{database}?host={home}"


def ensure_server(run: Path, owner_pid: int) -> Path:
    """The home of the run's server, which is started now if nobody did. It ends with the process `owner_pid`."""
    note = run / "postgres-home"
    with only_one(run / "postgres.lock"):
        if not note.exists():
            note.write_text(str(_start_keeper(run, owner_pid)))
    return Path(note.read_text())


def stop_server(run: Path) -> None:
    """End the run's server, if there is one, and wait for it."""
    note = run / "postgres-keeper"
    if not note.exists():
        return
    try:
        keeper = psutil.Process(int(note.read_text()))
        keeper.terminate()
        keeper.wait(timeout=30)
    except psutil.NoSuchProcess:
        pass


def run_sql(home: Path, statement: sql.Composed | sql.SQL) -> None:
    """Run one statement outside a transaction in the server's maintenance database."""
    with psycopg.connect(url(home, "postgres"), autocommit=True) as connection:
        connection.execute(statement)


def create_database(home: Path, name: str, template: str = "template0") -> str:
    """Make a database, as a copy of a template, and answer its address."""
    copy = sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY FILE_COPY")  # quicker, as durability is off
    run_sql(home, copy.format(sql.Identifier(name), sql.Identifier(template)))
    return url(home, name)


def drop_database(home: Path, name: str) -> None:
    """Remove a database, whoever is still connected."""
    run_sql(home, sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def settle(home: Path, name: str) -> None:
    """What each copy of this template would work out for itself, on its first connection, is worked out once.

    Which rows of the catalogue count, and the cache of it that connections begin with; how large our own tables are
    stays unsaid, as in a hall that has just begun.
    """
    schema = "pg_catalog"
    catalogue = "SELECT tablename FROM pg_tables WHERE schemaname = %s"
    with psycopg.connect(url(home, name), autocommit=True) as connection:
        for (table,) in connection.execute(catalogue, [schema]).fetchall():
            connection.execute(sql.SQL("VACUUM (FREEZE) {}").format(sql.Identifier(schema, table)))
    psycopg.connect(url(home, name)).close()


def dump(home: Path, name: str, file: Path) -> None:
    """Write a database to a file, for `restore`."""
    _program("pg_dump", home, name, f"--file={file}")


def restore(home: Path, name: str, file: Path) -> None:
    """Fill an empty database with what `dump` wrote."""
    _program("psql", home, name, "--quiet", "--set=ON_ERROR_STOP=1", f"--file={file}", "--output=/dev/null")


def _program(name: str, home: Path, database: str, *words: str) -> None:
    command = [str(programs() / name), f"--dbname={url(home, database)}", *words]
    subprocess.run(command, check=True, stdin=subprocess.DEVNULL)


def _start_keeper(run: Path, owner_pid: int) -> Path:
    home = Path(
        tempfile.mkdtemp(prefix="hall-pg-", dir=run.parent)
    )  # short: a socket's path has 107 characters
    keeper = subprocess.Popen(
        [sys.executable, "-m", "tests.postgres", str(owner_pid), str(home)],
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        start_new_session=True,
    )
    (run / "postgres-keeper").write_text(str(keeper.pid))
    deadline = time.monotonic() + START_WITHIN_S
    while time.monotonic() < deadline and keeper.poll() is None:
        try:
            psycopg.connect(url(home, "postgres")).close()
        except psycopg.OperationalError:
            time.sleep(0.05)
        else:
            keeper.returncode = 0  # it outlives us on purpose; spare Popen's warning about that
            return home
    message = f"PostgreSQL did not start:\n{_tail(home / 'log')}"
    raise RuntimeError(message)


def _tail(log: Path) -> str:
    return log.read_text(errors="replace")[-2000:] if log.exists() else "(no log)"


def _account() -> dict[str, Any]:
    """PostgreSQL refuses to run as root: there it runs as `nobody`."""
    if os.getuid() != 0:
        return {}
    nobody = pwd.getpwnam("nobody")
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


def _serve(home: Path, given: dict[str, str], *, own: bool = False) -> subprocess.Popen[bytes]:
    account, folder = _account(), home / "data"
    if account:
        os.chown(home, account["user"], account["group"])
    environment = {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C.UTF-8", "HOME": str(home)}
    with (home / "log").open("ab") as log:
        common: dict[str, Any] = {"env": environment, "stdout": log, "stderr": log, "cwd": home, **account}
        if not folder.exists():
            initdb = [str(programs() / "initdb"), "-D", str(folder), "-U", OWNER, "-A", "trust", "-E", "UTF8"]
            subprocess.run([*initdb, "--locale=C.UTF-8", "--no-sync"], check=True, **common)
        settings = [f"--{name}={value}" for name, value in given.items()]
        postgres = [str(programs() / "postgres"), "-D", str(folder), "-k", str(home), *settings]
        dies_with_us = ["setpriv", "--pdeathsig", "INT", "--"] if own else []
        return subprocess.Popen([*dies_with_us, *postgres], **common)


@dataclass(slots=True)
class OwnPostgres:
    """A PostgreSQL of one test's own, which keeps what it was told to keep, and may be killed as often as wanted."""

    home: Path
    server: subprocess.Popen[bytes] | None = None
    listens: str = ""

    @classmethod
    def start(cls, listens: str = "") -> OwnPostgres:
        """In a folder of its own; `end` takes it away. `listens`: an address of the loopback, for TCP as well."""
        own = cls(
            Path(tempfile.mkdtemp(prefix="hall-pg-own-", dir=os.environ.get("PYTEST_DEBUG_TEMPROOT"))),
            listens=listens,
        )
        own.go_on()
        return own

    def go_on(self) -> None:
        """Start it (again): it repairs by itself what the kill left half done."""
        assert self.server is None, "It runs already: call kill() first."
        given = {"listen_addresses": self.listens, "log_min_messages": "fatal"}
        self.server = _serve(self.home, given, own=True)
        deadline = time.monotonic() + START_WITHIN_S
        while time.monotonic() < deadline and self.server.poll() is None:
            try:
                psycopg.connect(url(self.home, "postgres")).close()
            except psycopg.OperationalError:
                time.sleep(0.02)
            else:
                return
        message = f"PostgreSQL did not start:\n{_tail(self.home / 'log')}"
        raise RuntimeError(message)

    def kill(self) -> None:
        """`kill -9` all its processes in the middle of whatever they do."""
        if self.server is None:
            return
        master = psutil.Process(self.server.pid)
        every = [master, *master.children(recursive=True)]
        for process in every:
            with suppress(psutil.NoSuchProcess):
                process.kill()
        self.server.wait(timeout=30)
        psutil.wait_procs(every[1:], timeout=30)
        self.server = None

    def end(self) -> None:
        """Kill it and remove its folder."""
        self.kill()
        shutil.rmtree(self.home, ignore_errors=True)


def _keep(owner_pid: int, home: Path) -> None:
    """Run the server until this process is told to end, the owner is gone, or the server itself ends."""
    asked: list[int] = []
    signal.signal(signal.SIGTERM, lambda number, _frame: asked.append(number))
    owner = psutil.Process(owner_pid)
    server = _serve(home, SETTINGS)
    try:
        while not asked and owner.is_running() and owner.status() != psutil.STATUS_ZOMBIE:
            if server.poll() is not None:
                return
            time.sleep(0.1)
    except psutil.NoSuchProcess:
        pass
    finally:
        if server.poll() is None:
            server.send_signal(signal.SIGINT)  # "fast": roll back, disconnect, end
            server.wait(timeout=20)
        shutil.rmtree(home, ignore_errors=True)


if __name__ == "__main__":
    _keep(int(sys.argv[1]), Path(sys.argv[2]))
