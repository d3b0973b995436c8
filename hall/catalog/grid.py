"""From the bytes of a CSV file or an .xlsx workbook to rows of text, without trusting a single one of them.

What the file says it is does not matter: the bytes decide. Nothing is unpacked before its size is known, and a
workbook with declarations of its own (entities) is refused before a parser sees it.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
import warnings
import zipfile
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Protocol, cast

from hall.catalog.problems import Unreadable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    import openpyxl

    class Sheet(Protocol):
        """What a worksheet opened for reading can do, of which we use this."""

        title: str

        def reset_dimensions(self) -> None:
            """Forget the size that the file claims."""

        def iter_rows(self, *, max_col: int, values_only: bool) -> Iterator[tuple[object, ...]]:
            """The values of each row."""


MEGABYTE = 1024 * 1024
MAX_FILE = 20 * MEGABYTE
MAX_UNPACKED = 40 * MEGABYTE
MAX_PARTS = 1000
MAX_ROWS = 20_000
MAX_COLUMNS = 100
LAST_ROW = 1_048_576  # of any worksheet: a number beyond it is an attack
WHOLE_DIGITS = 10**15  # from here on Excel has rounded a number
FEW = 0.1  # share of broken characters up to which a text is damaged UTF-8 rather than another encoding
ZIP = b"PK\x03\x04"
OLE = b"\xd0\xcf\x11\xe0"
PARTS = re.compile(r"\.(xml|rels)$", re.IGNORECASE)
ENCODING = re.compile(rb"<\?xml[^>]*encoding=[\"']([^\"']*)", re.IGNORECASE)
DELIMITERS = ",;\t"


@dataclass(frozen=True, slots=True)
class Row:
    """One row that holds something: its line in the file (1 = first) and its cells as text, trimmed."""

    line: int
    cells: tuple[str, ...]


def read_grid(source: str | Path | BinaryIO, *, sheets: Sequence[str], only: bool = False) -> list[Row]:
    """The rows that hold something.

    Of a workbook: the first sheet with one of these names (as `sheet_key` sees them); else its first sheet, or with
    `only` none. Raises Unreadable.
    """
    data = _bytes(source)
    if not data.strip(b"\0 \t\r\n"):
        raise Unreadable("empty_file")
    if data.startswith(OLE):
        raise Unreadable("old_format")
    rows = _workbook_rows(data, sheets, only=only) if data.startswith(ZIP) else _csv_rows(_text(data))
    found = list(_limited(rows))
    if not found:  # bytes, but nothing that one can see
        raise Unreadable("empty_file")
    return found


def sheet_key(name: str) -> str:
    """A sheet's or column's name as compared: small letters, without spaces and underscores."""
    return re.sub(r"[\s_]+", "", name).casefold()


def _bytes(source: str | Path | BinaryIO) -> bytes:
    if isinstance(source, str | Path):
        with Path(source).open("rb") as file:
            data = file.read(MAX_FILE + 1)
    else:
        data = source.read(MAX_FILE + 1)
    if len(data) > MAX_FILE:
        raise Unreadable("too_large", limit=MAX_FILE // MEGABYTE)
    return data


def _limited(rows: Iterable[Row]) -> Iterator[Row]:
    for number, row in enumerate(rows):
        if number > MAX_ROWS:
            raise Unreadable("too_many_rows", line=row.line, limit=MAX_ROWS)
        if any(row.cells[MAX_COLUMNS:]):
            raise Unreadable("too_many_columns", line=row.line, limit=MAX_COLUMNS)
        yield row


# --- CSV ----------------------------------------------------------------------------------------------------------


def _text(data: bytes) -> str:
    """UTF-8 with or without a mark, else GB18030 (what Excel writes in China). Raises Unreadable."""
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise Unreadable("wrong_encoding", line=1)
    if b"\0" in data:
        raise Unreadable("not_a_sheet")
    marked = data.startswith(codecs.BOM_UTF8)
    data = data.removeprefix(codecs.BOM_UTF8)
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
    guess = data.decode("utf-8", errors="replace")
    broken = guess.count("\ufffd")
    foreign = sum(not character.isascii() for character in guess)
    # Read as UTF-8, GB18030 breaks all over; UTF-8 with a flaw breaks in one place. To take the latter for the former
    # would load wrong characters without a word.
    if marked or broken <= FEW * foreign:
        raise Unreadable("wrong_encoding", line=line)
    try:
        return data.decode("gb18030")
    except UnicodeDecodeError as error:
        raise Unreadable("wrong_encoding", line=data.count(b"\n", 0, error.start) + 1) from error


def _csv_rows(text: str) -> Iterator[Row]:
    heading = text.lstrip().split("\n", 1)[0]
    delimiter = max(DELIMITERS, key=heading.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    line = 0
    try:
        for cells in reader:
            if row := _row(line + 1, cells):
                yield row
            line = reader.line_num
    except csv.Error as error:
        raise Unreadable("broken_quotes", line=line + 1) from error


def _row(line: int, cells: Iterable[str]) -> Row | None:
    trimmed = tuple(cell.strip() for cell in cells)
    return Row(line, trimmed) if any(trimmed) else None


# --- xlsx ---------------------------------------------------------------------------------------------------------


def _workbook_rows(data: bytes, sheets: Sequence[str], *, only: bool) -> Iterator[Row]:
    import openpyxl  # noqa: PLC0415 - 18 MB that a hall at work does not need

    try:
        _check_parts(data)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # openpyxl remarks on styles and extensions that we never look at
            book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=False, keep_links=False)
            try:
                yield from _sheet_rows(_sheet(book, sheets, only=only))
            finally:
                book.close()
    except Unreadable:
        raise
    except (
        Exception
    ) as error:  # a broken part can make zipfile, the XML parser or openpyxl raise anything there is
        raise Unreadable("damaged") from error


def _check_parts(data: bytes) -> None:
    """Sizes as the archive declares them (zipfile never unpacks more), and no declarations in any XML part."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = archive.infolist()
        if len(parts) > MAX_PARTS or sum(part.file_size for part in parts) > MAX_UNPACKED:
            raise Unreadable("unpacks_too_large", limit=MAX_UNPACKED // MEGABYTE)
        if not any(part.filename == "[Content_Types].xml" for part in parts):
            raise Unreadable("not_a_sheet")
        for part in parts:
            if PARTS.search(part.filename):
                content = archive.read(part)
                named = ENCODING.match(content.removeprefix(codecs.BOM_UTF8))
                foreign = named is not None and named[1].lower() not in {b"utf-8", b"us-ascii"}
                if foreign or b"\0" in content or b"<!DOCTYPE" in content or b"<!ENTITY" in content:
                    raise Unreadable("damaged")


def _sheet(book: openpyxl.Workbook, sheets: Sequence[str], *, only: bool) -> Sheet:
    wanted = {sheet_key(name) for name in sheets}
    every = cast("list[Sheet]", book.worksheets)
    named = [sheet for sheet in every if sheet_key(sheet.title) in wanted]
    if only and not named:
        raise Unreadable("missing_sheet", sheet=sheets[0])
    return (named or every)[0]


def _sheet_rows(sheet: Sheet) -> Iterator[Row]:
    sheet.reset_dimensions()  # what the file says of its size may be wrong, or chosen to exhaust us
    values = sheet.iter_rows(max_col=MAX_COLUMNS + 1, values_only=True)
    nothing = (None,) * (MAX_COLUMNS + 1)
    for line, cells in enumerate(values, start=1):
        if line > LAST_ROW:
            raise Unreadable("damaged")
        if cells != nothing and (row := _row(line, map(_as_text, cells))):
            yield row


def _as_text(value: object) -> str:
    """A cell as text. Rounded long numbers come out as 1.2E+17, dates as 2026-03-01T00:00:00: callers refuse both."""
    match value:
        case None:
            return ""
        case bool():
            return "TRUE" if value else "FALSE"
        case float() if value.is_integer() and abs(value) < WHOLE_DIGITS:
            return str(int(value))
        case int() | float() if abs(value) >= WHOLE_DIGITS:
            return f"{value:.14E}"
        case datetime():
            return value.isoformat()
        case date():
            return datetime.combine(value, time()).isoformat()
        case str() | int() | float():
            return str(value)
        case _:
            return "="  # array formulas and data tables come as objects
