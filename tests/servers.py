"""Halls for tests: prepared once a run, laid out fresh for each test, and served for real by gunicorn.

A *bare* hall is migrated and empty; a *demo* hall holds what `flask hall demo --json` loads. Both are made once and
copied: a folder (secrets, SQLite file), and on PostgreSQL a database made from a template database.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal
from urllib.error import URLError
from urllib.request import urlopen

import psutil

from tests import passwords, postgres
from tests.commands import command, flask

if TYPE_CHECKING:
    from tests.nursery import Nurseries
    from tests.store import Store

ROOT = postgres.ROOT
SQLITE_FILE = "hall.sqlite3"
START_WITHIN_S = 60
PORTS = range(20_000, 32_000)  # below those that systems give to outgoing connections

Engine = Literal["sqlite", "postgresql"]
Kind = Literal["bare", "demo"]
MAKE: dict[Kind, tuple[str, ...]] = {"bare": ("hall", "migrate"), "demo": ("hall", "demo", "--json")}
SETTINGS = ("HALL_DATA", "DATABASE_URL", "PORT", "DEMO", "PUBLIC_URL", "REDIS_URL", "BEHIND_PROXY", "BIND")


def environment(data: Path, database_url: str, **more: str) -> dict[str, str]:
    """The environment of a program of the product: ours, with these settings and no others."""
    inherited = {name: value for name, value in os.environ.items() if name not in SETTINGS}
    return {**inherited, "HALL_DATA": str(data), "DATABASE_URL": database_url, **more}


@dataclass(frozen=True, slots=True)
class Prepared:
    """A fresh hall for one test. `demo` is what `flask hall demo --json` printed, or empty."""

    data: Path
    database_url: str
    demo: dict[str, Any]
    database: str | None = None


@dataclass(slots=True)
class Halls:
    """Where a run's templates lie; every worker has one, all share the folder."""

    run: Path
    owner_pid: int
    worker: str
    store: Store | None = None
    made: int = 0

    def postgres(self) -> Path:
        """The home of the run's PostgreSQL, started when first asked for."""
        return postgres.ensure_server(self.run, self.owner_pid)

    def lay_out(self, kind: Kind, engine: Engine, data: Path) -> Prepared:
        """A hall of its own in the folder `data` (made here), as a copy of the template."""
        template = self._template(kind, engine)
        shutil.copytree(template, data, dirs_exist_ok=True)
        demo = json.loads(template.with_suffix(".json").read_text(encoding="utf-8"))
        if engine == "sqlite":
            return Prepared(data, f"sqlite:///{data / SQLITE_FILE}", demo)
        self.made += 1
        name = f"hall_{self.worker}_{self.made}"
        address = postgres.create_database(self.postgres(), name, f"template_{kind}")
        return Prepared(data, address, demo, name)

    def clear(self, hall: Prepared) -> None:
        """Remove what `lay_out` made outside the data folder."""
        if hall.database:
            postgres.drop_database(self.postgres(), hall.database)

    def _template(self, kind: Kind, engine: Engine) -> Path:
        folder = self.run / f"{kind}-{engine}"
        verdict = folder.with_suffix(".verdict")
        with postgres.only_one(folder.with_suffix(".lock")):
            if not verdict.exists():
                folder.mkdir()
                verdict.write_text(self._try_to_make(kind, engine, folder), encoding="utf-8")
        fault = verdict.read_text(encoding="utf-8")
        assert not fault, f"The {kind} hall on {engine} cannot be made: {fault}"
        return folder

    def _try_to_make(self, kind: Kind, engine: Engine, folder: Path) -> str:
        try:
            self._make(kind, engine, folder)
        except AssertionError as problem:  # told to every test that needs it, tried once
            return str(problem)
        return ""

    def _make(self, kind: Kind, engine: Engine, folder: Path) -> None:
        address, database = f"sqlite:///{folder / SQLITE_FILE}", f"template_{kind}"
        if engine == "postgresql":
            address = postgres.create_database(self.postgres(), database)
        self._fill(kind, engine, folder, address)
        if engine == "postgresql":
            postgres.settle(self.postgres(), database)

    def _fill(self, kind: Kind, engine: Engine, folder: Path, address: str) -> None:
        database = f"template_{kind}"
        if self.store is None:
            self._from_nothing(kind, folder, address)
            return
        with self.store.shelf(f"{kind}-{engine}") as kept:
            dump = kept / "dump.sql"
            if kept.exists():
                shutil.copytree(kept / "folder", folder, dirs_exist_ok=True)
                shutil.copyfile(kept / "told.json", folder.with_suffix(".json"))
                if engine == "postgresql":
                    postgres.restore(self.postgres(), database, dump)
                return
            self._from_nothing(kind, folder, address)
            if kind == "demo":  # benchmarks, which keep nothing, sign in at the full cost
                passwords.cheapen(address, folder.with_suffix(".json").read_text(encoding="utf-8"))
            kept.mkdir(parents=True)
            if engine == "postgresql":
                postgres.dump(self.postgres(), database, dump)
            shutil.copyfile(folder.with_suffix(".json"), kept / "told.json")
            shutil.copytree(folder, kept / "folder")

    def _from_nothing(self, kind: Kind, folder: Path, address: str) -> None:
        env = environment(folder, address, DEMO="1" if kind == "demo" else "0")
        flask(env, *MAKE["bare"])
        told = flask(env, *MAKE["demo"]) if kind == "demo" else "{}"
        folder.with_suffix(".json").write_text(told, encoding="utf-8")


@dataclass(slots=True)
class LiveHall:
    """The product served by gunicorn on a free port of the loopback, with a data folder of its own.

    From a nursery it starts at once, without one as on a machine that was just switched on.
    """

    prepared: Prepared
    more: dict[str, str] = field(default_factory=dict)
    port: int = 0
    app: str = ""  # another application under the same settings, for measuring
    process: psutil.Process | None = None
    nursery: Nurseries | None = None

    @property
    def url(self) -> str:
        """Address without a slash at the end."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def demo(self) -> dict[str, Any]:
        """What `flask hall demo --json` printed when this hall was made, with this server's address."""
        return {**self.prepared.demo, "url": self.url} if self.prepared.demo else {}

    @property
    def pid(self) -> int:
        """Of gunicorn's master; the worker is its child."""
        assert self.process is not None, "The hall is not running: call start()."
        return int(self.process.pid)

    @property
    def running(self) -> bool:
        """Whether it was started and not stopped."""
        return self.process is not None

    @property
    def workers(self) -> list[int]:
        """The pids of the processes that serve."""
        children = Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text(encoding="ascii")
        return [int(child) for child in children.split()]

    @property
    def log(self) -> str:
        """What the server wrote so far."""
        return self._log_file.read_text(encoding="utf-8", errors="replace")

    @property
    def env(self) -> dict[str, str]:
        """The server's environment, for programs that work on the same hall."""
        demo = "1" if self.prepared.demo else "0"
        settings = {"DEMO": demo, "PORT": str(self.port), **self.more}
        return environment(self.prepared.data, self.prepared.database_url, **settings)

    def flask(self, *words: str, timeout: float = 120) -> str:
        """Run `flask --app wsgi …` on this hall and answer its standard output."""
        return flask(self.env, *words, timeout=timeout, nursery=self.nursery)

    def command(self, *words: str, **settings: str) -> subprocess.CompletedProcess[str]:
        """The same, however it ends, with settings of its own."""
        return command(self.env | settings, *words, nursery=self.nursery)

    def start(self) -> LiveHall:
        """Start it (again, on the same port) and wait until it answers."""
        self.begin()
        self.wait()
        return self

    def begin(self) -> None:
        """Start it, and do not wait."""
        assert self.process is None, "The hall runs already: call stop() first."
        with _listener(self.port) as listener:
            self.port = listener.getsockname()[1]
            with self._log_file.open("ab") as log:
                if self.nursery is not None and not self.app:
                    self.process = self.nursery.serve(listener.fileno(), log.fileno(), self.env)
                else:
                    self.process = self._gunicorn(listener.fileno(), log.fileno())

    def _gunicorn(self, listener: int, log: int) -> psutil.Process:
        # The signal at the parent's death ends the server with a killed test run.
        gunicorn = [sys.executable, "-m", "gunicorn", "--bind", f"fd://{listener}", *self.app.split()]
        return psutil.Popen(
            ["setpriv", "--pdeathsig", "TERM", "--", *gunicorn],
            cwd=ROOT,
            env=self.env,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            pass_fds=[listener],
        )

    def stop(self, how: signal.Signals = signal.SIGQUIT) -> None:
        """End it at once (SIGQUIT), as an operator would (SIGTERM), or as a power cut would (SIGKILL)."""
        if self.process is None:
            return
        workers = [psutil.Process(pid) for pid in self.workers] if how == signal.SIGKILL else []
        self.process.send_signal(how)
        self.process.wait(timeout=30)
        for worker in workers:
            with suppress(psutil.NoSuchProcess):
                worker.kill()
        psutil.wait_procs(workers, timeout=30)  # until then the port is theirs
        self.process = None

    def restart(self) -> LiveHall:
        """Stop and start on the same port with the same data."""
        self.stop()
        return self.start()

    @property
    def _log_file(self) -> Path:
        return self.prepared.data.with_name(self.prepared.data.name + ".log")

    def wait(self) -> None:
        """Come back when it answers."""
        assert self.process is not None
        deadline = time.monotonic() + START_WITHIN_S
        while time.monotonic() < deadline and _runs(self.process):
            try:
                with urlopen(f"{self.url}/healthz", timeout=5):  # noqa: S310 - the loopback
                    return
            except (URLError, ConnectionError, TimeoutError):
                time.sleep(0.05)
        message = f"The server did not answer on {self.url}/healthz:\n{self.log[-4000:]}"
        self.stop(signal.SIGKILL)
        raise AssertionError(message)


def _runs(process: psutil.Process) -> bool:
    try:
        return bool(process.is_running() and process.status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


def _listener(port: int) -> socket.socket:
    """A bound socket on this port, or on a free one: handed to the server, so that nobody can be faster."""
    for candidate in [port] if port else random.sample(PORTS, 50):
        listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind(("127.0.0.1", candidate))
        except OSError:
            listener.close()
        else:
            return listener
    message = f"No free port among {[port] if port else PORTS}."
    raise OSError(message)
