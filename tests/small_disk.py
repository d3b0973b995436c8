"""A disk that can be filled and emptied under a served hall: a small tmpfs where mounting is allowed, else a limit.

The limit (`RLIMIT_FSIZE` of the serving process, set and lifted from outside) always works, at an exact byte; SQLite
then says "disk I/O error" instead of "database or disk is full". Nothing is skipped where mounting is forbidden.
"""

from __future__ import annotations

import resource
import subprocess
import tempfile
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from tests.servers import SQLITE_FILE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.servers import LiveHall

SIZE = "24m"
PIECES = (1 << 20, 4096)
BALLAST = "ballast"


class Disk(Protocol):
    """Where a hall lies."""

    folder: Path

    def fill(self, hall: LiveHall) -> None:
        """From now on nothing more fits."""

    def empty(self, hall: LiveHall) -> None:
        """There is room again."""


@dataclass(slots=True)
class Limited:
    """The folder is an ordinary one; the serving process may let no file grow."""

    folder: Path

    def fill(self, hall: LiveHall) -> None:
        """Its log, and SQLite's, are as long as they may be."""
        log = hall.prepared.data / f"{SQLITE_FILE}-wal"
        self._limit(hall, log.stat().st_size)

    def empty(self, hall: LiveHall) -> None:
        """No limit."""
        self._limit(hall, resource.RLIM_INFINITY)

    @staticmethod
    def _limit(hall: LiveHall, size: int) -> None:
        for pid in hall.workers:
            resource.prlimit(pid, resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))


@dataclass(slots=True)
class Mounted:
    """A file system of its own, with the database, the data folder and the server's log."""

    folder: Path

    def fill(self, hall: LiveHall) -> None:
        """To the last byte."""
        fill(self.folder)

    def empty(self, hall: LiveHall) -> None:
        """Somebody has tidied up."""
        empty(self.folder)


def fill(folder: Path) -> None:
    """To the last byte of the file system that is mounted there."""
    with (folder / BALLAST).open("wb", buffering=0) as ballast:
        for size in PIECES:
            with suppress(OSError):
                while ballast.write(b"\0" * size) == size:
                    pass


def empty(folder: Path) -> None:
    """There is room again."""
    (folder / BALLAST).unlink()


def mount(folder: Path, size: str = SIZE) -> bool:
    """A file system of its own at this folder, in memory; False where mounting is forbidden."""
    words = ["mount", "-t", "tmpfs", "-o", f"size={size}", "hall-test", str(folder)]
    return subprocess.run(words, capture_output=True, check=False).returncode == 0


def unmount(folder: Path) -> None:
    """Also while somebody still has a file there open."""
    subprocess.run(["umount", "--lazy", str(folder)], check=True)


def kinds() -> tuple[str, ...]:
    """What this machine allows; the limit always."""
    with tempfile.TemporaryDirectory() as probe:
        if not mount(Path(probe)):
            return ("limit",)
        subprocess.run(["umount", probe], check=True)
    return ("limit", "mount")


@contextmanager
def small_disk(kind: str, folder: Path) -> Iterator[Disk]:
    """A disk of this kind at this folder."""
    folder.mkdir()
    if kind == "limit":
        yield Limited(folder)
        return
    assert mount(folder), "could be mounted a moment ago"
    try:
        yield Mounted(folder)
    finally:
        unmount(folder)
