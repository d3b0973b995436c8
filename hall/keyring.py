"""The hall's secrets: `keys.json` in the data folder, readable by its owner alone. Pure but for that one file.

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
import logging
import os
import secrets
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from hall import clock

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

log = logging.getLogger(__name__)
FORMAT = 3
FIRST = 1
FILE, LOCK = "keys.json", ".keys-lock"
BYTES = 32


class KeysDamaged(Exception):
    """The file is there and cannot be read; its text names what is wrong, and no secret."""


@dataclass(frozen=True, slots=True)
class RingKey:
    """One of the keys that follow one another, to seal or to search. `made_at` is ISO 8601 in UTC.

    `counted_at`, too: since when a search key counts; empty where it does not, or where no file said so yet.
    """

    number: int
    made_at: str
    secret: bytes = field(repr=False)
    counted_at: str = ""


@dataclass(frozen=True, slots=True)
class Keys:
    """The hall's secrets, each 32 random bytes. Only without a file are there no rings: then `personal` does for both.

    `counts`: the number of the search key that new hashes are made with; `seals`: of the key that seals.
    """

    session: bytes = field(repr=False)
    tokens: bytes = field(repr=False)
    personal: bytes = field(repr=False)
    sealing: tuple[RingKey, ...] = ()
    search: tuple[RingKey, ...] = ()
    counts: int = FIRST
    seals: int = FIRST
    file: Path | None = None
    stamp: tuple[int, int] = (0, 0)

    @property
    def ring(self) -> tuple[RingKey, ...]:
        """The keys that open, oldest first but for the one that seals, which is the last; at least one."""
        ring = self.sealing or (RingKey(FIRST, "", self.personal),)
        return tuple(sorted(ring, key=lambda key: key.number == self.seals))

    @property
    def newest(self) -> int:
        """The number of the newest sealing key, which may have yet to seal."""
        return max(key.number for key in self.ring)

    @property
    def searching(self) -> tuple[RingKey, ...]:
        """The keys of search, the one that counts first, then those of before and after; at least one."""
        ring = self.search or (RingKey(FIRST, "", self.personal),)
        return tuple(sorted(ring, key=lambda key: key.number != self.counts))

    @classmethod
    def load(cls, folder: Path) -> Keys:
        """Read the folder's file, making it (mode 0600) at the first start. Raises KeysDamaged."""
        path = folder / FILE
        if not path.exists():
            _make(path)
        stamp = _stamp(path)
        stored = _read(path)
        if _is_of_before(stored):
            with _alone(folder):
                stored = _read(path)
                if _is_of_before(stored):
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
            _UNREADABLE.pop(self.file, None)
        except PermissionError:  # made by another account, such as root with a command that is the hall's own
            _tell(self.file, "PermissionError", hint="Does it belong to this process's account?")
        except OSError:  # while a backup is put back: what was read at the start still opens
            return known
        except KeysDamaged as problem:  # or another release wrote it, whose keys are missed here from now on
            _tell(self.file, str(problem))
        return known

    @property
    def is_readable(self) -> bool:
        """Whether the file could be read when it was last looked at."""
        return self.file not in _UNREADABLE

    def with_sealing_key(self, now: datetime) -> Keys:
        """Add a fresh sealing key, which opens from now on, and does not seal yet."""

        def add(stored: dict[str, Any]) -> None:
            stored.setdefault("seals", stored["sealing"][-1]["number"])
            _add(stored["sealing"], now)

        return self._changed(add)

    def sealing_with(self, number: int) -> Keys:
        """From now on this key seals; those before stay to open."""
        return self._changed(lambda stored: stored.update(seals=number))

    def with_search_key(self, now: datetime) -> Keys:
        """Add a fresh key of search, which is looked for from now on; it does not count yet."""
        return self._changed(lambda stored: _add(stored["search"], now))

    def counting(self, number: int, now: datetime) -> Keys:
        """From now on new hashes are made with this search key."""

        def count(stored: dict[str, Any]) -> None:
            stored["counts"] = number
            _say_since(stored, now)

        return self._changed(count)

    def counted(self, now: datetime) -> Keys:
        """A file of before did not say since when its search key counts: since now, as far as can be known."""
        return self._changed(lambda stored: _say_since(stored, now))

    def without_search_key(self, number: int) -> Keys:
        """Forget a search key of before: nothing is left that was hashed with it."""

        def forget(stored: dict[str, Any]) -> None:
            stored["search"] = [
                row for row in stored["search"] if row["number"] != number or number == stored["counts"]
            ]

        return self._changed(forget)

    def _changed(self, change: Callable[[dict[str, Any]], None]) -> Keys:
        assert self.file is not None  # noqa: S101 - a hall has a file
        with _alone(self.file.parent):
            stored = _read(self.file)
            change(stored)
            _parsed(self.file, stored, (0, 0))
            _write(self.file, stored)
        return self.latest()


_KNOWN: dict[Path, Keys] = {}
_UNREADABLE: dict[Path, str] = {}


NEWER = "Was it written by a newer release? Then stop this process and start that release."


def _tell(file: Path, problem: str, hint: str = NEWER) -> None:
    """Once, and again when it is something else."""
    if _UNREADABLE.get(file) != problem:
        _UNREADABLE[file] = problem
        log.error(
            "%s cannot be read (%s); this process goes on with the keys it has and misses newer ones. %s",
            FILE,
            problem,
            hint,
        )


def _say_since(stored: dict[str, Any], now: datetime) -> None:
    for row in stored["search"]:
        if row["number"] == stored["counts"]:
            row.setdefault("counted_at", now.isoformat(timespec="seconds"))


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
        ring, search = (
            tuple(
                RingKey(
                    int(row["number"]),
                    str(row["made_at"]),
                    _bytes(row["key"]),
                    str(row.get("counted_at", "")),
                )
                for row in stored[name]
            )
            for name in ("sealing", "search")
        )
        session, public = (_bytes(stored[name]) for name in ("session", "tokens"))
        counts = next(key for key in search if key.number == stored["counts"])
        last = ring[-1].number if ring else FIRST
        seals = next(key.number for key in ring if key.number == stored.get("seals", last))
    except (ValueError, KeyError, TypeError, StopIteration) as problem:
        raise KeysDamaged(problem.__class__.__name__) from None
    if stored.get("format") != FORMAT or not ring:
        message = f"format {stored.get('format')}"
        raise KeysDamaged(message)
    return Keys(
        session,
        public,
        counts.secret,
        sealing=ring,
        search=search,
        counts=counts.number,
        seals=seals,
        file=path,
        stamp=stamp,
    )


def _bytes(text: str) -> bytes:
    return base64.b64decode(text, validate=True)


def _secret() -> str:
    return base64.b64encode(secrets.token_bytes(BYTES)).decode()


def _fresh(number: int, now: datetime) -> dict[str, Any]:
    return {"number": number, "made_at": now.isoformat(timespec="seconds"), "key": _secret()}


def _is_of_before(stored: dict[str, Any]) -> bool:
    return "personal" in stored or stored.get("format") == FORMAT - 1


def _renewed(stored: dict[str, Any], path: Path) -> dict[str, Any]:
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
    renewed = {"format": FORMAT, **kept, "search": search, "counts": FIRST, "sealing": sealing}
    _parsed(path, renewed, (0, 0))
    return renewed


def _add(ring: list[dict[str, Any]], now: datetime) -> None:
    ring.append(_fresh(max(row["number"] for row in ring) + 1, now))


def mark(number: int) -> bytes:
    """What stands before all that this key has made: nothing for the first, which knew of no others."""
    return b"" if number == FIRST else b"k%d." % number


def _make(path: Path) -> None:
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
