"""A disk that fails on purpose below SQLite: a VFS that hands everything to the system's own and fails at one write.

`Disk.put_in()` makes it the default of this process, whoever opens a database afterwards. It counts write points
(writes, truncations and flushes of databases and their logs) and at the chosen one does what `Fault` says:

- `TORN`: half of the bytes arrive, then the process is killed: what was written stays, as after `kill -9`.
- `POWER`: the power fails: nothing that was not flushed arrived; then the process is killed.
- `SOME`: the same, but every other unflushed write arrived all the same, in whatever order disks please.
- `FULL`: no room: this write and all later ones fail until `room` is made.
"""

from __future__ import annotations

import _sqlite3
import ctypes
import os
import signal
from ctypes import CFUNCTYPE, POINTER, Structure, addressof, c_char_p, c_int, c_int64, c_void_p
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

if TYPE_CHECKING:
    from collections.abc import Callable

OK, FULL_CODE = 0, 13
OPENED = 0x100 | 0x80000  # a main database, its log

Open = CFUNCTYPE(c_int, c_void_p, c_void_p, c_void_p, c_int, c_void_p)  # SQLite keeps the name: no copy of it
Write = CFUNCTYPE(c_int, c_void_p, c_void_p, c_int, c_int64)
Truncate = CFUNCTYPE(c_int, c_void_p, c_int64)
Sync = CFUNCTYPE(c_int, c_void_p, c_int)
Close = CFUNCTYPE(c_int, c_void_p)


class Methods(Structure):
    """sqlite3_io_methods; what is only handed on has no type."""

    _fields_: ClassVar[list[tuple[str, Any]]] = [
        ("iVersion", c_int),
        ("xClose", Close),
        ("xRead", c_void_p),
        ("xWrite", Write),
        ("xTruncate", Truncate),
        ("xSync", Sync),
        *((f"other{place}", c_void_p) for place in range(13)),
    ]


class File(Structure):
    """sqlite3_file."""

    _fields_: ClassVar[list[tuple[str, Any]]] = [("pMethods", c_void_p)]


class System(Structure):
    """sqlite3_vfs."""

    _fields_: ClassVar[list[tuple[str, Any]]] = [
        ("iVersion", c_int),
        ("szOsFile", c_int),
        ("mxPathname", c_int),
        ("pNext", c_void_p),
        ("zName", c_char_p),
        ("pAppData", c_void_p),
        ("xOpen", Open),
        *((f"other{place}", c_void_p) for place in range(14)),
    ]


class Fault(StrEnum):
    """What happens at the chosen write point."""

    NONE = "none"
    TORN = "torn"
    POWER = "power"
    SOME = "some"
    FULL = "full"


@dataclass(slots=True)
class Unflushed:
    """What was done to a file since its last flush: how it was then, and each step since."""

    before: bytes
    steps: list[tuple[int, bytes | None]] = field(default_factory=list)
    """Place and bytes of a write; a length and None for a truncation."""


@dataclass(slots=True)
class Disk:
    """The disk of this process."""

    fault: Fault = Fault.NONE
    at: int = 0
    points: int = 0
    room: bool = True
    said: list[str] = field(default_factory=list)
    """Each write point in order: what, and of which file."""
    paths: dict[int, Path] = field(default_factory=dict)
    unflushed: dict[Path, Unflushed] = field(default_factory=dict)
    kept: list[Any] = field(default_factory=list)
    """What SQLite holds on to, and Python must not collect."""

    def put_in(self) -> None:
        """Be the default disk of all databases that this process opens from now on."""
        library = ctypes.CDLL(_sqlite3.__file__)
        library.sqlite3_vfs_find.restype = POINTER(System)
        usual = library.sqlite3_vfs_find(None)
        ours = System.from_buffer_copy(usual.contents)
        ours.zName = b"faulty"
        opens, methods = usual.contents.xOpen, dict[int, Methods]()

        def open_file(_system: int, name: int | None, file: int, flags: int, told: int) -> int:
            done: int = opens(addressof(usual.contents), name, file, flags, told)
            if done == OK and name and flags & OPENED:
                opened = File.from_address(file)
                theirs: int = opened.pMethods
                if theirs not in methods:
                    methods[theirs] = self._wrapped(Methods.from_address(theirs))
                opened.pMethods = addressof(methods[theirs])
                self.paths[file] = Path(os.fsdecode(ctypes.string_at(name)))
            return done

        ours.xOpen = Open(open_file)
        self.kept += [ours, methods]
        assert library.sqlite3_vfs_register(ctypes.byref(ours), 1) == OK, "SQLite took no other disk"

    def _wrapped(self, theirs: Methods) -> Methods:
        ours = Methods.from_buffer_copy(theirs)

        def write(file: int, given: int, amount: int, place: int) -> int:
            path, content = self.paths[file], ctypes.string_at(given, amount)
            if self._is_full("write", path):
                return FULL_CODE
            self._die_if_torn(lambda: theirs.xWrite(file, given, amount // 2, place))
            self._remember(path, place, content)
            return int(theirs.xWrite(file, given, amount, place))

        def truncate(file: int, length: int) -> int:
            path = self.paths[file]
            if self._is_full("truncate", path):
                return FULL_CODE
            self._die_if_torn()
            self._remember(path, length, None)
            return int(theirs.xTruncate(file, length))

        def flush(file: int, flags: int) -> int:
            path = self.paths[file]
            if self._is_full("flush", path):
                return FULL_CODE
            self._die_if_torn()
            self.unflushed.pop(path, None)
            return int(theirs.xSync(file, flags))

        def close(file: int) -> int:
            self.paths.pop(file, None)
            return int(theirs.xClose(file))

        ours.xWrite, ours.xTruncate, ours.xSync, ours.xClose = (
            Write(write),
            Truncate(truncate),
            Sync(flush),
            Close(close),
        )
        return ours

    def _is_full(self, what: str, path: Path) -> bool:
        """Count this point; the power fails here if it shall. Answers whether there is no room."""
        self.points += 1
        self.said.append(f"{what} {path.name}")
        if self.points == self.at and self.fault in {Fault.POWER, Fault.SOME}:
            self._lose_power()
        if self.points == self.at and self.fault is Fault.FULL:
            self.room = False
        return not self.room

    def _die_if_torn(self, half: Callable[[], Any] = bool) -> None:
        if self.points == self.at and self.fault is Fault.TORN:
            half()
            die()

    def _remember(self, path: Path, place: int, content: bytes | None) -> None:
        if path not in self.unflushed:
            self.unflushed[path] = Unflushed(path.read_bytes())
        self.unflushed[path].steps.append((place, content))

    def _lose_power(self) -> None:
        for path, lost in self.unflushed.items():
            arrived = lost.steps[::2] if self.fault is Fault.SOME else []
            with path.open("r+b") as file:
                file.truncate(0)
                file.write(lost.before)
                for place, content in arrived:
                    if content is None:
                        file.truncate(place)
                    else:
                        file.seek(place)
                        file.write(content)
        die()


def die() -> None:
    """As `kill -9`."""
    os.kill(os.getpid(), signal.SIGKILL)
    signal.pause()
