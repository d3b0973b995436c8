"""The list of receptions in public: on a phone, and on a screen on the wall (M3, M6). Complete without scripts."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, g, render_template, request
from sqlalchemy import select
from werkzeug.wrappers import Response

from hall import clock
from hall.accounts.access import allow
from hall.accounts.roles import PUBLIC
from hall.database import db
from hall.rota.matters.offers import offers
from hall.rota.payloads import monday
from hall.sites import Site, site_by_code
from hall.topics import monday as monday_topic
from kiosk.mondays import words
from kiosk.mondays.shown import of_day
from kiosk.screens import screen_page, to_own_hall

pages = Blueprint("receptions", __name__)


@pages.get("/receptions")
@allow(PUBLIC)
def listed() -> str:
    """Who receives when and where, today and next; with `?part=1` only what changes."""
    site = here()
    values: dict[str, Any] = {"site": site, "say": words, "state": None, "free": {}}
    if site is not None:
        state = monday(db.session(), site.code)
        values["state"], values["topic"] = state, monday_topic(site.code)
        found = offers(db.session(), site, clock.now())
        values["free"] = {(one.session, one.body): len(one.free) for one in found}
    part = request.args.get("part") == "1"
    return render_template("receptions/_list.html" if part else "receptions/list.html", **values)


def here() -> Site | None:
    """The hall: of who is signed in, else the first one."""
    wanted = select(Site).where(Site.retired_at.is_(None)).order_by(Site.id).limit(1)
    own = getattr(g.actor, "site_id", None)
    return db.session.scalar(wanted.where(Site.id == own) if own else wanted)


@pages.get("/screen/mondays")
@allow(PUBLIC)
def start() -> Response:
    """Lead a screen to its own hall's list of receptions."""
    return to_own_hall("receptions.screen")


@pages.get("/screen/mondays/<site>")
@allow(PUBLIC)
def screen(site: str) -> Response:
    """Show who receives at which window; `?rota=CODE` one reception alone, `?part=1` only what changes."""
    found = site_by_code(db.session(), site)
    shown = of_day(monday(db.session(), found.code), request.args.get("rota", "")[:40])
    surface = "_mondays" if request.args.get("part") == "1" else "mondays"
    return screen_page(surface, found, shown=shown, say=words, topic=monday_topic(found.code))
