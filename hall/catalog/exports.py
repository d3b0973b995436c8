"""Tables written as CSV or as an .xlsx workbook, so that no cell of theirs can act as a formula."""

from __future__ import annotations

import csv
import io
import re
from typing import TYPE_CHECKING

from hall.catalog.columns import FORMULA

if TYPE_CHECKING:
    from collections.abc import Sequence

    from openpyxl.worksheet.worksheet import Worksheet

WIDEST = 48
UNSHOWABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")

Cells = list[list[str | int]]


def is_workbook(filename: str) -> bool:
    """Whether a file of this name is to be a workbook; anything else is CSV."""
    return filename.casefold().endswith(".xlsx")


def neutral(value: str | int) -> str | int:
    """The cell, with an apostrophe in front where a spreadsheet would take it for a formula."""
    if isinstance(value, str) and value.lstrip("'").startswith(FORMULA):
        return f"'{value}"
    return value


def write_csv(rows: Cells) -> bytes:
    """UTF-8 with a mark at the beginning, without which Excel in China reads it as GB18030."""
    text = io.StringIO(newline="")
    csv.writer(text).writerows(rows)
    return text.getvalue().encode("utf-8-sig")


def write_workbook(tables: Sequence[tuple[str, Cells]]) -> bytes:
    """A workbook with a sheet for each table (title, rows); the first row holds the headings."""
    import openpyxl  # noqa: PLC0415 - 18 MB that a hall at work does not need

    book = openpyxl.Workbook()
    for number, (title, rows) in enumerate(tables):
        sheet: Worksheet = book.create_sheet(title, number)
        for row in rows:
            sheet.append([UNSHOWABLE.sub("", cell) if isinstance(cell, str) else cell for cell in row])
        _dress(sheet, rows)
    del book[book.sheetnames[-1]]  # the empty one that every new workbook has
    data = io.BytesIO()
    book.save(data)
    return data.getvalue()


def _dress(sheet: Worksheet, rows: Cells) -> None:
    from openpyxl.styles import Alignment, Font  # noqa: PLC0415 - 18 MB that a hall at work does not need
    from openpyxl.utils import get_column_letter  # noqa: PLC0415

    sheet.freeze_panes = "A2"
    for place, cell in enumerate(sheet[1]):
        cell.font = Font(bold=True)
        cell.alignment = Alignment(vertical="center")
        # A Chinese character is about two digits wide
        width = max(sum(2 - sign.isascii() for sign in str(row[place])) for row in rows)
        sheet.column_dimensions[get_column_letter(place + 1)].width = min(WIDEST, width + 3)
