"""The kiosk's browser talks to this: it passes everything on while the hall is there, and draws alone while it is not.

Only the loopback address listens, only our own page may command, and nothing personal is asked or kept (E2).
"""

from __future__ import annotations

import json
import logging
import re
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from kiosk.agent_draws import Spent, Wish
from kiosk.agent_kit import File
from kiosk.agent_pass import LARGEST_BODY, NoAnswer, Upstream

if TYPE_CHECKING:
    from collections.abc import Callable

    from kiosk.agent_draws import Draw, Draws
    from kiosk.agent_keeper import Keeper
    from kiosk.agent_kit import Shelf

log = logging.getLogger("kiosk.agent")
INSTALLED = Path(__file__).resolve().parent.parent / "static"
POLICY = "default-src 'self'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'"
KEY = re.compile(r"[0-9A-Za-z-]{16,56}")
REASONS = {"elder", "disabled", "pregnant", "ill", "military", "martyr_family", "firefighter"}
PAGE = "/kiosk/away"
WATCH = b'<script type="module" src="/agent/watch.js"></script>'
WATCH_FILE = "js/kiosk-watch.js"


class Desk:
    """What the web side may ask of the agent."""

    def __init__(  # noqa: PLR0917 - one call
        self,
        shelf: Shelf,
        draws: Draws,
        keeper: Keeper,
        queue: Callable[[Draw], None],
        paper_of: Callable[[Draw], tuple[str, str]],
        printer: Callable[[], str],
    ) -> None:
        self.shelf, self.draws, self.keeper = shelf, draws, keeper
        self._queue, self._paper_of, self._printer = queue, paper_of, printer

    def state(self, key: str = "") -> dict[str, Any]:
        """How the server, the printer and a slip are."""
        draw = self.draws.find(key) if key else None
        stage, problem = self._paper_of(draw) if draw else ("", "")
        return {
            "server": self.keeper.state,
            "since": self.keeper.since,
            "ready": self.shelf.kit is not None,
            "left": len(self.draws.pending()),
            "printer": self._printer(),
            "paper": {"stage": stage, "problem": problem} if draw else None,
            "settled": draw.settled if draw else "",
        }

    def lines(self) -> dict[str, Any]:
        """The lines as they stand by the kiosk's own time: open, with numbers left."""
        kit = self.shelf.kit
        if kit is None:
            return {"now": None, "lines": []}
        at = self.draws.now(kit)
        day = kit.day(at)
        lines = []
        for code in kit.lines:
            is_open, opens_at = kit.opening(code, at)
            left = self.draws.left(kit, code, day)
            lines.append({"code": code, "open": is_open, "opens_at": opens_at, "left": left})
        return {"now": kit.local(at).isoformat(), "lines": lines}

    def draw(self, said: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        """Draw and queue the slip; the number is on disk before anybody sees it."""
        kit, wish = self.shelf.kit, _wish(said)
        if kit is None:
            return 503, {"code": "no_kit"}
        if wish is None or wish.line not in kit.lines:
            return 422, {"code": "bad_wish"}
        if self.draws.find(wish.key) is None and not kit.opening(wish.line, self.draws.now(kit))[0]:
            return 409, {"code": "line_closed"}
        try:
            draw = self.draws.draw(kit, wish)
        except Spent:
            return 409, {"code": "spent"}
        except OSError as problem:
            log.error("no number could be kept: %s", problem)  # noqa: TRY400 - the reason says it all
            return 507, {"code": "disk"}
        self._queue(draw)
        self.keeper.wake()
        printed_at = kit.local(draw.at).isoformat()
        return 201, {"key": draw.key, "number": draw.number, "line": draw.line, "printed_at": printed_at}


def _wish(said: dict[str, Any]) -> Wish | None:
    key, line, reason = said.get("key"), said.get("line"), said.get("reason")
    if not (isinstance(key, str) and KEY.fullmatch(key) and isinstance(line, str)):
        return None
    if reason is not None and reason not in REASONS:
        return None
    lang = "en" if said.get("lang") == "en" else "zh"
    return Wish(key, line, "priority" if reason else "ordinary", reason, lang)


class Web(threading.Thread):
    """Serves until `stop`."""

    def __init__(self, port: int, desk: Desk, server: str, authority: str | None) -> None:
        super().__init__(name="web", daemon=True)
        own = f"http://127.0.0.1:{port}"
        upstream = Upstream(server, own, authority)
        self._server = ThreadingHTTPServer(("127.0.0.1", port), _handler(desk, upstream))
        self._server.daemon_threads = True

    def run(self) -> None:
        """Answer requests."""
        self._server.serve_forever(poll_interval=0.5)

    def stop(self) -> None:
        """End."""
        self._server.shutdown()
        self._server.server_close()


def _handler(desk: Desk, upstream: Upstream) -> type[BaseHTTPRequestHandler]:
    class Bound(_Handler):
        pass

    Bound.desk, Bound.upstream = desk, upstream
    return Bound


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    desk: Desk
    upstream: Upstream

    def do_GET(self) -> None:
        """Whatever is asked is answered in one place."""
        self._answer()

    do_HEAD = do_POST = do_PUT = do_DELETE = do_PATCH = do_GET  # noqa: N815 - the library's names

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002, ANN401 - the library's signature
        """Nothing: addresses may name tickets."""

    def _answer(self) -> None:
        address = urlsplit(self.path)
        body = self._body()
        if body is None:
            return
        if self.headers.get("Host", "").partition(":")[0] not in {"127.0.0.1", "localhost"}:
            self._say(421, {"code": "other_host"})  # a foreign name that leads here is no page of ours
        elif address.path.startswith("/agent/"):
            self._own(address.path, address.query, body)
        elif self.desk.keeper.state == "here":
            self._pass_on(address.path, body)
        else:
            self._alone(address.path)

    def _own(self, path: str, query: str, body: bytes) -> None:
        if path == "/agent/state" and self.command == "GET":
            self._say(200, self.desk.state(query.removeprefix("key=")))
        elif path == "/agent/lines" and self.command == "GET":
            self._say(200, self.desk.lines())
        elif path == "/agent/watch.js" and self.command == "GET":
            self._file_or_nothing(self._asset(WATCH_FILE))
        elif path == "/agent/draw" and self.command == "POST":
            origin = self.headers.get("Origin")
            if (
                origin not in {None, self.upstream.own}
                or self.headers.get("Content-Type") != "application/json"
            ):
                self._say(403, {"code": "other_page"})
                return
            self._say(*self.desk.draw(_object(body)))
        else:
            self._say(404, {"code": "not_found"})

    def _pass_on(self, path: str, body: bytes) -> None:
        try:
            if self.headers.get("Upgrade", "").lower() == "websocket":
                self.upstream.tunnel(self)
            else:
                self.upstream.pass_on(self, body, WATCH if path == "/kiosk" else b"")
        except NoAnswer:
            self.desk.keeper.lost()
            self._alone(path)

    def _alone(self, path: str) -> None:
        """What can be answered without the hall."""
        if path in {"/kiosk", "/kiosk/", "/"}:
            page = self.desk.shelf.file(PAGE)
            if page:
                self._send(200, page.body, page.kind)
            else:
                self._send(503, NO_KIT, "text/html; charset=utf-8")
            return
        if path.startswith("/static/"):
            self._file_or_nothing(self.desk.shelf.file(self.path) or _font(path))
            return
        self._say(
            502, {"code": "hall_away", "status": 502, "title": "", "detail": ""}
        )  # pages repeat it once

    def _asset(self, name: str) -> File | None:
        found = next((path for path in self.desk.shelf.paths() if path.startswith(f"/static/{name}?")), None)
        return self.desk.shelf.file(found) if found else None

    def _file_or_nothing(self, found: File | None) -> None:
        if found:
            self._send(200, found.body, found.kind)
        else:
            self._say(404, {"code": "not_found"})

    def _body(self) -> bytes | None:
        try:
            size = int(self.headers.get("Content-Length") or 0)
        except ValueError:
            size = -1
        if not 0 <= size <= LARGEST_BODY or self.headers.get("Transfer-Encoding"):
            self.close_connection = True
            self._say(413, {"code": "too_large"})
            return None
        return self.rfile.read(size) if size else b""

    def _say(self, status: int, said: dict[str, Any]) -> None:
        kind = "application/json" if status < 400 else "application/problem+json"  # noqa: PLR2004
        self._send(status, json.dumps(said, ensure_ascii=False).encode(), kind)

    def _send(self, status: int, body: bytes, kind: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "no-store")
        self.send_header("Content-Security-Policy", POLICY)
        self.send_header("X-Content-Type-Options", "nosniff")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)


NO_KIT = (
    '<!doctype html><html lang="zh-CN"><meta charset="utf-8"><meta http-equiv="refresh" content="5">'
    "<title>取号机</title><h1>大厅网络暂时中断</h1><p>请到导办台取号。</p>"
    '<p lang="en">The hall\'s network is down. Please take your ticket at the reception desk.</p></html>'
).encode()


def _object(body: bytes) -> dict[str, Any]:
    try:
        said = json.loads(body)
    except ValueError:
        return {}
    return said if isinstance(said, dict) else {}


def _font(path: str) -> File | None:
    """Fonts are too many to fetch: the agent's own files have them."""
    name = path.removeprefix("/static/")
    if not re.fullmatch(r"fonts/web/[A-Za-z0-9._-]+\.woff2", name):
        return None
    try:
        return File((INSTALLED / name).read_bytes(), "font/woff2")
    except OSError:
        return None
