"""What nginx says and does when a process behind it dies: a page or a problem of ours, and no press sent twice."""

from __future__ import annotations

import re
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

import pytest
import requests

from hall.scaled import programs
from tests.nginx_server import NginxServer
from tests.postgres import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PROBLEM = "application/problem+json"


@dataclass(slots=True)
class Process:
    """One process of a hall; one that dies reads what it is sent and hangs up."""

    dies: bool
    port: int = 0
    seen: list[str] = field(default_factory=list)


@contextmanager
def serving(process: Process) -> Iterator[Process]:
    class Answers(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            """Note the press, and answer it or die."""
            self.rfile.read(int(self.headers.get("Content-Length") or 0))
            process.seen.append(self.headers["Idempotency-Key"])
            if process.dies:
                self.close_connection = True
                return
            self.send_response(200)
            self.send_header("Content-Length", "2")
            self.end_headers()
            self.wfile.write(b"ok")

        do_POST = do_PATCH = do_GET  # noqa: N815 - their names in the library

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its name in the library
            """Nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Answers) as server:
        process.port = server.server_port
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield process
        server.shutdown()
        thread.join()


@pytest.fixture
def nginx(tmp_path: Path) -> Iterator[NginxServer]:
    """In front of nobody yet."""
    server = NginxServer(tmp_path / "nginx", [programs.free_port(), programs.free_port()]).start()
    yield server
    server.stop()


@pytest.mark.parametrize(("method", "passed_on"), [("POST", False), ("PATCH", False), ("GET", True)])
def test_Q2_a_press_that_reached_a_dying_process_is_sent_to_no_other(
    nginx: NginxServer, method: str, passed_on: bool
) -> None:
    said: dict[str, requests.Response] = {}
    with serving(Process(dies=True)) as dying, serving(Process(dies=False)) as living:
        nginx.reload([dying.port, living.port])
        while not dying.seen:
            key = f"press-{len(said)}"
            said[key] = requests.request(
                method, f"{nginx.url}/api/v1/x", headers={"Idempotency-Key": key}, timeout=30
            )
            assert len(said) < 50, "the dying process is never asked"
    (key,) = dying.seen
    assert (key in living.seen) is passed_on, "Q2: nginx sends on what only asks, and nothing else"
    assert len(living.seen) == len(set(living.seen)), "Q2: nginx sends nothing twice to the same process"
    if passed_on:
        assert said[key].status_code == 200
    else:
        assert (said[key].status_code, said[key].json()["code"]) == (502, "away")


@pytest.mark.parametrize(
    ("language", "title"),
    [("zh-CN,en;q=0.5", "暂时无法使用"), ("en-GB,zh", "Not available"), ("", "暂时无法使用")],
)
def test_programs_are_told_in_their_language_that_nobody_answers(
    nginx: NginxServer, language: str, title: str
) -> None:
    for method in ("GET", "POST"):
        said = requests.request(
            method, f"{nginx.url}/api/v1/tickets", headers={"Accept-Language": language}, timeout=30
        )
        assert (said.status_code, said.headers["Content-Type"]) == (502, PROBLEM)
        assert (said.json()["title"], said.json()["status"], said.json()["code"]) == (title, 502, "away")
        assert (said.headers["Retry-After"], said.headers["Cache-Control"]) == ("2", "no-store")


def test_people_get_a_page_that_tries_again_and_who_sent_a_form_one_that_does_not(nginx: NginxServer) -> None:
    asked = requests.get(f"{nginx.url}/console", timeout=30)
    sent = requests.post(f"{nginx.url}/admin/lines", data={"name": "x"}, timeout=30)
    for said in (asked, sent):
        assert (said.status_code, said.headers["Content-Type"]) == (502, "text/html")
        assert "系统暂时没有应答" in said.content.decode() and "does not answer" in said.content.decode()
        assert said.headers["Content-Security-Policy"].startswith("default-src 'self'")
        for address in re.findall(r'(?:href|src)="([^"]+)"', said.content.decode()):
            assert requests.get(nginx.url + address, timeout=30).status_code == 200, address
    assert 'http-equiv="refresh"' in asked.text
    assert 'http-equiv="refresh"' not in sent.text, (
        "Q2: a form that may have arrived is not sent again by itself"
    )


def test_nobody_asks_for_these_pages_by_their_address(nginx: NginxServer) -> None:
    assert sorted(path.name for path in (ROOT / "static" / "away").iterdir()) == [
        "away.css",
        "page.html",
        "sent.html",
    ]
    assert requests.get(f"{nginx.url}/away/page.html", timeout=30).status_code == 404
