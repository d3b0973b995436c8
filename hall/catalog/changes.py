"""What is wanted of a catalogue, and what that would change: values only."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from hall.catalog.plans import Change, PlanOf

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hall.catalog.columns import Procedure
    from hall.catalog.models import Material
    from hall.catalog.spreadsheet import ItemRow, MaterialRow

FIELDS: dict[str, tuple[str, ...]] = {
    "name": ("item_name",),
    "name_en": ("name_en",),
    "group_name": ("group",),
    "task_type": ("task_type",),
    "kind": ("kind", "committed_days"),
    "committed_days": ("kind", "committed_days"),
    "statutory_days": ("statutory_days",),
    "fee": ("fee",),
    "fee_en": ("fee_en",),
    "aliases": ("aliases",),
    "mode": ("mode",),
    "second_review": ("second_review",),
    "legal_basis": ("legal_basis",),
    "result_name": ("result_name",),
    "result_name_en": ("result_name_en",),
}
"""Columns of the table, and the cells of which one must be filled for the column to be changed."""

PAPER = ("name", "name_en", "originals", "copies", "condition", "condition_en", "source", "source_en")
PAPER_FLAGS = ("deferrable", "e_licence")


@dataclass(frozen=True, slots=True)
class DepartmentRow:
    """An authority as it is to be; `line` of the file that named it first, 0 for none."""

    code: str
    name: str
    short_name: str = ""
    name_en: str = ""
    phone: str = ""
    source_line: int = 0


@dataclass(frozen=True, slots=True)
class SituationRow:
    """A tile as it is to be."""

    code: str
    name: str
    name_en: str = ""
    icon: str = ""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be in the hall. Papers change only for the items that `materials` names.

    `whole_papers`: for all of `items`, also for those that lose all of theirs.
    """

    items: Sequence[ItemRow]
    materials: Sequence[MaterialRow] = ()
    departments: Sequence[DepartmentRow] = ()
    situations: Sequence[SituationRow] = ()
    whole_papers: bool = False


@dataclass(frozen=True, slots=True)
class ItemChange(Change):
    """One item to add or to change. `department` and `situations` are codes."""

    department: str | None = None
    line_id: int | None = None
    situations: tuple[str, ...] | None = None
    papers: tuple[MaterialRow, ...] | None = None
    procedures: tuple[Procedure, ...] | None = None


@dataclass(slots=True)
class Plan(PlanOf[ItemChange]):
    """What a file of items would change; with it come departments and tiles that the hall does not have."""

    departments: list[DepartmentRow] = field(default_factory=list)
    situations: list[SituationRow] = field(default_factory=list)

    @property
    def nothing(self) -> bool:
        """Whether the hall is already as wanted."""
        return not (self.departments or self.situations or self.changes)


def values_of(row: ItemRow) -> dict[str, Any]:
    """The item's own columns as the row has them."""
    return {
        "name": row.name,
        "name_en": row.name_en,
        "group_name": row.group,
        "task_type": int(row.task_type),
        "kind": row.kind.value,
        "committed_days": row.committed_days,
        "statutory_days": row.statutory_days,
        "fee": row.fee,
        "fee_en": row.fee_en,
        "aliases": "、".join(row.aliases),
        "mode": row.mode,
        "second_review": row.second_review,
        "legal_basis": row.legal_basis,
        "result_name": row.result_name,
        "result_name_en": row.result_name_en,
    }


def paper_key(paper: Material | MaterialRow) -> tuple[object, ...]:
    """Everything that a paper says, to be compared."""
    return tuple(getattr(paper, name) for name in (*PAPER, *PAPER_FLAGS))
