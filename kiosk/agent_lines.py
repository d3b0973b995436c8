"""A file of lines, each on the medium before anybody acts on it, or not there at all."""

from __future__ import annotations

import os
from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


class Lines:
    """Opened to go on behind what is there; a last line that a power cut tore stays torn, and is ended."""

    def __init__(self, path: Path) -> None:
        """Raises OSError."""
        self._file = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)
        size = os.fstat(self._file).st_size
        self._torn = size > 0 and os.pread(self._file, 1, size - 1) != b"\n"

    def append(self, line: str) -> None:
        """Write a line with its end, flushed. Raises OSError.

        Then nothing of it comes to the file later, either: a program's own buffer would bring it with the next line.
        """
        size = os.fstat(self._file).st_size
        try:
            self._write((b"\n" if self._torn else b"") + line.encode() + b"\n")
            os.fsync(self._file)
        except OSError:
            with suppress(OSError):
                os.ftruncate(self._file, size)
            self._torn = self._torn or os.fstat(self._file).st_size > size
            raise
        self._torn = False

    def close(self) -> None:
        """Let go of it."""
        os.close(self._file)

    def _write(self, body: bytes) -> None:
        while body:
            body = body[os.write(self._file, body) :]
