"""Bundles (一件事) as a spreadsheet: read with every problem and its line, written so that they read back the same."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from hall.catalog.columns import Bad, Column, Text, Texts, copies, shown
from hall.catalog.exports import is_workbook, write_csv, write_workbook
from hall.catalog.grid import read_grid
from hall.catalog.spreadsheet import table_cells
from hall.catalog.tables import Imported, Record, Table, read_table

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path
    from typing import BinaryIO

SHEETS = ("一件事", "bundles", "bundle")
TOGETHER, IN_TURN = "并联办理", "串联办理"
ORDERS = {
    **dict.fromkeys((TOGETHER, "并联", "同时办理", "together", "side by side"), False),
    **dict.fromkeys((IN_TURN, "串联", "依次办理", "in_turn", "in turn", "one after the other"), True),
}
LONGEST_LIST = 4000  # characters of all the codes in one cell


@dataclass(frozen=True, slots=True)
class BundleRow:
    """One bundle: `items` by code in the order in which they are done, `line` and `situations` as the file names them.

    `given`: the fields whose cells were filled, so that an empty one never overwrites what the hall already knows.
    """

    source_line: int
    code: str
    name: str
    items: tuple[str, ...]
    name_en: str = ""
    aliases: tuple[str, ...] = ()
    line: str = ""
    situations: tuple[str, ...] = ()
    in_turn: bool = False
    visits_before: int | None = None
    visits_after: int | None = None
    given: frozenset[str] | None = field(default=None, compare=False)

    def says(self, cell: str) -> bool:
        """Whether this cell was filled; a row that came from no file says everything."""
        return self.given is None or cell in self.given


BundleFile = Imported[BundleRow]


def order(cell: str) -> bool:
    """Whether the departments work one after the other: 串联办理, 依次办理; 并联办理 is side by side."""
    found = ORDERS.get(unicodedata.normalize("NFKC", cell).strip().casefold())
    if found is None:
        raise Bad("unknown_order", value=shown(cell))
    return found


def visits(cell: str) -> int:
    """A number of visits: 6, 6次."""
    return copies(unicodedata.normalize("NFKC", cell).strip().removesuffix("次"))


def _number(value: int | None) -> str | int:
    return "" if value is None else value


BUNDLE_COLUMNS: tuple[Column, ...] = (
    Column("code", ("一件事编码", "主题编码", "编码", "bundle_code"), Text(60), required=True),
    Column("name", ("一件事名称", "主题名称", "名称", "bundle_name"), Text(120), required=True),
    Column("name_en", ("英文名称", "English name"), Text(160)),
    Column(
        "items", ("包含事项", "事项编码", "事项", "item_codes"), Texts(LONGEST_LIST), "、".join, required=True
    ),
    Column("in_turn", ("办理顺序", "办理方式", "order"), order, lambda value: IN_TURN if value else TOGETHER),
    Column("line", ("队列", "业务类别", "line_code", "queue"), Text(60)),
    Column("situations", ("生活场景", "situation"), Texts(200), "、".join),
    Column("visits_before", ("原跑动次数", "改革前次数"), visits, _number),
    Column("visits_after", ("现跑动次数", "改革后次数"), visits, _number),
    Column("aliases", ("别名", "俗称", "常用名", "alias"), Texts(300), "、".join),
)


def read_bundles(source: str | Path | BinaryIO) -> BundleFile:
    """Bundles from a CSV file or a workbook (sheet 一件事, else the first). Never raises for its content."""
    table = Table(BUNDLE_COLUMNS, once=("code",), twice="double_code")
    return read_table(table, lambda: read_grid(source, sheets=SHEETS), _bundle)


def write_bundles(bundles: Iterable[BundleRow], filename: str) -> bytes:
    """A file that `read_bundles` reads back: .xlsx or CSV by its name, no cell of which can act as a formula."""
    cells = table_cells(BUNDLE_COLUMNS, bundles)
    return write_workbook([(SHEETS[0], cells)]) if is_workbook(filename) else write_csv(cells)


def _bundle(record: Record) -> BundleRow:
    values = record.values
    if not values["items"]:
        record.problem("items", "empty")
    return BundleRow(
        source_line=record.line,
        code=values["code"],
        name=values["name"],
        items=values["items"],
        name_en=record.take("name_en", ""),
        aliases=values.get("aliases", ()),
        line=record.take("line", ""),
        situations=values.get("situations", ()),
        in_turn=values.get("in_turn", False),
        visits_before=values.get("visits_before"),
        visits_after=values.get("visits_after"),
        given=frozenset(values),
    )
