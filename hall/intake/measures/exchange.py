"""Cases out to the province's platform and its numbers back in (I12): what is read, and the one command."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, BinaryIO

from flask_babel import lazy_gettext as _l
from sqlalchemy import and_, or_, select

from hall.catalog.columns import Column, Text, shown
from hall.catalog.grid import read_grid
from hall.catalog.models import Department, ServiceItem
from hall.catalog.problems import Problem, Problems
from hall.catalog.tables import Imported, Record, Table, read_table
from hall.errors import Invalid
from hall.intake import facts
from hall.intake.models import Case, Filing
from hall.sites import Site

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from hall.unit_of_work import Work

SETTLE = timedelta(seconds=10)
"""A change is told when no older one can still be on its way to the database."""
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
CURSOR = re.compile(r"(\d{1,17})-(\d{1,18})", re.ASCII)
COLUMNS = (
    Column("number", ("办件编号", "案件编号", "case number"), Text(40), required=True),
    Column("platform", ("平台编号", "平台办件编号", "platform number"), Text(60), required=True),
)
TIMES = ("received_at", "accepted_at", "decided_at", "ready_at", "delivered_at", "ended_at", "changed_at")
PLAIN = (
    "number", "platform_number", "state", "mode", "kind", "task_type", "statutory_days", "committed_days", "due_days",
    "decision", "result_name", "result_number", "delivered_by_way",
)  # fmt: skip


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


class Unmatched(Invalid):
    """A file that does not fit the hall's cases: `problems` with their lines; nothing was loaded."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__(_l("The file does not fit. Nothing was loaded."), code="unfit_numbers")
        self.problems = problems


def read_numbers(source: BinaryIO) -> Imported[NumberRow]:
    """The lines of a file with the columns 办件编号 and 平台编号, or its problems."""

    def make(record: Record) -> NumberRow:
        return NumberRow(record.line, record.values["number"], record.values["platform"])

    return read_table(
        Table(COLUMNS, ("number",), "double_code"), lambda: read_grid(source, sheets=("平台编号",)), make
    )


def set_numbers(work: Work, command: SetNumbers) -> int:
    """Write the numbers; answers how many. Raises Unmatched for unknown, double and already set ones (I12)."""
    session, problems = work.session, Problems()
    site = session.get_one(Site, command.site_id)
    wanted = select(Case).where(
        Case.site_id == site.id, Case.number.in_([row.number for row in command.rows])
    )
    cases = {case.number: case for case in session.scalars(wanted.with_for_update())}
    numbers = [row.platform for row in command.rows]
    taken = set(session.scalars(select(Case.platform_number).where(Case.platform_number.in_(numbers))))
    for row in command.rows:
        case = cases.get(row.number)
        if case is None:
            problems.add(row.line, "办件编号", "unknown_case", value=shown(row.number))
        elif case.platform_number is not None:
            problems.add(row.line, "办件编号", "numbered_case", value=shown(row.number))
        if row.platform in taken:
            problems.add(row.line, "平台编号", "taken_platform_number", value=shown(row.platform))
        taken.add(row.platform)
    if problems.count:
        raise Unmatched(problems.found)
    codes = {
        row.id: row.code for row in session.scalars(select(Department).where(Department.site_id == site.id))
    }
    for row in command.rows:
        case = cases[row.number]
        case.platform_number, case.changed_at, case.revision = row.platform, work.now, case.revision + 1
        said: dict[str, Any] = {
            "case_id": case.id,
            "number": case.number,
            "department": codes[case.department_id],
        }
        work.record(facts.CasePlatformNumbered(site_id=site.id, site=site.code, **said))
    return len(command.rows)


def changes(session: Session, site_id: int, after: str, limit: int, now: datetime) -> list[dict[str, Any]]:
    """The next changed cases after a cursor, by time of change and key, so that none is lost at equal times.

    Each has its `cursor`: the `after` of the next page. Numbers are masked. Raises Invalid for a cursor that is none.
    """
    wanted = (
        select(Case, Filing, ServiceItem.code, Department.code)
        .join(Filing, Filing.id == Case.filing_id)
        .join(ServiceItem, ServiceItem.id == Case.item_id)
        .join(Department, Department.id == Case.department_id)
        .where(Case.site_id == site_id, Case.changed_at <= now - SETTLE)
    )
    if after:
        match = CURSOR.fullmatch(after)
        if not match:
            said = _l("This is no cursor of an export.")
            raise Invalid(said, code="bad_cursor", errors={"after": [said]})
        at, key = EPOCH + timedelta(microseconds=int(match[1])), int(match[2])
        wanted = wanted.where(or_(Case.changed_at > at, and_(Case.changed_at == at, Case.id > key)))
    rows = session.execute(wanted.order_by(Case.changed_at, Case.id).limit(limit))
    return [_told(*row) for row in rows]


def _told(case: Case, filing: Filing, item: str, department: str) -> dict[str, Any]:
    times = {name: getattr(case, name) for name in TIMES}
    return {
        **{name: getattr(case, name) for name in PLAIN},
        "pre_registered": case.platform_number is None,
        "item": item,
        "department": department,
        "party": filing.party,
        "applicant_number": filing.number_shown,
        "due_on": case.due_on.isoformat() if case.due_on else None,
        **{name: at.astimezone(UTC).isoformat() if at else None for name, at in times.items()},
        "cursor": f"{(case.changed_at - EPOCH) // timedelta(microseconds=1)}-{case.id}",
    }


def lines(rows: list[dict[str, Any]]) -> str:
    """JSON lines, a case each."""
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


def pre_registered(session: Session, site_id: int, limit: int) -> list[Case]:
    """The newest cases without a number of the platform."""
    wanted = select(Case).where(Case.site_id == site_id, Case.platform_number.is_(None))
    return list(session.scalars(wanted.order_by(Case.id.desc()).limit(limit)))
