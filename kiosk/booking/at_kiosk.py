"""Booking a helper at a kiosk: big tiles, digits for the telephone, nothing to type (H1, H3).

Pages of their own, so that the kiosk's first page stays light. They know the kiosk by its cookie, as that page
does, and carry its language, large text, lowered controls and voice in their addresses: the next person begins anew.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from flask import Blueprint, redirect, request, url_for
from flask_babel import force_locale
from flask_babel import gettext as _
from sqlalchemy import select

from hall import clock
from hall.accounts.access import allow
from hall.accounts.roles import PUBLIC
from hall.catalog import queries
from hall.catalog.models import Line
from hall.database import db
from hall.errors import Conflict, DomainError, Invalid, NotFound
from hall.helpers import actions, free, matters
from hall.helpers.api import nonce_of, token_key, vault
from hall.helpers.commands import Cancel, Confirm, Hold
from hall.helpers.free import Ask
from hall.helpers.payloads import token_of
from hall.helpers.people import Person
from hall.helpers.queries import BookingView
from hall.helpers.rules import SKILLS
from hall.printing import bookings as slips
from hall.unit_of_work import perform
from kiosk.booking.choosing import Page, day_of, instant, nearest_of
from kiosk.booking.days import times_of
from kiosk.booking.of_kiosk import Kiosk, shown, this_kiosk
from kiosk.booking.offers import choice
from kiosk.booking.paper import on_paper
from kiosk.booking.showing import booked, booking_of, values_of
from kiosk.booking.wish import Wish, wish_of

kiosk_booking = Blueprint("booking_kiosk", __name__, url_prefix="/kiosk/book")

OFFERS = 7
"""Matters often asked for; an eighth tile is for who is not sure."""
SPARE = 12
"""So many more are looked at, for those with which nobody may help (H1)."""
LINES = 12
DAYS = 5
TIMES = 20
HALF_HOURS = frozenset({0, 30})
MADE = frozenset({"confirmed", "arrived", "started"})


@kiosk_booking.get("")
@allow(PUBLIC)
def kinds() -> str:
    """The kinds of help."""
    return shown(this_kiosk(), "kind")


@kiosk_booking.get("/matter")
@allow(PUBLIC)
def matter() -> str:
    """What is often asked for, as tiles; who is not sure chooses a line. A home visit needs an address."""
    kiosk, session, wish = this_kiosk(), db.session(), wish_of(request.args)
    if wish.kind == "home_visit":
        return shown(kiosk, "visit")
    unsure = request.args.get("unsure") == "1"
    if not unsure:
        keys = queries.first_offers(session, kiosk.site, OFFERS + SPARE)
        offers = choice(session, kiosk.site, wish.kind, keys)[0][:OFFERS]
        return shown(kiosk, "matter", wish=wish, offers=offers, lines=[])
    lines = select(Line).where(Line.site_id == kiosk.site.id, Line.retired_at.is_(None))
    found = session.scalars(lines.order_by(Line.sort, Line.id).limit(LINES))
    return shown(kiosk, "matter", wish=wish, offers=[], lines=list(found))


@kiosk_booking.get("/time")
@allow(PUBLIC)
def time() -> Page:
    """The nearest free days, and the times of one of them."""
    kiosk, session, wish = this_kiosk(), db.session(), wish_of(request.args)
    if wish.matter is None:
        return redirect(url_for(".matter", **kiosk.args(kind=wish.kind)))
    try:
        wanted = matters.find(session, kiosk.site.id, wish.matter)
        matters.require_kind(session, wanted, wish.kind)
    except DomainError as problem:
        return _refused(kiosk, wish, problem)
    day = day_of(request.args.get("day", ""))
    found = times_of(session, kiosk.site, wish.ask(at_desk=False), clock.now(), day)
    days = [one for one in found.days if one.state == "free"][:DAYS]
    times = _some(found.mornings + found.afternoons)
    return shown(
        kiosk,
        "time",
        wish=wish,
        matter=wanted.named,
        days=days,
        chosen=found.chosen,
        times=times,
        skills=_skills(kiosk, wish),
    )


def _skills(kiosk: Kiosk, wish: Wish) -> list[tuple[str, bool, Wish]]:
    """What one may ask a helper to know, of what the team knows; whether it is asked, and the other way (H6)."""
    today = clock.now().astimezone(kiosk.site.zone).date()
    team = free.team(db.session(), kiosk.site, today, today)
    known = frozenset[str]().union(*(one.skills for one in free.fitting(team, Ask(wish.kind))))
    return [
        (code, code in wish.needs, replace(wish, needs=tuple(_other(wish.needs, code))))
        for code in SKILLS
        if code in known
    ]


def _other(needs: tuple[str, ...], code: str) -> list[str]:
    return [one for one in SKILLS if (one in needs) != (one == code)]


def _some(times: list[datetime]) -> list[datetime]:
    """As many times as find room: of a fine grid the half hours."""
    if len(times) > TIMES:
        times = [at for at in times if at.minute in HALF_HOURS] or times
    return times[:TIMES]


def _refused(kiosk: Kiosk, wish: Wish, problem: DomainError, typed: str = "") -> Page:
    """What cannot be had, and the nearest free times."""
    near = nearest_of(problem)
    return shown(kiosk, "refused", wish=wish, problem=problem, nearest=near, typed=typed), problem.status


@kiosk_booking.post("/hold")
@allow(PUBLIC)
def hold() -> Page:
    """Keep a time for ten minutes; who is too late sees the nearest free ones."""
    kiosk, wish, typed = this_kiosk(), wish_of(request.form), _digits()
    try:
        if wish.matter is None or wish.kind == "home_visit":
            raise Invalid(_("Choose what it is about first."))
        at = instant(kiosk.site, request.form.get("starts_at", ""))
        needs = frozenset(wish.needs)
        command = Hold(kiosk.site.id, wish.kind, wish.matter, at, "kiosk", needs, lang=kiosk.lang)
        held = perform(kiosk.actor, actions.hold, command)
    except DomainError as problem:
        return _refused(kiosk, wish, problem, typed)
    token = token_of(token_key(), held.nonce)
    if typed:  # held too long before: the number need not be touched again
        db.session.rollback()  # what was read before is older than the new hold
        return _telephone(this_kiosk(), token, held, typed)
    return redirect(url_for(".page", token=token, **kiosk.args()), 303)


@kiosk_booking.get("/<token>")
@allow(PUBLIC)
def page(token: str) -> Page:
    """The telephone's digits while the time is held, then the code."""
    kiosk = this_kiosk()
    try:
        view = booking_of(token)
    except NotFound:
        return redirect(url_for(".kinds", **kiosk.args()))
    if view.state == "held" and view.may_confirm:
        return _telephone(kiosk, token, view)
    if view.state in MADE:
        with force_locale(kiosk.lang):
            return shown(
                kiosk, "done", token=token, paper=on_paper(kiosk.actor.id or 0, view, token), **booked(view)
            )
    return redirect(url_for(".time", **kiosk.args(**_wish(view).args())))


def _telephone(
    kiosk: Kiosk, token: str, view: BookingView, typed: str = "", problem: DomainError | None = None
) -> str:
    values = {"token": token, "typed": typed, "problem": problem, "now": clock.now()}
    return shown(kiosk, "phone", **(values_of(view) | values))


def _wish(view: BookingView) -> Wish:
    return Wish(view.kind, view.matter_kind, view.matter.code, view.needs)


def _digits() -> str:
    return "".join(sign for sign in request.form.get("phone", "") if sign in "0123456789")[:12]


@kiosk_booking.post("/<token>/confirm")
@allow(PUBLIC)
def confirm(token: str) -> Page:
    """Book what is held, under a telephone alone."""
    kiosk, typed = this_kiosk(), _digits()
    try:
        perform(kiosk.actor, slips.confirm, Confirm(nonce_of(token), vault(), Person("", typed)))
    except NotFound:
        return redirect(url_for(".kinds", **kiosk.args()), 303)
    except DomainError as problem:
        db.session.rollback()
        if problem.code not in {"already_confirmed", "booking_over"}:
            return _not_yet(this_kiosk(), token, typed, problem)
    return redirect(url_for(".page", token=token, **kiosk.args()), 303)


def _not_yet(kiosk: Kiosk, token: str, typed: str, problem: DomainError) -> Page:
    view = booking_of(token)
    if problem.code in {"hold_over", "given_up"} or view.state != "held":
        return _refused(kiosk, _wish(view), problem, typed)
    return _telephone(kiosk, token, view, typed, problem), problem.status


@kiosk_booking.post("/<token>/leave")
@allow(PUBLIC)
def leave(token: str) -> Page:
    """Whoever goes away gives a held time back; what is booked stays booked."""
    kiosk = this_kiosk()
    try:
        view = booking_of(token)
        if view.state == "held":
            perform(kiosk.actor, actions.cancel, Cancel(nonce_of(token), view.revision))
    except (NotFound, Conflict):
        pass  # gone, or booked meanwhile
    return redirect(url_for("kiosk_pages.kiosk"), 303)
