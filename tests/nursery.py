"""A process that has loaded gunicorn and the product once, and forks a server for each hall that asks.

Two seconds of every server's start are Python reading modules, the same for all. What is forked here is what
`python -m gunicorn` runs: its master, its configuration, its worker of the gevent kind, and an application of its own.
Loaded early means patched early, too, as gunicorn's worker would do it; the master gets the plain functions back.
`tests/api` and `tests/race` start their servers from nothing.
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
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NoReturn

import psutil

from tests.postgres import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

LARGEST = 1 << 20
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
    def open(cls, redis_url: str = "") -> Nursery:
        """Start it; it loads meanwhile, what talks to Redis only for halls that have one."""
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            program = [sys.executable, "-m", "tests.nursery", str(theirs.fileno())]
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
        socket.send_fds(self.asking, [json.dumps(dict(env)).encode()], [listener, log])
        told = self.asking.recv(LARGEST)
        assert told, "The nursery has ended; see what it wrote."
        return psutil.Process(int(told))

    def close(self) -> None:
        """End it."""
        self.asking.close()
        self.process.wait(timeout=30)


@dataclass(slots=True)
class Nurseries:
    """One for halls of one process, and one for those of several; each is opened when somebody needs it."""

    opened: dict[bool, Nursery] = field(default_factory=dict)

    def serve(self, listener: int, log: int, env: Mapping[str, str]) -> psutil.Process:
        """A gunicorn from the nursery that has loaded what it needs."""
        redis_url = env.get("REDIS_URL", "")
        if bool(redis_url) not in self.opened:
            self.opened[bool(redis_url)] = Nursery.open(redis_url)
        return self.opened[bool(redis_url)].serve(listener, log, env)

    def close(self) -> None:
        """End them."""
        for nursery in self.opened.values():
            nursery.close()


def _keep(asked: socket.socket) -> None:
    """Load everything, then fork a server at each request, until nobody can ask any more."""
    fork, close = os.fork, os.close  # gevent's own closes a socket in its loop, which never runs here
    again = _load()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # servers that end leave nothing behind
    ours = os.getpid()
    while True:
        said, descriptors, _flags, _address = socket.recv_fds(asked, LARGEST, maxfds=2)
        if not said:
            return
        child = fork()
        if not child:
            asked.close()
            _become_a_server(ours, json.loads(said), descriptors, again)
        for descriptor in descriptors:
            close(descriptor)
        asked.send(str(child).encode())


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


def _become_a_server(
    parent: int, env: dict[str, str], descriptors: list[int], patch: Callable[[], None]
) -> NoReturn:
    listener, log = descriptors
    ctypes.CDLL(None).prctl(PDEATHSIG, signal.SIGTERM)
    if os.getppid() != parent:
        os._exit(1)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    for stream in (1, 2):
        os.dup2(log, stream)
    os.close(log)
    os.environ.clear()
    os.environ.update(env)
    from gevent import monkey  # noqa: PLC0415
    from gunicorn.app import wsgiapp  # noqa: PLC0415

    monkey.patch_all = patch
    sys.argv = ["gunicorn", "--bind", f"fd://{listener}"]
    wsgiapp.run(prog="gunicorn")
    sys.exit()  # it ends by itself; never back into the loop of the nursery


if __name__ == "__main__":
    _keep(socket.socket(fileno=int(sys.argv[1])))
