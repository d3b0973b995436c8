"""Machine interface of hard matters (M6): what is free, booking, taking up, promising."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from apiflask import APIBlueprint
from flask import Response, g
from flask_babel import lazy_gettext as _l

from hall import clock
from hall.accounts.access import allow, of_site
from hall.accounts.limits import holds_by_address
from hall.accounts.roles import PUBLIC, Can
from hall.database import db
from hall.errors import Invalid
from hall.http import command, respond
from hall.rota.matters import booking, payloads, queries, reading, schemas, taking
from hall.rota.matters.models import HardMatter
from hall.rota.matters.offers import offers
from hall.rota.matters.people import Person
from hall.sites import Site, site_by_code
from hall.unit_of_work import Answer, perform

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from hall.rota.matters.queries import MatterView

api = APIBlueprint("rota_matters", __name__, url_prefix="/api/v1", tag="Receptions")


@api.get("/sites/<site>/receptions/times")
@api.output(schemas.SeatOffersOut)
@allow(PUBLIC)
def times(site: str) -> Response:
    """Heads who can be booked, with the quarter hours that are free."""
    here = site_by_code(db.session(), site)
    found = offers(db.session(), here, clock.now())
    return respond(Answer.of({"offers": payloads.offers(found, here.zone)}))


@api.post("/sites/<site>/receptions/bookings")
@api.input(schemas.BookIn, arg_name="body")
@api.output(schemas.MatterOut, 201)
@holds_by_address
@allow(PUBLIC)
def book(site: str, body: schemas.BookIn) -> Response:
    """Book a quarter hour of a head for a matter of that department."""
    here = site_by_code(db.session(), site)
    given = booking.Book(
        here.id,
        body.session,
        body.body,
        instant(body.starts_at, here.zone),
        payloads.vault(),
        Person(body.name, body.phone, body.asked),
    )
    return command(booking.book, given, lambda view: told(view, 201))


def instant(said: str, zone: ZoneInfo) -> datetime:
    """A time as it was offered. Raises Invalid."""
    try:
        return clock.instant_said(said, zone)
    except ValueError:
        raise Invalid(_l("Please choose one of the times that are offered."), code="no_time") from None


def told(view: MatterView, status: int = 200) -> Answer:
    """A matter after a command."""
    return Answer.of(payloads.matter(view), status)


@api.get("/receptions/bookings/<token>")
@api.output(schemas.MatterOut)
@allow(PUBLIC)
def one(token: str) -> Response:
    """A booking as it stands, for whoever has its token."""
    session = db.session()
    row = queries.by_nonce(session, payloads.nonce_of(token))
    site = session.get_one(Site, row.site_id)
    return respond(told(queries.views(session, site, [row], clock.now())[0]))


@api.post("/receptions/bookings/<token>/withdraw")
@api.output(schemas.MatterOut)
@allow(PUBLIC)
def withdraw(token: str) -> Response:
    """Give a booking up, before it is taken up."""
    return command(booking.withdraw, payloads.nonce_of(token), told)


@api.get("/sites/<site>/receptions/matters")
@api.output(schemas.MattersOut)
@allow(Can.ROTA_SIGN)
def matters(site: str) -> Response:
    """What the caller's departments have to do: booked, here, taken up, promised; and what is over."""
    session, here, now = db.session(), site_by_code(db.session(), site), clock.now()
    of_site(g.actor, here.id)
    every = Can.ROTA_MANAGE in g.actor.can
    bodies = [body.id for body in queries.bodies_of(session, here.id, g.actor.id, every=every)]
    today = clock.business_date(here.zone, now)
    rows = [
        *queries.coming(session, bodies, today),
        *queries.promised(session, bodies),
        *queries.ended(session, bodies),
    ]
    found = queries.views(session, here, rows, now)
    return respond(Answer.of({"matters": [payloads.matter(view) for view in found]}))


@api.post("/sites/<site>/receptions/matters")
@api.input(schemas.FromHallIn, arg_name="body")
@api.output(schemas.MatterOut, 201)
@allow(Can.ROTA_SIGN)
def bring(site: str, body: schemas.FromHallIn) -> Response:
    """Take up a matter from the floor or the window, for a department that receives today."""
    here = site_by_code(db.session(), site)
    of_site(g.actor, here.id)
    person = Person(body.name, body.phone, body.asked)
    given = taking.Bring(here.id, body.body, body.source, payloads.vault(), person)
    return command(taking.bring, given, lambda view: told(view, 201))


@api.post("/receptions/bookings/<token>/take-up")
@api.output(schemas.MatterOut)
@allow(Can.ROTA_SIGN)
def take_up(token: str) -> Response:
    """The head hears it."""
    return command(taking.take_up, payloads.nonce_of(token), told)


@api.post("/receptions/bookings/<token>/promise")
@api.input(schemas.PromiseIn, arg_name="body")
@api.output(schemas.MatterOut)
@allow(Can.ROTA_SIGN)
def promise(token: str, body: schemas.PromiseIn) -> Response:
    """What is promised, by when, who answers."""
    given = taking.Promise(
        payloads.nonce_of(token), payloads.vault(), body.what, body.due_on, body.answers, body.lawful
    )
    return command(taking.promise, given, told)


@api.post("/receptions/bookings/<token>/end")
@api.input(schemas.MatterOutcomeIn, arg_name="body")
@api.output(schemas.MatterOut)
@allow(Can.ROTA_SIGN)
def end(token: str, body: schemas.MatterOutcomeIn) -> Response:
    """Kept, not kept, or a petition that is pointed to its office."""
    given = taking.End(payloads.nonce_of(token), body.how, payloads.vault(), body.outcome)
    return command(taking.end, given, told)


@api.post("/receptions/bookings/<token>/arrive")
@api.output(schemas.MatterOut)
@allow(Can.DESK_WORK)
def arrive(token: str) -> Response:
    """Whose it is stands at the desk."""
    return command(taking.arrive, payloads.nonce_of(token), told)


@api.post("/receptions/bookings/<token>/reveal")
@api.output(schemas.PersonOut)
@allow(Can.ROTA_SIGN)
def reveal(token: str) -> Response:
    """Name and telephone in full, for the department alone; the journal keeps it, no answer is kept (E2)."""
    row = db.session.get_one(HardMatter, perform(g.actor, reading.reveal, payloads.nonce_of(token)))
    seals = payloads.vault()
    return respond(Answer.of({"name": seals.open(row.name_sealed), "phone": seals.open(row.phone_sealed)}))
