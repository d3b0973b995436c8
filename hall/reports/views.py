"""The day sheet: a page to read and print, and its spreadsheet."""

from __future__ import annotations

from datetime import timedelta

from flask import Blueprint, Response, render_template, request
from flask_babel import get_locale

from hall.accounts.access import allow
from hall.accounts.roles import Can
from hall.queueing.queries import today
from hall.reports import sheet as sheets
from hall.reports.api import sheet_of

pages = Blueprint("reports_pages", __name__)
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@pages.get("/reports/day")
@allow(Can.REPORTS_READ)
def day() -> str:
    """The day sheet of a business date (`?date=YYYY-MM-DD`, today without)."""
    found = sheet_of(request.args.get("site", ""), request.args.get("date", ""))
    return render_template(
        "reports/day.html",
        sheet=found,
        state=sheets.sheet_state(found),
        minutes=sheets.minutes,
        percent=sheets.percent,
        definitions=sheets.definitions(),
        reasons=sheets.reason_words(),
        before=found.day - timedelta(days=1),
        after=found.day + timedelta(days=1),
        today=today(found.site, found.as_of),
    )


@pages.get("/reports/day.xlsx")
@allow(Can.REPORTS_READ)
def day_workbook() -> Response:
    """The same figures as a spreadsheet."""
    found = sheet_of(request.args.get("site", ""), request.args.get("date", ""))
    data = sheets.workbook(found, str(get_locale() or "zh").startswith("en"))
    name = f"day-sheet-{found.site.code}-{found.day.isoformat()}.xlsx"
    return Response(data, mimetype=XLSX, headers={"Content-Disposition": f'attachment; filename="{name}"'})
