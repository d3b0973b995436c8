"""`/receptions/attendance`: a year of every department as a picture, a table and a spreadsheet."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from flask import Blueprint, Response, abort, g, render_template, request

from hall import clock
from hall.accounts.access import allow
from hall.accounts.roles import Can
from hall.database import db
from hall.rota import queries as lists
from hall.rota.presence import queries, sheet, words, year
from hall.rota.presence.states import Presence
from hall.sites import Site

if TYPE_CHECKING:
    from hall.rota.models import Rota

years = Blueprint("attendance", __name__)
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FIRST_YEAR, LAST_YEAR = 2020, 2100
SIGNS = {
    Presence.PRESENT: "●",
    Presence.LATE: "◐",
    Presence.LEFT_EARLY: "◑",
    Presence.STAND_IN: "△",
    Presence.ON_LEAVE: "—",
    Presence.ABSENT: "×",
    Presence.EXPECTED: "○",
}
"""What stands in a cell beside its colour."""


@years.get("/receptions/attendance")
@allow(Can.ROTA_MANAGE)
def attendance() -> str:
    """A year (`?year=`) of one reception (`?rota=`)."""
    site, rotas, rota = _asked()
    chosen = _year(site)
    found = queries.marks(db.session(), rota.id, *_span(chosen)) if rota else ()
    return render_template(
        "rota/attendance.html",
        rotas=rotas,
        rota=rota,
        year=chosen,
        this_year=clock.business_date(site.zone, clock.now()).year,
        rows=year.by_body(found),
        months=year.months(chosen),
        shown=sheet.SHOWN,
        expected=Presence.EXPECTED,
        signs=SIGNS,
        words=words,
    )


@years.get("/receptions/attendance.xlsx")
@allow(Can.ROTA_MANAGE)
def spreadsheet() -> Response:
    """The same as a spreadsheet: departments, and every turn."""
    site, _rotas, rota = _asked()
    if rota is None:
        abort(404)
    chosen = _year(site)
    found = queries.marks(db.session(), rota.id, *_span(chosen))
    data = sheet.workbook(year.by_body(found), found, site.zone)
    name = f"attendance-{rota.code}-{chosen}.xlsx"
    return Response(data, mimetype=XLSX, headers={"Content-Disposition": f'attachment; filename="{name}"'})


def _asked() -> tuple[Site, list[Rota], Rota | None]:
    """The hall, its receptions, and the one that is asked for: the first where none is, 404 for an unknown one."""
    site = db.session.get_one(Site, g.actor.site_id)
    rotas = lists.rotas(db.session(), site.id)
    code = request.args.get("rota", "")
    if code:
        return site, rotas, lists.rota_by_code(db.session(), site.id, code)
    return site, rotas, rotas[0] if rotas else None


def _year(site: Site) -> int:
    """The year that is asked for; one that is none is this one."""
    text = request.args.get("year", "")
    if len(text) == len(str(LAST_YEAR)) and text.isascii() and text.isdigit():
        asked = int(text)
        if FIRST_YEAR <= asked <= LAST_YEAR:
            return asked
    return clock.business_date(site.zone, clock.now()).year


def _span(chosen: int) -> tuple[date, date]:
    return date(chosen, 1, 1), date(chosen, 12, 31)
