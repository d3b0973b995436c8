"""A server loads neither the commands of administrators nor what libraries load just because it is there."""

from __future__ import annotations

import runpy
import subprocess
import sys
from typing import TYPE_CHECKING

from tests.postgres import ROOT

if TYPE_CHECKING:
    from pathlib import Path

LOADED = """
import sys
import runpy
runpy.run_path("gunicorn.conf.py")["post_fork"](None, None)
import wsgi
wsgi.create_app()
print(*sorted(name for name, module in sys.modules.items() if module is not None))
"""


def _names(data: str) -> set[str]:
    environment = {"HALL_DATA": data, "PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"}
    found = subprocess.run(
        [sys.executable, "-c", LOADED], cwd=ROOT, env=environment, capture_output=True, text=True, check=True
    )
    return set(found.stdout.split())


def test_a_server_loads_no_commands_and_no_client(tmp_path: Path) -> None:
    """The figure for memory at rest hangs on it."""
    names = _names(str(tmp_path))
    assert "hall.queueing.calling" in names
    unwanted = runpy.run_path(str(ROOT / "gunicorn.conf.py"))["NOT_HERE"]
    assert {"rich", "requests", "redis"} <= set(unwanted)
    late = {"openpyxl", "PIL", "docx", "icalendar", "pypinyin"}  # with the first page that needs them
    assert not names & {*unwanted, *late, "hall.cli", "hall.replay.run", "flask_migrate", "alembic"}
