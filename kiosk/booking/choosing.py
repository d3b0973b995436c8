"""Booking a helper, step by step: kind, matter, day and time. Nothing here needs scripts.

Whoever is signed in at the desk books for people on the same pages, without the limits of those who book themselves.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from flask import Blueprint, g, redirect, render_template, request, url_for
from flask_babel import get_locale
from flask_babel import gettext as _
from sqlalchemy import select
from werkzeug.wrappers import Response

from hall import clock
from hall.accounts.access import allow
from hall.accounts.limits import checks_in_by_caller, holds_by_address
from hall.accounts.roles import PUBLIC
from hall.catalog import finding, queries
from hall.catalog.models import Bundle, Line, ServiceItem
from hall.database import db
from hall.errors import DomainError, Invalid, NotFound
from hall.helpers import actions, free, matters
from hall.helpers.api import token_key
from hall.helpers.commands import Hold
from hall.helpers.free import Ask
from hall.helpers.keeping.queries import helps
from hall.helpers.payloads import token_of
from hall.helpers.words import SKILLS
from hall.queueing.drawing import Matter
from hall.sites import Site
from hall.unit_of_work import perform
from kiosk.booking import words
from kiosk.booking.codes import by_code
from kiosk.booking.days import times_of
from kiosk.booking.offers import choice
from kiosk.booking.wish import Wish, wish_of

pages = Blueprint("booking", __name__, url_prefix="/book")

FOUND = 12
FIRST = 6
Page = Response | str | tuple[str, int]


@pages.get("")
@allow(PUBLIC)
def kinds() -> str:
    """The kinds of help, each explained."""
    site = here()
    return render_template("booking/kind.html", offered=helps(db.session(), site.id), **shared(site))


@pages.get("/find")
@allow(PUBLIC)
def find() -> str:
    """The way back to a booking by its code."""
    return find_page("")


@pages.post("/find")
@checks_in_by_caller
@allow(PUBLIC)
def found() -> Page:
    """The booking with this code; whoever guesses is slowed down."""
    typed = request.form.get("code", "").strip()[:80]
    booking = by_code(db.session(), here(), typed, token_key())
    if booking is None:
        said = _("We know no booking with this code. Compare it with your slip or picture, sign by sign.")
        return find_page(typed, {"code": [said]}), 404
    return redirect(url_for("booking_holder.page", token=token_of(token_key(), booking.nonce)), 303)


def find_page(typed: str, errors: dict[str, list[str]] | None = None) -> str:
    """The field for the code."""
    return render_template("booking/find.html", typed=typed, errors=errors, **shared(here()))


@pages.get("/matter")
@allow(PUBLIC)
def matter() -> str:
    """What it is about: what is often asked for, or one of the hall's lines."""
    return matter_page("")


@pages.post("/matter")
@allow(PUBLIC)
def look() -> str:
    """What it is about, looked for in people's own words, which stand in no address."""
    return matter_page(request.form.get("q", "").strip()[:60])


def matter_page(typed: str) -> str:
    """What fits the words, or without any what is often asked for."""
    session, site, wish = db.session(), here(), wish_of(request.args)
    keys = finding.find(session, site, typed, FOUND) if typed else queries.first_offers(session, site, FIRST)
    lines = (
        select(Line).where(Line.site_id == site.id, Line.retired_at.is_(None)).order_by(Line.sort, Line.id)
    )
    offers, left_out = choice(session, site, wish.kind, keys)
    return render_template(
        "booking/matter.html",
        wish=wish,
        typed=typed,
        offers=offers,
        left_out=left_out if typed else [],
        lines=list(session.scalars(lines)),
        **shared(site),
    )


@pages.get("/time")
@allow(PUBLIC)
def time() -> Page:
    """Free days and times for what is wanted."""
    site, wish = here(), wish_of(request.args)
    if wish.matter is None:
        return redirect(url_for("booking.matter", **wish.args()))
    return times_page(site, wish, wish.matter, day_of(request.args.get("day", "")))


@pages.post("/hold")
@holds_by_address
@allow(PUBLIC)
def hold() -> Page:
    """Keep a time while the form is filled in; who is too late sees the nearest free times."""
    site, wish = here(), wish_of(request.form)
    try:
        at = instant(site, request.form.get("starts_at", ""))
        if wish.matter is None:
            raise Invalid(_("Choose what it is about first."))
        command = Hold(
            site.id,
            wish.kind,
            wish.matter,
            at,
            "desk" if actions.at_desk(g.actor) else "phone",
            frozenset(wish.needs),
            wish.helper or None,
            str(get_locale() or "zh"),
        )
        held = perform(g.actor, actions.hold, command)
    except DomainError as problem:
        return gone(site, wish, problem)
    return redirect(url_for("booking_holder.page", token=token_of(token_key(), held.nonce)), 303)


def times_page(
    site: Site, wish: Wish, matter: Matter, day: date | None, but: int = 0, **more: object
) -> Page:
    """The page of days and times; a matter that is not on offer, or not for this kind of help, says so."""
    session, desk = db.session(), actions.at_desk(g.actor)
    try:
        wanted = matters.find(session, site.id, matter)
        matters.require_kind(session, wanted, wish.kind)
    except DomainError as problem:
        return gone(site, wish, problem)
    today = clock.now().astimezone(site.zone).date()
    team = free.team(session, site, today, today)
    values: dict[str, Any] = {
        "wish": wish,
        "matter": wanted.named,
        "papers": papers(site, wish),
        "times": times_of(session, site, wish.ask(at_desk=desk), clock.now(), day, but=but),
        "helper_choices": [
            (one.badge, words.helper_word(one.badge, one.skills))
            for one in free.fitting(team, Ask(wish.kind, frozenset(wish.needs), at_desk=desk))
        ],
        "today": today,
        **shared(site),
        **more,
    }
    return render_template("booking/time.html", **values)


def gone(site: Site, wish: Wish, problem: DomainError) -> Page:
    """What somebody wanted cannot be had: what happened, and what there is instead."""
    near = nearest_of(problem)
    page = render_template(
        "booking/gone.html",
        wish=wish,
        problem=problem,
        nearest=near,
        kinds_left=problem.more.get("kinds", ()),
        **shared(site),
    )
    return page, problem.status


def nearest_of(problem: DomainError) -> list[datetime]:
    """The free times that a refusal names."""
    said = problem.more.get("nearest")
    return [datetime.fromisoformat(str(at)) for at in said] if isinstance(said, list) else []


def papers(site: Site, wish: Wish) -> tuple[queries.Paper, ...]:
    """The papers to bring for the item or bundle that is wanted."""
    return papers_for(site, wish.sort, wish.code)


def papers_for(site: Site, sort: str, code: str) -> tuple[queries.Paper, ...]:
    """The papers of an item or bundle by its code; none of a line."""
    tables: dict[str, Any] = {"item": ServiceItem, "bundle": Bundle}
    table = tables.get(sort)
    if table is None:
        return ()
    key = db.session.scalar(select(table.id).where(table.site_id == site.id, table.code == code))
    offers = queries.offers(db.session(), [(sort, key)]) if key else []
    return offers[0].materials if offers else ()


def here() -> Site:
    """The hall in which is booked. Raises NotFound while there is none."""
    own = getattr(g.actor, "site_id", None) if actions.at_desk(g.actor) else None
    wanted = select(Site).where(Site.retired_at.is_(None)).order_by(Site.id).limit(1)
    site = db.session.scalar(wanted.where(Site.id == own) if own else wanted)
    if site is None:
        raise NotFound(_("This hall has not been set up yet."), code="unknown_site")
    return site


def shared(site: Site) -> dict[str, Any]:
    """What every page of booking may say."""
    return {
        "site": site,
        "desk": actions.at_desk(g.actor),
        "kinds": words.kinds(),
        "skills": {code: str(text) for code, text in SKILLS.items()},
        "say": words,
        "companions": [(str(count), str(count)) for count in range(1, 10)],
    }


def instant(site: Site, said: str) -> datetime:
    """A time of a form, with its offset or in the hall's zone. Raises Invalid."""
    try:
        return clock.instant_said(said, site.zone)
    except ValueError:
        raise Invalid(_("Choose a time."), code="no_time") from None


def day_of(said: str) -> date | None:
    """A date of an address; None for anything else."""
    try:
        return clock.day_said(said)
    except ValueError:
        return None
