"""The hall's secrets, as a process knows them: what the file in the data folder says (`keys_file`), read anew."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from hall import keys_file
from hall.keys_file import FILE, FIRST, FORMAT, KeysDamaged

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from pathlib import Path

__all__ = ["FILE", "FIRST", "KeysDamaged"]  # these stand in a module of their own, and are asked for here
log = logging.getLogger(__name__)


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
            keys_file.make(path)
        stamp = keys_file.stamp_of(path)
        stored = keys_file.read(path)
        if keys_file.is_of_before(stored):
            with keys_file.alone(folder):
                stored = keys_file.read(path)
                if keys_file.is_of_before(stored):
                    renewed = keys_file.renewed(stored, path)
                    _parsed(path, renewed, (0, 0))
                    keys_file.write(path, renewed)
            stamp, stored = keys_file.stamp_of(path), keys_file.read(path)
        return _parsed(path, stored, stamp)

    def latest(self) -> Keys:
        """These, or what the file says by now: another process may have added a key."""
        if self.file is None:
            return self
        known = _KNOWN.get(self.file, self)
        try:
            if known.stamp != keys_file.stamp_of(self.file):
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
            keys_file.add(stored["sealing"], now)

        return self._changed(add)

    def sealing_with(self, number: int) -> Keys:
        """From now on this key seals; those before stay to open."""
        return self._changed(lambda stored: stored.update(seals=number))

    def with_search_key(self, now: datetime) -> Keys:
        """Add a fresh key of search, which is looked for from now on; it does not count yet."""
        return self._changed(lambda stored: keys_file.add(stored["search"], now))

    def counting(self, number: int, now: datetime) -> Keys:
        """From now on new hashes are made with this search key."""

        def count(stored: dict[str, Any]) -> None:
            stored["counts"] = number
            keys_file.say_since(stored, now)

        return self._changed(count)

    def counted(self, now: datetime) -> Keys:
        """A file of before did not say since when its search key counts: since now, as far as can be known."""
        return self._changed(lambda stored: keys_file.say_since(stored, now))

    def without_search_key(self, number: int) -> Keys:
        """Forget a search key of before: nothing is left that was hashed with it."""

        def forget(stored: dict[str, Any]) -> None:
            stored["search"] = [
                row for row in stored["search"] if row["number"] != number or number == stored["counts"]
            ]

        return self._changed(forget)

    def _changed(self, change: Callable[[dict[str, Any]], None]) -> Keys:
        assert self.file is not None  # noqa: S101 - a hall has a file
        with keys_file.alone(self.file.parent):
            stored = keys_file.read(self.file)
            change(stored)
            _parsed(self.file, stored, (0, 0))
            keys_file.write(self.file, stored)
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


def _parsed(path: Path, stored: dict[str, Any], stamp: tuple[int, int]) -> Keys:
    try:
        ring, search = (
            tuple(
                RingKey(
                    int(row["number"]),
                    str(row["made_at"]),
                    keys_file.secret_in(row["key"]),
                    str(row.get("counted_at", "")),
                )
                for row in stored[name]
            )
            for name in ("sealing", "search")
        )
        session, public = (keys_file.secret_in(stored[name]) for name in ("session", "tokens"))
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


def mark(number: int) -> bytes:
    """What stands before all that this key has made: nothing for the first, which knew of no others."""
    return b"" if number == FIRST else b"k%d." % number
