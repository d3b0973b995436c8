"""Pages of bookings at the desk: the day's list, finding one, checking in, opening online booking again (H3, H4)."""

from __future__ import annotations

from datetime import date, timedelta

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy import select
from werkzeug.wrappers import Response

from hall import clock, tokens
from hall.accounts.access import allow
from hall.accounts.limits import checks_in_by_caller
from hall.accounts.roles import Can
from hall.database import db
from hall.desk import checking_in
from hall.desk.checking_in import code_in
from hall.desk.views import lists_of
from hall.errors import DomainError, Invalid
from hall.helpers import lockouts, payloads, queries, words
from hall.helpers.api import nonce_of, token_key, vault
from hall.helpers.matters import KIND_WORDS
from hall.helpers.models import Booking
from hall.helpers.queries import BookingView
from hall.queueing.queries import today
from hall.sites import Site
from hall.unit_of_work import perform

booking_pages = Blueprint("desk_bookings", __name__, url_prefix="/desk/bookings")
DIGITS = 4
Page = Response | str | tuple[str, int]


@booking_pages.get("")
@allow(Can.HELPERS_BOOK)
def listed() -> str:
    """What is booked on a date, and before it what a person must move."""
    return _list()


def _list(
    found: list[Booking] | None = None,
    typed: str = "",
    errors: dict[str, list[str]] | None = None,
    given: dict[str, str] | None = None,
) -> str:
    session, site, now = db.session(), _here(), clock.now()
    day = _day(request.args.get("date", "")) or today(site, now)
    rows = queries.of_day(session, site, day) if found is None else found
    return render_template(
        "desk/bookings.html",
        site=site,
        lists=lists_of(site),
        day=day,
        today=today(site, now),
        before=day - timedelta(days=1),
        after=day + timedelta(days=1),
        rows=_rows(rows),
        strays=_rows(queries.orphaned(session, site)) if found is None else [],
        narrowed=found is not None,
        typed=typed,
        errors=errors,
        given=given or {},
        kinds={kind.value: str(text) for kind, text in KIND_WORDS.items()},
        states={state: str(text) for state, text in words.STATES.items()},
    )


def _rows(bookings: list[Booking]) -> list[tuple[str, BookingView]]:
    views = queries.views_of(db.session(), bookings, clock.now(), desk=True)
    return [(payloads.token_of(token_key(), view.nonce), view) for view in views]


@booking_pages.post("/find")
@checks_in_by_caller
@allow(Can.HELPERS_BOOK)
def find() -> Page:
    """By the code its page; by the last four digits of the telephone a list of today's and what is to come."""
    typed = request.form.get("q", "").strip()[:300]
    if len(typed) == DIGITS and typed.isascii() and typed.isdigit():
        rows = _by_digits(typed)
    else:
        rows = _by_code(code_in(typed))
    if not rows:
        said = _("We know no booking with this code or these digits.")
        return _list(typed=typed, errors={"q": [said]}), 404
    if len(rows) == 1:
        return redirect(f"/book/{payloads.token_of(token_key(), rows[0].nonce)}", 303)
    return _list(rows, typed)


def _by_digits(digits: str) -> list[Booking]:
    since = clock.now() - timedelta(hours=12)
    wanted = select(Booking).where(
        Booking.site_id == g.actor.site_id,
        Booking.starts_at >= since,
        Booking.confirmed_at.is_not(None),
        Booking.phone_shown.endswith(digits, autoescape=True),
    )
    return list(db.session.scalars(wanted.order_by(Booking.starts_at, Booking.id).limit(50)))


def _by_code(code: str) -> list[Booking]:
    span = tokens.code_span(code)
    if span is None:
        return []
    wanted = select(Booking).where(Booking.nonce.between(*span), Booking.site_id == g.actor.site_id)
    key = token_key()
    return [
        one
        for one in db.session.scalars(wanted)
        if tokens.is_short_code(key, payloads.BOOKING, one.nonce, code)
    ]


@booking_pages.post("/<token>/arrive")
@allow(Can.HELPERS_BOOK)
def arrive(token: str) -> Response:
    """Somebody is here: the helper is told, and where a window is needed they have a number (H4)."""
    nonce = nonce_of(token)
    code = tokens.short_code(token_key(), payloads.BOOKING, nonce) if nonce else ""
    command = checking_in.CheckIn(g.actor.site_id or 0, token_key(), "desk", code or "-")
    try:
        done = perform(g.actor, checking_in.check_in, command)
    except DomainError as problem:
        flash(str(problem.message), "bad")
    else:
        if done.drawn is not None:
            number = done.drawn.tickets[0].number
            said = _(
                "Checked in. Number %(number)s, at the booked place; the helper has been told.", number=number
            )
        else:
            said = _("Checked in. The helper has been told.")
        flash(said, "good")
    return redirect(f"/book/{token}", 303)


@booking_pages.post("/lift")
@allow(Can.HELPERS_BOOK)
def lift() -> Page:
    """Online booking is opened again for somebody who did not come twice, with a reason that is kept (H3)."""
    given = {
        "who": request.form.get("who", "").strip()[:30],
        "reason": " ".join(request.form.get("reason", "").split())[:200],
    }
    number = given["who"] if len(given["who"]) >= 15 else ""  # noqa: PLR2004 - no telephone is so long, no ID number shorter
    try:
        if len(given["reason"]) < 2:  # noqa: PLR2004 - a word
            said = _("Say why: it is kept.")
            raise Invalid(said, errors={"reason": [said]})
        who = lockouts.Who(
            g.actor.site_id or 0, vault(), "" if number else given["who"], number, given["reason"]
        )
        perform(g.actor, lockouts.lift, who)
    except DomainError as problem:
        told = {
            ("who" if name in {"phone", "id_number"} else name): [str(text) for text in texts]
            for name, texts in (problem.errors or {"who": [problem.message]}).items()
        }
        return _list(errors=told, given=given), problem.status
    flash(_("Online booking is open again for this person."), "good")
    return redirect(url_for("desk_bookings.listed"), 303)


def _here() -> Site:
    return db.session.get_one(Site, g.actor.site_id)


def _day(said: str) -> date | None:
    try:
        return clock.day_said(said)
    except ValueError:
        return None
