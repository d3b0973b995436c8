"""Machine interface of checking in for a booking: kiosk and desk (H4)."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Annotated

from apiflask import APIBlueprint
from flask import Response, current_app, g
from flask_babel import lazy_gettext as _l
from pydantic import BaseModel, Field

from hall.accounts.access import allow
from hall.accounts.limits import checks_in_by_caller
from hall.accounts.roles import Can
from hall.actor import ActorKind
from hall.desk import checking_in
from hall.desk.checking_in import CheckedIn
from hall.errors import Invalid
from hall.helpers import payloads
from hall.helpers.schemas import BookingOut
from hall.http import Strict, command
from hall.printing.schemas import DrawnTicketOut
from hall.queueing.presenting import shown, token_key
from hall.unit_of_work import Answer

api = APIBlueprint("checking_in_api", __name__, url_prefix="/api/v1", tag="Helpers")


class CheckInIn(Strict):
    """One of two: the booking's code, typed or as the scanned address, or the last four digits of its telephone."""

    code: Annotated[str, Field(max_length=300)] = ""
    phone_digits: Annotated[str, Field(pattern=r"^(?:\d{4})?$")] = ""


class CheckedInOut(BaseModel):
    """The booking, and the number with its slip where a window is needed."""

    booking: BookingOut
    ticket: DrawnTicketOut | None


@api.post("/check-ins")
@api.input(CheckInIn, arg_name="body")
@api.output(CheckedInOut, 201)
@checks_in_by_caller
@allow(Can.QUEUEING_ISSUE)
def check_in(body: CheckInIn) -> Response:
    """Somebody with a booking is here: the helper is told, and where a window is needed they have a number."""
    if bool(body.code.strip()) == bool(body.phone_digits):
        said = _l("Give the code of the booking, or the last four digits of the telephone.")
        raise Invalid(said, errors={"code": [said]})
    channel = "kiosk" if g.actor.kind is ActorKind.DEVICE else "desk"
    given = checking_in.CheckIn(
        g.actor.site_id or 0, token_key(), channel, body.code.strip(), body.phone_digits
    )
    return command(checking_in.check_in, given, _answer)


def _answer(done: CheckedIn) -> Answer:
    key = current_app.config["HALL"].keys.tokens
    ticket = None
    if done.drawn is not None:
        slip = asdict(done.drawn.slip) if done.drawn.slip else None
        ticket = {**shown(done.drawn.tickets[0]), "slip": slip}
    said = {"booking": payloads.booking(done.booking, key), "ticket": ticket}
    return Answer(201, json.dumps(said, ensure_ascii=False, separators=(",", ":")))
