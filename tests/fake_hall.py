"""The hall's side of printing, small and real: HTTP and live channel as the print agent sees them.

A process of its own, so that it can be killed and started again: `python -m tests.fake_hall PORT`; it ends with
its standard input. `POST /use` names its folder and so gives a test a hall of its own. What it must keep lies there:
`jobs.json`, the pictures, and `events.jsonl` with everything the agent said.
A file named `deaf` makes it swallow what is posted about print jobs; one named `no-live` refuses the live channel.
"""

from __future__ import annotations

import json
import os
import sys
import threading
import time
from pathlib import Path
from typing import Any

from flask import Flask, Response, jsonify, request, send_file
from flask_socketio import ConnectionRefusedError as Refused
from flask_socketio import SocketIO, join_room

TOKEN = "token-of-printer-7"
CODE = "482913"
DEVICE = "xixian-printer-7"
TOPIC = f"printer:{DEVICE}"
NOWHERE = Path(os.devnull) / "nowhere"  # until a test says where: an agent of the one before may still speak


class FakeHall:
    """Jobs on disk, one topic, one device."""

    def __init__(self) -> None:
        self.folder = NOWHERE
        self.lock = threading.Lock()
        self.app = Flask(__name__)
        self.live = SocketIO(self.app, async_mode="threading", transports=["websocket"])
        self._routes()
        self.live.on_event("connect", self._connect, namespace="/live")
        self.live.on_event("watch", self._watch, namespace="/live")

    def jobs(self) -> list[str]:
        path = self.folder / "jobs.json"
        return list(json.loads(path.read_text())) if path.exists() else []

    def state(self) -> dict[str, Any]:
        version = int(time.time() * 1000)
        return {"topic": TOPIC, "version": version, "jobs": [{"id": job} for job in self.jobs()]}

    def change(self, jobs: list[str]) -> None:
        fresh = self.folder / "jobs.new"
        fresh.write_text(json.dumps(jobs))
        fresh.replace(self.folder / "jobs.json")
        self.live.emit("state", self.state(), namespace="/live", to=TOPIC)

    def note(self, what: str, **more: object) -> None:
        if self.folder == NOWHERE:
            return
        with self.lock, (self.folder / "events.jsonl").open("a") as file:
            event = {"what": what, "key": request.headers.get("Idempotency-Key"), "body": request.get_json()}
            file.write(json.dumps({**event, **more}) + "\n")

    def _connect(self, auth: dict[str, str] | None) -> None:
        if (auth or {}).get("token") != TOKEN or (self.folder / "no-live").exists():
            reason = "unknown"
            raise Refused(reason)

    def _watch(self, wanted: dict[str, Any]) -> dict[str, Any]:
        if wanted.get("topic") != TOPIC:
            return {"ok": False, "code": "not_found"}
        join_room(TOPIC, namespace="/live")
        return {"ok": True, "state": self.state()}

    def _routes(self) -> None:
        add = self.app.add_url_rule
        add("/use", view_func=self._use, methods=["POST"])
        add("/queue/<job>", view_func=self._queue, methods=["POST"])
        add("/withdraw/<job>", view_func=self._withdraw, methods=["POST"])
        add("/api/v1/devices/enrol", view_func=self._enrol, methods=["POST"])
        add(f"/api/v1/devices/{DEVICE}/print-jobs", view_func=self._list)
        add(f"/api/v1/devices/{DEVICE}/status", view_func=self._status, methods=["POST"])
        add("/api/v1/print-jobs/<job>/slip.png", view_func=self._slip)
        add("/api/v1/print-jobs/<job>/<what>", view_func=self._report, methods=["POST"])
        self.app.before_request(self._known)

    def _known(self) -> Response | None:
        open_to_all = ("/use", "/queue", "/withdraw", "/api/v1/devices/enrol", "/socket.io")
        if request.path.startswith(open_to_all) or request.headers.get("Authorization") == f"Bearer {TOKEN}":
            return None
        return Response(status=401)

    def _use(self) -> str:
        self.folder = Path(request.get_data(as_text=True))
        return "ready"

    def _queue(self, job: str) -> str:
        (self.folder / f"{job}.png").write_bytes(request.get_data())
        self.change([*self.jobs(), job])
        return "queued"

    def _withdraw(self, job: str) -> str:
        self.change([other for other in self.jobs() if other != job])
        return "withdrawn"

    def _enrol(self) -> Response | tuple[Response, int]:
        if request.get_json() != {"code": CODE} or (self.folder / "enrolled").exists():
            return jsonify(code="not_found"), 404
        (self.folder / "enrolled").touch()
        return jsonify(device=DEVICE, kind="printer", site="xixian", token=TOKEN)

    def _list(self) -> Response:
        return jsonify(self.state())

    def _status(self) -> Response:
        self.note("status")
        return jsonify({})

    def _slip(self, job: str) -> Response:
        assert request.args.get("width") in ("576", "384")
        return send_file(self.folder / f"{job}.png", mimetype="image/png")

    def _report(self, job: str, what: str) -> Response:
        while (self.folder / "deaf").exists():
            time.sleep(0.05)
        self.note(what, job=job)
        if what == "printed" and job in self.jobs():
            self.change([other for other in self.jobs() if other != job])
        return jsonify({})


if __name__ == "__main__":
    threading.Thread(target=lambda: (sys.stdin.read(), os._exit(0)), daemon=True).start()
    hall = FakeHall()
    hall.live.run(hall.app, port=int(sys.argv[1]), allow_unsafe_werkzeug=True)
