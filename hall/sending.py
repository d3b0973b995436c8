"""Messages to people: one small interface. The product writes files; a hall's own SMS gateway takes its place here.

`current_app.extensions["hall_channel"]` is what messages go through.
"""

from __future__ import annotations

import json
import secrets
from pathlib import Path
from typing import Protocol


class Channel(Protocol):
    """A way to reach a telephone."""

    name: str

    def send(self, to: str, text: str) -> None:
        """Hand one message over for the number `to`. Raises OSError where that is not possible now."""


class FileChannel:
    """Writes each message as a file that only the hall's account may read: for a gateway that fetches files."""

    name = "file"

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def send(self, to: str, text: str) -> None:
        """One file a message, whole or not there at all."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        path = self.folder / f"{secrets.token_hex(12)}.json"
        part = path.with_suffix(".part")
        part.touch(mode=0o600)
        part.write_text(json.dumps({"to": to, "text": text}, ensure_ascii=False), encoding="utf-8")
        part.rename(path)
