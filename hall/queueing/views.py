"""Pages of the queue: the window console."""

from __future__ import annotations

from flask import Blueprint, abort, g, render_template, request
from sqlalchemy import select

from hall import clock
from hall.accounts.access import allow, of_site
from hall.accounts.roles import Can
from hall.catalog.models import Window
from hall.database import db
from hall.queueing import console as console_page
from hall.queueing import window_payloads, window_queries
from hall.queueing.presenting import token_key
from hall.sites import Site

pages = Blueprint("queueing_pages", __name__)


@pages.get("/console")
@allow(Can.QUEUEING_CALL)
def console() -> str:
    """The console of the clerk's own window; who has none chooses one (`?window=CODE`)."""
    window = _window()
    if window is None:
        return render_template("console/choose.html", windows=_windows())
    site = db.session.get_one(Site, window.site_id)
    view = window_queries.window_view(db.session(), window, site, clock.now())
    start = {
        "window": window_payloads.window_state(view, token_key()),
        "me": g.actor.id,
        **console_page.places(db.session(), site, window),
    }
    return render_template(
        "console/console.html",
        window=window,
        start=start,
        bound=bool(g.actor.window_id),
        page_words=console_page.page_words(),
        **console_page.choices(site.settings),
    )


def _window() -> Window | None:
    """Which window this page is for. A clerk bound to one works at no other."""
    if g.actor.window_id is not None:
        return db.session.get(Window, g.actor.window_id)
    code = request.args.get("window", "")
    if not code:
        return None
    found = db.session.scalar(select(Window).where(Window.code == code, Window.retired_at.is_(None)))
    if found is None:
        abort(404)
    of_site(g.actor, found.site_id)
    return found


def _windows() -> list[Window]:
    """Windows to choose from."""
    wanted = select(Window).where(Window.retired_at.is_(None)).order_by(Window.site_id, Window.number)
    if not g.actor.every_site:
        wanted = wanted.where(Window.site_id == g.actor.site_id)
    return list(db.session.scalars(wanted))
