"""`python -m hall.scaled`, or `make run-scaled`: a whole hall of several processes on this machine.

PostgreSQL, Redis and nginx are the programs of Debian's packages, with folders of their own below one folder, on free
ports of the loopback. What ends by itself is started again; all end with this program, also when it is killed.
"""

from __future__ import annotations

import argparse
import fcntl
import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

from config import ROOT
from hall.scaled import programs, proxy
from hall.scaled.programs import Program

ANSWER_WITHIN_S = 90.0
CONNECTIONS_A_PROCESS = 20  # ten to read, ten to write (hall/database.py)
LOOK_S = 0.2


@dataclass(slots=True)
class Wish:
    """What was asked for."""

    folder: Path
    processes: int
    port: int
    demo: bool


@dataclass(slots=True)
class Hall:
    """All that runs, in the order of starting."""

    wish: Wish
    parts: list[Program] = field(default_factory=list)
    over: bool = False

    def run(self) -> None:
        """Start everything, keep it running until told to end, end it in the reverse order."""
        try:
            self.begin()
            while not self.over:
                time.sleep(LOOK_S)
                self.mend()
        finally:
            for part in reversed(self.parts):
                part.stop()
            (self.wish.folder / "running.json").unlink(missing_ok=True)

    def begin(self) -> None:
        """One after the other: each needs those before it."""
        folder, wish = self.wish.folder, self.wish
        database = self.add(
            programs.postgres(
                folder / "postgresql", programs.free_port(), wish.processes * CONNECTIONS_A_PROCESS + 20
            )
        )
        redis = self.add(programs.redis(folder / "redis", programs.free_port()))
        front = wish.port or programs.free_port()
        env = environment(wish, front, database.port, redis.port)
        make_database(database.port)
        prepared = [sys.executable, "-m", "flask", "--app", "wsgi", "hall", "prepare"]
        done = subprocess.run(prepared, cwd=ROOT, env=env, check=False)  # noqa: S603 - our own words
        if done.returncode:
            sys.exit(done.returncode)
        servers = [
            self.add(programs.application(number, programs.free_port(), folder / f"hall-{number}.log", env))
            for number in range(1, wish.processes + 1)
        ]
        self.add(self.nginx(front, servers))
        self.note()
        print(f"  {wish.processes} processes behind http://127.0.0.1:{front}/ — Ctrl-C ends all", flush=True)  # noqa: T201

    def nginx(self, port: int, servers: list[Program]) -> Program:
        """With the settings that fit."""
        folder = self.wish.folder / "nginx"
        site = proxy.Site(
            servers=tuple(f"127.0.0.1:{server.port}" for server in servers),
            listen=f"127.0.0.1:{port}",
            static=str(ROOT / "static"),
            purpose="Made by make run-scaled from deploy/nginx.conf.jinja; changes here are lost.",
        )
        proxy.lay_out(folder, site, as_root=os.getuid() == 0)
        return programs.nginx(folder, port)

    def add(self, part: Program) -> Program:
        """Start one, and wait until it answers. Raises SystemExit with its last words."""
        self.parts.append(part)
        part.start()
        deadline = time.monotonic() + ANSWER_WITHIN_S
        while not programs.answers(part.port):
            if self.over or not part.runs or time.monotonic() > deadline:
                said = part.log.read_text("utf-8", errors="replace")[-1500:] if part.log.exists() else ""
                sys.exit(f"{part.name} does not answer on port {part.port}.\n{said}")
            time.sleep(0.05)
        return part

    def mend(self) -> None:
        """Start again what ended by itself."""
        for part in self.parts:
            if not part.runs and not self.over:
                print(f"  {part.name} ended; it is started again (see {part.log})", flush=True)  # noqa: T201
                part.start()
                self.note()

    def note(self) -> None:
        """Names, pids and ports, for whoever wants to look or to cut something."""
        told = {part.name: {"pid": part.pid, "port": part.port} for part in self.parts}
        partial = self.wish.folder / ".running.json"
        partial.write_text(json.dumps(told, indent=2), encoding="utf-8")
        partial.replace(self.wish.folder / "running.json")

    def end(self, _number: int, _frame: FrameType | None) -> None:
        """Told to end."""
        self.over = True


def environment(wish: Wish, front: int, database_port: int, redis_port: int) -> dict[str, str]:
    """The settings of all processes."""
    return {
        **os.environ,
        "HALL_DATA": str(wish.folder / "hall"),
        "DATABASE_URL": f"postgresql://{programs.OWNER}@127.0.0.1:{database_port}/hall",
        "REDIS_URL": f"redis://127.0.0.1:{redis_port}/0",
        "PORT": str(front),
        "BIND": "127.0.0.1",
        "BEHIND_PROXY": "1",
        "DEMO": "1" if wish.demo else "0",
    }


def make_database(port: int) -> None:
    """The database `hall`, unless it is there; PostgreSQL opens its port a moment before it lets anybody in."""
    import psycopg  # noqa: PLC0415 - after what is missing was said

    deadline = time.monotonic() + ANSWER_WITHIN_S
    address = f"postgresql://{programs.OWNER}@127.0.0.1:{port}/postgres"
    while True:
        try:
            with psycopg.connect(address, autocommit=True) as line:
                if line.execute("SELECT 1 FROM pg_database WHERE datname = 'hall'").fetchone() is None:
                    line.execute("CREATE DATABASE hall")
        except psycopg.OperationalError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)
        else:
            return


def wish_of(words: list[str] | None = None) -> Wish:
    """What the command line says. Raises SystemExit with one clear line."""
    parser = argparse.ArgumentParser(prog="python -m hall.scaled", description=__doc__)
    parser.add_argument("--folder", type=Path, default=ROOT / "data-scaled", help="everything lies below it")
    parser.add_argument("--processes", type=int, default=2, help="of the application (2)")
    parser.add_argument("--port", type=int, default=0, help="nginx listens here; 0: a free one")
    parser.add_argument("--demo", action="store_true", help="load the demo hall into an empty database")
    given = parser.parse_args(words)
    if given.processes < 1:
        parser.error("--processes: at least one")
    return Wish(given.folder.expanduser().resolve(), given.processes, given.port, given.demo)


def main() -> None:
    """Say what is missing, or run until told to end."""
    wish, missing = wish_of(), programs.missing()
    if missing:
        sys.exit(f"Missing: {', '.join(missing)}. As root: apt-get install -y {' '.join(missing)}")
    os.umask(0o077)
    wish.folder.mkdir(parents=True, exist_ok=True)
    if os.getuid() == 0:
        wish.folder.chmod(0o711)  # nobody, who runs PostgreSQL, must come through to its folder
    if closed := programs.closed_above(wish.folder):
        sys.exit(
            f"PostgreSQL does not run as root, and {closed} lets nobody else through. "
            "Choose another folder: --folder /srv/hall-scaled, or run this as a plain user."
        )
    with (wish.folder / ".lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            sys.exit(f"A hall runs in {wish.folder} already.")
        hall = Hall(wish)
        signal.signal(signal.SIGTERM, hall.end)
        signal.signal(signal.SIGINT, hall.end)
        hall.run()


if __name__ == "__main__":
    main()
