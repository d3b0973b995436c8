"""Machine interface of a helper's day: what is booked, begin, hand over."""

from __future__ import annotations

from apiflask import APIBlueprint
from flask import Response, current_app, g

from hall import tokens
from hall.accounts.access import allow
from hall.accounts.roles import Can
from hall.database import db
from hall.helpers.calls.queries import helper_of
from hall.helpers.day import actions, payloads
from hall.helpers.ledger.api import told, vault
from hall.helpers.ledger.commands import HandOver
from hall.helpers.ledger.schemas import ByWhom, HandOverRecordIn, HelpRecordOut, RevealedOut
from hall.helpers.models import Booking
from hall.helpers.payloads import BOOKING
from hall.http import command, respond
from hall.unit_of_work import Answer, perform

api = APIBlueprint("helper_day_api", __name__, url_prefix="/api/v1/helper", tag="Helpers")


@api.get("")
@allow(Can.HELPERS_WORK)
def my_day() -> Response:
    """What is booked with the caller today, who calls, whom they are with: the state of topic `helper:{id}`."""
    session = db.session()
    me = helper_of(session, g.actor)
    return respond(Answer.of({"topic": f"helper:{me.id}", **payloads.helper(session, me.id, _key())}))


@api.post("/bookings/<token>/start")
@api.output(HelpRecordOut)
@allow(Can.HELPERS_WORK)
def start(token: str) -> Response:
    """Help begins: its line of the ledger."""
    return command(actions.start, _nonce(token), told)


@api.post("/bookings/<token>/hand-over")
@api.input(HandOverRecordIn, arg_name="body")
@api.output(ByWhom)
@allow(Can.HELPERS_WORK)
def hand_over(token: str, body: HandOverRecordIn) -> Response:
    """Another helper takes a booking that has not begun (H6)."""
    given = HandOver(_nonce(token), body.to, vault().seal(body.note.strip()))
    return command(actions.hand_over, given, lambda badge: Answer.of({"name": "", "badge": badge}))


@api.post("/bookings/<token>/nobody")
@api.output(ByWhom)
@allow(Can.HELPERS_WORK)
def nobody_there(token: str) -> Response:
    """Nobody was at home: the helper came in vain (H3)."""
    return command(actions.nobody_there, _nonce(token), lambda badge: Answer.of({"name": "", "badge": badge}))


@api.post("/bookings/<token>/reveal")
@api.output(RevealedOut)
@allow(Can.HELPERS_WORK)
def reveal(token: str) -> Response:
    """Whom one is booked with and where: for their helper alone; the journal keeps it, no answer is kept (E2)."""
    booking = db.session.get_one(Booking, perform(g.actor, actions.reveal, _nonce(token)))
    seals = vault()
    sealed = {
        "name": booking.name_sealed,
        "phone": booking.phone_sealed,
        "id_number": booking.number_sealed,
        "address": booking.address_sealed,
        "wish": booking.wish_sealed,
    }
    return respond(Answer.of({name: seals.open(text) for name, text in sealed.items()}))


def _nonce(token: str) -> bytes | None:
    return tokens.nonce_of(_key(), BOOKING, token)


def _key() -> bytes:
    key: bytes = current_app.config["HALL"].keys.tokens
    return key
