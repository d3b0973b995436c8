"""Files on their way through the pages: put aside between preview and confirmation, and handed out."""

from __future__ import annotations

import hashlib
import re
from contextlib import suppress
from typing import TYPE_CHECKING

from flask import Response, current_app

from hall import clock
from hall.aside import aside
from hall.catalog.exports import is_workbook
from hall.files import write_whole

if TYPE_CHECKING:
    from pathlib import Path

KEPT_S = 24 * 3600
NAME = re.compile(r"[0-9a-f]{64}")
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def keep(content: bytes) -> str:
    """Put an upload aside under its content's hash until it is confirmed; older ones are thrown away."""
    folder, now = _folder(), clock.now().timestamp()
    for old in folder.iterdir():
        with suppress(FileNotFoundError):  # another upload has just got its name, or tidied up
            if now - old.stat().st_mtime > KEPT_S:
                old.unlink()
    if not content:
        return ""
    name = hashlib.sha256(content).hexdigest()
    aside(write_whole, folder / name, content)
    return name


def kept(name: str) -> bytes:
    """What was put aside, or nothing."""
    path = _folder() / name if NAME.fullmatch(name) else None
    return path.read_bytes() if path and path.is_file() else b""


def download(content: bytes, name: str) -> Response:
    """The file under its name, to be saved."""
    kind = XLSX if is_workbook(name) else "text/csv; charset=utf-8"
    said = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(content, content_type=kind, headers=said)


def _folder() -> Path:
    folder: Path = current_app.config["HALL"].data / "uploads"
    folder.mkdir(mode=0o700, exist_ok=True)
    return folder
