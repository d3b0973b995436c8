"""`python -m hall.serving`: what `make run` and systemd start. Prepares the hall where needed, then becomes the server.

A hall that is set up and whose database has the newest schema needs no preparing: that is seen from a few rows, without
loading the product twice, so that a second start takes as long as the server alone.
"""

from __future__ import annotations

import json
import os
import re
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy.engine import make_url

from config import ROOT, Config

if TYPE_CHECKING:
    from collections.abc import Iterator

DEMO_PASSWORD = "demo-password.json"  # noqa: S105 - the file's name
_REVISION = re.compile(r'^revision\b.*?=\s*"([^"]+)"', re.MULTILINE)
_FOLLOWS = re.compile(r'^down_revision\b.*?=\s*"([^"]+)"', re.MULTILINE)


def newest_schema() -> str:
    """The revision that no other follows, read from the migrations' own heads."""
    texts = [path.read_text("utf-8") for path in (ROOT / "hall" / "schema" / "versions").glob("*.py")]
    followed: set[str] = {name for text in texts for name in _FOLLOWS.findall(text)}
    made: set[str] = {name for text in texts for name in _REVISION.findall(text)}
    (newest,) = made - followed
    return newest


def addresses(url: str, site: str, password: str) -> str:
    """Where the demo hall's surfaces are, and its password, as the terminal shows them."""
    rows = (
        ("Front door", "/", ""),
        ("Kiosk", "/kiosk", ""),
        ("Screen", f"/screen/{site}", ""),
        ("Console", "/console", "clerk01 … clerk20"),
        ("Reception", "/desk", "desk"),
        ("Floor", "/floor", "manager"),
    )
    lines = [
        f"  {name:<11} {url + path:<44} {f'sign in as {who}' if who else ''}".rstrip()
        for name, path, who in rows
    ]
    return "\n".join(
        [
            "",
            *lines,
            "  Phone       scan or open the address on a ticket",
            "",
            f"  Password of all demo accounts: {password}",
            "",
        ]
    )


def known_start(config: Config) -> str | None:
    """What to say where nothing has to be prepared; None where it has, or where only the product itself can tell."""
    url = make_url(config.database_url)
    path = Path(url.database or "")
    if url.get_backend_name() != "sqlite" or not path.is_file():
        return None
    try:
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as database:
            (schema,) = database.execute("SELECT version_num FROM alembic_version").fetchone() or ("",)
            staff, demo = database.execute("SELECT count(*), sum(demo) FROM staff").fetchone()
            (site,) = database.execute("SELECT code FROM site ORDER BY id").fetchone() or ("",)
    except sqlite3.Error:
        return None
    if schema != newest_schema() or not staff or not site:
        return None
    return _said(config, site, is_demo=bool(demo))


def _said(config: Config, site: str, *, is_demo: bool) -> str | None:
    here = f"http://127.0.0.1:{config.port}"
    if not config.demo:
        return f"  {here}/"
    if not is_demo:
        return f"  {here}/  A hall of your own is in this data folder; demo accounts are not loaded."
    kept = config.data / DEMO_PASSWORD
    return addresses(here, site, json.loads(kept.read_text("utf-8"))["password"]) if kept.is_file() else None


def _program(*words: str) -> Iterator[str]:
    yield from (sys.executable, "-m", *words)


def main() -> None:
    """Prepare or find prepared, print the addresses, serve."""
    os.chdir(ROOT)
    said = known_start(Config.from_env())
    if said is None:
        done = subprocess.run(list(_program("flask", "--app", "wsgi", "hall", "prepare")), check=False)  # noqa: S603
        if done.returncode:
            sys.exit(done.returncode)
    else:
        print(said, flush=True)  # noqa: T201 - for the terminal
    os.execv(sys.executable, list(_program("gunicorn")))  # noqa: S606 - becomes the server


if __name__ == "__main__":
    main()
