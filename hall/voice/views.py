"""The sounds of the voice over HTTP: the hall's own recordings first, then its renderings, then the shipped ones."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from flask import Blueprint, current_app, jsonify, send_from_directory, url_for
from flask.wrappers import Response

from hall.accounts.access import allow
from hall.accounts.roles import PUBLIC
from hall.errors import NotFound
from hall.voice.fragments import MANIFEST

pages = Blueprint("voice", __name__, url_prefix="/voice")

ENDINGS = (".wav", ".mp3", ".ogg", ".m4a")
OWN, RENDERED = "own", "rendered"
KEPT_S = 365 * 24 * 3600  # addresses change with what is behind them


@pages.get("/sounds.json")
@allow(PUBLIC)
def sounds() -> Response:
    """Where each sound is: `{own: bool, sounds: {name: address}}`; `own` where the hall has recorded some itself."""
    found = dict(_shipped())
    folder = _folder()
    found.update(_addresses(RENDERED, _rendered(folder / RENDERED)))
    own = dict(_recorded(folder / OWN))
    found.update(_addresses(OWN, own.items()))
    return jsonify(own=bool(own), sounds=dict(sorted(found.items())))


@pages.get("/<any(own, rendered):kind>/<path:file>")
@allow(PUBLIC)
def sound(kind: str, file: str) -> Response:
    """One sound of this hall."""
    folder = _folder() / kind
    if not file.endswith(ENDINGS) or not folder.is_dir():
        raise NotFound(file, code="unknown_sound")
    response = send_from_directory(folder, file, max_age=KEPT_S)
    response.headers["Cache-Control"] = f"public, max-age={KEPT_S}, immutable"
    return response


def _folder() -> Path:
    data: Path = current_app.config["HALL"].data
    return data / "voice"


def _manifest(folder: Path) -> dict[str, dict[str, Any]]:
    path = folder / MANIFEST
    if not path.is_file():
        return {}
    found: dict[str, dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))["sounds"]
    return found


def _shipped() -> Iterator[tuple[str, str]]:
    static = Path(current_app.static_folder or "")
    for name, known in _manifest(static / "sounds" / "voice").items():
        yield name, url_for("static", filename=f"sounds/voice/{known['file']}", v=known["sha256"][:10])


def _rendered(folder: Path) -> Iterator[tuple[str, tuple[str, str]]]:
    for name, known in _manifest(folder).items():
        yield name, (known["file"], known["sha256"][:10])


def _recorded(folder: Path) -> Iterator[tuple[str, tuple[str, str]]]:
    """Recordings by their file names: own/zh/3.mp3 is the sound zh/3."""
    for path in sorted(folder.rglob("*")) if folder.is_dir() else ():
        if path.suffix.lower() in ENDINGS and path.is_file():
            inside = path.relative_to(folder)
            state = path.stat()
            mark = hashlib.sha256(f"{state.st_mtime_ns} {state.st_size}".encode()).hexdigest()[:10]
            yield inside.with_suffix("").as_posix(), (inside.as_posix(), mark)


def _addresses(kind: str, found: Any) -> Iterator[tuple[str, str]]:  # noqa: ANN401 - pairs, see above
    for name, (file, mark) in found:
        yield name, url_for("voice.sound", kind=kind, file=file, v=mark)
