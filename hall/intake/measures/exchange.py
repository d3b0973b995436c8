"""Cases out to the province's platform and its numbers back in (I12): what is read, and the one command."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, BinaryIO

from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select

from hall.catalog.columns import Column, Text, shown
from hall.catalog.grid import read_grid
from hall.catalog.models import Department, ServiceItem
from hall.catalog.problems import Problem, Problems
from hall.catalog.tables import Imported, Record, Table, read_table
from hall.errors import Invalid
from hall.intake import facts
from hall.intake.models import Case
from hall.sites import Site

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy import Select
    from sqlalchemy.orm import Session

    from hall.unit_of_work import Work

COLUMNS = (
    Column("number", ("办件编号", "案件编号", "case number"), Text(40), required=True),
    Column("platform", ("平台编号", "平台办件编号", "platform number"), Text(60), required=True),
)


@dataclass(frozen=True, slots=True)
class NumberRow:
    """A line of the platform's file."""

    line: int
    number: str
    platform: str


@dataclass(frozen=True, slots=True)
class SetNumbers:
    """Give the hall's cases their numbers of the platform, all or none."""

    site_id: int
    rows: tuple[NumberRow, ...]


@dataclass(frozen=True, slots=True)
class Compared:
    """A file against the hall: lines that give a number, those that say what the hall knows, and what is wrong."""

    fresh: tuple[NumberRow, ...]
    same: int
    problems: tuple[Problem, ...]
    problem_count: int


@dataclass(frozen=True, slots=True)
class Waiting:
    """A pre-registered case: it has no number of the platform yet."""

    number: str
    item_name: str
    item_name_en: str
    department: str
    department_en: str
    state: str
    received_at: datetime


class Unmatched(Invalid):
    """A file that does not fit the hall's cases: `problems` with their lines; nothing was loaded."""

    def __init__(self, compared: Compared) -> None:
        super().__init__(_l("The file does not fit. Nothing was loaded."), code="unfit_numbers")
        self.problems, self.count = list(compared.problems), compared.problem_count


def read_numbers(source: BinaryIO) -> Imported[NumberRow]:
    """The lines of a file with the columns 办件编号 and 平台编号, or its problems."""

    def make(record: Record) -> NumberRow:
        return NumberRow(record.line, record.values["number"], record.values["platform"])

    return read_table(
        Table(COLUMNS, ("number",), "double_code"), lambda: read_grid(source, sheets=("平台编号",)), make
    )


def compare(session: Session, site_id: int, rows: Sequence[NumberRow]) -> Compared:
    """What the lines would do, and every line that does not fit: unknown, double, or numbered otherwise already."""
    wanted = select(Case.number, Case.platform_number).where(
        Case.site_id == site_id, Case.number.in_([row.number for row in rows])
    )
    known = {row.number: row.platform_number for row in session.execute(wanted)}
    held = select(Case.platform_number).where(Case.platform_number.in_([row.platform for row in rows]))
    taken, problems = set(session.scalars(held)), Problems()
    fresh, same = [], 0
    for row in rows:
        if row.number in known and known[row.number] == row.platform:
            same += 1
            continue
        before = problems.count
        if row.number not in known:
            problems.add(row.line, "办件编号", "unknown_case", value=shown(row.number))
        elif known[row.number] is not None:
            problems.add(row.line, "办件编号", "numbered_case", value=shown(row.number))
        if row.platform in taken:
            problems.add(row.line, "平台编号", "taken_platform_number", value=shown(row.platform))
        taken.add(row.platform)
        if problems.count == before:
            fresh.append(row)
    return Compared(tuple(fresh), same, tuple(problems.found), problems.count)


def set_numbers(work: Work, command: SetNumbers) -> int:
    """Write the numbers; answers how many were new. Raises Unmatched, and then writes none (I12).

    The same file again changes nothing: a line that says what the hall knows is no fault.
    """
    session = work.session
    site = session.get_one(Site, command.site_id)
    wanted = select(Case).where(
        Case.site_id == site.id, Case.number.in_([row.number for row in command.rows])
    )
    cases = {case.number: case for case in session.scalars(wanted.with_for_update())}
    found = compare(session, site.id, command.rows)
    if found.problem_count:
        raise Unmatched(found)
    codes = {
        row.id: row.code for row in session.scalars(select(Department).where(Department.site_id == site.id))
    }
    for row in found.fresh:
        case = cases[row.number]
        case.platform_number, case.changed_at, case.revision = row.platform, work.now, case.revision + 1
        said: dict[str, Any] = {
            "case_id": case.id,
            "number": case.number,
            "department": codes[case.department_id],
        }
        work.record(facts.CasePlatformNumbered(site_id=site.id, site=site.code, **said))
    return len(found.fresh)


def _pre_registered(site_id: int, *wanted: Any) -> Select[Any]:  # noqa: ANN401 - columns
    return select(*wanted).where(Case.site_id == site_id, Case.platform_number.is_(None))


def pre_registered(session: Session, site_id: int, limit: int, offset: int = 0) -> list[Waiting]:
    """Cases without a number of the platform, the newest first."""
    wanted = (
        _pre_registered(site_id, Case, ServiceItem, Department)
        .join(ServiceItem, ServiceItem.id == Case.item_id)
        .join(Department, Department.id == Case.department_id)
    )
    rows = session.execute(wanted.order_by(Case.id.desc()).limit(limit).offset(offset))
    return [
        Waiting(
            number=case.number,
            item_name=item.name,
            item_name_en=item.name_en,
            department=department.short_name or department.name,
            department_en=department.name_en,
            state=case.state,
            received_at=case.received_at,
        )
        for case, item, department in rows
    ]


def waiting_count(session: Session, site_id: int) -> int:
    """How many cases are pre-registered."""
    return session.scalar(_pre_registered(site_id, func.count())) or 0
