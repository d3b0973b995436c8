"""What the catalogue's pages list and fill their forms with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, or_, select

from hall.catalog.columns import ITEM_COLUMNS, MATERIAL_COLUMNS, said_procedures
from hall.catalog.forms import ItemForm, cells_of
from hall.catalog.kinds import MODE_NAMES, TASK_TYPE_NAMES, TaskType
from hall.catalog.models import (
    Bundle,
    BundleItem,
    BundleSituation,
    Department,
    ItemSituation,
    Line,
    Material,
    ServiceItem,
    Situation,
)
from hall.catalog.queries import procedures_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import ColumnElement
    from sqlalchemy.orm import Session

INTAKE = ("mode", "legal_basis", "result_name", "result_name_en")


@dataclass(frozen=True, slots=True)
class Listed:
    """One line of a list: the row itself, and what is told beside it."""

    row: Any
    line: Line | None = None
    department: Department | None = None
    count: int = 0


@dataclass(frozen=True, slots=True)
class Choices:
    """What can be chosen in the forms, as (value, row)."""

    lines: list[Line]
    departments: list[Department]
    situations: list[Situation]
    task_types: list[tuple[int, str]]
    modes: list[tuple[str, str]]


def count_items(session: Session, site_id: int, retired: bool, query: str) -> int:  # noqa: FBT001 - as in `items`
    """How many items the list has."""
    return (
        session.scalar(select(func.count()).select_from(ServiceItem).where(*_of(site_id, retired, query)))
        or 0
    )


def items(  # noqa: PLR0917 - one list, its two filters and its page
    session: Session,
    site_id: int,
    found: list[int] | None,
    retired: bool,  # noqa: FBT001
    query: str,
    start: int,
    size: int,
) -> list[Listed]:
    """A page of items with line, department and number of papers; `found` gives keys in their order instead."""
    papers = select(func.count()).where(Material.item_id == ServiceItem.id).scalar_subquery()
    wanted = (
        select(ServiceItem, Line, Department, papers)
        .join(Line, Line.id == ServiceItem.line_id)
        .join(Department, Department.id == ServiceItem.department_id)
    )
    if found is not None:
        keys = found[start : start + size]
        by_key = {row[0].id: Listed(*row) for row in session.execute(wanted.where(ServiceItem.id.in_(keys)))}
        return [by_key[key] for key in keys if key in by_key]
    rows = session.execute(
        wanted.where(*_of(site_id, retired, query)).order_by(ServiceItem.id).offset(start).limit(size)
    )
    return [Listed(*row) for row in rows]


def _of(site_id: int, retired: bool, query: str) -> list[ColumnElement[bool]]:  # noqa: FBT001
    is_retired = ServiceItem.retired_at.is_not(None) if retired else ServiceItem.retired_at.is_(None)
    wanted: list[ColumnElement[bool]] = [ServiceItem.site_id == site_id, is_retired]
    if retired and query:  # the search knows only what is on offer
        wanted.append(
            or_(
                ServiceItem.name.contains(query, autoescape=True),
                ServiceItem.code.contains(query, autoescape=True),
            )
        )
    return wanted


def form_of(session: Session, item: ServiceItem | None) -> ItemForm:
    """An item and its papers as its form shows them; a new one asks for what most have."""
    if item is None:
        cells = dict.fromkeys((column.field for column in ITEM_COLUMNS), "")
        return ItemForm({**cells, "task_type": "20", "kind": "committed"}, [])
    line, department = session.get_one(Line, item.line_id), session.get_one(Department, item.department_id)
    tiles = session.scalars(
        select(Situation.code)
        .join(ItemSituation, ItemSituation.situation_id == Situation.id)
        .where(ItemSituation.item_id == item.id)
    )
    cells = {
        "item_code": item.code,
        "item_name": item.name,
        "department": department.name,
        "department_code": department.code,
        "group": item.group_name,
        "line": line.code,
        "situations": "、".join(tiles),
        "statutory_days": _days(item.statutory_days),
        "committed_days": _days(item.committed_days),
        **{
            name: str(getattr(item, name))
            for name in ("name_en", "task_type", "kind", "fee", "fee_en", "aliases", *INTAKE)
        },
        "second_review": _cell(item.second_review),
        "procedures": "\n".join(
            said_procedures((one,)) for one in procedures_of(session, [item.id]).get(item.id, ())
        ),
    }
    fields = [column.field for column in MATERIAL_COLUMNS if column.field != "item_code"]
    papers = session.scalars(
        select(Material).where(Material.item_id == item.id).order_by(Material.sort, Material.id)
    )
    return ItemForm(cells, [{name: _cell(getattr(paper, name)) for name in fields} for paper in papers])


def _days(days: int | None) -> str:
    return "" if days is None else str(days)


def _cell(value: object) -> str:
    return ("yes" if value else "no") if isinstance(value, bool) else str(value)


def choices(session: Session, site_id: int) -> Choices:
    """Lines, departments and tiles on offer, and the kinds of act."""

    def of(table: Any, *order: Any) -> list[Any]:  # noqa: ANN401 - three tables of one shape
        return list(
            session.scalars(
                select(table).where(table.site_id == site_id, table.retired_at.is_(None)).order_by(*order)
            )
        )

    return Choices(
        of(Line, Line.sort, Line.id),
        of(Department, Department.id),
        of(Situation, Situation.sort, Situation.id),
        [(int(kind), TASK_TYPE_NAMES[kind]) for kind in TaskType],
        list(MODE_NAMES.items()),
    )


def bundles(session: Session, site_id: int) -> list[Listed]:
    """All bundles with their line and number of items; retired ones last."""
    inside = select(func.count()).where(BundleItem.bundle_id == Bundle.id).scalar_subquery()
    rows = session.execute(
        select(Bundle, Line, inside)
        .join(Line, Line.id == Bundle.line_id)
        .where(Bundle.site_id == site_id)
        .order_by(Bundle.retired_at.is_not(None), Bundle.id)
    )
    return [Listed(row, line, count=count) for row, line, count in rows]


def bundle_cells(session: Session, bundle: Bundle | None) -> dict[str, Any]:
    """A bundle as its form shows it; its items as codes, one a line."""
    cells = cells_of(bundle, "code", "name", "name_en", "aliases", "visits_before", "visits_after")
    if bundle is None:
        return {**cells, "situations": [], "items": "", "line": "", "order": "together"}
    line = session.get_one(Line, bundle.line_id)
    codes = session.scalars(
        select(ServiceItem.code)
        .join(BundleItem, BundleItem.item_id == ServiceItem.id)
        .where(BundleItem.bundle_id == bundle.id)
        .order_by(BundleItem.sort)
    )
    tiles = session.scalars(
        select(Situation.code)
        .join(BundleSituation, BundleSituation.situation_id == Situation.id)
        .where(BundleSituation.bundle_id == bundle.id)
    )
    order = "in_turn" if bundle.in_turn else "together"
    return {**cells, "line": line.code, "items": "\n".join(codes), "situations": list(tiles), "order": order}


def departments(session: Session, site_id: int) -> list[Listed]:
    """All departments with the number of their items on offer; retired ones last."""
    offered = (
        select(func.count())
        .where(ServiceItem.department_id == Department.id, ServiceItem.retired_at.is_(None))
        .scalar_subquery()
    )
    return _with_count(
        session.execute(
            select(Department, offered)
            .where(Department.site_id == site_id)
            .order_by(Department.retired_at.is_not(None), Department.id)
        ).all()
    )


def situations(session: Session, site_id: int) -> list[Listed]:
    """All life situations with the number of items behind each; retired ones last."""
    behind = (
        select(func.count())
        .select_from(ItemSituation)
        .join(ServiceItem, ServiceItem.id == ItemSituation.item_id)
        .where(ItemSituation.situation_id == Situation.id, ServiceItem.retired_at.is_(None))
        .scalar_subquery()
    )
    return _with_count(
        session.execute(
            select(Situation, behind)
            .where(Situation.site_id == site_id)
            .order_by(Situation.retired_at.is_not(None), Situation.sort, Situation.id)
        ).all()
    )


def _with_count(rows: Sequence[Any]) -> list[Listed]:
    return [Listed(row, count=count) for row, count in rows]
