"""The list of receptions in public: on a phone, and on a screen on the wall (M3, M6). Complete without scripts."""

from __future__ import annotations

from flask import Blueprint, g, render_template, request
from werkzeug.wrappers import Response

from hall import clock
from hall.accounts.access import allow
from hall.accounts.roles import PUBLIC
from hall.database import db
from hall.rota.halls import choices, hall_of, several
from hall.rota.matters.offers import offers
from hall.rota.payloads import monday
from hall.rota.queries import rotas
from hall.sites import Site, site_by_code
from hall.topics import monday as monday_topic
from kiosk.mondays import words
from kiosk.mondays.shown import of_day
from kiosk.screens import screen_page, to_own_hall

pages = Blueprint("receptions", __name__)


@pages.get("/receptions")
@allow(PUBLIC)
def start_list() -> str:
    """The list of the only hall, or of the reader's own; else a hall is chosen."""
    site = hall_of(db.session(), g.actor)
    return _list(site) if site else choosing("receptions.listed")


@pages.get("/receptions/<site>")
@allow(PUBLIC)
def listed(site: str) -> str:
    """Who receives in a hall, when and where, today and next; with `?part=1` only what changes."""
    return _list(site_by_code(db.session(), site))


def choosing(to: str) -> str:
    """The page that asks which of several halls; `to` is where a hall leads."""
    return render_template("receptions/halls.html", choices=choices(db.session()), to=to)


def _list(site: Site) -> str:
    session = db.session()
    found = offers(session, site, clock.now())
    part = request.args.get("part") == "1"
    return render_template(
        "receptions/_list.html" if part else "receptions/list.html",
        site=site,
        say=words,
        state=monday(session, site.code),
        topic=monday_topic(site.code),
        free={(one.session, one.body): len(one.free) for one in found},
        rotas=rotas(session, site.id),
        several=several(session),
    )


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
    state = monday(db.session(), found.code)
    shown = of_day(state, request.args.get("rota", "")[:40])
    surface = "_mondays" if request.args.get("part") == "1" else "mondays"
    return screen_page(
        surface, found, shown=shown, today=state["day"], say=words, topic=monday_topic(found.code)
    )
