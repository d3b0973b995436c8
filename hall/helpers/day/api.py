"""Machine interface of a helper's day."""

from __future__ import annotations

from apiflask import APIBlueprint
from flask import Response, current_app, g

from hall.accounts.access import allow
from hall.accounts.roles import Can
from hall.database import db
from hall.helpers.calls.queries import helper_of
from hall.helpers.day import payloads
from hall.http import respond
from hall.unit_of_work import Answer

api = APIBlueprint("helper_day_api", __name__, url_prefix="/api/v1/helper", tag="Helpers")


@api.get("")
@allow(Can.HELPERS_WORK)
def my_day() -> Response:
    """What is booked with the caller today, who calls, whom they are with: the state of topic `helper:{id}`."""
    session = db.session()
    me = helper_of(session, g.actor)
    key: bytes = current_app.config["HALL"].keys.tokens
    return respond(Answer.of({"topic": f"helper:{me.id}", **payloads.helper(session, me.id, key)}))
