"""A catalogue out of a spreadsheet and into one: items, and the papers they ask for.

Reading collects every problem with its line instead of stopping at the first; a file with any problem has no rows, so
that nothing can be half-loaded. What a file leaves out is filled by the rules of `DEFAULTS` and counted.
Written files read back the same.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, BinaryIO

from hall.catalog.columns import ITEM_COLUMNS, MATERIAL_COLUMNS, Column, Procedure, shown
from hall.catalog.exports import is_workbook, neutral, write_csv, write_workbook
from hall.catalog.grid import read_grid
from hall.catalog.kinds import Kind, TaskType
from hall.catalog.problems import N_
from hall.catalog.tables import Imported, Record, Table, read_table

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Sequence
    from pathlib import Path

    from hall.catalog.grid import Row

PERMIT_DAYS = 20
ITEM_SHEETS = ("事项", "items", "item")
MATERIAL_SHEETS = ("材料", "materials", "material")

DEFAULTS: dict[str, str] = {
    "name_en": N_("No English name: the Chinese one is shown."),
    "department_code": N_("No department code: departments are told apart by name."),
    "line": N_("No line: the first line of the hall is meant."),
    "task_type": N_("No type: public service."),
    "kind": N_("No kind: instant where 0 days are promised, else committed."),
    "statutory_days": N_("No statutory days: 20 for permits (the general rule of the law), else left open."),
    "committed_days": N_("No committed days: as the law allows; left open where it sets none."),
    "fee": N_("No fee: nothing is shown."),
    "mode": N_("Not said how it is worked: one receives, another decides."),
    "second_review": N_("Not said whether a second person confirms: nobody does."),
    "result_name": N_("No result named: the applicant receives the decision itself."),
    "procedures": N_("No special procedure: its clock never stands."),
    "copies": N_("Neither originals nor copies: one original."),
    "deferrable": N_("Not said whether it can be handed in later: it cannot."),
    "source": N_("Not said where to get it: nothing is shown."),
    "e_licence": N_("Not said whether an e-licence serves: it does not."),
}
"""What is done where a cell is empty, by field. Sentences are keys for translation."""


@dataclass(frozen=True, slots=True)
class ItemRow:
    """One service item. Days are working days; None: left open. `line` is a queue as the file names it, or "".

    `given`: the fields whose cells were filled, so that an empty one never overwrites what the hall already knows.
    """

    source_line: int
    code: str
    name: str
    department: str
    name_en: str = ""
    department_code: str = ""
    department_phone: str = ""
    group: str = ""
    line: str = ""
    situations: tuple[str, ...] = ()
    task_type: TaskType = TaskType.PUBLIC_SERVICE
    kind: Kind = Kind.COMMITTED
    statutory_days: int | None = None
    committed_days: int | None = None
    fee: str = ""
    fee_en: str = ""
    aliases: tuple[str, ...] = ()
    mode: str = "separated"
    second_review: bool = False
    legal_basis: str = ""
    result_name: str = ""
    result_name_en: str = ""
    procedures: tuple[Procedure, ...] = ()
    given: frozenset[str] | None = field(default=None, compare=False)

    def says(self, cells: Iterable[str]) -> bool:
        """Whether one of these cells was filled; a row that came from no file says everything."""
        return self.given is None or not self.given.isdisjoint(cells)


@dataclass(frozen=True, slots=True)
class MaterialRow:
    """One paper of an item, in the order of the list. `condition` "": everybody brings it."""

    source_line: int
    item_code: str
    name: str
    name_en: str = ""
    originals: int = 1
    copies: int = 0
    condition: str = ""
    condition_en: str = ""
    deferrable: bool = False
    source: str = ""
    source_en: str = ""
    e_licence: bool = False


ImportFile = Imported[ItemRow]
MaterialFile = Imported[MaterialRow]


def read_items(source: str | Path | BinaryIO, filename: str = "") -> ImportFile:
    """Items from a CSV file (UTF-8, GB18030) or a workbook (sheet 事项, else the first). Never raises for its content.

    `filename` is not needed to read: the bytes decide. Raises OSError if a path cannot be opened.
    """
    del filename
    return _items(lambda: read_grid(source, sheets=ITEM_SHEETS))


def read_item_rows(rows: list[Row]) -> ImportFile:
    """Items from rows that are at hand, the first with the headings."""
    return _items(lambda: rows)


def read_material_rows(rows: list[Row]) -> MaterialFile:
    """Papers from rows that are at hand, the first with the headings."""
    return _materials(lambda: rows, _material)


def _items(grid: Callable[[], list[Row]]) -> ImportFile:
    return read_table(Table(ITEM_COLUMNS, once=("item_code",), twice="double_code"), grid, _item)


def _materials(grid: Callable[[], list[Row]], make: Callable[[Record], MaterialRow]) -> MaterialFile:
    once = ("name", "item_code", "condition")
    return read_table(Table(MATERIAL_COLUMNS, once=once, twice="double_material"), grid, make)


def read_materials(
    source: str | Path | BinaryIO, filename: str = "", *, known_codes: Collection[str] | None = None
) -> MaterialFile:
    """Papers from a CSV file of their own, or from the sheet 材料 of a workbook. Never raises for its content.

    With `known_codes`, an item that is not among them is a problem. Raises OSError as `read_items`.
    """
    del filename

    def make(record: Record) -> MaterialRow:
        paper = _material(record)
        if known_codes is not None and paper.item_code not in known_codes:
            record.problem("item_code", "unknown_item", value=shown(paper.item_code))
        return paper

    return _materials(lambda: read_grid(source, sheets=MATERIAL_SHEETS, only=True), make)


def write_items(items: Iterable[ItemRow], filename: str, materials: Iterable[MaterialRow] = ()) -> bytes:
    """A file that `read_items` reads back: .xlsx with the sheets 事项 and 材料, else CSV with the items alone.

    Texts that a spreadsheet would take for a formula get an apostrophe in front, which reading takes away again.
    """
    tables = [(ITEM_SHEETS[0], table_cells(ITEM_COLUMNS, items, {"item_code": "code", "item_name": "name"}))]
    if is_workbook(filename):
        return write_workbook([*tables, (MATERIAL_SHEETS[0], table_cells(MATERIAL_COLUMNS, materials))])
    return write_csv(tables[0][1])


def write_materials(materials: Iterable[MaterialRow], filename: str) -> bytes:
    """A file that `read_materials` reads back, as `write_items`."""
    cells = table_cells(MATERIAL_COLUMNS, materials)
    return write_workbook([(MATERIAL_SHEETS[0], cells)]) if is_workbook(filename) else write_csv(cells)


def table_cells(
    columns: Sequence[Column], rows: Iterable[object], names: dict[str, str] | None = None
) -> list[list[str | int]]:
    """Rows under their headings, harmless to a spreadsheet program; `names`: column's field → attribute of the row."""
    fields = [(names or {}).get(column.field, column.field) for column in columns]
    body = [
        [neutral(column.write(getattr(row, name))) for column, name in zip(columns, fields, strict=True)]
        for row in rows
    ]
    return [[column.heading for column in columns], *body]


def _item(record: Record) -> ItemRow:
    values = record.values
    task_type = record.take("task_type", TaskType.PUBLIC_SERVICE)
    statutory = record.take("statutory_days", PERMIT_DAYS if task_type is TaskType.PERMIT else None)
    at_once = values.get("kind") is Kind.INSTANT
    committed = values.get("committed_days") or 0 if at_once else record.take("committed_days", statutory)
    kind = record.take("kind", Kind.INSTANT if committed == 0 else Kind.COMMITTED)
    if kind is Kind.INSTANT and committed:
        record.problem("kind", "instant_with_days")
    elif kind is Kind.COMMITTED and committed == 0:
        record.problem("kind", "committed_without_days")
    if statutory and committed and committed > statutory:
        record.problem("committed_days", "longer_than_law", committed=committed, statutory=statutory)
    return ItemRow(
        source_line=record.line,
        code=values["item_code"],
        name=values["item_name"],
        department=values["department"],
        name_en=record.take("name_en", ""),
        department_code=record.take("department_code", ""),
        department_phone=values.get("department_phone", ""),
        group=values.get("group", ""),
        line=record.take("line", ""),
        situations=values.get("situations", ()),
        task_type=task_type,
        kind=kind,
        statutory_days=statutory,
        committed_days=committed,
        fee=record.take("fee", ""),
        fee_en=values.get("fee_en", ""),
        aliases=values.get("aliases", ()),
        mode=record.take("mode", "separated"),
        second_review=record.take("second_review", default=False),
        legal_basis=values.get("legal_basis", ""),
        result_name=record.take("result_name", ""),
        result_name_en=values.get("result_name_en", ""),
        procedures=record.take("procedures", ()),
        given=frozenset(values),
    )


def _material(record: Record) -> MaterialRow:
    values = record.values
    if "originals" in values or "copies" in values:
        originals, copies = values.get("originals", 0), values.get("copies", 0)
    else:
        originals, copies = 1, record.take("copies", 0)
    e_licence = record.take("e_licence", default=False)
    if not (originals or copies or e_licence):
        record.problem("originals", "no_copies")
    return MaterialRow(
        source_line=record.line,
        item_code=values["item_code"],
        name=values["name"],
        name_en=record.take("name_en", ""),
        originals=originals,
        copies=copies,
        condition=values.get("condition", ""),
        condition_en=values.get("condition_en", ""),
        deferrable=record.take("deferrable", default=False),
        source=record.take("source", ""),
        source_en=values.get("source_en", ""),
        e_licence=e_licence,
    )
