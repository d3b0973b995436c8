"""What a booking's own pages show: the form, the time that is over, what is booked."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from flask import current_app, g, render_template
from flask_babel import gettext as _

from hall import clock
from hall.database import db
from hall.errors import DomainError, Invalid, NotFound
from hall.helpers import actions, payloads, queries
from hall.helpers.api import nonce_of, token_key
from hall.helpers.queries import BookingView
from hall.helpers.words import because
from hall.qr import qr_svg
from hall.queueing.drawing import Matter
from hall.sites import Site, site_by_code
from kiosk.booking import words
from kiosk.booking.choosing import papers_for, shared
from kiosk.booking.wish import Wish


def booking_of(token: str) -> BookingView:
    """The booking of a token. Raises NotFound."""
    booking = queries.by_nonce(db.session(), nonce_of(token))
    if booking is None:
        raise NotFound(_("We know no such booking."), code="unknown_booking")
    return queries.view_of(db.session(), booking, clock.now(), desk=actions.at_desk(g.actor))


def matter_of(view: BookingView) -> Matter:
    """What a booking is about, as the booking room takes it."""
    found = Wish(view.kind, view.matter_kind, view.matter.code).matter
    if found is None:
        raise Invalid(_("Choose what it is about first."))
    return found


def values_of(view: BookingView) -> dict[str, Any]:
    """What every page of a booking may say."""
    site: Site = site_by_code(db.session(), view.site.code)
    return {
        "booking": view,
        "starts": view.starts_at.astimezone(site.zone),
        "ends": view.ends_at.astimezone(site.zone),
        **shared(site),
    }


def form_page(
    token: str, view: BookingView, given: dict[str, str], problem: DomainError | None = None
) -> str:
    """Who comes: name and telephone, an address for home visits; how long the time is still held."""
    errors = (problem.errors or {"": [problem.message]}) if problem else None
    return render_template(
        "booking/form.html", token=token, given=given, errors=errors, now=clock.now(), **values_of(view)
    )


def over_page(
    token: str,
    view: BookingView,
    given: dict[str, str],
    near: list[datetime] | None = None,
    problem: DomainError | None = None,
) -> str:
    """The time was held too long: the nearest free ones, and nothing of what was typed is lost."""
    return render_template(
        "booking/over.html", token=token, given=given, nearest=near, problem=problem, **values_of(view)
    )


def booked(view: BookingView) -> dict[str, Any]:
    """What page and slip of a booking say."""
    key, config = token_key(), current_app.config["HALL"]
    values = values_of(view)
    site: Site = values["site"]
    return {
        **values,
        "code": payloads.code_of(key, view.nonce),
        "qr": qr_svg(payloads.scanned(key, view.nonce, config.public_url)),
        "headline": words.headline(view.state),
        "why": because(view.because, view.because_among, view.because_load_min),
        "reminder": _reminder(view, site),
        "papers": papers_for(site, view.matter_kind, view.matter.code),
        "may_cancel_until": view.starts_at.astimezone(site.zone)
        - timedelta(minutes=site.settings.booking_cancel_min),
    }


def _reminder(view: BookingView, site: Site) -> str:
    """That they are reminded, where a gateway sends messages; nothing is promised where files alone are written."""
    if not view.phone_shown or current_app.extensions["hall_channel"].name == "file":
        return ""
    hours = site.settings.remind_before_hours
    return str(_("We send you a message about %(hours)s hours before.", hours=hours))


def booked_page(token: str, view: BookingView) -> str:
    """What is booked: code, time, helper, papers, and what can still be done."""
    return render_template("booking/booked.html", token=token, **booked(view))
