"""Staff as a spreadsheet: written without secrets, read without trusting a cell, loaded as a whole or not at all."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from sqlalchemy import func, select

from hall.accounts.models import Staff
from hall.accounts.roles import STAFF_ROLES, Role
from hall.catalog.columns import Bad, Column, Text, shown
from hall.catalog.exports import neutral, write_workbook
from hall.catalog.grid import read_grid
from hall.catalog.models import Department, Window
from hall.catalog.problems import Problem, Problems
from hall.catalog.tables import Imported, Record, Table, read_table
from hall.people import actions
from hall.unit_of_work import Work

SHEET = "人员"
ROLES_ZH = {
    Role.MANAGER: "大厅负责人",
    Role.RECEPTION: "导办台",
    Role.HELPER: "帮办员",
    Role.WINDOW: "窗口人员",
    Role.OFFICIAL: "窗口审批人员",
    Role.REVIEWER: "审批人员",
    Role.DIRECTOR: "局长（联络员）",
    Role.OFFICE: "营商办",
    Role.SUPERVISOR: "监督员",
    Role.AUDITOR: "审计员",
}


@dataclass(frozen=True, slots=True)
class StaffRow:
    """One line of the file. `window` is a window's number or code; `department` a code or name."""

    line: int
    user: str
    name: str
    role: str
    window: str
    department: str = ""


@dataclass(frozen=True, slots=True)
class StaffFile:
    """What a file holds, for one hall, with a one-time password's hash for each line (used for new accounts)."""

    site_id: int
    rows: tuple[StaffRow, ...]
    hashes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Loaded:
    """What a load did: user names made and changed; or its problems, and then nothing was done."""

    made: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()


class Unloadable(Exception):
    """The file cannot be loaded into this hall: carries the problems, and undoes what was begun."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__("unloadable")
        self.problems = problems


def role(cell: str) -> str:
    """A role by its Chinese name or its identifier. Raises Bad."""
    plain = cell.strip().casefold()
    for known in STAFF_ROLES:
        if plain in {known.value, ROLES_ZH[known]}:
            return known.value
    raise Bad("unknown_role", value=shown(cell), known="、".join(ROLES_ZH[known] for known in STAFF_ROLES))


def user(cell: str) -> str:
    """An account's name. Raises Bad."""
    text = Text(40)(cell)
    if not actions.USER.fullmatch(text):
        raise Bad("bad_user", value=shown(cell))
    return text


COLUMNS = (
    Column("user", ("账号", "用户名", "account"), user, required=True),
    Column("name", ("姓名", "full name"), Text(60), required=True),
    Column("role", ("角色", "岗位"), role, lambda value: ROLES_ZH[Role(value)], required=True),
    Column("window", ("窗口", "窗口号", "window number"), Text(60)),
    Column("department", ("部门", "所属部门", "department code"), Text(80)),
)


def read_staff(source: str | Path | BinaryIO) -> Imported[StaffRow]:
    """The lines of a file, or its problems."""
    table = Table(COLUMNS, ("user",), "double_account")
    return read_table(table, lambda: read_grid(source, sheets=(SHEET, "staff")), _row)


def _row(record: Record) -> StaffRow:
    given = record.values
    return StaffRow(
        record.line,
        given["user"],
        given["name"],
        given["role"],
        given.get("window", ""),
        given.get("department", "").strip(),
    )


def write_staff(people: list[tuple[str, str, str, int | None, str]]) -> bytes:
    """A workbook of accounts (user, name, role, number of the window, department), as `read_staff` reads it again."""
    rows: list[list[str | int]] = [[column.heading for column in COLUMNS]]
    for account, name, role_value, number, department in people:
        said = ROLES_ZH[Role(role_value)]
        rows.append([neutral(account), neutral(name), said, number or "", neutral(department)])
    return write_workbook([(SHEET, rows)])


def load_staff(work: Work, command: StaffFile) -> Loaded:
    """Make and change accounts as the file says; whoever is not in it stays as is. Raises Unloadable, Refused."""
    windows = {}
    for window in work.session.scalars(
        select(Window).where(Window.site_id == command.site_id, Window.retired_at.is_(None))
    ):
        windows[str(window.number)] = windows[window.code] = window.id
    departments = _departments(work, command.site_id)
    problems, made, changed = Problems(), [], []
    for row, password_hash in zip(command.rows, command.hashes, strict=True):
        there = work.session.scalar(select(Staff).where(func.lower(Staff.user) == row.user.lower()))
        window_id = windows.get(row.window.strip())
        if row.window and window_id is None:
            problems.add(row.line, "窗口", "unknown_window", value=shown(row.window))
        department_id = _department(row, departments, there, problems)
        if there is not None and _unchangeable(work, there, command.site_id, row, problems):
            continue
        person = actions.Person(
            command.site_id,
            row.user,
            row.name,
            row.role,
            window_id,
            bool(there and there.every_site),
            department_id,
        )
        if problems.count:
            continue
        if there is None:
            actions.add_staff(work, actions.AddStaff(person, password_hash))
            made.append(row.user)
        elif _differs(there, person):
            actions.edit_staff(work, actions.EditStaff(there.id, person))
            changed.append(row.user)
    if problems.count:
        raise Unloadable(tuple(problems.found))
    return Loaded(tuple(made), tuple(changed))


def _departments(work: Work, site_id: int) -> dict[str, int]:
    """The keys of a hall's departments by short name, name and code."""
    rows = work.session.scalars(
        select(Department).where(Department.site_id == site_id, Department.retired_at.is_(None))
    ).all()
    names = ("short_name", "name", "code")
    return {getattr(row, name): row.id for name in names for row in rows if getattr(row, name)}


def _department(
    row: StaffRow, departments: dict[str, int], there: Staff | None, problems: Problems
) -> int | None:
    """The department of a line; an empty cell keeps the one that the person has. Notes what is wrong."""
    if row.department:
        found = departments.get(row.department)
        if found is None:
            problems.add(row.line, "部门", "unknown_department", value=shown(row.department))
        return found
    kept = there.department_id if there else None
    if kept is None and row.role in actions.DECIDING:
        problems.add(row.line, "部门", "no_department")
    return kept


def _unchangeable(work: Work, there: Staff, site_id: int, row: StaffRow, problems: Problems) -> bool:
    """Whether the account of this name is not for this file to change; notes why."""
    if there.site_id != site_id or (there.every_site and not work.actor.every_site):
        problems.add(row.line, "账号", "account_elsewhere", value=shown(row.user))
    elif there.retired_at is not None:
        problems.add(row.line, "账号", "account_retired", value=shown(row.user))
    else:
        return False
    return True


def _differs(there: Staff, person: actions.Person) -> bool:
    window_id = person.window_id if person.role == Role.WINDOW else None
    department_id = person.department_id if person.role in actions.DECIDING else None
    now = (there.name, there.role, there.window_id, there.department_id)
    return now != (person.name, person.role, window_id, department_id)
