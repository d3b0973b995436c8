"""The ledger as a spreadsheet (H7): masked; unmasked only by a press with its reason, which the journal keeps."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from hall.catalog.exports import neutral
from hall.errors import Invalid
from hall.helpers.day import words
from hall.helpers.ledger import counting, facts
from hall.sites import Site

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from hall.helpers.ledger.counting import Filter
    from hall.helpers.ledger.queries import RecordView
    from hall.helpers.records import HelpRecord
    from hall.unit_of_work import Work

    Opens = Callable[[bytes | None], str]

SHORTEST = 5
WIDTHS = (16, 12, 14, 18, 22, 12, 30, 12, 12, 30, 24, 18, 24, 18, 12, 12)


@dataclass(frozen=True, slots=True)
class Unmask:
    """An export with names and numbers in full, and why."""

    site_id: int
    given: Filter
    reason: str


def unmask(work: Work, command: Unmask) -> int:
    """Write down that the ledger leaves unmasked, and why; answers how many lines. Raises Invalid without a reason."""
    reason = " ".join(command.reason.split())
    if len(reason) < SHORTEST:
        said = _l(
            "Say in a few words what the full names and numbers are needed for. It is kept in the journal."
        )
        raise Invalid(said, code="reason_needed", errors={"reason": [said]})
    site = work.session.get_one(Site, command.site_id)
    count = len(counting.rows(work.session, site, command.given))
    work.record(
        facts.LedgerExported(site_id=site.id, site=site.code, count=count, unmasked=True, reason=reason[:200])
    )
    return count


def heads() -> list[str]:
    """Titles of the columns."""
    return [
        _("Ledger number"), _("Date"), _("Kind"), _("Applicant"), _("Identity number"), _("Telephone"), _("Matter"),
        _("Helper"), _("Ticket"), _("Mandate"), _("Papers taken"), _("Papers returned"), _("Progress"),
        _("Case number"), _("Result"), _("Call back"),
    ]  # fmt: skip


def workbook(
    site: Site, found: list[tuple[HelpRecord, RecordView]], full: Callable[[bytes | None], str] | None
) -> bytes:
    """The lines as a workbook; with `full`, which unseals, names and numbers as they are."""
    import openpyxl  # noqa: PLC0415 - 18 MB that a hall at work does not need
    from openpyxl.styles import Font  # noqa: PLC0415
    from openpyxl.utils import get_column_letter  # noqa: PLC0415

    book = openpyxl.Workbook()
    page = book.worksheets[0]
    page.title = _("Ledger of help")
    page.append(heads())
    for row, view in found:
        page.append([neutral(cell) for cell in _cells(site, row, view, full)])
    for at, width in enumerate(WIDTHS, 1):
        page.cell(1, at).font = Font(bold=True)
        page.column_dimensions[get_column_letter(at)].width = width
    page.freeze_panes = "A2"
    data = io.BytesIO()
    book.save(data)
    return data.getvalue()


def _cells(
    site: Site, row: HelpRecord, view: RecordView, full: Callable[[bytes | None], str] | None
) -> list[str]:
    def on(at: datetime | None) -> str:
        return at.astimezone(site.zone).strftime("%Y-%m-%d") if at else ""

    person = (
        [full(row.name_sealed), full(row.number_sealed), full(row.phone_sealed)]
        if full
        else [view.applicant, view.id_number, view.phone]
    )
    back = view.call_back_on.isoformat() if view.call_back_on else ""
    done = _(" (done %(day)s)", day=on(view.called_back_at)) if view.called_back_at else ""
    return [
        view.number,
        view.business_date.isoformat(),
        str(words.KINDS[view.kind]),
        *person,
        view.matter,
        f"{view.helper} {view.badge}",
        view.ticket or "",
        view.mandate_scope,
        "；".join(f"{paper.name}×{paper.count}" for paper in view.papers),
        "；".join(f"{paper.name} {on(paper.returned_at)}" for paper in view.papers if paper.returned_at),
        str(words.PROGRESS.get(view.progress, view.progress)),
        view.case_number,
        str(words.RESULTS.get(view.result or "", "")),
        back + done,
    ]
