"""The demo's catalogue in the form in which every catalogue is loaded."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hall.catalog.bundles import SaveBundle
from hall.catalog.changes import DepartmentRow, SituationRow, Wanted
from hall.catalog.spreadsheet import ItemRow, MaterialRow

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hall.catalog.demo import DemoHall, DemoItem


def wanted(hall: DemoHall) -> Wanted:
    """Departments, situations, items and papers of the demo hall."""
    names = {department.code: department.name for department in hall.departments}
    return Wanted(
        items=[_item(item, names[item.department]) for item in hall.items],
        materials=[paper for item in hall.items for paper in _papers(item)],
        departments=[
            DepartmentRow(one.code, one.name, one.short_name, one.name_en, one.phone)
            for one in hall.departments
        ],
        situations=[SituationRow(one.code, one.name, one.name_en, one.icon) for one in hall.situations],
    )


def bundles(hall: DemoHall, site_id: int) -> Iterator[SaveBundle]:
    """Its bundles, to be saved when the items are there."""
    for bundle in hall.bundles:
        yield SaveBundle(
            site_id=site_id,
            code=bundle.code,
            name=bundle.name,
            line=bundle.line,
            items=bundle.items,
            name_en=bundle.name_en,
            aliases=bundle.aliases,
            situations=bundle.situations,
            in_turn=bundle.order == "in_turn",
            visits_before=bundle.trips_before,
            visits_after=bundle.trips_after,
        )


def _item(item: DemoItem, department: str) -> ItemRow:
    return ItemRow(
        source_line=0,
        code=item.code,
        name=item.name,
        department=department,
        name_en=item.name_en,
        department_code=item.department,
        line=item.line,
        situations=item.situations,
        task_type=item.task_type,
        kind=item.kind,
        statutory_days=item.statutory_days,
        committed_days=item.committed_days,
        fee=item.fee,
        fee_en=item.fee_en,
        aliases=item.aliases,
        mode=item.mode,
        second_review=item.second_review,
        legal_basis=item.legal_basis,
        result_name=item.result_name,
        result_name_en=item.result_name_en,
        procedures=item.procedures,
    )


def _papers(item: DemoItem) -> Iterator[MaterialRow]:
    for paper in item.materials:
        yield MaterialRow(
            source_line=0,
            item_code=item.code,
            name=paper.name,
            name_en=paper.name_en,
            originals=paper.originals,
            copies=paper.copies,
            condition=paper.condition,
            condition_en=paper.condition_en,
            deferrable=paper.deferrable,
            source=paper.source,
            source_en=paper.source_en,
            e_licence=paper.e_licence,
        )
