"""Machine interface of booking at the desk: what is booked, what must be moved, and who is locked out (H3)."""

from __future__ import annotations

from apiflask import APIBlueprint
from flask import Response, g
from flask_babel import lazy_gettext as _l

from hall import clock
from hall.accounts.access import allow, of_site
from hall.accounts.roles import Can
from hall.database import db
from hall.errors import Invalid
from hall.helpers import lockouts, payloads, queries
from hall.helpers.api import said, token_key, vault
from hall.helpers.lockouts import Who
from hall.helpers.schemas import BookingsIn, BookingsOut, LiftIn, LockoutOut, WhoIn
from hall.http import command, respond
from hall.sites import Site, site_by_code
from hall.unit_of_work import Answer

api = APIBlueprint("helpers_desk_api", __name__, url_prefix="/api/v1", tag="Helpers")


def _site(code: str) -> Site:
    found = site_by_code(db.session(), code)
    of_site(g.actor, found.id)
    return found


@api.get("/sites/<site>/bookings")
@api.input(BookingsIn, location="query", arg_name="wish")
@api.output(BookingsOut)
@allow(Can.HELPERS_BOOK)
def bookings(site: str, wish: BookingsIn) -> Response:
    """What is booked on a date (today without one); with `orphaned` what must be moved, whatever its date."""
    here, now, session = _site(site), clock.now(), db.session()
    try:
        day = clock.day_said(wish.date) if wish.date else clock.business_date(here.zone, now)
    except ValueError:
        words = _l("There is no such day.")
        raise Invalid(words, errors={"date": [words]}) from None
    rows = queries.orphaned(session, here) if wish.orphaned else queries.of_day(session, here, day)
    views = queries.views_of(session, rows, now, desk=True)
    return respond(said({"bookings": [payloads.booking(view, token_key()) for view in views]}))


@api.post("/sites/<site>/lockouts/find")
@api.input(WhoIn, arg_name="body")
@api.output(LockoutOut)
@allow(Can.HELPERS_BOOK)
def find_lockout(site: str, body: WhoIn) -> Response:
    """Until when somebody cannot book online, after two no-shows."""
    here = _site(site)
    until = lockouts.lock(db.session(), Who(here.id, vault(), body.phone, body.id_number), clock.now())
    return respond(said({"locked_until": until.astimezone(here.zone).isoformat() if until else None}))


@api.post("/sites/<site>/lockouts/lift")
@api.input(LiftIn, arg_name="body")
@api.output(LockoutOut)
@allow(Can.HELPERS_BOOK)
def lift_lockout(site: str, body: LiftIn) -> Response:
    """Let them book online again; who did so and why is kept."""
    given = Who(_site(site).id, vault(), body.phone, body.id_number, body.reason)
    return command(lockouts.lift, given, _lifted)


def _lifted(_nothing: None) -> Answer:
    return said({"locked_until": None})
