"""The page behind a ticket's code: place, call, and what its holder may do. Works without scripts too.

With scripts the page follows two live topics: its own ticket, and the order that all phones of its line share. When
its own ticket changes it fetches the ticket's part of the page anew, so that every word is said in one place.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, current_app, flash, g, redirect, render_template, request, url_for
from flask_babel import get_locale
from flask_babel import gettext as _
from sqlalchemy import select
from werkzeug.wrappers import Response

from hall import clock, tokens
from hall.accounts.access import allow
from hall.accounts.roles import PUBLIC
from hall.catalog.models import Window
from hall.database import db
from hall.errors import DomainError, NotFound
from hall.facts import line as line_topic
from hall.forecast.wait_words import wait_words
from hall.helpers.calls import actions as calls
from hall.helpers.calls.commands import CallHelp, OnCall
from hall.helpers.calls.payloads import call_state
from hall.helpers.calls.placing import Place, open_at
from hall.helpers.calls.queries import view as call_view
from hall.helpers.keeping.queries import helps
from hall.queueing import actions, payloads, queries
from hall.queueing.models import Ticket
from hall.queueing.queries import TicketView
from hall.sites import Site, site_by_code
from hall.unit_of_work import perform
from kiosk.places import place, stands_of_lines

pages = Blueprint("phone", __name__, url_prefix="/t")

PLACES = (1, 3, 5, 10)  # how many others to let first; the interface takes 1 to 20
OVER = frozenset({"finished", "abandoned", "unserved"})


@pages.get("/<token>")
@allow(PUBLIC)
def page(token: str) -> str | tuple[str, int]:
    """Show the whole page; with `?part=1` only what changes with the ticket. An unknown code: in two languages."""
    part = request.args.get("part") == "1"
    try:
        shown = _shown(token)
    except NotFound as problem:
        return render_template("phone/unknown.html"), problem.status
    return render_template("phone/_ticket.html" if part else "phone/ticket.html", **shown)


@pages.post("/<token>/leave")
@allow(PUBLIC)
def leave(token: str) -> Response:
    """Leave the queue, from the form."""
    return _do(token, actions.abandon, actions.ByHolder(_nonce(token)), _("You have left the queue."))


@pages.post("/<token>/later")
@allow(PUBLIC)
def later(token: str) -> Response:
    """Let some others go first, from the form."""
    given = request.form.get("places", "1")
    places = int(given) if given in {str(count) for count in range(1, 21)} else 1
    said = _("Done. The others go first.")
    return _do(token, actions.later, actions.ByHolder(_nonce(token), places), said)


@pages.post("/<token>/rejoin")
@allow(PUBLIC)
def rejoin(token: str) -> Response:
    """Come back after having been passed (Q6), from the form."""
    return _do(token, actions.rejoin, actions.ByHolder(_nonce(token)), _("You are back in the queue."))


@pages.post("/<token>/help")
@allow(PUBLIC)
def call_help(token: str) -> Response:
    """Call a helper (H5), from the form."""
    lang = str(get_locale() or "zh")
    given = CallHelp(
        ticket=_nonce(token), by_ticket=True, lang=lang, needs=("english",) if lang == "en" else ()
    )
    return _do(token, calls.call_help, given, _("A helper is being called."))


@pages.post("/<token>/help/cancel")
@allow(PUBLIC)
def cancel_help(token: str) -> Response:
    """Take the call back, from the form."""
    call = _help(queries.ticket_by_nonce(db.session(), _nonce(token)))
    given = tokens.nonce_of(_key(), "help", call["token"] if call else "")
    return _do(token, calls.cancel, OnCall(given), _("The call was cancelled."))


def _do(token: str, action: Callable[[Any, Any], Any], command: object, said: str) -> Response:
    """Perform, say how it went on the page itself, and show it again: the same press twice does no harm."""
    try:
        perform(g.actor, action, command)
    except NotFound:
        raise
    except DomainError as problem:
        flash(str(problem.message), "bad")
    else:
        flash(said, "good")
    return redirect(url_for("phone.page", token=token), 303)


def _key() -> bytes:
    key: bytes = current_app.config["HALL"].keys.tokens
    return key


def _nonce(token: str) -> bytes | None:
    return tokens.nonce_of(_key(), "ticket", token)


def _shown(token: str) -> dict[str, Any]:
    session = db.session()
    ticket = queries.ticket_by_nonce(session, _nonce(token))
    view = queries.ticket_view(session, ticket)
    site = site_by_code(session, view.site)
    return {
        "site": site,
        "ticket": view,
        "token": token,
        "key": tokens.place_key(_key(), view.nonce),
        "line_topic": line_topic(view.line),
        "window": _window(view),
        "wait": wait_words(view.wait),
        "stands": place(stands_of_lines(session, site).get(view.line, ()), str(get_locale() or "zh")),
        "why": why_words(view.why),
        "help": _help(ticket),
        "over": view.state in OVER,
        "places": PLACES,
        "laters_left": site.settings.later_times - view.laters if view.state == "waiting" else 0,
        "rejoin_until": _local(view, site),
        "rejoin_ends": view.rejoin_until.isoformat() if view.rejoin_until else "",
        "phones_see": payloads.PHONES_SEE,
        "bookable": helps(session, site.id),
    }


def _help(ticket: Ticket) -> dict[str, Any] | None:
    """The call for help that is open for this ticket."""
    session = db.session()
    site = session.get_one(Site, ticket.site_id)
    found = open_at(session, Place(site, "phone", ticket_id=ticket.id))
    return call_state(call_view(session, found, clock.now()), _key()) if found else None


def why_words(why: str | None) -> str:
    """Why somebody's place is not by time alone, as its holder may read it (Q7); empty where it is."""
    words: dict[str, str] = {"priority": _("Priority by rule"), "returned": _("Back with missing papers")}
    return words.get(why or "", "")


def _window(view: TicketView) -> Window | None:
    return db.session.scalar(select(Window).where(Window.code == view.window)) if view.window else None


def _local(view: TicketView, site: Site) -> str:
    until = view.rejoin_until
    return until.astimezone(site.zone).strftime("%H:%M") if until else ""
