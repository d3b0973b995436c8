"""How the product is served. gunicorn reads this file by itself in the folder where it is started.

One process of the gevent kind holds thousands of open screens and phones; more processes only make sense on
PostgreSQL with Redis between them. The environment decides where it listens: `PORT`, and `BIND` for the address
(127.0.0.1 unless said otherwise: a hall is served through a proxy, or says that it wants the whole network).
"""

from __future__ import annotations

import fcntl
import gc
import logging
import os
import resource
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gunicorn.arbiter import Arbiter
    from gunicorn.workers.base import Worker

bind = f"{os.environ.get('BIND') or '127.0.0.1'}:{os.environ.get('PORT') or '8000'}"
wsgi_app = "wsgi:create_app()"
worker_class = "gevent"
workers = 1
worker_connections = 10_000
backlog = 4096
keepalive = 65  # longer than a proxy's, so that the proxy never reuses a connection that is just being closed
graceful_timeout = 5  # open websockets never end by themselves
timeout = 60
proc_name = "hall"
accesslog = None  # addresses hold tokens, and who asked for what is personal
errorlog = "-"
capture_output = False
control_socket_disable = True  # one file a home folder: two halls on one machine would fight for it

OPEN_FILES = 65_536
# What libraries load where they find it, and a server never uses: pretty terminals, a client for HTTP, and the bus
# between processes where there is one process. Together 18 MB. Each does without when told that it is not there.
NOT_HERE = ("rich", "requests", *(() if os.environ.get("REDIS_URL") else ("redis",)))


class WithoutAddresses(logging.Filter):
    """Keeps what a client asked for, and from where, out of the log: paths hold tickets' tokens."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Blank the arguments of gunicorn's request errors; let everything else pass."""
        said = str(record.msg)
        if said.startswith("Error handling request"):
            record.msg, record.args = "Error handling request", ()
        elif said.startswith("Invalid request from"):
            record.msg, record.args = "Invalid request", ()
        return True


def hold_data_folder() -> None:
    """Keep a shared lock as long as any of our processes lives, so that nobody restores a backup under us."""
    data = Path(os.environ.get("HALL_DATA") or "data").expanduser()
    data.mkdir(parents=True, exist_ok=True)
    # To read, too: NFS gives a shared lock only to who may. Closed by the end of the process.
    held = os.open(data / ".serving", os.O_RDWR | os.O_CREAT, 0o600)
    fcntl.flock(held, fcntl.LOCK_SH)


def on_starting(server: Arbiter) -> None:
    """Before the first worker: a quiet log, and as many open files as the system lets us have."""
    server.log.error_log.addFilter(WithoutAddresses())
    hold_data_folder()
    _soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = OPEN_FILES if hard == resource.RLIM_INFINITY else min(OPEN_FILES, hard)
    resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def post_fork(_server: Arbiter, _worker: Worker) -> None:
    """Before the product is loaded: what it shall not find."""
    for name in NOT_HERE:
        sys.modules.setdefault(name, None)  # type: ignore[arg-type]  # the documented way to make an import fail


def post_worker_init(_worker: Worker) -> None:
    """The product is loaded and stays: no longer looked through for garbage, a pause of 140 ms each time."""
    gc.collect()
    gc.freeze()
