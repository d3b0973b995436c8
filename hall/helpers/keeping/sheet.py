"""Helpers as a spreadsheet, one a row with the week in seven columns: loaded as a whole, or not at all."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, BinaryIO

from sqlalchemy import func, select

from hall.accounts.models import Staff
from hall.accounts.roles import Role
from hall.catalog.columns import Bad, Column, Text, Texts, shown, yes_no
from hall.catalog.exports import Cells, neutral, write_workbook
from hall.catalog.grid import read_grid
from hall.catalog.models import Bundle
from hall.catalog.problems import Problem, Problems
from hall.catalog.tables import Imported, Record, Table, read_table
from hall.errors import Invalid
from hall.helpers.keeping import actions
from hall.helpers.keeping.queries import skills_of, week_of
from hall.helpers.keeping.rules import AWAY, BADGE, BadShifts, Times, read_shifts, write_shifts
from hall.helpers.models import Helper

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from hall.helpers.keeping.queries import HelperView
    from hall.unit_of_work import Work

SHEET = "帮办员"
SKILLS_ZH = {"sign": "手语", "dialect": "方言", "english": "英语"}
WEEKDAYS = ("周一", "周二", "周三", "周四", "周五", "周六", "周日")
PROBLEM_OF = {"form": "bad_shifts", "order": "shifts_backwards", "overlap": "shifts_overlap"}


@dataclass(frozen=True, slots=True)
class HelperRow:
    """One line of the file. None: the cell was empty, and nothing is overwritten."""

    line: int
    badge: str
    user: str
    skills: tuple[str, ...] | None
    agency: bool | None
    home_visits: bool | None
    week: Mapping[int, tuple[Times, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class HelperFile:
    """What a file holds, for one hall."""

    site_id: int
    rows: tuple[HelperRow, ...]


@dataclass(frozen=True, slots=True)
class Loaded:
    """What a load did: how many were made and changed, and how many bookings must now be moved by a person."""

    made: int = 0
    changed: int = 0
    to_move: int = 0


class Unloadable(Exception):
    """The file cannot be loaded into this hall: carries the problems, and undoes what was begun."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__("unloadable")
        self.problems = problems


def badge(cell: str) -> str:
    """A helper's number. Raises Bad."""
    text = Text(12)(cell).strip().upper()
    if not BADGE.fullmatch(text):
        raise Bad("bad_badge", value=shown(cell))
    return text


def shifts(cell: str) -> tuple[Times, ...]:
    """The stretches of a weekday; 休 for none. Raises Bad."""
    try:
        return read_shifts(cell)
    except BadShifts as problem:
        raise Bad(PROBLEM_OF[problem.key], value=shown(cell)) from None


def _yes(value: object) -> str:
    return "是" if value else "否"


COLUMNS = (
    Column("badge", ("工号", "帮办员工号"), badge, required=True),
    Column("user", ("账号", "用户名", "account"), Text(40), required=True),
    Column("name", ("姓名", "full name"), Text(60)),
    Column("skills", ("技能", "特长"), Texts(600), "、".join),
    Column("agency", ("代办",), yes_no, _yes),
    Column("home_visits", ("上门办", "上门"), yes_no, _yes),
    *(
        Column(f"day{at}", (name, f"星期{name[1]}"), shifts, lambda value: write_shifts(value) or AWAY)
        for at, name in enumerate(WEEKDAYS)
    ),
)


def read_helpers(source: BinaryIO) -> Imported[HelperRow]:
    """The lines of a file, or its problems. Never raises for its content."""
    table = Table(COLUMNS, once=("badge",), twice="double_code")
    return read_table(table, lambda: read_grid(source, sheets=(SHEET, "helpers")), _row)


def _row(record: Record) -> HelperRow:
    given = record.values
    return HelperRow(
        record.line,
        given["badge"],
        given["user"],
        given.get("skills"),
        given.get("agency"),
        given.get("home_visits"),
        {day: given[f"day{day}"] for day in range(7) if f"day{day}" in given},
    )


def write_helpers(helpers: Iterable[HelperView], bundles: Mapping[str, str]) -> bytes:
    """A workbook that `read_helpers` reads again; `bundles`: code → name."""
    rows: Cells = [[column.heading for column in COLUMNS]]
    for one in helpers:
        skills = "、".join(_skill_zh(skill, bundles) for skill in one.skills)
        week = [write_shifts(times) or AWAY for times in one.week]
        agency, home = _yes(one.does_agency), _yes(one.does_home_visits)
        rows.append([neutral(one.badge), neutral(one.user), neutral(one.name), skills, agency, home, *week])
    return write_workbook([(SHEET, rows)])


def _skill_zh(skill: str, bundles: Mapping[str, str]) -> str:
    code = skill.removeprefix(actions.BUNDLE)
    return SKILLS_ZH.get(skill) or bundles.get(code, code)


def load_helpers(work: Work, command: HelperFile) -> Loaded:
    """Make and change helpers as the file says; whoever is not in it stays as is. Raises Unloadable, Refused."""
    problems = Problems()
    known = _known_skills(work, command.site_id)
    made = changed = to_move = 0
    for row in command.rows:
        before = problems.count
        skills = _skills(row, known, problems)
        staff = _person(work, command.site_id, row, problems)
        if staff is None or problems.count > before:
            continue
        helper = work.session.scalar(select(Helper).where(Helper.staff_id == staff.id))
        try:
            if helper is None:
                actions.enter_helper(work, _entered(command.site_id, staff.user, row, skills))
                made += 1
            elif _same(helper, row, problems):
                count = _change(work, helper, row, skills)
                changed += count is not None
                to_move += count or 0
        except Invalid:
            problems.add(row.line, "工号", "badge_taken", value=shown(row.badge))
    if problems.count:
        raise Unloadable(tuple(problems.found))
    return Loaded(made, changed, to_move)


def _known_skills(work: Work, site_id: int) -> dict[str, str]:
    """Every way to write a skill → the skill."""
    known = {name: skill for skill, name in SKILLS_ZH.items()} | {skill: skill for skill in SKILLS_ZH}
    for bundle in work.session.scalars(select(Bundle).where(Bundle.site_id == site_id)):
        skill = actions.BUNDLE + bundle.code
        known |= {bundle.name: skill, bundle.code: skill, skill: skill}
    return known


def _skills(row: HelperRow, known: Mapping[str, str], problems: Problems) -> frozenset[str] | None:
    if row.skills is None:
        return None
    for name in row.skills:
        if name not in known:
            problems.add(row.line, "技能", "unknown_skill", value=shown(name))
    return frozenset(known[name] for name in row.skills if name in known)


def _person(work: Work, site_id: int, row: HelperRow, problems: Problems) -> Staff | None:
    """The account of a line, with the helper's role; notes where there is none."""
    found = work.session.scalar(
        select(Staff).where(
            func.lower(Staff.user) == row.user.lower(),
            Staff.site_id == site_id,
            Staff.role == Role.HELPER.value,
            Staff.retired_at.is_(None),
        )
    )
    if found is None:
        problems.add(row.line, "账号", "no_helper_account", value=shown(row.user))
    return found


def _same(helper: Helper, row: HelperRow, problems: Problems) -> bool:
    """Whether a line may change this helper; notes why not."""
    if helper.retired_at is not None:
        problems.add(row.line, "账号", "helper_retired", value=shown(row.user))
    elif helper.badge.upper() != row.badge:
        problems.add(row.line, "工号", "other_badge", value=helper.badge)
    else:
        return True
    return False


def _entered(site_id: int, user: str, row: HelperRow, skills: frozenset[str] | None) -> actions.Enter:
    week = tuple(row.week.get(day, ()) for day in range(7))
    given = actions.Profile(row.agency is not False, bool(row.home_visits), skills or frozenset(), week)
    return actions.Enter(site_id, user, row.badge, given)


def _change(work: Work, helper: Helper, row: HelperRow, skills: frozenset[str] | None) -> int | None:
    """Change what differs; how many bookings must be moved, or None where nothing differs."""
    knows, plan = skills_of(work.session, helper.id), week_of(work.session, helper.id)
    now = actions.Profile(helper.does_agency, helper.does_home_visits, knows, plan)
    then = actions.Profile(
        helper.does_agency if row.agency is None else row.agency,
        helper.does_home_visits if row.home_visits is None else row.home_visits,
        knows if skills is None else skills,
        tuple(row.week.get(day, plan[day]) for day in range(7)),
    )
    if then == now:
        return None
    return actions.keep_helper(work, actions.Keep(helper.site_id, helper.badge, then))
