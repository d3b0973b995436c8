"""What a catalogue file would change in a hall: compared before anything is written. Reads only."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select

from hall.aside import STEP, giving_way
from hall.catalog.changes import (
    FIELDS,
    DepartmentRow,
    ItemChange,
    Plan,
    SituationRow,
    Wanted,
    paper_key,
    values_of,
)
from hall.catalog.columns import shown
from hall.catalog.models import Department, ItemSituation, Material, ServiceItem, Situation
from hall.catalog.plans import NamedLines
from hall.catalog.problems import Problems
from hall.catalog.queries import procedures_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy import ColumnElement
    from sqlalchemy.orm import Session

    from hall.catalog.columns import Procedure
    from hall.catalog.spreadsheet import ItemRow, MaterialRow

IN_PARTS = {"yield_per": STEP}
NAME_OF_TILE = 40  # characters that a life situation's name may have


def compare(session: Session, site_id: int, wanted: Wanted) -> Plan:
    """Find out what `wanted` would change in the hall."""
    return _Comparison(session, site_id, wanted).plan()


class _Comparison:
    def __init__(self, session: Session, site_id: int, wanted: Wanted) -> None:
        self.wanted = wanted
        self.problems = Problems()
        self.result = Plan()
        of_site = site_id
        self.lines = NamedLines(session, of_site)
        departments = session.scalars(select(Department).where(Department.site_id == of_site)).all()
        self.departments = {row.code: row for row in departments}
        self.department_codes = {row.id: row.code for row in departments}
        self.by_name = {name: row.code for row in departments for name in (row.short_name, row.name) if name}
        situations = session.scalars(select(Situation).where(Situation.site_id == of_site)).all()
        self.situations = {name: row.code for row in situations for name in (row.name, row.code)}
        self.situation_rows = {row.code: row for row in situations}
        items = session.scalars(
            select(ServiceItem).where(*self._rows_named(of_site)), execution_options=IN_PARTS
        )
        self.items = {item.code.casefold(): item for item in giving_way(items)}
        self.tiles = _by_first(
            session.execute(
                select(ItemSituation.item_id, Situation.code)
                .join(Situation, Situation.id == ItemSituation.situation_id)
                .join(ServiceItem, ServiceItem.id == ItemSituation.item_id)
                .where(*self._rows_named(of_site))
            )
        )
        self.procedures = procedures_of(session, [item.id for item in self.items.values()])
        self.papers: dict[int, list[Material]] = {}
        if wanted.materials or wanted.whole_papers:
            papers = session.scalars(
                select(Material)
                .join(ServiceItem, ServiceItem.id == Material.item_id)
                .where(*self._rows_named(of_site))
                .order_by(Material.item_id, Material.sort, Material.id),
                execution_options=IN_PARTS,
            )
            for paper in giving_way(papers):
                self.papers.setdefault(paper.item_id, []).append(paper)

    def _rows_named(self, site_id: int) -> list[ColumnElement[bool]]:
        """Which items to read: all of the hall, or, for a form, the few that are named."""
        wanted: list[ColumnElement[bool]] = [ServiceItem.site_id == site_id]
        named = {row.code.lower() for row in self.wanted.items}
        named |= {paper.item_code.lower() for paper in self.wanted.materials}
        if self.wanted.whole_papers:
            wanted.append(func.lower(ServiceItem.code).in_(named))
        return wanted

    def plan(self) -> Plan:
        for department in self.wanted.departments:
            self._department(department)
        for situation in self.wanted.situations:
            if situation.code not in self.situation_rows:
                self._add_situation(situation)
        papers = self._papers_of_items()
        for row in giving_way(self.wanted.items):
            self._item(row, papers.pop(row.code.casefold(), [] if self.wanted.whole_papers else None))
        for code, rows in giving_way(papers.items()):  # papers alone, of items that are already here
            self._papers_alone(code, rows)
        named = {row.code.casefold() for row in self.wanted.items}
        self.result.absent = sum(
            code not in named for code, item in self.items.items() if item.retired_at is None
        )
        self.result.problems = self.problems.found
        self.result.problem_count = self.problems.count
        return self.result

    def _papers_of_items(self) -> dict[str, list[MaterialRow]]:
        found: dict[str, list[MaterialRow]] = {}
        for paper in self.wanted.materials:
            found.setdefault(paper.item_code.casefold(), []).append(paper)
        return found

    def _department(self, row: DepartmentRow) -> None:
        known = self.departments.get(row.code)
        if known is None or any(
            getattr(known, name) != getattr(row, name)
            for name in ("name", "short_name", "name_en", *(["phone"] if row.phone else []))
        ):
            self.result.departments.append(row)
        self.by_name |= {name: row.code for name in (row.short_name, row.name) if name}

    def _department_of(self, row: ItemRow) -> str:
        """The department's code. What the file names first counts; a name alone finds whom the hall knows by it."""
        code = row.department_code or self.by_name.get(row.department)
        if code is None and row.department in self.departments:
            code = row.department
        code = code or "d-" + hashlib.sha256(row.department.encode()).hexdigest()[:12]
        self._tell(code, row)
        self.by_name.setdefault(row.department, code)
        return code

    def _tell(self, code: str, row: ItemRow) -> None:
        """What the item's row says of its department: that there is one, and its telephone; the first row counts."""
        known = self.departments.get(code)
        if any(told.code == code for told in self.result.departments):
            return
        if known is None:
            told = DepartmentRow(
                code, row.department, phone=row.department_phone, source_line=row.source_line
            )
        elif row.department_phone and row.department_phone != known.phone:
            names = (known.name, known.short_name, known.name_en)
            told = DepartmentRow(code, *names, row.department_phone, row.source_line)
        else:
            return
        self.result.departments.append(told)

    def _tiles_of(self, row: ItemRow) -> tuple[str, ...]:
        codes = []
        for name in row.situations:
            if len(name) > NAME_OF_TILE:
                self.problems.add(
                    row.source_line, "生活场景", "too_long", length=len(name), limit=NAME_OF_TILE
                )
            elif name not in self.situations:
                code = "s-" + hashlib.sha256(name.encode()).hexdigest()[:12]
                self._add_situation(SituationRow(code, name))
            codes.append(self.situations.get(name, ""))
        return tuple(sorted(filter(None, set(codes))))

    def _add_situation(self, row: SituationRow) -> None:
        self.result.situations.append(row)
        self.situations |= {row.name: row.code, row.code: row.code}

    def _item(self, row: ItemRow, papers: list[MaterialRow] | None) -> None:
        known = self.items.get(row.code.casefold())
        if known is not None and known.retired_at is not None:
            self.result.retired.append(known.code)
            return
        department, tiles = self._department_of(row), self._tiles_of(row)
        line = self.lines.of(row, self.problems) if known is None or row.line else known.line_id
        values = values_of(row)
        if known is None:
            wanted = tuple(papers or ())
            self.result.changes.append(
                ItemChange(row.code, None, values, department, line, tiles, wanted, row.procedures)
            )
            return
        differing = {
            column: value
            for column, value in values.items()
            if row.says(FIELDS[column]) and getattr(known, column) != value
        }
        self._check_days(row, known, differing)
        change = ItemChange(
            known.code,
            known.id,
            differing,
            None if department == self.department_codes.get(known.department_id) else department,
            None if line == known.line_id else line,
            tiles if row.says(("situations",)) and tiles != self._tiles_now(known.id) else None,
            self._papers_if_changed(known.id, papers),
            row.procedures
            if row.says(("procedures",)) and row.procedures != self._procedures_now(known.id)
            else None,
        )
        self.result.take(change)

    def _check_days(self, row: ItemRow, known: ServiceItem, differing: dict[str, Any]) -> None:
        """Days of the file beside days of the hall: a promise may not outlast the law."""
        statutory = differing.get("statutory_days", known.statutory_days)
        committed = differing.get("committed_days", known.committed_days)
        if differing and statutory and committed and committed > statutory:
            self.problems.add(
                row.source_line, "承诺时限", "longer_than_law", committed=committed, statutory=statutory
            )

    def _papers_alone(self, code: str, rows: list[MaterialRow]) -> None:
        known = self.items.get(code)
        if known is None:
            for row in rows:
                self.problems.add(row.source_line, "事项编码", "unknown_item", value=shown(row.item_code))
        elif known.retired_at is None:
            papers = self._papers_if_changed(known.id, rows)
            self.result.take(ItemChange(known.code, known.id, {}, papers=papers))

    def _procedures_now(self, item_id: int) -> tuple[Procedure, ...]:
        return self.procedures.get(item_id, ())

    def _tiles_now(self, item_id: int) -> tuple[str, ...]:
        return tuple(sorted(self.tiles.get(item_id, ())))

    def _papers_if_changed(
        self, item_id: int, wanted: list[MaterialRow] | None
    ) -> tuple[MaterialRow, ...] | None:
        if wanted is None:
            return None
        now = [paper_key(paper) for paper in self.papers.get(item_id, ())]
        return tuple(wanted) if [paper_key(paper) for paper in wanted] != now else None


def _by_first(rows: Iterable[Any]) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    for key, value in rows:
        found.setdefault(key, []).append(value)
    return found
