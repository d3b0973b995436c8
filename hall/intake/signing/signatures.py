"""Signatures as files, named by their content, in the data folder: outside what the server gives away."""

from __future__ import annotations

import base64
import binascii
import hashlib
from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _l

from hall.aside import aside
from hall.errors import Invalid, NotFound
from hall.files import write_whole
from hall.intake.signing import rules

if TYPE_CHECKING:
    from pathlib import Path

FOLDER = "signatures"
PREFIX = "data:image/png;base64,"


def keep(data: Path, given: str) -> str:
    """Write a drawn signature (base64 of a PNG, also as data address) and answer its name. Raises Invalid."""
    try:
        picture = base64.b64decode(given.removeprefix(PREFIX), validate=True)
    except (binascii.Error, ValueError):
        picture = b""
    if not rules.is_signature(picture):
        said = _l("This is no signature that we can keep. Please sign again.")
        raise Invalid(said, code="bad_signature", errors={"signature": [said]})
    if not rules.is_drawn(picture):
        said = _l("Nothing is drawn there yet. Please sign first.")
        raise Invalid(said, code="empty_signature", errors={"signature": [said]})
    name = hashlib.sha256(picture).hexdigest()
    target = data / FOLDER / f"{name}.png"
    if not target.exists():
        aside(write_whole, target, picture)
    return name


def read(data: Path, name: str | None) -> bytes:
    """The picture of this name. Raises NotFound."""
    path = data / FOLDER / f"{name}.png"
    if not name or not path.is_file():
        raise NotFound(_l("There is no signature."), code="no_signature")
    return path.read_bytes()
