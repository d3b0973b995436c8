"""The product with one address more: `POST /bench/emit?n=` sends the line's state to its phones, with a time in it.

What goes out is what the publisher sends, by the same call, on the same transport; only the moment is chosen by us.
"""

from __future__ import annotations

import time
from typing import Any

from flask import Flask, request

from hall.accounts.access import allow
from hall.accounts.roles import PUBLIC
from hall.database import db
from hall.live.rooms import NAMESPACE
from hall.live.versions import version_of
from tests.bench.halls import LINE
from wsgi import create_app as product

TOPIC = f"line:{LINE}"


def create_app() -> Flask:
    """The application to serve."""
    app = product()
    publisher: Any = app.extensions["hall_publisher"]

    @app.get("/bench/state")
    @allow(PUBLIC)
    def state() -> dict[str, Any]:
        session = db.session()
        found: dict[str, Any] = publisher.state(session, TOPIC, version_of(session, TOPIC))
        return found

    @app.get("/bench/emit")
    @allow(PUBLIC)
    def emit() -> str:
        session = db.session()
        told = publisher.state(session, TOPIC, version_of(session, TOPIC))
        stamped = {"t": time.monotonic_ns(), "n": int(request.args["n"]), **told}
        publisher.socketio.emit("state", stamped, namespace=NAMESPACE, to=TOPIC)
        return "ok"

    return app
