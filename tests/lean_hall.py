"""A hall that is killed and lives again in milliseconds: the application is loaded once, each life is a fork of it.

What serves is the product: its application with the writer's thread, its batches, the sealer of the journal and the
publisher, behind gevent's server on a socket that outlives it. Only gunicorn is left out, whose start takes seconds.
"""

from __future__ import annotations

import ctypes
import gc
import json
import os
import signal
import socket
import subprocess
import sys
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, NoReturn

from tests.postgres import ROOT
from tests.servers import SQLITE_FILE

if TYPE_CHECKING:
    from flask import Flask

    from tests.servers import Prepared

PDEATHSIG = 1  # of prctl(2)


@dataclass(slots=True)
class LeanHall:
    """The program that keeps it. Whoever asks while nobody lives waits in the queue of the socket."""

    process: subprocess.Popen[str]
    url: str

    @classmethod
    def start(cls, prepared: Prepared) -> LeanHall:
        """Load it and begin its first life."""
        listener = socket.create_server(("127.0.0.1", 0), backlog=256)
        asked = {"data": str(prepared.data), "database_url": prepared.database_url, "demo": prepared.demo}
        program = [sys.executable, "-m", "tests.lean_hall", str(listener.fileno()), json.dumps(asked)]
        with listener:
            process = subprocess.Popen(
                ["setpriv", "--pdeathsig", "KILL", "--", *program],
                cwd=ROOT,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
                pass_fds=[listener.fileno()],
            )
            hall = cls(process, f"http://127.0.0.1:{listener.getsockname()[1]}")
            hall._hear()
            return hall

    def kill(self) -> None:
        """`kill -9` whoever lives now; when this returns the next one lives."""
        assert self.process.stdin is not None
        self.process.stdin.write("\n")
        self.process.stdin.flush()
        self._hear()

    def end(self) -> None:
        """Kill the last one, too, and let nobody follow."""
        assert self.process.stdin is not None and self.process.stdout is not None
        self.process.stdin.close()
        self.process.wait(timeout=60)
        self.process.stdout.close()

    def _hear(self) -> None:
        assert self.process.stdout is not None
        assert self.process.stdout.readline() == "alive\n", "The program of the lean hall has ended."


def _load(data: str, address: str) -> Flask:
    from config import Config  # noqa: PLC0415 - after gevent has patched what they import
    from wsgi import create_app  # noqa: PLC0415

    config = Config.from_env({"HALL_DATA": data, "DATABASE_URL": address, "DEMO": "1"})
    return create_app(replace(config, testing=True))  # nothing runs in the background before there is a life


def _warm(app: Flask, demo: dict[str, Any]) -> None:
    """Let everything be compiled that the first requests of a life would wait for, on a copy that nobody keeps."""
    import gevent  # noqa: PLC0415

    from hall.database import db  # noqa: PLC0415

    database = app.config["HALL"].data / SQLITE_FILE
    untouched = {path: path.read_bytes() for path in database.parent.glob(f"{SQLITE_FILE}*")}
    clerk = next(row for row in demo["staff"] if row["window"])
    window = f"/api/v1/windows/{clerk['window']}"
    for path, token, body in (
        ("/api/v1/tickets", demo["kiosk"]["token"], {"line": "xixian-a"}),
        (f"{window}/open", clerk["token"], {}),
        (f"{window}/call-next", clerk["token"], {}),
        (f"{window}/finish", clerk["token"], {"outcome": "done"}),
    ):
        headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": "warm"}
        said = app.test_client().post(path, json=body, headers=headers)
        assert said.status_code in {200, 201}, said.text
    gevent.sleep(0.2)  # what is due is published
    app.extensions["hall_units"].engine.dispose()
    with app.app_context():
        db.engine.dispose()
    for path in database.parent.glob(f"{SQLITE_FILE}*"):
        path.unlink()
    for path, content in untouched.items():
        path.write_bytes(content)


def _live(app: Flask, listener: int, keeper: int) -> NoReturn:
    ctypes.CDLL(None).prctl(PDEATHSIG, signal.SIGKILL)
    if os.getppid() != keeper:
        os._exit(1)
    from gevent import socket as waiting  # noqa: PLC0415
    from gevent.pywsgi import WSGIServer  # noqa: PLC0415

    from hall import jobs  # noqa: PLC0415

    jobs.start(app, jobs.JOURNAL_JOBS)
    WSGIServer(waiting.socket(fileno=listener), app, log=None).serve_forever()
    os._exit(0)


def main(listener: int, asked: dict[str, Any]) -> None:
    """Keep one life going; a line on the standard input kills it, its end ends everything."""
    from gevent import monkey  # noqa: PLC0415

    monkey.patch_all()
    from gevent.os import fork_gevent  # noqa: PLC0415

    app = _load(asked["data"], asked["database_url"])
    _warm(app, asked["demo"])
    gc.collect()
    gc.freeze()
    ours, waits = os.getpid(), monkey.get_original("os", "waitpid")
    while True:
        child = fork_gevent()
        if not child:
            _live(app, listener, ours)
        os.write(1, b"alive\n")
        again = os.read(0, 1)
        os.kill(child, signal.SIGKILL)
        waits(child, 0)
        if not again:
            os._exit(0)


if __name__ == "__main__":
    main(int(sys.argv[1]), json.loads(sys.argv[2]))
