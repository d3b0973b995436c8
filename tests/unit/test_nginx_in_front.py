"""What nginx tells the hall about who asks: whoever ends TLS in front is believed, nobody else (real nginx)."""

from __future__ import annotations

import os
import subprocess
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

import pytest
import requests
from requests.adapters import HTTPAdapter
from urllib3.util import Retry

from hall.scaled import programs, proxy

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

CLIENT, CLAIMED = "203.0.113.7", "198.51.100.1"
SAID = {"X-Forwarded-For": f"{CLAIMED}, {CLIENT}", "X-Forwarded-Proto": "https"}


class Hall(BaseHTTPRequestHandler):
    """Answers what it is told."""

    def do_GET(self) -> None:
        """Address and protocol."""
        said = f"{self.headers['X-Forwarded-For']} {self.headers['X-Forwarded-Proto']}".encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(said)))
        self.end_headers()
        self.wfile.write(said)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its name in the library
        """Nothing."""


@pytest.fixture
def hall() -> Iterator[str]:
    """A server behind nginx."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Hall) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"127.0.0.1:{server.server_port}"
        server.shutdown()


@contextmanager
def nginx(folder: Path, hall: str, behind: tuple[str, ...]) -> Iterator[str]:
    port = programs.free_port()
    site = proxy.Site(servers=(hall,), listen=f"127.0.0.1:{port}", static=str(folder), behind=behind)
    (folder / "site.conf").write_text(site.text(), encoding="utf-8")
    settings = folder / "nginx.conf"
    settings.write_text(proxy.whole(folder, as_root=os.geteuid() == 0), encoding="utf-8")
    with subprocess.Popen(
        [programs.needed("nginx"), "-c", str(settings), "-e", str(folder / "error.log")]
    ) as running:
        try:
            yield f"http://127.0.0.1:{port}/"
        finally:
            running.terminate()


def told(address: str, said: dict[str, str]) -> str:
    with requests.Session() as session:
        session.mount("http://", HTTPAdapter(max_retries=Retry(connect=10, backoff_factor=0.05)))
        return session.get(address, headers=said, timeout=30).text


@pytest.mark.parametrize(
    ("behind", "said", "answer"),
    [
        (("127.0.0.0/8",), SAID, f"{CLIENT} https"),
        (("127.0.0.0/8",), {**SAID, "X-Forwarded-Proto": "gopher"}, f"{CLIENT} http"),
        (("127.0.0.0/8",), {}, "127.0.0.1 http"),
        (proxy.PRIVATE, SAID, "127.0.0.1 http"),
        ((), SAID, "127.0.0.1 http"),
    ],
    ids=["front", "nonsense", "nothing", "stranger", "alone"],
)
def test_who_ends_tls_in_front_is_believed_and_nobody_else(
    tmp_path: Path, hall: str, behind: tuple[str, ...], said: dict[str, str], answer: str
) -> None:
    with nginx(tmp_path, hall, behind) as address:
        assert told(address, said) == answer


def test_a_script_that_others_import_by_name_is_asked_for_again_after_an_update(
    tmp_path: Path, hall: str
) -> None:
    (tmp_path / "live.js").write_text("export const release = 1;\n", encoding="utf-8")
    with nginx(tmp_path, hall, ()) as address, requests.Session() as session:
        session.mount("http://", HTTPAdapter(max_retries=Retry(connect=10, backoff_factor=0.05)))
        bare = session.get(f"{address}static/live.js", timeout=30)
        marked = session.get(f"{address}static/live.js?v=0123456789", timeout=30)
        again = session.get(
            f"{address}static/live.js", headers={"If-None-Match": bare.headers["ETag"]}, timeout=30
        )
    assert (bare.status_code, marked.status_code) == (200, 200)
    assert "no-cache" in bare.headers["Cache-Control"], "A page of a new release runs with an old script."
    assert "max-age=31536000" in marked.headers["Cache-Control"], "What is marked is fetched once."
    assert again.status_code == 304, "What did not change is not sent again."
