"""Whole spreadsheets into the hall: each in one unit of work, so that nothing is half-loaded."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from hall.calendar.actions import SetYear, set_year
from hall.calendar.rules import SpecialDay
from hall.catalog.models import Line, Window
from hall.premises.lines import SaveLine, save_line
from hall.premises.rows import changed, site_for
from hall.premises.sheets import DayRow, LineRow, WindowRow
from hall.premises.windows import OTHER, PREFERRED, SaveWindow, save_window
from hall.unit_of_work import Work


@dataclass(frozen=True, slots=True)
class LoadLines:
    """Lines of a file; those with a known prefix are changed, the others added. What is not in the file stays."""

    site_id: int
    rows: tuple[LineRow, ...]


@dataclass(frozen=True, slots=True)
class LoadWindows:
    """Windows of a file; those with a known number are changed, the others added. What is not in the file stays."""

    site_id: int
    rows: tuple[WindowRow, ...]


@dataclass(frozen=True, slots=True)
class LoadDays:
    """Named days of a file; every year in it is confirmed with exactly these days."""

    rows: tuple[DayRow, ...]


def load_lines(work: Work, command: LoadLines) -> int:
    """Add and change lines; a retired one of the same prefix comes back. Answers how many."""
    site = site_for(work, command.site_id)
    known = {line.prefix: line for line in work.session.scalars(select(Line).where(Line.site_id == site.id))}
    for row in command.rows:
        line = known.get(row.prefix)
        if line is not None:
            line.retired_at = None
        save_line(
            work,
            SaveLine(
                site.id,
                line.id if line else None,
                row.prefix,
                row.name,
                row.name_en,
                row.target_min,
                row.lunch_open,
                row.sort,
                examples=row.examples,
                examples_en=row.examples_en,
                collects=row.collects,
            ),
        )
    changed(work, site, f"lines imported: {len(command.rows)}")
    return len(command.rows)


def load_windows(work: Work, command: LoadWindows) -> int:
    """Add and change windows with what they serve. Answers how many."""
    site = site_for(work, command.site_id)
    known = {row.number: row for row in work.session.scalars(select(Window).where(Window.site_id == site.id))}
    lines = {
        line.prefix: line.id
        for line in work.session.scalars(
            select(Line).where(Line.site_id == site.id, Line.retired_at.is_(None))
        )
    }
    for row in command.rows:
        window = known.get(row.number)
        if window is not None:
            window.retired_at = None
        serves = {lines[letter]: OTHER for letter in row.others} | {
            lines[letter]: PREFERRED for letter in row.preferred
        }
        save_window(
            work,
            SaveWindow(
                site.id,
                window.id if window else None,
                row.number,
                row.name,
                row.name_en,
                row.area,
                row.area_en,
                serves=serves,
            ),
        )
    changed(work, site, f"windows imported: {len(command.rows)}")
    return len(command.rows)


def load_days(work: Work, command: LoadDays) -> tuple[int, ...]:
    """Confirm every year of the file. Answers the years. Raises Invalid for a year out of range."""
    years = sorted({row.day.year for row in command.rows})
    for year in years:
        days = {row.day: SpecialDay(row.kind, row.name) for row in command.rows if row.day.year == year}
        set_year(work, SetYear(year, days))
    return tuple(years)
