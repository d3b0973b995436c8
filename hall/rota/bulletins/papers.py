"""The Word file of a frozen bulletin: made once, kept by the hash of what it was made from, the same bytes for good."""

from __future__ import annotations

import secrets
from contextlib import suppress
from typing import TYPE_CHECKING

from hall.rota.bulletins.document import document

if TYPE_CHECKING:
    from pathlib import Path

    from hall.rota.bulletins.queries import Frozen

FOLDER = "bulletins"


def paper(data: Path, frozen: Frozen) -> bytes:
    """The file; whoever asks first has it made. Of two who make it at once, everybody reads the first one's."""
    target = data / FOLDER / f"{frozen.digest}.docx"
    if not target.is_file():
        target.parent.mkdir(mode=0o700, exist_ok=True)
        partial = target.with_name(f".{secrets.token_hex(8)}")
        partial.touch(mode=0o600)
        try:
            partial.write_bytes(document(frozen))
            with suppress(FileExistsError):
                target.hardlink_to(partial)
        finally:
            partial.unlink()
    return target.read_bytes()
