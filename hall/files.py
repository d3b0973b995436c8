"""Files of the data folder: written whole and flushed, or not there at all."""

from __future__ import annotations

import os
import secrets
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


def write_whole(target: Path, content: bytes) -> None:
    """Write a file that only the hall's account may read. Raises OSError, and leaves nothing behind then.

    It is flushed before it has its name: the database will say that it is there, also after a power cut.
    """
    target.parent.mkdir(mode=0o700, exist_ok=True)
    partial = target.with_name(f".{secrets.token_hex(8)}")
    handle = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with open(handle, "wb") as file:  # noqa: PTH123 - a file for the owner alone
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        partial.replace(target)
    except OSError:
        partial.unlink(missing_ok=True)
        raise
