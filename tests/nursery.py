"""Processes that have loaded the product once, and fork a server or a command for each hall that asks.

Two seconds of every start are Python reading modules, the same for all. What is forked here is what `python -m
gunicorn` runs: its master, its configuration, its worker of the gevent kind, and an application of its own. Loaded
early means patched early, too, as gunicorn's worker would do it; the master gets the plain functions back. Commands
(`python -m flask --app wsgi …`) come from a nursery of their own, where nothing is patched.

Tests that are about starting start from nothing: tests/api/test_serving.py, tests/race/test_killed_behind_nginx.py,
commands that are killed, and everything that runs a program of its own.
"""

from __future__ import annotations

import ctypes
import gc
import json
import os
import queue
import runpy
import select
import signal
import socket
import subprocess
import sys
import time
import traceback
from dataclasses import dataclass, field
from tempfile import TemporaryFile
from typing import TYPE_CHECKING, Any, NoReturn

import psutil

from tests.postgres import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

COMMANDS = "commands"
LARGEST = 1 << 20
KILLED = 256  # no command ends with so much
PDEATHSIG = 1  # of prctl(2)
MASTERS: tuple[tuple[Any, str], ...] = (
    (os, "close"),
    (os, "fork"),
    (os, "waitpid"),
    (select, "select"),
    (signal, "signal"),
    (signal, "getsignal"),
    (time, "sleep"),
    (queue, "SimpleQueue"),
)


@dataclass(slots=True)
class Nursery:
    """The nursery of one worker of a test run; it ends with it."""

    asking: socket.socket
    process: subprocess.Popen[bytes]

    @classmethod
    def open(cls, *words: str, redis_url: str = "") -> Nursery:
        """Start it; it loads meanwhile, what talks to Redis only for halls that have one."""
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            program = [sys.executable, "-m", "tests.nursery", str(theirs.fileno()), *words]
            process = subprocess.Popen(
                ["setpriv", "--pdeathsig", "TERM", "--", *program],
                cwd=ROOT,
                env={**os.environ, "REDIS_URL": redis_url},
                stdin=subprocess.DEVNULL,
                pass_fds=[theirs.fileno()],
            )
        return cls(ours, process)

    def serve(self, listener: int, log: int, env: Mapping[str, str]) -> psutil.Process:
        """A gunicorn under this environment, listening and writing where these descriptors lead."""
        return psutil.Process(self._fork({"env": dict(env)}, log, log, listener))

    def run(
        self, env: Mapping[str, str], words: tuple[str, ...], timeout: float
    ) -> subprocess.CompletedProcess[str]:
        """A command of `flask --app wsgi` under this environment; its code is `KILLED` where it could say none."""
        heard, tells = os.pipe()
        with TemporaryFile() as out, TemporaryFile() as err, os.fdopen(heard, "rb", buffering=0) as ending:
            child = self._fork({"env": dict(env), "words": words}, out.fileno(), err.fileno(), tells)
            os.close(tells)
            said = b""
            give_up = time.monotonic() + timeout
            while select.select([ending], [], [], max(0, give_up - time.monotonic()))[0]:
                if not (more := ending.read(16)):
                    break  # it has ended, and with it its end of the pipe
                said += more
            else:
                os.kill(child, signal.SIGKILL)
                raise subprocess.TimeoutExpired(list(words), timeout)
            out.seek(0)
            err.seek(0)
            code = int(said) if said else KILLED
            return subprocess.CompletedProcess(list(words), code, out.read().decode(), err.read().decode())

    def _fork(self, asked: dict[str, Any], *descriptors: int) -> int:
        socket.send_fds(self.asking, [json.dumps(asked).encode()], list(descriptors))
        told = self.asking.recv(LARGEST)
        assert told, "The nursery has ended; see what it wrote."
        return int(told)

    def close(self) -> None:
        """End it."""
        self.asking.close()
        self.process.wait(timeout=30)


@dataclass(slots=True)
class Nurseries:
    """One each for halls of one process, halls of several, and commands; opened when somebody needs it."""

    opened: dict[str, Nursery] = field(default_factory=dict)

    def serve(self, listener: int, log: int, env: Mapping[str, str]) -> psutil.Process:
        """A gunicorn from the nursery that has loaded what it needs."""
        redis_url = env.get("REDIS_URL", "")
        kind = "several" if redis_url else "one"
        if kind not in self.opened:
            self.opened[kind] = Nursery.open(redis_url=redis_url)
        return self.opened[kind].serve(listener, log, env)

    def run(
        self, env: Mapping[str, str], words: tuple[str, ...], timeout: float
    ) -> subprocess.CompletedProcess[str]:
        """A command of `flask --app wsgi`."""
        if COMMANDS not in self.opened:
            self.opened[COMMANDS] = Nursery.open(COMMANDS)
        return self.opened[COMMANDS].run(env, words, timeout)

    def close(self) -> None:
        """End them."""
        for nursery in self.opened.values():
            nursery.close()


def _keep(asked: socket.socket, *, commands: bool) -> None:
    """Load everything, then fork at each request, until nobody can ask any more."""
    fork, close = os.fork, os.close  # gevent's own closes a socket in its loop, which never runs here
    again = _load_commands() if commands else _load()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # what ends leaves nothing behind
    ours = os.getpid()
    while True:
        said, descriptors, _flags, _address = socket.recv_fds(asked, LARGEST, maxfds=3)
        if not said:
            return
        child = fork()
        if not child:
            asked.close()
            wanted, (out, err, last) = json.loads(said), descriptors
            _settle(ours, wanted["env"], (out, err))
            if commands:
                _become_a_command(wanted["words"], last)
            _become_a_server(last, again)
        for descriptor in descriptors:
            close(descriptor)
        asked.send(str(child).encode())


def _load_commands() -> Callable[[], None]:
    """Nothing is patched: commands run as `python -m flask` runs them."""
    import flask.cli  # noqa: F401, PLC0415

    import wsgi  # noqa: F401, PLC0415

    gc.collect()
    gc.freeze()
    return lambda: None


def _load() -> Callable[[], None]:
    """Patch and load, and give the master's functions back; answers what patches those, too."""
    plain = [(module, name, getattr(module, name)) for module, name in MASTERS]
    for name in runpy.run_path(str(ROOT / "gunicorn.conf.py"))["NOT_HERE"]:
        sys.modules.setdefault(name, None)  # type: ignore[arg-type] # as its post_fork says
    from gevent import monkey  # noqa: PLC0415 - in this order

    monkey.patch_all()
    import gunicorn.app.wsgiapp  # noqa: PLC0415
    import gunicorn.workers.ggevent  # noqa: F401, PLC0415

    import wsgi  # noqa: F401, PLC0415

    patched = [(module, name, getattr(module, name)) for module, name in MASTERS]
    _put(plain)
    gc.collect()
    gc.freeze()
    return lambda: _put(patched)


def _put(functions: list[tuple[Any, str, Any]]) -> None:
    for module, name, function in functions:
        setattr(module, name, function)


def _settle(parent: int, env: dict[str, str], writing: tuple[int, int]) -> None:
    """The child writes where it was told to, has this environment and no other, and ends with its parent."""
    ctypes.CDLL(None).prctl(PDEATHSIG, signal.SIGTERM)
    if os.getppid() != parent:
        os._exit(1)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    for ours, given in zip((1, 2), writing, strict=True):
        os.dup2(given, ours)
        os.close(given)
    os.environ.clear()
    os.environ.update(env)


def _become_a_server(listener: int, patch: Callable[[], None]) -> NoReturn:
    from gevent import monkey  # noqa: PLC0415
    from gunicorn.app import wsgiapp  # noqa: PLC0415

    monkey.patch_all = patch
    sys.argv = ["gunicorn", "--bind", f"fd://{listener}"]
    wsgiapp.run(prog="gunicorn")
    sys.exit()  # it ends by itself; never back into the loop of the nursery


def _become_a_command(words: list[str], tells: int) -> NoReturn:
    from flask.cli import main  # noqa: PLC0415

    sys.argv = ["flask", "--app", "wsgi", *words]
    code = 1
    try:
        main()
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else int(end.code is not None)
    except BaseException:  # noqa: BLE001 - as Python itself does
        traceback.print_exc()
    os.write(tells, str(code).encode())
    sys.exit(code)  # never back into the loop of the nursery


if __name__ == "__main__":
    _keep(socket.socket(fileno=int(sys.argv[1])), commands=COMMANDS in sys.argv[2:])
