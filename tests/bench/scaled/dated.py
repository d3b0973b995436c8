"""The product with a clock that can be put forward: a day of its hall takes minutes, and the night is a moment.

`HALL_PUT_FORWARD` names a file with the seconds by which the hall's clock is ahead; its processes look into it four
times a second. Everything else is the product: the date turns, its own jobs end the day and learn from it.
"""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import gevent

from hall import clock
from wsgi import create_app as product

if TYPE_CHECKING:
    from flask import Flask

LOOK_S = 0.25
FILE = "HALL_PUT_FORWARD"


def put_forward(file: Path) -> None:
    """Read the clock with what stands in the file, from now on."""
    ahead = timedelta()

    def now() -> datetime:
        return datetime.now(UTC) + ahead

    def look() -> None:
        nonlocal ahead
        while True:
            ahead = timedelta(seconds=float(file.read_text(encoding="ascii")))
            gevent.sleep(LOOK_S)

    ahead = timedelta(seconds=float(file.read_text(encoding="ascii")))
    clock.now = now
    gevent.spawn(look)


def create_app() -> Flask:
    """The application to serve."""
    put_forward(Path(os.environ[FILE]))
    return product()
