"""Lines, windows and calendar as spreadsheets: read with every problem and its line, written so that they read back."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import BinaryIO

from hall.calendar.rules import HOLIDAY, MAKEUP, WORKDAY, SpecialDay, misfit
from hall.catalog.columns import Bad, Column, Text, shown, yes_no
from hall.catalog.exports import Cells, neutral, write_workbook
from hall.catalog.grid import read_grid
from hall.catalog.models import Line, Window
from hall.catalog.tables import Imported, Record, Table, read_table

LARGEST_TARGET, LARGEST_NUMBER = 240, 999
KIND_NAMES = {HOLIDAY: "放假", MAKEUP: "调休上班", WORKDAY: "上班"}
KIND_WORDS = {
    **{name: kind for kind, name in KIND_NAMES.items()},
    "休": HOLIDAY,
    "休息": HOLIDAY,
    "节假日": HOLIDAY,
    "法定节假日": HOLIDAY,
    "holiday": HOLIDAY,
    "班": MAKEUP,
    "调休": MAKEUP,
    "补班": MAKEUP,
    "makeup": MAKEUP,
    "工作日": WORKDAY,
    "workday": WORKDAY,
}
DATE = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(T00:00:00)?")
SHEETS = {"lines": ("队列", "lines"), "windows": ("窗口", "windows"), "calendar": ("工作日历", "calendar")}


@dataclass(frozen=True, slots=True)
class LineRow:
    """A line as a file names it; `sort` is its place in the file."""

    prefix: str
    name: str
    name_en: str
    target_min: int | None
    lunch_open: bool
    sort: int
    examples: str | None = None
    examples_en: str | None = None
    collects: bool | None = None


@dataclass(frozen=True, slots=True)
class WindowRow:
    """A window as a file names it; lines by their prefixes."""

    number: int
    name: str
    name_en: str
    area: str
    area_en: str
    preferred: tuple[str, ...]
    others: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DayRow:
    """A named day."""

    day: date
    kind: str
    name: str


def prefix(cell: str) -> str:
    """One or two letters."""
    plain = unicodedata.normalize("NFKC", cell).strip().upper()
    if not re.fullmatch(r"[A-Z]{1,2}", plain):
        raise Bad("bad_prefix", value=shown(cell))
    return plain


def prefixes(cell: str) -> tuple[str, ...]:
    """Several prefixes with 、 or ; or a comma or blank between them."""
    parts = re.split(r"[\s、,;，；]+", cell)
    return tuple(dict.fromkeys(prefix(part) for part in parts if part))


def day(cell: str) -> date:
    """A date as people and spreadsheets write it."""
    match = DATE.fullmatch(unicodedata.normalize("NFKC", cell).replace(" ", ""))
    try:
        return date(*(int(part) for part in match.groups()[:3])) if match else date.fromisoformat(cell)
    except ValueError:
        raise Bad("bad_date", value=shown(cell)) from None


def day_kind(cell: str) -> str:
    """Holiday, working day or make-up day, in Chinese or English."""
    kind = KIND_WORDS.get(unicodedata.normalize("NFKC", cell).strip().casefold())
    if kind is None:
        raise Bad("bad_day_kind", value=shown(cell))
    return kind


@dataclass(frozen=True, slots=True)
class Whole:
    """Reads a whole number from 1 to `limit`."""

    limit: int

    def __call__(self, cell: str) -> int:
        """The number. Raises Bad."""
        plain = unicodedata.normalize("NFKC", cell).strip()
        if not re.fullmatch(r"\d{1,6}", plain, re.ASCII) or not 1 <= int(plain) <= self.limit:
            raise Bad("bad_number", value=shown(cell), limit=self.limit)
        return int(plain)


def _yes(value: object) -> str:
    return "是" if value else "否"


LINE_COLUMNS: tuple[Column, ...] = (
    Column("prefix", ("号码字母", "字母", "前缀"), prefix, required=True),
    Column("name", ("队列名称", "名称", "队列"), Text(60), required=True),
    Column("name_en", ("英文名称", "English name"), Text(80)),
    Column("target_min", ("目标等候（分钟）", "目标等候"), Whole(LARGEST_TARGET), lambda value: value or ""),
    Column("lunch_open", ("午间不断岗", "午间开放"), yes_no, _yes),
    Column("examples", ("包括哪些事", "举例"), Text(60)),
    Column("examples_en", ("英文举例", "Examples"), Text(80)),
    Column("collects", ("出件", "领取结果"), yes_no, _yes),
)
WINDOW_COLUMNS: tuple[Column, ...] = (
    Column("number", ("窗口号", "号码", "窗口"), Whole(LARGEST_NUMBER), int, required=True),
    Column("name", ("窗口名称", "名称"), Text(60)),
    Column("name_en", ("英文名称", "English name"), Text(80)),
    Column("area", ("区域", "位置"), Text(40)),
    Column("area_en", ("区域英文", "英文区域"), Text(40)),
    Column("preferred", ("优先队列", "优先"), prefixes, "、".join),
    Column("others", ("其次队列", "其次"), prefixes, "、".join),
)
DAY_COLUMNS: tuple[Column, ...] = (
    Column("day", ("日期", "date"), day, required=True),
    Column("kind", ("类型", "安排", "kind"), day_kind, lambda value: KIND_NAMES[value], required=True),
    Column("name", ("名称", "节日", "说明"), Text(60)),
)


def read_lines(source: BinaryIO) -> Imported[LineRow]:
    """Lines, told apart by prefix. Never raises for its content."""
    table = Table(LINE_COLUMNS, once=("prefix",), twice="double_code")
    counted: list[int] = []

    def make(record: Record) -> LineRow:
        counted.append(record.line)
        values = record.values
        return LineRow(
            values["prefix"],
            values["name"],
            values.get("name_en", ""),
            values.get("target_min"),
            values.get("lunch_open", False),
            len(counted),
            values.get("examples"),
            values.get("examples_en"),
            values.get("collects"),
        )

    return read_table(table, lambda: read_grid(source, sheets=SHEETS["lines"]), make)


def read_windows(source: BinaryIO, known: Collection[str]) -> Imported[WindowRow]:
    """Windows, told apart by number; a line that is not among the `known` prefixes is a problem."""
    table = Table(WINDOW_COLUMNS, once=("",), twice="double_code")
    first: dict[int, int] = {}

    def make(record: Record) -> WindowRow:
        values = record.values
        number = values["number"]
        if number in first:
            record.problem("number", "double_code", value=number, first=first[number])
        first.setdefault(number, record.line)
        for name in ("preferred", "others"):
            for letter in values.get(name, ()):
                if letter not in known:
                    record.problem(name, "unknown_line", value=letter)
        return WindowRow(
            number,
            values.get("name", f"{number}号窗口"),
            values.get("name_en", f"Window {number}"),
            values.get("area", ""),
            values.get("area_en", ""),
            values.get("preferred", ()),
            values.get("others", ()),
        )

    return read_table(table, lambda: read_grid(source, sheets=SHEETS["windows"]), make)


def read_days(source: BinaryIO) -> Imported[DayRow]:
    """Named days, each once."""
    table = Table(DAY_COLUMNS, once=("",), twice="double_code")
    first: dict[date, int] = {}

    def make(record: Record) -> DayRow:
        values = record.values
        at, kind = values["day"], values["kind"]
        if at in first:
            record.problem("day", "double_code", value=at.isoformat(), first=first[at])
        first.setdefault(at, record.line)
        if misfit(at, kind):
            record.problem("kind", "makeup_on_weekday", value=at.isoformat())
        return DayRow(at, kind, values.get("name", ""))

    return read_table(table, lambda: read_grid(source, sheets=SHEETS["calendar"]), make)


def write_lines(lines: Collection[Line]) -> bytes:
    """A workbook with all lines in their order."""
    rows = [[_cell(column, getattr(line, column.field)) for column in LINE_COLUMNS] for line in lines]
    return _workbook("lines", LINE_COLUMNS, rows)


def write_windows(windows: Collection[Window], tiers: Mapping[int, Mapping[str, tuple[str, ...]]]) -> bytes:
    """A workbook with all windows; `tiers`: window id → preferred, others → prefixes."""
    rows: Cells = []
    for window in windows:
        served = tiers.get(window.id, {})
        values = {"preferred": served.get("preferred", ()), "others": served.get("others", ())}
        rows.append(
            [
                _cell(
                    column, values[column.field] if column.field in values else getattr(window, column.field)
                )
                for column in WINDOW_COLUMNS
            ]
        )
    return _workbook("windows", WINDOW_COLUMNS, rows)


def write_days(days: Mapping[date, SpecialDay]) -> bytes:
    """A workbook with the named days in their order."""
    rows: Cells = [
        [at.isoformat(), KIND_NAMES[found.kind], neutral(found.name)] for at, found in sorted(days.items())
    ]
    return _workbook("calendar", DAY_COLUMNS, rows)


def _cell(column: Column, value: object) -> str | int:
    return neutral(column.write(value if value is not None else ""))


def _workbook(kind: str, columns: tuple[Column, ...], rows: Cells) -> bytes:
    return write_workbook([(SHEETS[kind][0], [[column.heading for column in columns], *rows])])
