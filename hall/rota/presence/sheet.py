"""Attendance of a year as a workbook: departments with their counts, and every turn."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

from flask_babel import gettext as _

from hall.catalog.exports import neutral
from hall.rota.presence import words
from hall.rota.presence.states import Presence

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from hall.rota.presence.queries import Mark
    from hall.rota.presence.year import BodyYear

SHOWN = (
    Presence.LATE,
    Presence.LEFT_EARLY,
    Presence.STAND_IN,
    Presence.ON_LEAVE,
    Presence.ABSENT,
)


def workbook(rows: tuple[BodyYear, ...], marks: tuple[Mark, ...], zone: ZoneInfo) -> bytes:
    """Two sheets: departments, turns. No cell can act as a formula."""
    import openpyxl  # noqa: PLC0415 - large, and only for whoever asks for a spreadsheet

    book = openpyxl.Workbook()
    _fill(book.worksheets[0], _("Departments"), _heads(), [_row(row) for row in rows])
    _fill(book.create_sheet(), _("Turns"), _turn_heads(), [_turn(mark, zone) for mark in marks])
    data = io.BytesIO()
    book.save(data)
    return data.getvalue()


def _fill(page: Any, title: str, heads: list[str], rows: list[list[str | int | None]]) -> None:  # noqa: ANN401
    from openpyxl.styles import Font  # noqa: PLC0415
    from openpyxl.utils import get_column_letter  # noqa: PLC0415

    page.title = title
    page.append(heads)
    for row in rows:
        page.append([neutral(cell) if isinstance(cell, str) else cell for cell in row])
    for at, head in enumerate(heads, 1):
        page.cell(1, at).font = Font(bold=True)
        widest = max((len(str(row[at - 1] or "")) for row in rows), default=0)
        page.column_dimensions[get_column_letter(at)].width = min(40, max(8, 2 * len(head), 2 * widest))
    page.freeze_panes = "B2"


def _heads() -> list[str]:
    told = [str(words.MARKS[kind][0]) for kind in SHOWN]
    return [
        _("Department"), _("Turns over"), _("Head in person"), _("Share of the head, per cent"), *told,
        _("Absences excused"), _("Not signed out"), _("Minutes late"), _("Turns to come"),
    ]  # fmt: skip


def _row(row: BodyYear) -> list[str | int | None]:
    counts = [row.counts.get(kind, 0) for kind in SHOWN]
    to_come = row.counts.get(Presence.EXPECTED, 0)
    name = row.name_en if words.english() else row.name
    return [name, row.due, row.head, row.share, *counts, row.excused, row.unsigned, row.late_min, to_come]


def _turn_heads() -> list[str]:
    return [
        _("Day"), _("Part"), _("Window"), _("Department"), _("Head"), _("Who came"), _("What became of it"),
        _("Arrived"), _("Left"), _("Minutes late"), _("Minutes early"), _("Check of the absence"), _("Notes"),
    ]  # fmt: skip


def _turn(mark: Mark, zone: ZoneInfo) -> list[str | int | None]:
    def at(moment: Any) -> str:  # noqa: ANN401 - an instant or None
        return words.clock_time(moment, zone) if moment else ""

    return [
        mark.day.isoformat(),
        str(words.PARTS[mark.part]),
        mark.window_number,
        (words.english() and mark.body_name_en) or mark.body_name,
        f"{mark.head} {mark.head_title}".strip(),
        f"{mark.came} {mark.came_title}".strip(),
        words.said_of(mark),
        at(mark.arrived_at),
        at(mark.left_at),
        mark.late_min,
        mark.early_min,
        words.check_of(mark, zone),
        mark.note,
    ]
