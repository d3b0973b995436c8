"""Machine interface of booking helpers: for the public by token, for the desk with its account (H2, H3)."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import Any

from apiflask import APIBlueprint
from flask import Response, current_app, g
from flask_babel import get_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from hall import clock, tokens
from hall.accounts.access import allow
from hall.accounts.limits import confirms_by_address, holds_by_address
from hall.accounts.roles import PUBLIC
from hall.actor import ActorKind
from hall.applicants.vault import Vault
from hall.database import db
from hall.errors import Invalid, NotFound
from hall.helpers import actions, free, matters, payloads, queries, rules
from hall.helpers.commands import Cancel, Change, Confirm, Hold
from hall.helpers.free import Ask
from hall.helpers.people import Person
from hall.helpers.queries import BookingView
from hall.helpers.schemas import (
    BookingOut,
    CancelBookingIn,
    ChangeIn,
    ConfirmIn,
    HelpersOut,
    HoldTimeIn,
    TimesIn,
    TimesOut,
)
from hall.hours.queries import hours_of
from hall.http import command, respond
from hall.qr import qr_svg
from hall.queueing.drawing import Matter
from hall.sites import Site, site_by_code
from hall.unit_of_work import Answer

api = APIBlueprint("helpers_api", __name__, url_prefix="/api/v1", tag="Helpers")


def token_key() -> bytes:
    """The key of public tokens."""
    key: bytes = current_app.config["HALL"].keys.tokens
    return key


def vault() -> Vault:
    """The hall's vault of personal data."""
    return Vault(current_app.config["HALL"].keys)


def nonce_of(token: str) -> bytes | None:
    """The nonce of a booking's token, None for a forged one."""
    return tokens.nonce_of(token_key(), payloads.BOOKING, token)


def said(state: object, status: int = 200) -> Answer:
    """An answer of the interface."""
    return Answer(status, json.dumps(state, ensure_ascii=False, separators=(",", ":")))


def found(token: str) -> BookingView:
    """The booking of a token, as its caller sees it. Raises NotFound."""
    booking = queries.by_nonce(db.session(), nonce_of(token))
    if booking is None:
        raise NotFound(_l("We know no such booking."), code="unknown_booking")
    return queries.view_of(db.session(), booking, clock.now(), desk=actions.at_desk(g.actor))


def told(view: BookingView, status: int = 200) -> Answer:
    """A booking after a command."""
    return said(payloads.booking(view, token_key()), status)


@api.get("/sites/<site>/help/times")
@api.input(TimesIn, location="query", arg_name="wish")
@api.output(TimesOut)
@allow(PUBLIC)
def times(site: str, wish: TimesIn) -> Response:
    """When a helper can be booked: by kind, matter, what is needed, or one helper; `since` a date, for some `days`."""
    here, now = site_by_code(db.session(), site), clock.now()
    matter = _matter(wish)
    if matter is not None:
        matters.require_kind(db.session(), matters.find(db.session(), here.id, matter), wish.kind)
    needs = frozenset(filter(None, wish.needs.split(",")))
    ask = Ask(wish.kind, needs, wish.helper, actions.at_desk(g.actor))
    since = _date(wish.since) or clock.business_date(here.zone, now)
    until = since + timedelta(days=wish.days - 1)
    hours = hours_of(db.session(), here)
    state = {
        "kind": wish.kind,
        "minutes": rules.length_of(wish.kind, here.settings).during * 5,
        "last_day": free.span(here, hours, now)[1].isoformat(),
        "days": payloads.days(free.free_times(db.session(), here, ask, (since, until), now), here),
    }
    return respond(said(state))


def _matter(wish: TimesIn) -> Matter | None:
    given = [name for name in ("item", "bundle", "line") if getattr(wish, name)]
    if len(given) > 1:
        words = _l("Name one matter: an item, a bundle or a line.")
        raise Invalid(words, errors={given[1]: [words]})
    return Matter(wish.line, wish.item, wish.bundle) if given else None


def _date(text: str | None) -> date | None:
    try:
        return clock.day_said(text) if text else None
    except ValueError:
        words = _l("There is no such day.")
        raise Invalid(words, errors={"since": [words]}) from None


@api.get("/sites/<site>/help/helpers")
@api.output(HelpersOut)
@allow(PUBLIC)
def helpers(site: str) -> Response:
    """Who can be booked: badge, kinds of help, skills; never a name."""
    here, today = site_by_code(db.session(), site), clock.now().date()
    members = free.team(db.session(), here, today, today)
    return respond(said({"helpers": [payloads.helper(one) for one in members]}))


@api.post("/sites/<site>/bookings")
@api.input(HoldTimeIn, arg_name="body")
@api.output(BookingOut, 201)
@holds_by_address
@allow(PUBLIC)
def hold(site: str, body: HoldTimeIn) -> Response:
    """Keep a time for ten minutes, while the form is filled in; the token in the answer opens it."""
    here = site_by_code(db.session(), site)
    given = Hold(
        here.id,
        body.kind,
        Matter(body.line, body.item, body.bundle),
        body.starts_at,
        _channel(here),
        frozenset(body.needs),
        body.helper,
        body.lang,
    )
    return command(actions.hold, given, lambda view: told(view, 201))


def _channel(site: Site) -> str:
    """Where it is booked: at a kiosk or a desk of this hall, else by phone."""
    if g.actor.site_id == site.id or g.actor.every_site:
        if g.actor.kind is ActorKind.DEVICE:
            return "kiosk"
        if actions.at_desk(g.actor):
            return "desk"
    return "phone"


@api.get("/bookings/<token>")
@api.output(BookingOut)
@allow(PUBLIC)
def booking(token: str) -> Response:
    """A booking, for who has its token."""
    return respond(told(found(token)))


@api.post("/bookings/<token>/confirm")
@api.input(ConfirmIn, arg_name="body")
@api.output(BookingOut)
@confirms_by_address
@allow(PUBLIC)
def confirm(token: str, body: ConfirmIn) -> Response:
    """Book what is held; a hold whose time is over is answered with the nearest free times."""
    person = Person(body.name, body.phone, body.id_number)
    given = Confirm(nonce_of(token), vault(), person, body.address, body.wish, body.companions)
    return command(actions.confirm, given, told)


@api.post("/bookings/<token>/change")
@api.input(ChangeIn, arg_name="body")
@api.output(BookingOut)
@allow(PUBLIC)
def change(token: str, body: ChangeIn) -> Response:
    """Another time or helper; of two devices that change the same booking the second is told (`stale_booking`)."""
    needs = frozenset(body.needs) if body.needs is not None else None
    given = Change(nonce_of(token), body.starts_at, body.revision, body.helper, needs)
    return command(actions.change, given, told)


@api.post("/bookings/<token>/cancel")
@api.input(CancelBookingIn, arg_name="body")
@api.output(BookingOut)
@allow(PUBLIC)
def cancel(token: str, body: CancelBookingIn) -> Response:
    """Give it up: online until two hours before, at the desk at any time."""
    return command(actions.cancel, Cancel(nonce_of(token), body.revision), told)


@api.get("/bookings/<token>/qr.svg")
@allow(PUBLIC)
def qr(token: str) -> Response:
    """The code to hold to the kiosk's scanner."""
    view = found(token)
    text = payloads.scanned(token_key(), view.nonce, current_app.config["HALL"].public_url)
    return Response(qr_svg(text), content_type="image/svg+xml")


@api.get("/bookings/<token>/calendar.ics")
@allow(PUBLIC)
def calendar(token: str) -> Response:
    """The booking for a telephone's calendar."""
    from hall.helpers.calendar_file import calendar_file  # noqa: PLC0415 - a server at rest needs no calendars

    view = found(token)
    english = str(get_locale() or "zh") == "en"

    def name_of(row: Any) -> str:  # noqa: ANN401 - whatever has two names
        return str((english and row.name_en) or row.name)

    key = token_key()
    title = _("Helper: %(matter)s", matter=name_of(view.matter))
    text = _(
        "Code %(code)s · helper no. %(badge)s. Check in at the kiosk or the desk.",
        code=payloads.code_of(key, view.nonce),
        badge=view.badge,
    )
    uid = f"{tokens.place_key(key, view.nonce)}-{view.id}@{view.site.code}"
    file = calendar_file(view, title=title, where=name_of(view.site), text=text, uid=uid, now=clock.now())
    response = Response(file, content_type="text/calendar; charset=utf-8")
    response.headers["Content-Disposition"] = 'attachment; filename="booking.ics"'
    return response
