"""Addresses of calendars: a person's secret one, shown once when it is made, and a reception's public one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, Response, current_app, flash, g, redirect, render_template, request
from flask_babel import force_locale
from flask_babel import gettext as _

from hall import clock, tokens
from hall.accounts.access import allow
from hall.accounts.roles import PUBLIC, Can
from hall.database import db
from hall.errors import NotFound
from hall.rota.feeds import actions, queries, telling
from hall.rota.models import Rota, RotaBody
from hall.sites import Site
from hall.unit_of_work import perform

if TYPE_CHECKING:
    from werkzeug.wrappers import Response as Redirection

    from hall.rota.feeds.rules import Entry

pages = Blueprint("calendars", __name__)
KEY_DIGITS = 18


@pages.get("/calendars/own/<token>.ics")
@allow(PUBLIC)
def own(token: str) -> Response:
    """Somebody's turns, for whoever holds the address."""
    session = db.session()
    person = queries.person_of(session, token)
    rota = session.get_one(Rota, session.get_one(RotaBody, person.body_id).rota_id)
    site = session.get_one(Site, rota.site_id)
    with force_locale(_language()):
        told = queries.of_person(session, person, clock.business_date(site.zone, clock.now()))
        return _file(f"{rota.name} · {person.name}", telling.for_person(told, person, site), own=True)


@pages.get("/calendars/<site>/<code>.ics")
@allow(PUBLIC)
def everybody(site: str, code: str) -> Response:
    """The published turns of a reception."""
    session = db.session()
    rota, hall = queries.rota_of_site(session, site, code)
    with force_locale(_language()):
        told = queries.of_rota(session, rota, clock.business_date(hall.zone, clock.now()))
        return _file(rota.name, telling.for_everybody(told, hall), own=False)


@pages.post("/mondays/calendar")
@allow(Can.ROTA_SIGN)
def make() -> Response:
    """A new secret address, shown this once: only its hash is kept."""
    token = tokens.secret_token()
    rota = perform(g.actor, actions.make_feed, actions.MakeFeed(_person(), tokens.digest(token)))
    language = "?lang=en" if request.form.get("lang") == "en" else ""
    base = (current_app.config["HALL"].public_url or request.host_url).rstrip("/")
    address = f"{base}/calendars/own/{token}.ics{language}"
    shown = render_template("rota/calendar.html", address=address, back=f"/mondays?rota={rota}")
    answer = Response(shown)
    answer.headers["Cache-Control"] = "no-store"
    return answer


@pages.post("/mondays/calendar/end")
@allow(Can.ROTA_SIGN)
def end() -> Redirection:
    """The secret address opens nothing any more."""
    rota = perform(g.actor, actions.end_feed, actions.EndFeed(_person()))
    flash(_("The calendar’s address no longer works."), "good")
    return redirect(f"/mondays?rota={rota}", 303)


def _person() -> int:
    given = request.form.get("person", "")
    if not (given.isascii() and given.isdigit() and len(given) <= KEY_DIGITS):
        raise NotFound(_("This person is not on the list of this reception."), code="unknown_person")
    return int(given)


def _language() -> str:
    return "en" if request.args.get("lang") == "en" else "zh"


def _file(name: str, entries: list[Entry], *, own: bool) -> Response:
    from hall.rota.feeds.calendar_file import calendar_file  # noqa: PLC0415 - a server at rest needs no calendars

    answer = Response(calendar_file(name, entries, clock.now(), remind=own), mimetype="text/calendar")
    answer.headers["Cache-Control"] = "private, no-store" if own else "public, max-age=300"
    answer.headers["Referrer-Policy"] = "no-referrer"
    return answer
