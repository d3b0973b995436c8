"""Sentences and their Chinese texts: which are missing, which contradict each other, which were not compiled.

Sentences stand in English in the code; each room keeps its Chinese ones in `hall/translations/ROOM/`, and all rooms
are merged when the product starts. Without a word this only looks (and fails if something is amiss); with `--write`
it adds what is missing, empty, to the room where it is said, and compiles all rooms.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from babel.messages.catalog import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.mofile import read_mo, write_mo
from babel.messages.pofile import read_po, write_po

if TYPE_CHECKING:
    from collections.abc import Iterator

    from babel.messages.catalog import Message

ROOT = Path(__file__).resolve().parent.parent
ROOMS = ROOT / "hall" / "translations"
LANGUAGE = "zh"
METHODS = [("**.py", "python"), ("**.html", "jinja2.ext:babel_extract")]
OPTIONS = {"**.html": {"silent": "false"}}
KEYWORDS = {
    **DEFAULT_KEYWORDS,
    "_l": None,
    "N_": None,
    "lazy_gettext": None,
    "lazy_ngettext": (1, 2),
    "_n": (1, 2),
}
SHARED_ROOM = "layout"

Key = str | tuple[str, ...] | list[str]
Text = Key | None


@dataclass(frozen=True, slots=True)
class Said:
    """One sentence as it stands in the code."""

    key: Key
    path: str
    line: int

    @property
    def room(self) -> str:
        """The room of its folder (`hall/ROOM/…`, `templates/ROOM/…`, `kiosk`), else the shared one."""
        top, *rest = self.path.split("/")
        named = top if top == "kiosk" else rest[0]
        return named if (ROOMS / named).is_dir() or (ROOT / "hall" / named).is_dir() else SHARED_ROOM


def sentences() -> Iterator[Said]:
    """Everything that the code says to people."""
    for folder in ("hall", "kiosk", "templates"):
        found = extract_from_dir(ROOT / folder, METHODS, OPTIONS, KEYWORDS)
        for path, line, message, _comments, _context in found:
            yield Said(
                tuple(message) if isinstance(message, (tuple, list)) else message, f"{folder}/{path}", line
            )


def rooms() -> dict[str, Catalog]:
    """The Chinese texts of each room."""
    found = {}
    for path in sorted(ROOMS.glob(f"*/{LANGUAGE}/LC_MESSAGES/messages.po")):
        with path.open("rb") as file:
            found[path.parts[-4]] = read_po(file, locale=LANGUAGE, abort_invalid=True)
    return found


def texts(catalog: Catalog) -> Iterator[Message]:
    """The entries of a room that have a text."""
    for message in catalog:
        if message.id and message.string and not message.fuzzy and any(message.string):
            yield message


def folder_of(room: str) -> Path:
    """Where a room's texts lie."""
    return ROOMS / room / LANGUAGE / "LC_MESSAGES"


def missing(catalogs: dict[str, Catalog]) -> list[Said]:
    """Sentences without a text in any room, each once."""
    known = {_singular(message.id) for catalog in catalogs.values() for message in texts(catalog)}
    found: dict[str, Said] = {}
    for said in sentences():
        if _singular(said.key) not in known:
            found.setdefault(_singular(said.key), said)
    return list(found.values())


def faults(catalogs: dict[str, Catalog]) -> Iterator[str]:
    """Everything amiss, one line each."""
    for said in missing(catalogs):
        yield f"{said.path}:{said.line}: no Chinese text in any room for {_singular(said.key)!r}"
    first: dict[str, tuple[str, str]] = {}
    for room, catalog in catalogs.items():
        for message in texts(catalog):
            name, text = _singular(message.id), _singular(message.string)
            other, before = first.setdefault(name, (room, text))
            if before != text:
                yield f"{name!r} is {text!r} in {room} and {before!r} in {other}, but all rooms are merged"
            for error in message.check(catalog):
                yield f"{room}: {name!r}: {error}"
        if not _is_compiled(room, catalog):
            yield f"{room}: messages.mo is not what messages.po says: run make messages"


def write(catalogs: dict[str, Catalog]) -> None:
    """Add what is missing to its room, empty, and compile every room."""
    for said in missing(catalogs):
        catalog = catalogs.setdefault(said.room, _new_catalog(said.room))
        if catalog.get(said.key) is None:
            catalog.add(said.key, locations=[(said.path, said.line)])
            folder_of(said.room).mkdir(parents=True, exist_ok=True)
            with (folder_of(said.room) / "messages.po").open("wb") as file:
                write_po(file, catalog, width=110)
    for room, catalog in catalogs.items():
        if _is_compiled(room, catalog):
            continue  # the same texts compile to other bytes where the file's head differs
        with (folder_of(room) / "messages.mo").open("wb") as file:
            write_mo(file, catalog)


def _new_catalog(room: str) -> Catalog:
    comment = f"# What {room} says, in Chinese."
    return Catalog(LANGUAGE, project="service-hall", header_comment=comment, charset="utf-8", fuzzy=False)


def _singular(words: Text) -> str:
    return words if isinstance(words, str) else (words or [""])[0]


def _is_compiled(room: str, catalog: Catalog) -> bool:
    path = folder_of(room) / "messages.mo"
    if not path.exists():
        return False
    with path.open("rb") as file:
        compiled = _pairs(read_mo(file))
    return compiled == _pairs(catalog)


def _pairs(catalog: Catalog) -> dict[Text, Text]:
    return {_frozen(message.id): _frozen(message.string) for message in texts(catalog)}


def _frozen(words: Text) -> Text:
    """A plural's forms come as a list or a tuple, by where they were read from."""
    return words if isinstance(words, str) else tuple(words or ())


def main(words: list[str]) -> int:
    """The exit code: 0 if nothing is amiss."""
    if words == ["--write"]:
        write(rooms())
    elif words:
        print("usage: .ci/messages.py [--write]", file=sys.stderr)
        return 2
    found = list(faults(rooms()))
    print("\n".join(found) or "Every sentence has its Chinese text.")
    return int(bool(found))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
