"""The day sheet over the machine interface, and which day and hall a request means."""

from __future__ import annotations

import json
from datetime import date

from apiflask import APIBlueprint
from flask import Response, g
from flask_babel import lazy_gettext as _l
from pydantic import BaseModel

from hall import clock
from hall.accounts.access import allow, of_site
from hall.accounts.roles import Can
from hall.database import db
from hall.errors import Invalid
from hall.http import respond
from hall.queueing.queries import today
from hall.reports.queries import DaySheet, day_sheet
from hall.reports.sheet import sheet_state
from hall.sites import Site, site_by_code
from hall.unit_of_work import Answer

api = APIBlueprint("reports_api", __name__, url_prefix="/api/v1", tag="Reports")


class ReportDayIn(BaseModel):
    """A business date as YYYY-MM-DD; today without one."""

    date: str = ""


def chosen_day(text: str, site: Site) -> date:
    """The business date that was asked for, today without one. Raises Invalid."""
    if not text:
        return today(site, clock.now())
    try:
        return clock.day_said(text)
    except ValueError:
        said = _l("Choose a day, such as 2026-11-23.")
        raise Invalid(said, code="bad_date", errors={"date": [said]}) from None


def sheet_of(code: str, day: str) -> DaySheet:
    """The sheet of a day, of the site with this code or of the caller's own."""
    session = db.session()
    site = site_by_code(session, code) if code else session.get_one(Site, g.actor.site_id)
    of_site(g.actor, site.id)
    return day_sheet(session, site, chosen_day(day, site), clock.now())


@api.get("/sites/<site>/day-sheet")
@api.input(ReportDayIn, location="query", arg_name="wish")
@allow(Can.REPORTS_READ)
def read_day_sheet(site: str, wish: ReportDayIn) -> Response:
    """A business date per line, window, hour and half hour: counts, shares in per cent, times in minutes."""
    return respond(Answer(200, json.dumps(sheet_state(sheet_of(site, wish.date)), ensure_ascii=False)))
