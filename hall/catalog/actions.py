"""Loading a catalogue into a hall: all of a file in one transaction, or nothing of it."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _l
from psycopg.errors import LockNotAvailable
from sqlalchemy import Integer, delete, func, insert, literal, select, true
from sqlalchemy.exc import OperationalError

from hall import facts
from hall.aside import giving_way
from hall.catalog.changes import PAPER, PAPER_FLAGS, DepartmentRow, ItemChange, Plan, Wanted
from hall.catalog.comparing import compare
from hall.catalog.former import keep_item
from hall.catalog.models import Department, ItemSituation, Material, ServiceItem, Situation, SpecialProcedure
from hall.errors import Conflict, Invalid
from hall.sites import Site

if TYPE_CHECKING:
    from collections.abc import Iterable

    from hall.catalog.columns import Procedure
    from hall.catalog.problems import Problem
    from hall.catalog.spreadsheet import MaterialRow
    from hall.unit_of_work import Work


CATALOGUE = 411_528
"""Of PostgreSQL's advisory locks with two numbers, those for halls' catalogues."""


class Unfit(Invalid):
    """A file that names what the hall does not have; `problems` with their lines, `count` of all of them."""

    def __init__(self, problems: list[Problem], count: int) -> None:
        super().__init__(_l("The file does not fit this hall. Nothing was loaded."), code="unfit_catalogue")
        self.problems = problems
        self.count = count


@dataclass(frozen=True, slots=True)
class Load:
    """Make the hall's catalogue as `wanted`."""

    site_id: int
    wanted: Wanted


@dataclass(frozen=True, slots=True)
class Loaded:
    """What was done. `retired`: codes in the file that the hall has retired, which stay so.

    `absent`: items of the hall that the file does not name, which stay as they are; `revision`: of the catalogue now.
    """

    added: int
    changed: int
    unchanged: int
    departments: tuple[str, ...]
    situations: tuple[str, ...]
    retired: tuple[str, ...]
    absent: int
    revision: int


def load(work: Work, command: Load) -> Loaded:
    """Add what is new, change what is different, leave the rest (also what the file does not name).

    Raises Unfit, and nothing is loaded, if the file names a line that is not there, or papers of unknown items.
    """
    site = lock(work, command.site_id)
    plan = compare(work.session, site.id, command.wanted)
    if plan.problems:
        raise Unfit(plan.problems, plan.problem_count)
    if not plan.nothing:
        departments = _departments(work, site, plan.departments)
        tiles = _situations(work, site, plan)
        _add(work, site, plan.added, departments)
        _change(work, plan.changed, departments)
        _behind_tiles(work, site, plan.changes, tiles)
        said = f"{len(plan.added)} added, {len(plan.changed)} changed"
        touch(work, site, said, len(plan.changes))
    return Loaded(
        added=len(plan.added),
        changed=len(plan.changed),
        unchanged=plan.unchanged,
        departments=tuple(row.name for row in plan.departments),
        situations=tuple(row.name for row in plan.situations),
        retired=tuple(plan.retired),
        absent=plan.absent,
        revision=site.catalogue_revision,
    )


def lock(work: Work, site_id: int) -> Site:
    """The hall's catalogue, held until the end: two who edit at once do it one after the other.

    The hall itself is not held: numbers are drawn, times booked and kiosks prepared while an import takes its minute.
    Raises Conflict where somebody else goes on changing it.
    """
    if work.session.get_bind().dialect.name == "postgresql":  # on SQLite one writes at a time anyway
        _hold(work, site_id)
    wanted = select(Site).where(Site.id == site_id)
    return work.session.scalars(wanted, execution_options={"populate_existing": True}).one()


def _hold(work: Work, site_id: int) -> None:
    """A wait keeps one of few connections, so it is short; a load thinks longer between two statements than others."""
    now = {"lock_timeout": "3s", "idle_in_transaction_session_timeout": "2min"}
    work.session.execute(select(*(func.set_config(name, value, true()) for name, value in now.items())))
    try:
        work.session.execute(
            select(func.pg_advisory_xact_lock(literal(CATALOGUE), literal(site_id, Integer)))
        )
    except OperationalError as problem:
        if not isinstance(problem.orig, LockNotAvailable):
            raise
        said = _l("Somebody else is just changing the catalogue. Please try again in a minute.")
        raise Conflict(said, code="catalogue_busy") from problem
    work.session.execute(select(func.set_config("lock_timeout", "0", true())))


def touch(work: Work, site: Site, what: str, count: int = 1) -> None:
    """The catalogue has changed: searches and kiosks read it anew."""
    site.catalogue_revision += 1
    work.record(facts.CatalogueChanged(site_id=site.id, site=site.code, what=what, count=count))


def _departments(work: Work, site: Site, rows: list[DepartmentRow]) -> dict[str, int]:
    """Add or change departments; the keys of all of them by code."""
    known = {
        row.code: row for row in work.session.scalars(select(Department).where(Department.site_id == site.id))
    }
    for row in rows:
        department = known.setdefault(row.code, Department(site_id=site.id, code=row.code))
        department.name, department.short_name, department.name_en = row.name, row.short_name, row.name_en
        department.phone = row.phone or department.phone or ""
        work.session.add(department)
    work.session.flush()
    return {code: row.id for code, row in known.items()}


def _situations(work: Work, site: Site, plan: Plan) -> dict[str, int]:
    known = list(work.session.scalars(select(Situation).where(Situation.site_id == site.id)))
    new = [
        Situation(
            site_id=site.id,
            code=row.code,
            name=row.name,
            name_en=row.name_en,
            icon=row.icon,
            sort=len(known) + number,
        )
        for number, row in enumerate(plan.situations)
    ]
    work.session.add_all(new)
    work.session.flush()
    return {row.code: row.id for row in (*known, *new)}


def _add(work: Work, site: Site, changes: list[ItemChange], departments: dict[str, int]) -> None:
    rows = [
        ServiceItem(
            site_id=site.id,
            code=change.code,
            department_id=departments[change.department or ""],
            line_id=change.line_id,
            **change.values,
        )
        for change in giving_way(changes)
    ]
    work.session.add_all(rows)
    work.session.flush()
    papers = [
        record
        for row, change in zip(rows, changes, strict=True)
        for record in paper_records(row.id, change.papers or ())
    ]
    if papers:
        work.session.execute(insert(Material), papers)
    for row, change in giving_way(zip(rows, changes, strict=True)):
        add_procedures(work, row.id, change.procedures or ())


def _change(work: Work, changes: list[ItemChange], departments: dict[str, int]) -> None:
    for change in giving_way(changes):
        item = work.session.get_one(ServiceItem, change.key)
        keep_item(work, item)
        for column, value in change.values.items():
            setattr(item, column, value)
        if change.department is not None:
            item.department_id = departments[change.department]
        if change.line_id is not None:
            item.line_id = change.line_id
        if change.papers is not None:
            replace_papers(work, item.id, change.papers)
        if change.procedures is not None:
            work.session.execute(delete(SpecialProcedure).where(SpecialProcedure.item_id == item.id))
            add_procedures(work, item.id, change.procedures)
        item.revision += 1
    work.session.flush()


def replace_papers(work: Work, item_id: int, papers: Iterable[MaterialRow]) -> None:
    """Put these papers in the place of the item's; what they were is kept with its former content."""
    work.session.execute(delete(Material).where(Material.item_id == item_id))
    records = paper_records(item_id, papers)
    if records:
        work.session.execute(insert(Material), records)


def add_procedures(work: Work, item_id: int, procedures: Iterable[Procedure]) -> None:
    """Give the item these special procedures; those it had are gone already, kept with its former content."""
    work.session.add_all(SpecialProcedure(item_id=item_id, **asdict(one)) for one in procedures)


def paper_records(item_id: int, papers: Iterable[MaterialRow]) -> list[dict[str, object]]:
    """Rows of papers as they are stored, in their order."""
    return [
        {
            "item_id": item_id,
            "sort": number,
            **{name: getattr(paper, name) for name in (*PAPER, *PAPER_FLAGS)},
        }
        for number, paper in enumerate(papers)
    ]


def _behind_tiles(work: Work, site: Site, changes: list[ItemChange], tiles: dict[str, int]) -> None:
    wanted = {change.code: change.situations for change in changes if change.situations is not None}
    if not wanted:
        return
    of_site = select(ServiceItem.code, ServiceItem.id).where(ServiceItem.site_id == site.id)
    ids = {code: key for code, key in work.session.execute(of_site) if code in wanted}
    changed = [change.key for change in changes if change.key and change.situations is not None]
    if changed:
        work.session.execute(delete(ItemSituation).where(ItemSituation.item_id.in_(changed)))
    rows = [
        {"item_id": ids[code], "situation_id": tiles[tile]}
        for code, names in wanted.items()
        for tile in names
    ]
    if rows:
        work.session.execute(insert(ItemSituation), rows)
