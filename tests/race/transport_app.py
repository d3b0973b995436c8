"""A tiny Socket.IO server for the transport tests: only what a test needs to send, to ask, and to count.

Served by a real gunicorn; the settings come as one JSON object in TRANSPORT_SETTINGS.
"""

from __future__ import annotations

import gc
import json
import os
from typing import Any

from flask import Flask, Response, jsonify, request
from flask_socketio import SocketIO, join_room
from gevent import Greenlet

from hall.live import transport

settings = json.loads(os.environ["TRANSPORT_SETTINGS"])
transport.install(**settings["limits"])

app = Flask(__name__)
socketio = SocketIO(
    app,
    async_mode="gevent",
    async_handlers=False,
    transports=["websocket"],
    manage_session=False,
    cors_allowed_origins=None,
    ping_interval=settings["ping_interval"],
    ping_timeout=settings["ping_timeout"],
)
counted = {"events": 0}


def connect() -> None:
    join_room("all")
    join_room(request.args["name"])


def echo(text: str) -> str:
    counted["events"] += 1
    return text


def large(size: int) -> str:
    counted["events"] += 1
    return "x" * size


for handler in (connect, echo, large):
    socketio.on_event(handler.__name__, handler, namespace="/live")


@app.get("/emit")
def emit() -> Response:
    """Send events of `size` characters, numbered `first` and on; every third one to each `room` by itself."""
    first, count, size = (int(request.args[name]) for name in ("first", "count", "size"))
    rooms = request.args.getlist("room")
    for number in range(first, first + count):
        data = {"n": number, "text": "x" * size}
        for room in rooms if rooms and number % 3 == 0 else ["all"]:
            socketio.emit("numbered", data, namespace="/live", to=room)
    return jsonify(sent=count)


@app.get("/counts")
def counts() -> Response:
    """What there is of the clients: sessions, room members, requests kept, greenlets; and events handled."""
    server: Any = socketio.server
    gc.collect()
    return jsonify(
        sessions=len(server.eio.sockets),
        members=len(server.manager.rooms.get("/live", {}).get("all", {})),
        environs=len(server.environ),
        greenlets=sum(isinstance(thing, Greenlet) for thing in gc.get_objects()),
        **counted,
    )
