"""The floor page: everything live, for managers who act and supervisors who look."""

from __future__ import annotations

from flask import Blueprint, current_app, g, render_template, request

from hall.accounts.access import allow, of_site
from hall.accounts.roles import Can
from hall.database import db
from hall.facts import floor as floor_topic
from hall.floor import payloads
from hall.sites import Site, site_by_code

pages = Blueprint("floor_pages", __name__)


@pages.get("/floor")
@allow(Can.FLOOR_VIEW)
def floor() -> str:
    """The floor of the caller's hall; who sees every hall may choose another (`?site=CODE`)."""
    session = db.session()
    code = request.args.get("site", "")
    site = site_by_code(session, code) if code else session.get_one(Site, g.actor.site_id)
    of_site(g.actor, site.id)
    manage = Can.FLOOR_MANAGE in g.actor.can
    state = payloads.floor(session, site.code, current_app.config["HALL"].keys.tokens)
    start = {"site": site.code, "topic": floor_topic(site.code), "manage": manage, "state": state}
    return render_template("floor/floor.html", hall_site=site, manage=manage, start=start)
