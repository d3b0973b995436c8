"""The manager's page of deadlines: each department's counts, and the cases behind them (I5, I8)."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlencode

from flask import Blueprint, g, render_template, request
from flask_babel import lazy_gettext as _l

from hall import clock
from hall.accounts.access import allow
from hall.accounts.roles import Can
from hall.calendar.queries import working_calendar
from hall.calendar.rules import missing_years
from hall.database import db
from hall.intake.overview import queries
from hall.intake.overview.rules import KINDS, bounds
from hall.intake.review import words
from hall.intake.review.api import case_token
from hall.sites import Site

if TYPE_CHECKING:
    from hall.intake.overview.queries import DepartmentCount

pages = Blueprint("overview", __name__)
NAMES = {
    "overdue": _l("Overdue"),
    "due": _l("Due today or on the next working day"),
    "acceptance": _l("Neither accepted nor noticed in five working days"),
    "unanswered": _l("One-time notice not answered in time"),
    "recorded": _l("Was overdue, decided in the last 90 days"),
}
MARKS = {"overdue": "now", "due": "late", "acceptance": "late", "unanswered": "pause", "recorded": "off"}
MOST_DIGITS = 6


@pages.get("/deadlines")
@allow(Can.INTAKE_MEASURE)
def deadlines() -> str:
    """What is overdue or soon due (`?kind=` one of `KINDS`, `?department=CODE`, `?page=`)."""
    session = db.session()
    site = session.get_one(Site, g.actor.site_id)
    now = clock.now()
    calendar, today = working_calendar(session), clock.business_date(site.zone, now)
    limits = bounds(calendar, today)
    rows = queries.counts(session, site, limits)
    kind = request.args.get("kind", "")
    kind = kind if kind in KINDS else "overdue"
    chosen = next((row for row in rows if row.code == request.args.get("department", "")), None)
    whole = chosen.kinds[kind] if chosen else sum(row.kinds[kind] for row in rows)
    pages_of = max(1, -(-whole // queries.PAGE))
    page = min(_page(), pages_of)
    return render_template(
        "intake/overview.html",
        rows=rows,
        total=_total(rows),
        kind=kind,
        kinds=KINDS,
        names=NAMES,
        marks=MARKS,
        words=words,
        chosen=chosen,
        cases=queries.listed(
            session, site, limits, kind, department=chosen.code if chosen else "", page=page
        ),
        count=whole,
        page=page,
        pages=pages_of,
        link=lambda **change: _link({"kind": kind, "department": chosen.code if chosen else "", **change}),
        token=case_token,
        today=today,
        missing=missing_years(calendar, today) if Can.SITE_EDIT in g.actor.can else (),
    )


def _total(rows: list[DepartmentCount]) -> dict[str, int]:
    found = {name: sum(row.kinds[name] for row in rows) for name in (*KINDS, "pending")}
    return {**found, "open": sum(row.open for row in rows)}


def _page() -> int:
    page = request.args.get("page", "1")
    return max(1, int(page)) if page.isascii() and page.isdigit() and len(page) <= MOST_DIGITS else 1


def _link(wanted: dict[str, str]) -> str:
    return "/deadlines?" + urlencode({name: value for name, value in wanted.items() if value})
