"""What a first hall must hold: its code, its lines and windows, read from a form's tables. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

CODE = re.compile(r"[a-z][a-z0-9-]{1,30}")
PREFIX = re.compile(r"[A-Z]{1,2}")
MOST_LINES = 30
MOST_WINDOWS = 99
AREA_LENGTH = 40
NAME_LENGTH = 60


@dataclass(frozen=True, slots=True)
class NewLine:
    """A line of the first hall."""

    prefix: str
    name: str
    name_en: str = ""
    collects: bool = False


@dataclass(frozen=True, slots=True)
class NewWindow:
    """A window of the first hall; lines by prefix, preferred ones and others (Q5)."""

    number: int
    area: str
    preferred: tuple[str, ...]
    others: tuple[str, ...] = ()


LINES = (
    NewLine("A", "综合受理", "General services"),
    NewLine("B", "企业开办", "Business registration"),
    NewLine("C", "社会保障", "Social security"),
    NewLine("D", "出件", "Collect results", collects=True),
)
WINDOWS = (
    NewWindow(1, "一楼", ("A",), ("C",)),
    NewWindow(2, "一楼", ("A",), ("C",)),
    NewWindow(3, "一楼", ("A",), ("B",)),
    NewWindow(4, "一楼", ("B",), ("A",)),
    NewWindow(5, "一楼", ("C",), ("A",)),
    NewWindow(6, "一楼", ("D",)),
)
"""What the form proposes."""


class BadTable(ValueError):
    """A row that cannot be taken: which row (1 = first), and what is wrong with it as a key."""

    def __init__(self, row: int, key: str) -> None:
        super().__init__(key)
        self.row, self.key = row, key


def read_lines(rows: Iterable[tuple[str, str, str]]) -> tuple[NewLine, ...]:
    """Lines from rows of prefix, name, English name; empty rows are left out. Raises BadTable."""
    found: list[NewLine] = []
    for number, (prefix, name, name_en) in enumerate(rows, start=1):
        given = (prefix.strip().upper(), " ".join(name.split()), " ".join(name_en.split()))
        if not any(given):
            continue
        if not PREFIX.fullmatch(given[0]):
            raise BadTable(number, "prefix")
        if not _fits(given[1], NAME_LENGTH) or (given[2] and not _fits(given[2], NAME_LENGTH)):
            raise BadTable(number, "name")
        if given[0] in {line.prefix for line in found}:
            raise BadTable(number, "prefix_twice")
        proposed = any(line.collects and line.name == given[1] for line in LINES)
        found.append(NewLine(*given, collects=proposed))
    if not 0 < len(found) <= MOST_LINES:
        raise BadTable(0, "no_lines")
    return tuple(found)


def read_windows(rows: Iterable[tuple[str, str, str, str]], prefixes: set[str]) -> tuple[NewWindow, ...]:
    """Windows from rows of number, area, letters of preferred and of other lines; no empty ones. Raises BadTable."""
    found: list[NewWindow] = []
    for place, (number, area, preferred, others) in enumerate(rows, start=1):
        if not number.strip() and not preferred.strip():
            continue
        text = number.strip()
        if not (text.isascii() and text.isdigit() and 0 < int(text[:4]) <= MOST_WINDOWS):
            raise BadTable(place, "number")
        if int(text) in {window.number for window in found}:
            raise BadTable(place, "number_twice")
        if area.strip() and not _fits(area.strip(), AREA_LENGTH):
            raise BadTable(place, "area")
        first, second = _letters(preferred), _letters(others)
        if not first or not {*first, *second} <= prefixes:
            raise BadTable(place, "letters")
        rest = tuple(letter for letter in second if letter not in first)
        found.append(NewWindow(int(text), area.strip(), first, rest))
    if not found:
        raise BadTable(0, "no_windows")
    return tuple(found)


def _letters(cell: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(re.findall(r"[A-Z]+", cell.upper())))


def _fits(text: str, length: int) -> bool:
    return 0 < len(text) <= length and text.isprintable()
