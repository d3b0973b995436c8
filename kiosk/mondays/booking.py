"""A citizen books a quarter hour of a head: whom, when, what for. On a phone, or at the desk; without scripts."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from hall import clock
from hall.accounts.access import allow
from hall.accounts.limits import holds_by_address
from hall.accounts.roles import PUBLIC
from hall.actor import ActorKind
from hall.database import db
from hall.errors import Conflict, DomainError, NotFound
from hall.rota.halls import hall_of, hall_of_session, several
from hall.rota.matters import booking, payloads, queries
from hall.rota.matters import words as matter_words
from hall.rota.matters.offers import Offer, offers
from hall.rota.matters.people import WHOLE_ASKED, Person
from hall.rota.matters.queries import MatterView
from hall.rota.queries import rotas
from hall.sites import Site
from hall.unit_of_work import perform
from kiosk.mondays import words
from kiosk.mondays.public import choosing

pages = Blueprint("head_booking", __name__, url_prefix="/mondays/book")
Page = Response | str | tuple[str, int]
LIMITS = {"name": 60, "phone": 30, "asked": WHOLE_ASKED}


@pages.get("")
@allow(PUBLIC)
def heads() -> str:
    """Whom one can book in a hall (`?site=`): everybody on a published list whose turn is not over, by day."""
    code = "" if booking.at_desk(g.actor) else request.args.get("site", "")
    site = hall_of(db.session(), g.actor, code)
    if site is None:
        return choosing("head_booking.heads")
    return _heads(site)


def _heads(site: Site, problem: DomainError | None = None) -> str:
    now = clock.now()
    found = [one for one in offers(db.session(), site, now) if one.is_ahead(now)]
    return _rendered("heads", site, offers=found, rotas=rotas(db.session(), site.id), problem=problem)


@pages.get("/time")
@allow(PUBLIC)
def time() -> Page:
    """The quarter hours of one head."""
    site = _hall()
    return _rendered("time", site, offer=_offer(site, request.args))


@pages.get("/details")
@allow(PUBLIC)
def details() -> Page:
    """Who comes and what for."""
    site = _hall()
    offer, at = _offer(site, request.args), _instant(request.args.get("at", ""))
    if at not in offer.free:
        return _gone(site, offer, {}, _("This time is not free any more. Please choose another one."))
    return _form(site, offer, at, {})


@pages.post("")
@holds_by_address
@allow(PUBLIC)
def book() -> Page:
    """Book it; who is too late keeps what was typed and sees what is free."""
    site = _hall()
    given = {name: request.form.get(name, "").strip()[:limit] for name, limit in LIMITS.items()}
    offer, at = _offer(site, request.form), _instant(request.form.get("at", ""))
    command = booking.Book(
        site.id,
        offer.session,
        offer.body,
        at or clock.now(),
        payloads.vault(),
        Person(given["name"], given["phone"], given["asked"]),
    )
    try:
        done = perform(g.actor, booking.book, command)
    except DomainError as problem:
        db.session.rollback()
        return _refused(site, request.form, given, problem)
    return redirect(url_for("head_booking.page", token=payloads.token_of(done.row.nonce)), 303)


def _refused(site: Site, form: Any, given: dict[str, str], problem: DomainError) -> Page:  # noqa: ANN401 - a form
    if problem.code == "not_received":
        return _heads(site, problem), problem.status
    offer = _offer(site, form)
    if problem.code in {"slot_taken", "no_time"}:
        return _gone(site, offer, given, str(problem.message))
    return _form(site, offer, _instant(form.get("at", "")), given, problem), problem.status


@pages.post("/again")
@allow(PUBLIC)
def again() -> Page:
    """Another time for what was typed already."""
    site = _hall()
    given = {name: request.form.get(name, "").strip()[:limit] for name, limit in LIMITS.items()}
    offer, at = _offer(site, request.form), _instant(request.form.get("at", ""))
    if at not in offer.free:
        return _gone(site, offer, given, _("This time is not free any more. Please choose another one."))
    return _form(site, offer, at, given)


@pages.get("/<token>")
@allow(PUBLIC)
def page(token: str) -> Page:
    """A booking as it stands: when, where; later what was promised, by when. An unknown code: in two languages."""
    try:
        view = _view(token)
    except NotFound as problem:
        return render_template("receptions/unknown.html"), problem.status
    holder = (
        g.actor.kind is not ActorKind.STAFF
    )  # whose work it is reads it on the department's page, on record
    promise = payloads.vault().open(view.row.promise_sealed) if holder else ""
    return _rendered(
        "booked",
        _site_of(view),
        view=view,
        token=token,
        code=payloads.code_of(view.row.nonce),
        starts=view.row.starts_at.astimezone(view.zone) if view.row.starts_at else None,
        headline=matter_words.HEADLINES[view.row.state],
        promise=promise,
    )


@pages.post("/<token>/withdraw")
@allow(PUBLIC)
def withdraw(token: str) -> Response:
    """Give the booking up."""
    try:
        perform(g.actor, booking.withdraw, payloads.nonce_of(token))
    except NotFound:
        raise
    except DomainError as problem:
        flash(str(problem.message), "bad")
    else:
        flash(_("Given up. The time is free for others again."), "good")
    return redirect(url_for("head_booking.page", token=token), 303)


def _view(token: str) -> MatterView:
    session = db.session()
    row = queries.by_nonce(session, payloads.nonce_of(token))
    return queries.views(session, session.get_one(Site, row.site_id), [row], clock.now())[0]


def _site_of(view: MatterView) -> Site:
    return db.session.get_one(Site, view.row.site_id)


def _hall() -> Site:
    """The hall of the session that an address or a form names; the desk books in its own."""
    session = db.session()
    key = 0 if booking.at_desk(g.actor) else _key(request.values.get("session", ""))
    site = hall_of_session(session, key) or hall_of(session, g.actor)
    if site is None:
        raise _not_received()
    return site


def _key(said: str) -> int:
    return int(said) if said.isascii() and said.isdecimal() and len(said) < 10 else 0  # noqa: PLR2004 - keys are shorter


def _not_received() -> Conflict:
    return Conflict(
        _("This department does not receive on that day (any more). Please choose another time."),
        code="not_received",
    )


def _offer(site: Site, given: Any) -> Offer:  # noqa: ANN401 - an address or a form
    """The head that an address or a form names. Raises Conflict where they do not receive."""
    session, body = (_key(given.get(name, "")) for name in ("session", "body"))
    for offer in offers(db.session(), site, clock.now(), session):
        if offer.body == body:
            return offer
    raise _not_received()


def _instant(said: str) -> datetime | None:
    try:
        at = clock.meant(datetime.fromisoformat(said))
    except ValueError:
        return None
    return at if at.tzinfo else None


def _form(
    site: Site, offer: Offer, at: datetime | None, given: dict[str, str], problem: DomainError | None = None
) -> str:
    errors = (problem.errors or {"": [problem.message]}) if problem else None
    return _rendered("form", site, offer=offer, at=at, given=given, errors=errors)


def _gone(site: Site, offer: Offer, given: dict[str, str], said: str) -> tuple[str, int]:
    """Somebody was faster: what is free, and nothing that was typed is lost."""
    return _rendered("time", site, offer=offer, given=given, gone=said), 409


def _rendered(name: str, site: Site, **values: Any) -> str:  # noqa: ANN401 - what a template is given
    return render_template(
        f"receptions/{name}.html",
        site=site,
        desk=booking.at_desk(g.actor),
        say=words,
        several=several(db.session()),
        **values,
    )
