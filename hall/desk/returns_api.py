"""Machine interface of coming back with a one-time notice: kiosk and desk (Q3)."""

from __future__ import annotations

import json
from typing import Annotated

from apiflask import APIBlueprint
from flask import Response, current_app, g
from pydantic import Field

from hall.accounts.access import allow
from hall.accounts.roles import Can
from hall.actor import ActorKind
from hall.desk import returning
from hall.desk.queries import Found
from hall.http import Strict, command
from hall.queueing import payloads
from hall.unit_of_work import Answer

api = APIBlueprint("returns_api", __name__, url_prefix="/api/v1", tag="Reception desk")


class ReturnCodeIn(Strict):
    """The code on the notice, typed or as the scanned address."""

    code: Annotated[str, Field(min_length=1, max_length=300)]


@api.post("/returns")
@api.input(ReturnCodeIn, arg_name="body")
@allow(Can.QUEUEING_ISSUE)
def come_back(body: ReturnCodeIn) -> Response:
    """Back with missing papers: a ticket at the old place, once a notice."""
    channel = "kiosk" if g.actor.kind is ActorKind.DEVICE else "desk"
    key = current_app.config["HALL"].keys.tokens
    given = returning.ComeBack(g.actor.site_id, key, body.code, channel)
    return command(returning.come_back, given, _ticket)


def _ticket(found: Found) -> Answer:
    hall = current_app.config["HALL"]
    state = payloads.ticket_state(found.view, hall.keys.tokens, hall.public_url)
    return Answer(201, json.dumps(state, ensure_ascii=False))
