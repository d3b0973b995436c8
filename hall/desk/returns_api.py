"""Machine interface of coming back with a one-time notice: kiosk and desk (Q3)."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

from apiflask import APIBlueprint
from flask import Response, current_app, g
from pydantic import Field

from hall.accounts.access import allow
from hall.accounts.limits import returns_by_address, returns_by_caller
from hall.accounts.roles import Can
from hall.actor import ActorKind
from hall.desk import returning
from hall.http import Strict, command
from hall.printing.actions import Drawn
from hall.printing.schemas import DrawnTicketOut
from hall.queueing.presenting import shown
from hall.unit_of_work import Answer

api = APIBlueprint("returns_api", __name__, url_prefix="/api/v1", tag="Desk")


class ReturnCodeIn(Strict):
    """The code on the notice, typed or as the scanned address."""

    code: Annotated[str, Field(min_length=1, max_length=300)]


@api.post("/returns")
@api.input(ReturnCodeIn, arg_name="body")
@api.output(DrawnTicketOut, 201)
@returns_by_caller
@returns_by_address
@allow(Can.QUEUEING_ISSUE)
def come_back(body: ReturnCodeIn) -> Response:
    """Back with missing papers: a ticket at the old place, once a notice; wrong codes are limited."""
    channel = "kiosk" if g.actor.kind is ActorKind.DEVICE else "desk"
    key = current_app.config["HALL"].keys.tokens
    return command(returning.come_back, returning.ComeBack(key, body.code, channel), _ticket)


def _ticket(drawn: Drawn) -> Answer:
    said = {**shown(drawn.tickets[0]), "slip": asdict(drawn.slip) if drawn.slip else None}
    return Answer.of(said, 201)
