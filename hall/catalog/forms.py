"""Forms of the catalogue's pages, read by the rules of its spreadsheets: one row for an item, a few for its papers."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from flask_babel import gettext as _

from hall.catalog.columns import ITEM_COLUMNS, MATERIAL_COLUMNS, NO_LIMIT, Bad, Text, copies
from hall.catalog.grid import Row
from hall.catalog.problems import MESSAGES, Problem
from hall.catalog.spreadsheet import ItemRow, MaterialRow, read_item_rows, read_material_rows

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

DAYS = ("statutory_days", "committed_days")
BLANK_PAPERS = 3
MOST_PAPERS = 60

Errors = dict[str, list[str]]
Cells = dict[str, str]


@dataclass(slots=True)
class ItemForm:
    """What was typed: the item's cells by field, its papers row by row, and what is wrong by the name of the input."""

    cells: Cells
    papers: list[Cells]
    row: ItemRow | None = None
    materials: list[MaterialRow] = field(default_factory=list)
    errors: Errors = field(default_factory=dict)


def said(problem: Problem) -> str:
    """A problem's sentence in the reader's language, without its place."""
    if problem.key == "empty":  # a form has no merged cells
        return str(_("This is needed."))
    text: str = _(MESSAGES[problem.key]) % dict(problem.params)
    return text


def read_item(form: Mapping[str, str], situations: Iterable[str], departments: Iterable[str]) -> ItemForm:
    """An item and its papers out of a form. Empty days: none are set; `departments`: the codes to choose from."""
    cells = {column.field: form.get(column.field, "").strip() for column in ITEM_COLUMNS}
    cells["situations"] = "、".join(situations)
    cells["department"] = cells["department_code"]  # chosen from a list; the code is what counts
    cells["second_review"] = "yes" if cells["second_review"] else "no"
    papers = _papers(form)
    found = ItemForm(cells, papers)
    if cells["department"] not in departments:
        found.errors["department"] = [_("Choose one of the departments.")]
    given = {name: cells[name] or NO_LIMIT if name in DAYS else cells[name] for name in cells}
    if given["kind"] == "instant":
        given["committed_days"] = cells["committed_days"] or "0"
    items = read_item_rows(_grid(given))
    found.row = replace(items.rows[0], given=None) if items.rows else None
    for problem in items.problems:
        _add(found.errors, _field(problem.column), problem)
    rows = [Row(number, tuple(paper.values())) for number, paper in enumerate(papers) if paper["name"]]
    if rows:
        code = cells["item_code"] or "-"
        head = Row(0, ("item_code", *papers[0]))
        materials = read_material_rows([head, *(Row(row.line, (code, *row.cells)) for row in rows)])
        found.materials = list(materials.rows)
        for problem in materials.problems:
            _add(found.errors, f"paper-{problem.line}-{_paper_field(problem.column)}", problem)
    return found


def add_problems(found: ItemForm, problems: Iterable[Problem]) -> None:
    """What the hall finds wrong with a row, at the inputs of its form."""
    for problem in problems:
        _add(found.errors, _field(problem.column), problem)


def _papers(form: Mapping[str, str]) -> list[Cells]:
    fields = [column.field for column in MATERIAL_COLUMNS if column.field != "item_code"]
    count = form.get("papers", "0")
    rows = min(int(count), MOST_PAPERS) if count.isascii() and count.isdigit() and len(count) < 4 else 0  # noqa: PLR2004
    found = [
        {name: form.get(f"paper-{number}-{name}", "").strip() for name in fields} for number in range(rows)
    ]
    for paper in found:
        for flag in ("deferrable", "e_licence"):
            paper[flag] = "yes" if paper[flag] else "no"
    return found


def _grid(cells: Cells) -> list[Row]:
    return [Row(0, tuple(cells)), Row(1, tuple(cells.values()))]


def _field(heading: str) -> str:
    return next((column.field for column in ITEM_COLUMNS if column.heading == heading), "")


def _paper_field(heading: str) -> str:
    return next((column.field for column in MATERIAL_COLUMNS if column.heading == heading), "name")


def _add(errors: Errors, name: str, problem: Problem) -> None:
    errors.setdefault(name, []).append(said(problem))


def blank_paper() -> Cells:
    """An empty row to fill in: one original."""
    paper = {column.field: "" for column in MATERIAL_COLUMNS if column.field != "item_code"}
    return {**paper, "originals": "1", "copies": "0", "deferrable": "no", "e_licence": "no"}


def check(cells: dict[str, Any], needed: dict[str, int], free: dict[str, int]) -> Errors:
    """Texts of a small form, trimmed in place, with the most characters of each; what is wrong by field."""
    errors: Errors = {}
    for name, limit in {**needed, **free}.items():
        cells[name] = str(cells.get(name, "")).strip()
        try:
            Text(limit)(cells[name])
        except Bad as bad:
            errors[name] = [said(Problem(0, "", bad.key, bad.params))]
        if name in needed and not cells[name]:
            errors[name] = [_("This is needed.")]
    return errors


def number(cells: dict[str, Any], errors: Errors, name: str) -> int | None:
    """A whole number up to 99, or None where nothing was typed; noted in `errors` if it is none."""
    typed = str(cells.get(name, "")).strip()
    if not typed:
        return None
    try:
        return copies(typed)
    except Bad as bad:
        errors[name] = [said(Problem(0, "", bad.key, bad.params))]
        return None


def cells_of(row: object | None, *names: str) -> dict[str, Any]:
    """What a small form shows at first: the row's columns, or nothing."""
    return {name: getattr(row, name, "") for name in names}
