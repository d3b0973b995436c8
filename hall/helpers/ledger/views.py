"""The ledger as the manager reads it: lines, figures, the load of helpers, and the way out as a spreadsheet."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from flask import Blueprint, Response, g, render_template, request
from sqlalchemy import select

from hall import clock
from hall.accounts.access import allow
from hall.accounts.models import Staff
from hall.accounts.roles import Can
from hall.clock import business_date
from hall.database import db
from hall.errors import Invalid
from hall.helpers.day import words
from hall.helpers.ledger import counting, queries, sheet
from hall.helpers.ledger.api import vault
from hall.helpers.ledger.counting import Filter
from hall.helpers.models import Helper
from hall.signs import refuse_turning_signs
from hall.sites import Site
from hall.unit_of_work import perform

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

pages = Blueprint("help_ledger", __name__, url_prefix="/help-records")
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
USUAL_DAYS = 30


@pages.get("")
@allow(Can.HELPERS_MANAGE)
def ledger() -> str:
    """Lines and figures of a stretch of days, the last thirty without a wish."""
    return _page()


def _page(problem: Invalid | None = None, reason: str = "") -> str:
    session, site = db.session(), _here()
    today = business_date(site.zone, clock.now())
    given = _filter(request.values, today)
    helpers = session.execute(
        select(Helper.badge, Staff.name)
        .join(Staff, Staff.id == Helper.staff_id)
        .where(Helper.site_id == site.id)
        .order_by(Helper.badge)
    )
    return render_template(
        "helpers/ledger.html",
        given=given,
        lines=counting.lines(session, site, given),
        most=counting.LINES_SHOWN,
        figures=counting.figures(session, site, given, today),
        due=queries.call_backs(session, site.id, today),
        helpers=[(badge, f"{badge} {name}") for badge, name in helpers],
        words=words,
        errors=problem.errors if problem else None,
        reason=reason,
        asked=request.query_string.decode() if request.method == "GET" else "",
    )


@pages.get("/ledger.xlsx")
@allow(Can.HELPERS_MANAGE)
def masked() -> Response:
    """The same lines as a spreadsheet, masked."""
    return _workbook(_asked(request.args), None)


@pages.post("/export")
@allow(Can.HELPERS_MANAGE)
def unmasked() -> Response | tuple[str, int]:
    """The lines with names and numbers in full; only with a reason, which the journal keeps."""
    refuse_turning_signs(request.form)
    site, reason = _here(), request.form.get("reason", "")
    given = _asked(request.form)  # and nothing else: what leaves is what the journal counts
    try:
        perform(g.actor, sheet.unmask, sheet.Unmask(site.id, given, reason))
    except Invalid as problem:
        return _page(problem, reason), problem.status
    return _workbook(given, vault().open)


def _asked(given: Mapping[str, str]) -> Filter:
    return _filter(given, business_date(_here().zone, clock.now()))


def _workbook(given: Filter, full: Callable[[bytes | None], str] | None) -> Response:
    session, site = db.session(), _here()
    rows = counting.rows(session, site, given)
    data = sheet.workbook(site, list(zip(rows, queries.views(session, rows), strict=True)), full)
    kind = "full" if full else "masked"
    name = f"help-{site.code}-{given.first.isoformat()}-{given.last.isoformat()}-{kind}.xlsx"
    return Response(data, mimetype=XLSX, headers={"Content-Disposition": f'attachment; filename="{name}"'})


def _filter(given: Mapping[str, str], today: date) -> Filter:
    """What was chosen; a date that is none, or a word that we do not know, is left out."""
    last = _day(given.get("last", "")) or today
    first = _day(given.get("first", "")) or last - timedelta(days=USUAL_DAYS - 1)

    def known(name: str, among: Mapping[str, object]) -> str:
        value = given.get(name, "")
        return value if value in among else ""

    return Filter(
        min(first, last),
        last,
        known("kind", words.KINDS),
        given.get("helper", "")[:12],
        known("state", {"open": 1, "closed": 1}),
        known("result", words.RESULTS),
    )


def _day(text: str) -> date | None:
    try:
        return clock.day_said(text) if text else None
    except ValueError:
        return None


def _here() -> Site:
    return db.session.get_one(Site, g.actor.site_id)
