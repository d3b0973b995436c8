"""A booking's own pages, for whoever has its token: the form while it is held, what is booked, moving, giving up."""

from __future__ import annotations

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask_babel import get_locale
from flask_babel import gettext as _

from hall.accounts.access import allow
from hall.accounts.limits import confirms_by_address, holds_by_address
from hall.accounts.roles import PUBLIC
from hall.database import db
from hall.errors import DomainError, NotFound
from hall.helpers import actions, payloads
from hall.helpers.api import nonce_of, token_key, vault
from hall.helpers.commands import Cancel, Change, Confirm, Hold
from hall.helpers.people import Person
from hall.helpers.queries import BookingView
from hall.signs import refuse_turning_signs
from hall.sites import site_by_code
from hall.unit_of_work import perform
from kiosk.booking.choosing import Page, day_of, instant, nearest_of, times_page
from kiosk.booking.showing import (
    booked,
    booked_page,
    booking_of,
    form_page,
    matter_of,
    over_page,
    values_of,
)
from kiosk.booking.wish import Wish, typed

holder_pages = Blueprint("booking_holder", __name__, url_prefix="/book")
BARRED = frozenset({"locked_out", "already_booked", "enough_bookings"})
OPEN_STATES = frozenset({"confirmed", "arrived", "started"})


@holder_pages.get("/<token>")
@allow(PUBLIC)
def page(token: str) -> Page:
    """The form while the time is held; afterwards the booking as it stands. An unknown code: in two languages."""
    try:
        view = booking_of(token)
    except NotFound as problem:
        return render_template("booking/unknown.html"), problem.status
    if view.state == "held" and view.may_confirm:
        return form_page(token, view, {})
    if view.state in {"held", "expired"}:
        return over_page(token, view, {})
    return booked_page(token, view)


@holder_pages.post("/<token>/confirm")
@confirms_by_address
@allow(PUBLIC)
def confirm(token: str) -> Page:
    """Book what is held, or say what stands against it; what was typed stays, also for who mistyped (`edit`)."""
    given = typed(request.form)
    if request.form.get("edit") and (held := booking_of(token)).may_confirm:
        return form_page(token, held, given)
    companions = int(given["companions"]) if given["companions"].isdecimal() else 0
    person = Person(given["name"], given["phone"], given["id_number"])
    command = Confirm(nonce_of(token), vault(), person, given["address"], given["wish"], min(companions, 9))
    try:
        refuse_turning_signs(given)
        perform(g.actor, actions.confirm, command)
    except NotFound:
        raise
    except DomainError as problem:
        return _refused(token, given, problem)
    return redirect(url_for("booking_holder.page", token=token), 303)


def _refused(token: str, given: dict[str, str], problem: DomainError) -> Page:
    view = booking_of(token)
    if problem.code in {"hold_over", "given_up"}:
        return over_page(token, view, given, nearest_of(problem), problem), problem.status
    if view.state != "held":  # booked, or over: as it stands now
        return redirect(url_for("booking_holder.page", token=token), 303)
    if problem.code in BARRED:
        shown = render_template(
            "booking/barred.html", problem=problem, token=token, given=given, **values_of(view)
        )
        return shown, problem.status
    return form_page(token, view, given, problem), problem.status


@holder_pages.post("/<token>/again")
@holds_by_address
@allow(PUBLIC)
def again(token: str) -> Page:
    """Another time for what was held too long: the form comes back with what was typed."""
    view, given = booking_of(token), typed(request.form)
    site = site_by_code(db.session(), view.site.code)
    try:
        command = Hold(
            site.id,
            view.kind,
            matter_of(view),
            instant(site, request.form.get("starts_at", "")),
            view.channel,
            frozenset(view.needs),
            view.badge if view.because == "wished" else None,
            str(get_locale() or "zh"),
        )
        held = perform(g.actor, actions.hold, command)
    except DomainError as problem:
        return over_page(token, view, given, nearest_of(problem), problem), problem.status
    db.session.rollback()  # what was read before is older than the new hold
    return form_page(payloads.token_of(token_key(), held.nonce), held, given)


@holder_pages.get("/<token>/change")
@allow(PUBLIC)
def change_page(token: str) -> Page:
    """Other days and times for a booking."""
    view = booking_of(token)
    if not view.may_change:
        return redirect(url_for("booking_holder.page", token=token))
    return _other_times(token, view)


def _other_times(token: str, view: BookingView, problem: DomainError | None = None) -> Page:
    site = site_by_code(db.session(), view.site.code)
    badge = request.values.get("helper", view.badge if view.because == "wished" else "")[:12]
    wish = Wish(view.kind, view.matter_kind, view.matter.code, view.needs, badge)
    day = day_of(request.values.get("day", "")) or view.starts_at.astimezone(site.zone).date()
    more = {
        "moving": view,
        "token": token,
        "problem": problem,
        "nearest": nearest_of(problem) if problem else [],
    }
    return times_page(site, wish, matter_of(view), day, view.id, **more)


@holder_pages.post("/<token>/change")
@allow(PUBLIC)
def change(token: str) -> Page:
    """Move the booking to another time."""
    view = booking_of(token)
    try:
        at = instant(site_by_code(db.session(), view.site.code), request.form.get("starts_at", ""))
        badge = request.form.get("helper", "")[:12] or None
        perform(g.actor, actions.change, Change(nonce_of(token), at, _revision(), badge))
    except NotFound:
        raise
    except DomainError as problem:
        db.session.rollback()
        if problem.code in {"slot_taken", "past_time", "too_soon", "hall_closed", "not_a_beginning"}:
            page = _other_times(token, booking_of(token), problem)
            return (page, problem.status) if isinstance(page, str) else page
        flash(str(problem.message), "bad")
    else:
        flash(_("Moved. Here is your booking as it stands now."), "good")
    return redirect(url_for("booking_holder.page", token=token), 303)


@holder_pages.post("/<token>/cancel")
@allow(PUBLIC)
def cancel(token: str) -> Page:
    """Give the booking, or the time that is held, up."""
    held = booking_of(token).state == "held"
    try:
        perform(g.actor, actions.cancel, Cancel(nonce_of(token), None if held else _revision()))
    except NotFound:
        raise
    except DomainError as problem:
        flash(str(problem.message), "bad")
    else:
        flash(_("Cancelled. The time is free for others again."), "good")
        if held:
            return redirect(url_for("booking.kinds"), 303)
    return redirect(url_for("booking_holder.page", token=token), 303)


@holder_pages.get("/<token>/slip")
@allow(PUBLIC)
def slip(token: str) -> Page:
    """The booking on paper, printed by the computer that shows it."""
    view = booking_of(token)
    if view.state not in OPEN_STATES:
        return redirect(url_for("booking_holder.page", token=token))
    return render_template("booking/slip.html", token=token, **booked(view))


def _revision() -> int:
    text = request.form.get("revision", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0  # noqa: PLR2004 - never reached
