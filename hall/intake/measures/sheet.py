"""The words of the measures, and the measures as a spreadsheet (I11)."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING

from flask_babel import gettext as _

from hall.catalog.exports import Cells, neutral, write_workbook
from hall.intake.measures.rules import Figures

if TYPE_CHECKING:
    from hall.intake.measures.queries import Breach

MEANS = ("statutory", "committed", "actual", "visits_before", "visits_promised", "visits_made")
FIELDS = tuple(one.name for one in fields(Figures))


def definitions() -> dict[str, tuple[str, str]]:
    """Name and meaning of each figure, by field, in the reader's language."""
    return {
        "cases": (_("Cases"), _("Received in these months, whatever became of them.")),
        "decided": (_("Cases decided"), _("Of them, those with a decision.")),
        "statutory": (
            _("Days by law"),
            _("Mean of the working days that the law allows; items without are left out."),
        ),
        "committed": (_("Days promised"), _("Mean of the working days that the hall promises.")),
        "actual": (
            _("Days taken"),
            _("Mean of the working days from acceptance (not counted) to the decision, without clock stops."),
        ),
        "asked": (
            _("Papers asked"),
            _("Papers that applied; one that several cases of a form share counts once."),
        ),
        "reused": (
            _("Papers reused"),
            _(
                "Of them, taken from earlier cases or e-licences, or made by the bundle itself: nobody brought them."
            ),
        ),
        "visits_before": (
            _("Visits without bundle"),
            _("Mean of the visits to offices without the bundle, as the catalogue says."),
        ),
        "visits_promised": (_("Visits promised"), _("Mean of the visits that the bundle promises.")),
        "visits_made": (
            _("Visits made"),
            _("Mean of the visits of a form: its receipt, and each later one at a window."),
        ),
        "notices": (_("One-time notices"), _("Notices of everything that is missing.")),
        "breaches": (_("Breaches"), _("Asked for papers a second time, or silent for five working days.")),
        "lapses": (
            _("Lapses"),
            _("Accepted by silence: permits without acceptance or notice within five working days."),
        ),
        "overdue": (_("Overdue"), _("Not decided by the deadline; it stays counted after the decision.")),
    }


def shown(name: str, value: float | None) -> str:
    """A figure as the page shows it: means with one decimal, nothing as a dash."""
    if value is None:
        return "—"
    return f"{value:.1f}" if name in MEANS else str(value)


def breach_words() -> dict[str, str]:
    """What a breach was."""
    return {"second": _("Asked a second time"), "silence": _("Silent for five working days")}


def workbook(parts: list[tuple[str, list[tuple[str, Figures]]]], found: list[Breach]) -> bytes:
    """The measures as .xlsx: a sheet for each grouping, the breaches, what the figures mean."""
    told = definitions()
    heads = [told[name][0] for name in FIELDS]
    tables: list[tuple[str, Cells]] = []
    for title, rows in parts:
        body = [
            [neutral(name), *(_cell(field, getattr(row, field)) for field in FIELDS)] for name, row in rows
        ]
        tables.append((title, [[title, *heads], *body]))
    words = breach_words()
    listed: Cells = [
        [neutral(one.number), neutral(one.item_name), neutral(one.department), words[one.kind]]
        for one in found
    ]
    tables.append((_("Breaches"), [[_("Case"), _("Item"), _("Department"), _("What")], *listed]))
    meanings: Cells = [[name, meaning] for name, meaning in told.values()]
    tables.append((_("Definitions"), [[_("Figure"), _("Meaning")], *meanings]))
    return write_workbook(tables)


def _cell(name: str, value: float | None) -> str | int:
    if value is None:
        return ""
    return f"{value:.1f}" if name in MEANS else int(value)
