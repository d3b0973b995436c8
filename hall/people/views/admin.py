"""The first page of the administration: what the person may set up."""

from __future__ import annotations

from flask import Blueprint, g, render_template

from hall import clock
from hall.accounts.access import allow
from hall.accounts.roles import STAFF, Can
from hall.calendar.queries import working_calendar
from hall.calendar.rules import missing_years
from hall.database import db
from hall.people.queries import first_steps
from hall.sites import Site

admin_pages = Blueprint("admin_pages", __name__)


@admin_pages.get("/admin")
@allow(STAFF)
def home() -> str:
    """Every section that is open to this person, with what it is for; years to confirm (I5), first steps."""
    missing: tuple[int, ...] = ()
    steps = None
    if Can.SITE_EDIT in g.actor.can:
        today = clock.now().astimezone(db.session.get_one(Site, g.actor.site_id).zone).date()
        missing = missing_years(working_calendar(db.session()), today)
        steps = first_steps(db.session(), g.actor.site_id)
    return render_template("people/home.html", missing=missing, steps=steps)
