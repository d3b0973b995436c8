"""The reception desk's page of what is booked with heads on a day: who comes when, never what they ask (M6, E2)."""

from __future__ import annotations

from datetime import date

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from hall import clock
from hall.accounts.access import allow
from hall.accounts.roles import Can
from hall.clock import business_date
from hall.database import db
from hall.errors import DomainError
from hall.rota.matters import payloads, queries, taking, words
from hall.sites import Site
from hall.unit_of_work import perform

desk_pages = Blueprint("matter_desk", __name__, url_prefix="/mondays/desk")


@desk_pages.get("")
@allow(Can.DESK_WORK)
def desk() -> str:
    """What is booked with heads on a day, for the reception desk."""
    session, site, now = db.session(), db.session.get_one(Site, g.actor.site_id), clock.now()
    today = business_date(site.zone, now)
    day = _day(request.args.get("date", "")) or today
    views = queries.views(session, site, queries.of_day(session, site.id, day), now)
    rows = [(payloads.token_of(view.row.nonce), view) for view in views]
    return render_template(
        "receptions/desk.html", rows=rows, day=day, today=today, words=words, zone=site.zone
    )


@desk_pages.post("/<token>/arrive")
@allow(Can.DESK_WORK)
def arrive(token: str) -> Response:
    """Whose it is stands at the desk."""
    try:
        done = perform(g.actor, taking.arrive, payloads.nonce_of(token))
    except DomainError as problem:
        flash(str(problem.message), "bad")
    else:
        where = done.offer.window_name if done.offer else ""
        flash(_("The department sees that they are here. %(window)s", window=where), "good")
    return redirect(url_for("matter_desk.desk"), 303)


def _day(said: str) -> date | None:
    try:
        return clock.day_said(said)
    except ValueError:
        return None
