"""The hall's secrets: `keys.json` in the data folder, readable by its owner alone. Pure but for that one file.

    format     2
    session    signs the cookies of browsers
    tokens     proves public tokens and short codes: printed on paper, so it stays
    search     the keyed hashes by which numbers are found (I10): stays, or nobody would be found any more
    sealing    the keys that personal data is sealed with, oldest first: the last one seals, all of them open

A file of the format before, with one key `personal` for search and sealing, is rewritten when it is first read.
"""

from __future__ import annotations

import base64
import fcntl
import json
import os
import secrets
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from hall import clock

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

FORMAT = 2
FILE, LOCK = "keys.json", ".keys-lock"
BYTES = 32


class KeysDamaged(Exception):
    """The file is there and cannot be read; its text names what is wrong, and no secret."""


@dataclass(frozen=True, slots=True)
class SealingKey:
    """One key that personal data is sealed with. `made_at` is ISO 8601 in UTC."""

    number: int
    made_at: str
    secret: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Keys:
    """The hall's secrets, each 32 random bytes. `personal` is for search; `sealing` is empty only without a file."""

    session: bytes = field(repr=False)
    tokens: bytes = field(repr=False)
    personal: bytes = field(repr=False)
    sealing: tuple[SealingKey, ...] = ()
    file: Path | None = None
    stamp: tuple[int, int] = (0, 0)

    @property
    def ring(self) -> tuple[SealingKey, ...]:
        """The keys that seal, oldest first; at least one."""
        return self.sealing or (SealingKey(1, "", self.personal),)

    @classmethod
    def load(cls, folder: Path) -> Keys:
        """Read the folder's file, making it (mode 0600) at the first start. Raises KeysDamaged."""
        path = folder / FILE
        if not path.exists():
            _make(path)
        stamp = _stamp(path)
        stored = _read(path)
        if "personal" in stored:
            with _alone(folder):
                stored = _read(path)
                if "personal" in stored:
                    _write(path, _renewed(stored, path))
            stamp, stored = _stamp(path), _read(path)
        return _parsed(path, stored, stamp)

    def latest(self) -> Keys:
        """These, or what the file says by now: another process may have added a key."""
        if self.file is None:
            return self
        known = _KNOWN.get(self.file, self)
        try:
            if known.stamp != _stamp(self.file):
                known = _KNOWN[self.file] = Keys.load(self.file.parent)
        except (OSError, KeysDamaged):  # while a backup is put back: what was read at the start still opens
            return known
        return known

    def rotated(self, now: datetime) -> Keys:
        """Add a fresh sealing key, which counts from now on in every process of the hall; those before stay."""
        assert self.file is not None  # noqa: S101 - a hall has a file
        with _alone(self.file.parent):
            stored = _read(self.file)
            number = max(row["number"] for row in stored["sealing"]) + 1
            stored["sealing"].append(_fresh(number, now))
            _write(self.file, stored)
        return self.latest()


_KNOWN: dict[Path, Keys] = {}


def _stamp(path: Path) -> tuple[int, int]:
    """Changes with the file: it is only ever replaced, never written into."""
    found = path.stat()
    return found.st_ino, found.st_mtime_ns


def _read(path: Path) -> dict[str, Any]:
    try:
        stored = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as problem:
        raise KeysDamaged(problem.__class__.__name__) from None
    if not isinstance(stored, dict):
        raise KeysDamaged("TypeError")
    return stored


def _parsed(path: Path, stored: dict[str, Any], stamp: tuple[int, int]) -> Keys:
    try:
        ring = tuple(
            SealingKey(int(row["number"]), str(row["made_at"]), _bytes(row["key"]))
            for row in stored["sealing"]
        )
        session, public, search = (_bytes(stored[name]) for name in ("session", "tokens", "search"))
    except (ValueError, KeyError, TypeError) as problem:
        raise KeysDamaged(problem.__class__.__name__) from None
    if stored.get("format") != FORMAT or not ring:
        message = f"format {stored.get('format')}"
        raise KeysDamaged(message)
    return Keys(session, public, search, sealing=ring, file=path, stamp=stamp)


def _bytes(text: str) -> bytes:
    return base64.b64decode(text, validate=True)


def _secret() -> str:
    return base64.b64encode(secrets.token_bytes(BYTES)).decode()


def _fresh(number: int, now: datetime) -> dict[str, Any]:
    return {"number": number, "made_at": now.isoformat(timespec="seconds"), "key": _secret()}


def _renewed(stored: dict[str, Any], path: Path) -> dict[str, Any]:
    """The format before had one key for search and sealing: it goes on as both, so that all is found and opened."""
    made = datetime.fromtimestamp(path.stat().st_mtime, UTC).isoformat(timespec="seconds")
    try:
        first = {"number": 1, "made_at": made, "key": stored["personal"]}
        kept = {"session": stored["session"], "tokens": stored["tokens"], "search": stored["personal"]}
    except KeyError as problem:
        raise KeysDamaged(problem.__class__.__name__) from None
    renewed = {"format": FORMAT, **kept, "sealing": [first]}
    _parsed(path, renewed, (0, 0))
    return renewed


def _make(path: Path) -> None:
    """The first of two starting processes wins, both read the same file."""
    named = {name: _secret() for name in ("session", "tokens", "search")}
    partial = _aside(path, {"format": FORMAT, **named, "sealing": [_fresh(1, clock.now())]})
    try:
        os.link(partial, path)
    except FileExistsError:
        pass
    finally:
        partial.unlink()


def _write(path: Path, stored: dict[str, Any]) -> None:
    """The whole file or the one before, also when the power goes."""
    _aside(path, stored).replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _aside(path: Path, stored: dict[str, Any]) -> Path:
    partial = path.with_name(f".keys-{secrets.token_hex(4)}")
    handle = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        json.dump(stored, file, indent=1)
        file.flush()
        os.fsync(file.fileno())
    return partial


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """One process changes the file at a time."""
    handle = os.open(folder / LOCK, os.O_WRONLY | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)
