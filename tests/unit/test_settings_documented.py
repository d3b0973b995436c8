"""docs/operations.md names every setting that the product reads, and no other."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
READ = re.compile(r"""(?:env|environ)(?:\.get\(|\[)\s*["']([A-Z_]+)["']""")
OF_OTHERS = {"PATH", "PGPASSWORD", "REMOTE_ADDR"}


def settings_read() -> set[str]:
    paths = [ROOT / "config.py", ROOT / "gunicorn.conf.py", *(ROOT / "hall").rglob("*.py")]
    found = {name for path in paths for name in READ.findall(path.read_text(encoding="utf-8"))}
    return {name for name in found - OF_OTHERS if not name.startswith("HTTP_")}  # those come with a request


def test_every_setting_stands_in_the_administrators_guide() -> None:
    told = set(
        re.findall(r"^\| `([A-Z_]+)` \|", (ROOT / "docs/operations.md").read_text("utf-8"), re.MULTILINE)
    )
    read = settings_read()
    assert read - told == set(), "Add a row to the table of settings in docs/operations.md."
    assert told - read == set(), "Nothing reads this setting any more."
