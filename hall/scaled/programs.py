"""Debian's programs, each in a folder and on a port of its own: how they are called and when they answer."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from config import ROOT

OWNER = "hall"
PACKAGES = {"initdb": "postgresql", "redis-server": "redis-server", "nginx": "nginx", "setpriv": "util-linux"}


def find(name: str) -> str | None:
    """The program's path; PostgreSQL's and nginx' are not where a plain user looks."""
    newest = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), key=lambda path: int(path.parts[-3]))
    if newest:
        return str(newest[-1])
    return shutil.which(name) or shutil.which(name, path="/usr/sbin:/usr/local/sbin")


def missing() -> list[str]:
    """Packages that must be installed first."""
    return [package for name, package in PACKAGES.items() if find(name) is None]


def needed(name: str) -> str:
    """The path of a program that was looked for before."""
    found = find(name)
    if found is None:
        raise FileNotFoundError(name)
    return found


def free_port() -> int:
    """A port of the loopback that nobody has now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def answers(port: int) -> bool:
    """Whether somebody listens there."""
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True


def account() -> dict[str, Any]:
    """PostgreSQL refuses to run as root: there it runs as nobody."""
    if os.getuid() != 0:
        return {}
    nobody = pwd.getpwnam("nobody")
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


def closed_above(folder: Path) -> Path | None:
    """The first folder above that keeps out whoever runs PostgreSQL; None where all let it through."""
    who = account()
    if not who:
        return None
    closed = [
        above for above in folder.parents if not above.stat().st_mode & 0o001 and above.stat().st_uid == 0
    ]
    return closed[-1] if closed else None


@dataclass(slots=True)
class Program:
    """One program that runs: started again when it ends by itself, and ended with us, also when we are killed."""

    name: str
    command: list[str]
    port: int
    log: Path
    end: signal.Signals = signal.SIGTERM
    env: Mapping[str, str] | None = None
    more: dict[str, Any] = field(default_factory=dict)
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Run it; its last words go into its log."""
        self.sweep()
        ends_with_us = [needed("setpriv"), "--pdeathsig", self.end.name.removeprefix("SIG"), "--"]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(  # noqa: S603 - our own words
                [*ends_with_us, *self.command],
                cwd=self.more.get("cwd", ROOT),
                env=self.env,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,  # a Ctrl-C reaches us alone: we end them in order
                **{name: value for name, value in self.more.items() if name != "cwd"},
            )

    @property
    def runs(self) -> bool:
        """Whether it is there."""
        return self.process is not None and self.process.poll() is None

    @property
    def pid(self) -> int:
        """Of the program, 0 where it does not run."""
        return self.process.pid if self.process is not None and self.runs else 0

    def stop(self, within_s: float = 20) -> None:
        """End it as it likes to be ended; if it does not, at once."""
        if self.process is not None and self.runs:
            self.process.send_signal(self.end)
            try:
                self.process.wait(timeout=within_s)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        self.sweep()

    def sweep(self) -> None:
        """End what it left behind: without their master nginx's workers go on, and keep the port for themselves.

        They are in its group, for it was started as the first of a session. PostgreSQL's are not: they end by
        themselves as soon as they notice, and a new one waits for that.
        """
        if self.process is not None and not self.runs:
            with suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)


def postgres(folder: Path, port: int, connections: int) -> Program:
    """A PostgreSQL of its own; made where the folder is new."""
    folder.mkdir(parents=True, exist_ok=True)
    who, data = account(), folder / "data"
    if who:
        os.chown(folder, who["user"], who["group"])
    env = {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C.UTF-8", "HOME": str(folder)}
    common: dict[str, Any] = {"cwd": folder, **who}
    log = folder / "log"
    if not (data / "PG_VERSION").exists():
        shutil.rmtree(data, ignore_errors=True)  # half of one, from a start that was cut off
        command = [needed("initdb"), "-D", str(data), "-U", OWNER, "-A", "trust", "-E", "UTF8"]
        with log.open("ab") as said:
            made = [*command, "--locale=C.UTF-8"]
            subprocess.run(made, check=True, env=env, stdout=said, stderr=said, **common)  # noqa: S603
    settings = {
        "listen_addresses": "127.0.0.1",
        "port": str(port),
        "unix_socket_directories": "",
        "max_connections": str(connections),
        "log_error_verbosity": "terse",  # or a refused row stands in the log, with whatever somebody typed
    }
    words = [f"--{name}={value}" for name, value in settings.items()]
    command = [needed("postgres"), "-D", str(data), *words]
    return Program("postgresql", command, port, log, signal.SIGINT, env, common)  # SIGINT: fast, not in panic


def redis(folder: Path, port: int) -> Program:
    """A Redis of its own that keeps nothing: nothing in it is worth keeping."""
    folder.mkdir(parents=True, exist_ok=True)
    words = ["--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
    command = [needed("redis-server"), *words, "--dir", str(folder)]
    return Program("redis", command, port, folder / "log")


def nginx(folder: Path, port: int) -> Program:
    """An nginx of its own; its settings lie in the folder already."""
    command = [
        needed("nginx"),
        "-p",
        str(folder),
        "-e",
        str(folder / "error.log"),
        "-c",
        str(folder / "nginx.conf"),
    ]
    return Program("nginx", command, port, folder / "log")


def application(number: int, port: int, log: Path, env: Mapping[str, str]) -> Program:
    """One process of the product."""
    command = [sys.executable, "-m", "gunicorn"]
    return Program(f"hall-{number}", command, port, log, env={**env, "PORT": str(port)})
