"""The day sheet as data (for the page's plot and the interface) and as a workbook: the same figures, named once."""

from __future__ import annotations

import io
from typing import Any

from flask_babel import gettext as _

from hall.catalog.exports import UNSHOWABLE, neutral
from hall.reports.queries import DaySheet, Row
from hall.reports.rules import ENDINGS, Figures, Spread

Cell = str | int | float | None
WIDEST = 60


def minutes(seconds: float | None) -> float | None:
    """Minutes with one decimal."""
    return None if seconds is None else round(seconds / 60, 1)


def percent(share: float | None) -> float | None:
    """Per cent with one decimal."""
    return None if share is None else round(share * 100, 1)


def spread_state(found: Spread | None) -> dict[str, Any] | None:
    """`{count, median_min, p90_min, longest_min}`, or None where nothing is known."""
    if found is None:
        return None
    return {
        "count": found.count,
        "median_min": minutes(found.median),
        "p90_min": minutes(found.p90),
        "longest_min": minutes(found.longest),
    }


def figures_state(found: Figures) -> dict[str, Any]:
    """One row: counts, shares in per cent, times in minutes."""
    shares = {f"{ending}_percent": percent(found.share(ending)) for ending in ENDINGS}
    return {
        "issued": found.issued,
        "people": found.people,
        **found.endings,
        **shares,
        "over_target": found.over_target,
        "over_target_percent": percent(found.over_share),
        "held": found.held,
        "out_of_order": found.out_of_order,
        "wait": spread_state(found.wait),
        "walk": spread_state(found.walk),
        "service": spread_state(found.service),
        "still_waiting_longest_min": minutes(found.still_longest),
    }


def sheet_state(sheet: DaySheet) -> dict[str, Any]:
    """The whole sheet."""
    return {
        "site": sheet.site.code,
        "date": sheet.day.isoformat(),
        "as_of": sheet.as_of.astimezone(sheet.site.zone).isoformat(timespec="seconds"),
        "target_min": sheet.target_min,
        "total": figures_state(sheet.total),
        "lines": [_named(row) for row in sheet.lines],
        "windows": [_named(row) for row in sheet.windows],
        "hours": [_named(row) for row in sheet.hours],
        "half_hours": [{"from": slot} | figures_state(found) for slot, found in sheet.slots.items()],
        "reasons": sheet.reasons,
        "questions": sheet.questions,
    }


def _named(row: Row) -> dict[str, Any]:
    return {"code": row.code, "name": row.name, "name_en": row.name_en, **figures_state(row.figures)}


def columns() -> list[tuple[str, str]]:
    """(group, heading) of each figure of a row, in the order of `cells`."""
    counted, wait = _("Tickets"), _("Waiting (min)")
    walk, service = _("Walking (min)"), _("Service (min)")
    return [
        (counted, _("Issued")),
        (counted, _("People")),
        (counted, _("Served")),
        (counted, _("Served, per cent")),
        (counted, _("Passed over")),
        (counted, _("Passed, per cent")),
        (counted, _("Abandoned")),
        (counted, _("Abandoned, per cent")),
        (counted, _("Unserved")),
        (counted, _("Unserved, per cent")),
        (counted, _("Still here")),
        (wait, _("Median")),
        (wait, _("90 of 100")),
        (wait, _("Still waiting, longest")),
        (wait, _("Over target, per cent")),
        (walk, _("Median")),
        (walk, _("90 of 100")),
        (service, _("Median")),
        (service, _("90 of 100")),
        (_("Other"), _("Set aside")),
        (_("Other"), _("Out of order")),
    ]


def cells(found: Figures) -> list[Cell]:
    """The figures of a row, as numbers; None where there is none to show."""
    ends = found.endings

    def share(ending: str) -> float | None:
        return percent(found.share(ending))

    return [
        found.issued,
        found.people,
        ends["served"],
        share("served"),
        ends["passed"],
        share("passed"),
        ends["abandoned"],
        share("abandoned"),
        ends["unserved"],
        share("unserved"),
        ends["present"],
        minutes(found.wait.median) if found.wait else None,
        minutes(found.wait.p90) if found.wait else None,
        minutes(found.still_longest),
        percent(found.over_share),
        minutes(found.walk.median) if found.walk else None,
        minutes(found.walk.p90) if found.walk else None,
        minutes(found.service.median) if found.service else None,
        minutes(found.service.p90) if found.service else None,
        found.held,
        found.out_of_order,
    ]


def definitions() -> list[tuple[str, str]]:
    """What each figure means, in words that stand beside it."""
    return [
        (
            _("Issued"),
            _("Tickets drawn on this business date (04:00 to 04:00). Test tickets are never counted."),
        ),
        (_("People"), _("Those whom the tickets stand for: a group counts each head.")),
        (_("Served"), _("Finished at a window, whatever the outcome.")),
        (_("Passed over"), _("Called, nobody came, and did not come back.")),
        (_("Abandoned"), _("Left by the holder.")),
        (_("Unserved"), _("Still waiting or set aside when the day was ended: to be called back.")),
        (_("Still here"), _("Waiting, called, being served or set aside at this moment.")),
        (_("Waiting (min)"), _("From the draw to the first call.")),
        (_("Walking (min)"), _("From the last call to the start of service.")),
        (_("Service (min)"), _("From start to finish at the last window, without the time set aside.")),
        (_("Median"), _("Half of the times were not longer.")),
        (_("90 of 100"), _("Nine of ten times were not longer.")),
        (
            _("Over target, per cent"),
            _("Of the issued tickets, those that waited beyond the target of their line, or still do."),
        ),
        (_("Out of order"), _("Calls of a chosen ticket with a reason from the list.")),
        (_("Hour"), _("A ticket counts in the hour in which it was drawn, at the window where it was last.")),
    ]


def reason_words() -> dict[str, str]:
    """Reasons of calls out of order (Q7) in words."""
    return {
        "priority": _("Priority shown late"),
        "papers": _("Back with papers"),
        "transferred": _("Transferred"),
        "health": _("Health"),
        "other": _("Other reason"),
    }


def workbook(sheet: DaySheet, english: bool) -> bytes:  # noqa: FBT001 - the reader's language
    """The sheet as .xlsx: lines, windows, hours, half hours, calls out of order, what the figures mean."""
    import openpyxl  # noqa: PLC0415 - 18 MB that a hall at work does not need

    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    title = sheet.site.name_en if english and sheet.site.name_en else sheet.site.name
    whole = Row("", _("Whole hall"), _("Whole hall"), sheet.total)
    half_hours = [Row(slot, slot, slot, found) for slot, found in sheet.slots.items()]
    for name, rows in (
        (_("Lines"), [*sheet.lines, whole]),
        (_("Windows"), sheet.windows),
        (_("By hour"), [*sheet.hours, whole]),
        (_("Half hours"), half_hours),
    ):
        heads: list[list[Cell]] = [
            [f"{title} {sheet.day.isoformat()}", *(group for group, _head in columns())],
            [name, *(head for _group, head in columns())],
        ]
        body = [[row.name_en if english and row.name_en else row.name, *cells(row.figures)] for row in rows]
        _write(book, name, heads, body)
    words = reason_words()
    told: list[list[Cell]] = [[words.get(reason, reason), count] for reason, count in sheet.reasons.items()]
    told.append([_("Questions answered without a ticket"), sheet.questions])
    _write(book, _("Out of order"), [[_("Reason"), _("Count")]], told)
    _write(
        book,
        _("Definitions"),
        [[_("Figure"), _("Meaning")]],
        [[name, meaning] for name, meaning in definitions()],
    )
    data = io.BytesIO()
    book.save(data)
    return data.getvalue()


def _write(book: Any, name: str, heads: list[list[Cell]], body: list[list[Cell]]) -> None:  # noqa: ANN401
    from openpyxl.styles import Alignment, Font  # noqa: PLC0415 - 18 MB that a hall at work does not need
    from openpyxl.utils import get_column_letter  # noqa: PLC0415

    page = book.create_sheet(name)
    for row in [*heads, *body]:
        page.append([neutral(UNSHOWABLE.sub("", cell)) if isinstance(cell, str) else cell for cell in row])
    for number in range(1, len(heads) + 1):
        for cell in page[number]:
            cell.font = Font(bold=True)
            cell.alignment = Alignment(vertical="center", wrap_text=True)
    page.freeze_panes = page.cell(len(heads) + 1, 2)
    for place in range(len(heads[-1])):
        said = [str(row[place]) for row in [heads[-1], *body] if place < len(row) and row[place] is not None]
        width = max((sum(2 - sign.isascii() for sign in text) for text in said), default=4)
        page.column_dimensions[get_column_letter(place + 1)].width = min(WIDEST, width + 3)
