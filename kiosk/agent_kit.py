"""The kit on the kiosk's disk: ranges, lines, hours, words and pages, for the time when the server is away (Q9)."""

from __future__ import annotations

import hashlib
import json
import os
import re
from dataclasses import asdict, dataclass, fields
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from kiosk.agent_clock import Anchor, Reading

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

TURN = timedelta(hours=4)  # the business date turns at 04:00 (Q1)
NAME = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Range:
    """Numbers that this kiosk alone may print."""

    id: int
    line: str
    prefix: str
    day: str
    first: int
    last: int


class Kit:
    """What the server gave last, and when."""

    def __init__(self, told: dict[str, Any], anchor: Anchor) -> None:
        self.told, self.anchor = told, anchor
        names = {item.name for item in fields(Range)}
        self.ranges = tuple(Range(**{name: row[name] for name in names}) for row in told["ranges"])
        self.zone = ZoneInfo(told["zone"])
        self.lines: dict[str, dict[str, Any]] = {line["code"]: line for line in told["lines"]}

    def day(self, at: float) -> str:
        """The business date of a time (Q1)."""
        return (self.local(at).replace(tzinfo=None) - TURN).date().isoformat()

    def local(self, at: float) -> datetime:
        """The hall's time (E3)."""
        return datetime.fromtimestamp(at, UTC).astimezone(self.zone)

    def opening(self, line: str, at: float) -> tuple[bool, str | None]:
        """Whether a line issues at a time, and when it does next (Q10)."""
        spans = self.lines[line]["open"]
        if self.lines[line]["stopped_on"] == self.day(at):
            return False, None
        if spans is None:
            return True, None
        moment = datetime.fromtimestamp(at, UTC)
        for opens, closes in spans:
            if moment < datetime.fromisoformat(opens):
                return False, str(opens)
            if moment < datetime.fromisoformat(closes):
                return True, None
        return False, None


@dataclass(frozen=True, slots=True)
class File:
    """A file of the small page."""

    body: bytes
    kind: str


class Shelf:
    """Where the kit lies. Every file is whole or the one before."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._pages = folder / "pages"
        self._pages.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.kit = self._load()
        self._index: dict[str, dict[str, str]] = _json(self._pages / "index.json") or {}
        self._bare = _without_marks(self._index)

    def keep(self, told: dict[str, Any], anchor: Anchor) -> Kit:
        """Put a new kit in the place of the last one."""
        kit = Kit(told, anchor)
        write_whole(self._folder / "kit.json", json.dumps({"told": told, "anchor": asdict(anchor)}).encode())
        self.kit = kit
        return kit

    def keep_pages(self, page: str, assets: list[str], fetch: Callable[[str], File]) -> None:
        """Fetch the small page, and of its files those that changed; nothing changes unless all came."""
        index: dict[str, dict[str, str]] = {}
        for path in [page, *assets]:
            known = self._index.get(path)
            if known and path != page and (self._pages / known["file"]).exists():
                index[path] = known  # its address changes with its content
                continue
            found = fetch(path)
            name = hashlib.sha256(found.body).hexdigest()
            if not (self._pages / name).exists():
                write_whole(self._pages / name, found.body)
            index[path] = {"file": name, "kind": found.kind}
        if index != self._index:
            write_whole(self._pages / "index.json", json.dumps(index).encode())
            self._index, self._bare = index, _without_marks(index)
            self._sweep()

    def file(self, path: str) -> File | None:
        """A kept file by its address; what scripts import of each other carries no mark of its content."""
        known = self._index.get(path) or self._index.get(self._bare.get(path, ""))
        if known is None or not NAME.fullmatch(known["file"]):
            return None
        try:
            return File((self._pages / known["file"]).read_bytes(), known["kind"])
        except OSError:
            return None

    def paths(self) -> tuple[str, ...]:
        """The addresses of the kept files."""
        return tuple(self._index)

    def _sweep(self) -> None:
        wanted = {known["file"] for known in self._index.values()} | {"index.json"}
        for path in self._pages.iterdir():
            if path.name not in wanted:
                path.unlink(missing_ok=True)

    def _load(self) -> Kit | None:
        found = _json(self._folder / "kit.json")
        if not found:
            return None
        try:
            anchor = found["anchor"]
            return Kit(found["told"], Anchor(anchor["server"], Reading(**anchor["at"])))
        except (KeyError, TypeError, ValueError):
            return None


def write_whole(path: Path, body: bytes) -> None:
    """Write a file so that a power cut leaves the new one or the old one."""
    fresh = path.with_name(path.name + ".new")
    with fresh.open("wb") as file:
        file.write(body)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)


def _without_marks(index: dict[str, dict[str, str]]) -> dict[str, str]:
    return {path.partition("?")[0]: path for path in index}


def _json(path: Path) -> dict[str, Any] | None:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return found if isinstance(found, dict) else None
