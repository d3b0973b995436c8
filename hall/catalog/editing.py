"""Single changes of the catalogue by its manager. Each goes the way of a file with one row."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from hall.catalog import actions
from hall.catalog.changes import Wanted
from hall.catalog.models import Bundle, BundleItem, Department, ServiceItem, Situation
from hall.errors import Conflict, Invalid, NotFound

if TYPE_CHECKING:
    from hall.catalog.spreadsheet import ItemRow, MaterialRow
    from hall.unit_of_work import Work

T = TypeVar("T", Department, Situation)
Retirable = type[ServiceItem] | type[Bundle] | type[Department] | type[Situation]


@dataclass(frozen=True, slots=True)
class SaveItem:
    """An item as it is to be, with all of its papers; `new` refuses a code that is there already."""

    site_id: int
    row: ItemRow
    papers: tuple[MaterialRow, ...]
    new: bool


def save_item(work: Work, command: SaveItem) -> actions.Loaded:
    """Make or change one item. Raises Invalid for a code that is taken, Unfit with problems otherwise."""
    actions.lock(work, command.site_id)
    if command.new:
        codes = work.session.scalars(select(ServiceItem.code).where(ServiceItem.site_id == command.site_id))
        if command.row.code.casefold() in {code.casefold() for code in codes}:
            said = _l("This code is taken by another item, perhaps a retired one.")
            raise Invalid(said, code="taken", errors={"item_code": [said]})
    wanted = Wanted([command.row], command.papers, whole_papers=True)
    return actions.load(work, actions.Load(command.site_id, wanted))


@dataclass(frozen=True, slots=True)
class Retire:
    """Take something off offer, or back on (`retire` False). `table` is one of the catalogue's."""

    site_id: int
    table: Retirable
    key: int
    retire: bool


def retire(work: Work, command: Retire) -> str:
    """Retire or restore; answers the name. Raises Conflict while something on offer still needs it."""
    site = actions.lock(work, command.site_id)
    row: Any = work.session.get(command.table, command.key)
    if row is None or row.site_id != site.id:
        raise NotFound(_l("There is no such entry."))
    if command.retire:
        _refuse_if_needed(work, row)
    if (row.retired_at is None) == command.retire:
        row.retired_at = work.now if command.retire else None
        verb = "retired" if command.retire else "restored"
        actions.touch(work, site, f"{verb} {row.code}")
    return str(row.name)


def _refuse_if_needed(work: Work, row: ServiceItem | Bundle | Department | Situation) -> None:
    needed = None
    if isinstance(row, Department):
        needed = select(ServiceItem.name).where(
            ServiceItem.department_id == row.id, ServiceItem.retired_at.is_(None)
        )
    elif isinstance(row, ServiceItem):
        needed = (
            select(Bundle.name)
            .join(BundleItem, BundleItem.bundle_id == Bundle.id)
            .where(BundleItem.item_id == row.id, Bundle.retired_at.is_(None))
        )
    name = work.session.scalar(needed.limit(1)) if needed is not None else None
    if name is not None:
        raise Conflict(_l("“%(name)s” still needs this. Change that first.", name=name), code="still_needed")


@dataclass(frozen=True, slots=True)
class SaveDepartment:
    """A department as it is to be; `key` None makes a new one."""

    site_id: int
    code: str
    name: str
    short_name: str
    name_en: str
    key: int | None = None
    phone: str = ""


def save_department(work: Work, command: SaveDepartment) -> str:
    """Make or change a department; answers its name. Raises Invalid for a code that is taken."""
    site = actions.lock(work, command.site_id)
    row = _own_or_new(work, Department, site.id, command.code, command.key)
    row.name, row.short_name, row.name_en = command.name, command.short_name, command.name_en
    row.phone = command.phone
    work.session.add(row)
    actions.touch(work, site, f"department {row.code}")
    return row.name


@dataclass(frozen=True, slots=True)
class SaveSituation:
    """A tile as it is to be; `sort` is its place among the others."""

    site_id: int
    code: str
    name: str
    name_en: str
    icon: str
    sort: int
    key: int | None = None


def save_situation(work: Work, command: SaveSituation) -> str:
    """Make or change a life situation; answers its name. Raises Invalid for a code that is taken."""
    site = actions.lock(work, command.site_id)
    row = _own_or_new(work, Situation, site.id, command.code, command.key)
    row.name, row.name_en, row.icon, row.sort = command.name, command.name_en, command.icon, command.sort
    work.session.add(row)
    actions.touch(work, site, f"situation {row.code}")
    return row.name


def _own_or_new(work: Work, table: type[T], site_id: int, code: str, key: int | None) -> T:
    if key is not None:
        row = work.session.get(table, key)
        if row is None or row.site_id != site_id:
            raise NotFound(_l("There is no such entry."))
        return row
    if work.session.scalar(select(table.id).where(table.site_id == site_id, table.code == code)):
        said = _l("This code is taken.")
        raise Invalid(said, code="taken", errors={"code": [said]})
    return table(site_id=site_id, code=code)
