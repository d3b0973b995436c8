"""What comes from outside and what must stay inside: bill of materials, dependency audit, secrets in the repository."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[2]


def run(tool: str, *words: str, **env: str) -> tuple[int, str]:
    done = subprocess.run(
        (sys.executable, str(ROOT / ".ci" / tool), *words),
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, **env},
    )
    assert "Traceback" not in done.stderr, done.stderr
    return done.returncode, done.stdout


def test_the_bill_of_materials_names_every_locked_package_and_is_the_same_each_time(tmp_path: Path) -> None:
    first, second = tmp_path / "one.json", tmp_path / "two.json"
    assert run("sbom.py", str(first)) == run("sbom.py", str(second)) == (0, "")
    assert first.read_bytes() == second.read_bytes()
    bill = json.loads(first.read_text(encoding="utf-8"))
    assert (bill["bomFormat"], bill["specVersion"]) == ("CycloneDX", "1.5")
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    pinned = {
        line.partition(" ")[0].partition(";")[0]
        for line in lock.splitlines()
        if "==" in line and line[0] != "#"
    }
    told = {f"{one['name']}=={one['version']}" for one in bill["components"]}
    assert {pin.partition("[")[0] if "[" in pin else pin for pin in pinned} <= told
    assert {"socket.io-client", "uplot"} <= {one["name"] for one in bill["components"]}
    refs = {one["bom-ref"] for one in bill["components"]} | {"service-hall"}
    assert {row["ref"] for row in bill["dependencies"]} == refs
    reached = set().union(*(row["dependsOn"] for row in bill["dependencies"]))
    assert reached == refs - {"service-hall"}, "everything is wanted by something"
    assert all(one["hashes"] for one in bill["components"])


@contextmanager
def answering(*codes: int, holes: dict[str, list[dict[str, Any]]] | None = None) -> Iterator[str]:
    """A source of known holes that answers so, one look after the other, and then as it did last.

    What is asked about a package is answered as osv.dev does: its `holes`, or an empty object.
    """
    left, known = list(codes), holes or {}

    class Source(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(left.pop(0) if len(left) > 1 else left[0])
            self.end_headers()

        def do_POST(self) -> None:
            asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            found = known.get(asked["package"]["name"])
            self.send_response(200)
            self.end_headers()
            self.wfile.write(json.dumps({"vulns": found} if found else {}).encode())

        def log_message(self, *_args: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Source)
    thread = Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


LEFT_OUT = "Dependency audit left out, nothing was audited:"


def test_an_audit_without_a_way_out_says_so_and_fails_nothing() -> None:
    with answering(403) as forbidding:
        for source in (forbidding, "http://127.0.0.1:9/", "http://nowhere.invalid/"):
            code, said = run("audit.py", source)
            assert code == 0 and said.startswith(LEFT_OUT) and source in said, said


def test_an_audit_that_breaks_off_says_that_nothing_was_audited_and_fails() -> None:
    no_way = {"HTTPS_PROXY": "http://127.0.0.1:9", "https_proxy": "http://127.0.0.1:9"}
    with answering(404) as source:
        code, said = run("audit.py", source, **no_way)
    assert code == 1 and said.startswith("Dependency audit failed, nothing was audited:"), said
    with answering(404, 403) as source:
        code, said = run("audit.py", source, **no_way)
    assert code == 0 and said.startswith(LEFT_OUT), f"the source went away meanwhile: {said}"


def asked_of(source: str, cache: Path) -> tuple[int, str]:
    """What the audit says when pip-audit itself asks this source; its report is its own."""
    there = {"PIP_AUDIT_OSV_URL": f"{source}v1/query", "XDG_CACHE_HOME": str(cache)}
    return run("audit.py", source, **there, NO_PROXY="127.0.0.1", no_proxy="127.0.0.1")


def test_a_known_hole_fails_the_audit_with_the_names_of_package_and_hole(tmp_path: Path) -> None:
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    (version,) = re.findall(r"^flask==([\w.]+)", lock, re.MULTILINE)
    fixed = {"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "999.1"}]}
    package = {"name": "flask", "ecosystem": "PyPI"}
    mended: dict[str, Any] = {
        "id": "PYSEC-2099-1",
        "summary": "x",
        "affected": [{"package": package, "ranges": [fixed]}],
    }
    open_still: dict[str, Any] = {
        "id": "GHSA-9999-9999-9999",
        "details": "y",
        "affected": [{"package": package}],
    }
    with answering(404, holes={"flask": [mended, open_still]}) as source:
        code, said = asked_of(source, tmp_path)
    assert code == 1, f"A known hole fails nothing: {said}"
    mend = "Take the newer release with `make lock UPGRADE=1`."
    assert set(said.splitlines()) == {
        f"Known hole: flask {version}: PYSEC-2099-1, mended in 999.1. {mend}",
        f"Known hole: flask {version}: GHSA-9999-9999-9999, mended in no release yet. {mend}",
    }, "The audit names package, version, hole and what mends it, and nothing else."


def test_an_audit_that_finds_nothing_says_so_and_passes(tmp_path: Path) -> None:
    with answering(404) as source:
        code, said = asked_of(source, tmp_path)
    assert (code, said) == (0, "Dependency audit: no known holes in the locked packages.\n")


def planted(folder: Path, name: str, text: str) -> tuple[int, str]:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    found = run("secrets_in.py", str(folder))
    path.unlink()
    return found


def test_a_secret_is_found_before_it_is_kept_and_is_not_said_again(tmp_path: Path) -> None:
    letters = "aB3dE5gH7jK9mN1pQ3sT5vW7yZ9bC1dF3gH5"
    lines = {
        "config.py": f'SECRET_KEY = "{letters}"',
        "notes.md": f"-----BEGIN RSA {'PRIVATE'} KEY-----",
        "deploy/unit": f"DATABASE_URL=postgresql://hall:{letters[:9]}@db/hall",
        "ci.yml": f"token: ghp_{letters}",
        "cloud.txt": "AKIA" + "ABCDEFGH12345678",
        "page.js": f"const jwt = 'eyJ{letters}.eyJ{letters}.{letters}'",
    }
    assert planted(tmp_path, "fine.py", "token = secrets.token_urlsafe(24)") == (0, "")
    for name, text in lines.items():
        code, said = planted(tmp_path, name, f"first\n{text}\n")
        assert code == 1 and f"{name}:2: looks like" in said, name
        assert letters[:9] not in said
        assert planted(tmp_path, name, f"first\n{text}  # no secret: an example\n") == (0, "")
    for name in ("data/keys.json", ".env", "tls/hall.pem", "hall.sqlite3", "id_ed25519"):
        code, said = planted(tmp_path, name, "{}")
        assert code == 1 and "never kept" in said, name


def test_the_repository_holds_no_secret() -> None:
    assert run("secrets_in.py") == (0, "")
