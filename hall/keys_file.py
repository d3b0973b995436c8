"""`keys.json` as it lies in the data folder: read, made, changed by one process at a time, always whole.

    format     3
    session    signs the cookies of browsers
    tokens     proves public tokens and short codes: printed on paper, so it stays
    search     the keys of the hashes by which numbers are found (I10), oldest first: all are looked for
    counts     the number of the search key that new hashes are made with; its `counted_at` says since when
    sealing    the keys that personal data is sealed with, oldest first: all of them open
    seals      the number of the one that seals; where no file said so yet, the last one

Files of the formats before (1: one key `personal` for search and sealing; 2: one key of search) are rewritten when they
are first read.
"""

from __future__ import annotations

import base64
import fcntl
import json
import os
import secrets
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from hall import clock

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

FORMAT = 3
FIRST = 1
FILE, LOCK = "keys.json", ".keys-lock"
BYTES = 32


class KeysDamaged(Exception):
    """The file is there and cannot be read; its text names what is wrong, and no secret."""


def stamp_of(path: Path) -> tuple[int, int]:
    """Changes with the file: it is only ever replaced, never written into."""
    found = path.stat()
    return found.st_ino, found.st_mtime_ns


def read(path: Path) -> dict[str, Any]:
    """What the file says. Raises KeysDamaged."""
    try:
        stored = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as problem:
        raise KeysDamaged(problem.__class__.__name__) from None
    if not isinstance(stored, dict):
        raise KeysDamaged("TypeError")
    return stored


def secret_in(text: str) -> bytes:
    """The key that is written so. Raises ValueError."""
    return base64.b64decode(text, validate=True)


def _secret() -> str:
    return base64.b64encode(secrets.token_bytes(BYTES)).decode()


def _fresh(number: int, now: datetime) -> dict[str, Any]:
    return {"number": number, "made_at": now.isoformat(timespec="seconds"), "key": _secret()}


def is_of_before(stored: dict[str, Any]) -> bool:
    """Whether it is of a format before."""
    return "personal" in stored or stored.get("format") == FORMAT - 1


def renewed(stored: dict[str, Any], path: Path) -> dict[str, Any]:
    """The keys of a format before go on as the first ones, so that all is found and opened."""
    made = datetime.fromtimestamp(path.stat().st_mtime, UTC).isoformat(timespec="seconds")

    def first(key: Any) -> list[dict[str, Any]]:  # noqa: ANN401 - what the file says
        return [{"number": FIRST, "made_at": made, "key": key}]

    try:
        kept = {"session": stored["session"], "tokens": stored["tokens"]}
        one = "personal" in stored
        search = first(stored["personal" if one else "search"])
        sealing = first(stored["personal"]) if one else stored["sealing"]
    except KeyError as problem:
        raise KeysDamaged(problem.__class__.__name__) from None
    return {"format": FORMAT, **kept, "search": search, "counts": FIRST, "sealing": sealing}


def add(ring: list[dict[str, Any]], now: datetime) -> None:
    """A fresh key at the end of a ring."""
    ring.append(_fresh(max(row["number"] for row in ring) + 1, now))


def say_since(stored: dict[str, Any], now: datetime) -> None:
    """The search key that counts does so since now, where nothing is said yet."""
    for row in stored["search"]:
        if row["number"] == stored["counts"]:
            row.setdefault("counted_at", now.isoformat(timespec="seconds"))


def make(path: Path) -> None:
    """The first of two starting processes wins, both read the same file."""
    named: dict[str, Any] = {name: _secret() for name in ("session", "tokens")}
    named |= {name: [_fresh(FIRST, clock.now())] for name in ("search", "sealing")}
    partial = _aside(path, {"format": FORMAT, "counts": FIRST, **named})
    try:
        os.link(partial, path)
    except FileExistsError:
        pass
    finally:
        partial.unlink()


def write(path: Path, stored: dict[str, Any]) -> None:
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
def alone(folder: Path) -> Iterator[None]:
    """One process changes the file at a time."""
    handle = os.open(folder / LOCK, os.O_WRONLY | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)
