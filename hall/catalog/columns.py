"""The columns of a catalogue in a spreadsheet: what they are called, and how their cells are read and written."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from hall.catalog.grid import sheet_key
from hall.catalog.kinds import KIND_NAMES, MODE_NAMES, TASK_TYPE_NAMES, Kind, TaskType

if TYPE_CHECKING:
    from collections.abc import Callable

MAX_DAYS = 730
MAX_COPIES = 99
FORMULA = ("=", "+", "-", "@", "＝", "＋", "－", "＠")
SPREADSHEET_ERRORS = {"#REF!", "#N/A", "#VALUE!", "#NAME?", "#DIV/0!", "#NULL!", "#NUM!", "#SPILL!", "#CALC!"}
SCIENTIFIC = re.compile(r"\d\.\d+[eE]\+\d\d+")
TURNED_DATE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?")
NEUTRALISED = re.compile(r"'+[=+\-@＝＋－＠]")
DAYS = re.compile(r"(\d{1,6})(?:\.0+)?(?:个)?(?:工作日|天|日|个)?")
AT_ONCE = {"即办", "即时办结", "当场办结", "即时", "当场"}
PROCEDURE = re.compile(r"(\S.*?)[\s:：]+(\d{1,4})(?:个)?(?:工作日|天|日)?\s*(?:[（(](.*)[)）])?")
SEPARATORS = re.compile(r"\s*[、;；|\n]\s*")
NO_LIMIT = "无"
BLANK = {"-", "－", "—", "——", "/", "／"}  # how people mark a cell that they leave empty
YES = {"是", "√", "✓", "y", "yes", "1", "true", "可", "可以", "有"}
NO = {"否", "×", "✗", "n", "no", "0", "false", "不可", "不可以", "无"}


class Bad(ValueError):
    """A cell that cannot be taken: the key of its problem and what fills the blanks."""

    def __init__(self, key: str, **params: str | int) -> None:
        super().__init__(key)
        self.key = key
        self.params = params


class Column(NamedTuple):
    """A column: its field, headings (the first is written on export), and how its cells are read and written."""

    field: str
    headings: tuple[str, ...]
    read: Callable[[str], Any]
    write: Callable[[Any], str | int] = str
    required: bool = False

    @property
    def heading(self) -> str:
        """The Chinese heading."""
        return self.headings[0]

    def names(self) -> set[str]:
        """Everything that this column may be called, as `heading_key` sees it."""
        return {heading_key(name) for name in (self.field, *self.headings)}


def heading_key(heading: str) -> str:
    """A heading as compared: 法定时限（工作日） is 法定时限, `Item_Code *` is itemcode."""
    plain = unicodedata.normalize("NFKC", heading)
    return sheet_key(re.sub(r"\(.*?\)|[*:]", "", plain))


@dataclass(frozen=True, slots=True)
class Text:
    """Reads plain text of at most `limit` characters."""

    limit: int

    def __call__(self, cell: str) -> str:
        """The text. Raises Bad."""
        _refuse_artefacts(cell)
        if NEUTRALISED.match(cell):
            cell = cell[1:]  # what an export of ours put in front, or what a careful person did
        elif cell.startswith(FORMULA):
            raise Bad("formula", sign=cell[0])
        for character in cell:
            if unicodedata.category(character) in {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}:
                raise Bad("control_character", character=f"U+{ord(character):04X}")
        if len(cell) > self.limit:
            raise Bad("too_long", length=len(cell), limit=self.limit)
        return cell


def _refuse_artefacts(cell: str) -> None:
    if cell in SPREADSHEET_ERRORS:
        raise Bad("cell_error", value=cell)
    if SCIENTIFIC.fullmatch(cell):
        raise Bad("lost_digits")
    if TURNED_DATE.fullmatch(cell):
        raise Bad("turned_date")


def shown(cell: str) -> str:
    """The beginning of a cell, harmless, to be quoted in a problem."""
    return "".join(character if character.isprintable() else "?" for character in cell[:30])


@dataclass(frozen=True, slots=True)
class Texts:
    """Reads several texts with 、 or ; between them, each once."""

    limit: int

    def __call__(self, cell: str) -> tuple[str, ...]:
        """The texts in their order. Raises Bad."""
        whole = Text(self.limit)(SEPARATORS.sub("、", cell))
        return tuple(dict.fromkeys(part for part in whole.split("、") if part))


def days(cell: str) -> int | None:
    """Working days: 20, 20个工作日, ２０, 即办; None where the cell says that there is no limit: 无."""
    plain = unicodedata.normalize("NFKC", cell).replace(" ", "")
    if plain == NO_LIMIT:
        return None
    if plain in AT_ONCE:
        return 0
    if not (match := DAYS.fullmatch(plain)) or int(match[1]) > MAX_DAYS:
        raise Bad("bad_number", value=shown(cell), limit=MAX_DAYS)
    return int(match[1])


def copies(cell: str) -> int:
    """A number of papers: 1, 2份."""
    plain = unicodedata.normalize("NFKC", cell).replace(" ", "").removesuffix("份")
    if not re.fullmatch(r"\d{1,6}", plain, re.ASCII) or int(plain) > MAX_COPIES:
        raise Bad("bad_number", value=shown(cell), limit=MAX_COPIES)
    return int(plain)


def task_type(cell: str) -> TaskType:
    """A kind of act by number, Chinese name or English identifier."""
    plain = unicodedata.normalize("NFKC", cell).strip().casefold()
    for kind in TaskType:
        if plain in {str(kind.value), f"{kind.value:02d}", TASK_TYPE_NAMES[kind], kind.name.casefold()}:
            return kind
    known = "、".join(f"{kind.value} {name}" for kind, name in TASK_TYPE_NAMES.items())
    raise Bad("unknown_task_type", value=shown(cell), known=known)


def kind(cell: str) -> Kind:
    """Instant or committed, in Chinese or English."""
    plain = cell.strip().casefold()
    for known, name in KIND_NAMES.items():
        if plain in {known.value, name, name.removesuffix("件")}:
            return known
    raise Bad("unknown_kind", value=shown(cell))


def mode(cell: str) -> str:
    """How receiving and reviewing are kept apart (I1), in Chinese or English."""
    plain = cell.strip().casefold()
    for known, name in MODE_NAMES.items():
        if plain in {known, name}:
            return known
    raise Bad("unknown_mode", value=shown(cell), known="、".join(MODE_NAMES.values()))


@dataclass(frozen=True, slots=True)
class Procedure:
    """A procedure during which the clock stands (特别程序, I5), for at most `planned_days` working days."""

    name: str
    planned_days: int
    basis: str = ""


def procedures(cell: str) -> tuple[Procedure, ...]:
    """Several with ; between them, each as 专家评审 30天（依据）. Raises Bad."""
    found: dict[str, Procedure] = {}
    if cell.strip() == NO_LIMIT:
        return ()
    for part in filter(None, (text.strip() for text in re.split(r"[;；\r\n]+", cell))):
        match = PROCEDURE.fullmatch(part)
        if not match or not 1 <= int(match[2]) <= MAX_DAYS or match[1] in found:
            raise Bad("bad_procedure", value=shown(part))
        name, basis = Text(120)(match[1]), Text(300)((match[3] or "").strip())
        found[name] = Procedure(name, int(match[2]), basis)
    return tuple(found.values())


def said_procedures(value: tuple[Procedure, ...]) -> str:
    """As `procedures` reads them; none is said, as with days."""
    return (
        NO_LIMIT
        if not value
        else "；".join(
            f"{one.name} {one.planned_days}天" + (f"（{one.basis}）" if one.basis else "") for one in value
        )
    )


def yes_no(cell: str) -> bool:
    """Yes or no, as people write it."""
    plain = unicodedata.normalize("NFKC", cell).strip().casefold()
    if plain in YES:
        return True
    if plain in NO:
        return False
    raise Bad("bad_yes_no", value=shown(cell))


def said_days(value: int | None) -> str | int:
    """Days as written; no limit is said, for an empty cell would be filled by default."""
    return NO_LIMIT if value is None else value


ITEM_COLUMNS: tuple[Column, ...] = (
    Column("item_code", ("事项编码", "事项代码", "实施编码", "code"), Text(120), required=True),
    Column("item_name", ("事项名称", "办理项名称", "name"), Text(300), required=True),
    Column("name_en", ("英文名称", "事项英文名称", "item_name_en", "English name"), Text(300)),
    Column("department", ("部门", "实施部门", "实施主体", "办理部门", "部门名称"), Text(80), required=True),
    Column("department_code", ("部门编码", "部门代码", "实施主体编码"), Text(40)),
    Column("department_phone", ("部门电话", "承办单位电话"), Text(40)),
    Column("group", ("主项名称", "事项分组", "分组", "主项", "group_name"), Text(120)),
    Column("line", ("队列", "业务类别", "line_code", "queue"), Text(60)),
    Column("situations", ("生活场景", "主题", "situation"), Texts(200), "、".join),
    Column("task_type", ("事项类型", "类型", "type"), task_type, lambda value: TASK_TYPE_NAMES[value]),
    Column("kind", ("办件类型",), kind, lambda value: KIND_NAMES[value]),
    Column("statutory_days", ("法定时限", "法定办结时限", "法定期限"), days, said_days),
    Column("committed_days", ("承诺时限", "承诺办结时限", "承诺期限"), days, said_days),
    Column("fee", ("收费", "收费标准", "收费情况"), Text(200)),
    Column("fee_en", ("收费英文", "英文收费标准"), Text(200)),
    Column("aliases", ("别名", "俗称", "常用名", "alias"), Texts(300), "、".join),
    Column("mode", ("办理方式", "受审方式"), mode, lambda value: MODE_NAMES[value]),
    Column("second_review", ("需要复核", "复核"), yes_no, lambda value: "是" if value else "否"),
    Column("legal_basis", ("设定依据", "法律依据"), Text(300)),
    Column("result_name", ("办理结果", "结果名称", "审批结果名称"), Text(200)),
    Column("result_name_en", ("办理结果英文", "结果英文名称"), Text(200)),
    Column("procedures", ("特别程序",), procedures, said_procedures),
)

MATERIAL_COLUMNS: tuple[Column, ...] = (
    Column("item_code", ("事项编码", "事项代码", "实施编码"), Text(120), required=True),
    Column("name", ("材料名称", "材料", "material", "material_name"), Text(200), required=True),
    Column("name_en", ("英文名称", "材料英文名称", "English name"), Text(200)),
    Column("originals", ("原件份数", "原件", "original"), copies, int),
    Column("copies", ("复印件份数", "复印件", "copy"), copies, int),
    Column("condition", ("适用情形", "提交条件", "条件"), Text(200)),
    Column("condition_en", ("适用情形英文", "英文适用情形"), Text(200)),
    Column("deferrable", ("可容缺", "是否可容缺", "容缺"), yes_no, lambda value: "是" if value else "否"),
    Column("source", ("获取途径", "来源渠道", "来源"), Text(200)),
    Column("source_en", ("获取途径英文", "英文获取途径"), Text(200)),
    Column("e_licence", ("电子证照", "是否可用电子证照"), yes_no, lambda value: "是" if value else "否"),
)
