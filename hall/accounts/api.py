"""The machine interface of devices: a short code for a token."""

from __future__ import annotations

import json

from apiflask import APIBlueprint
from flask import Response
from pydantic import BaseModel, Field

from hall import http
from hall.accounts.access import allow
from hall.accounts.enrolment import trade
from hall.accounts.limits import codes_by_address, codes_by_all
from hall.accounts.roles import PUBLIC
from hall.unit_of_work import Answer

api = APIBlueprint("accounts_api", __name__, url_prefix="/api/v1", tag="Devices")


class EnrolIn(http.Strict):
    """The six digits that the device page shows."""

    code: str = Field(min_length=1, max_length=20)


class EnrolOut(BaseModel):
    """Who the device is; the token is told once."""

    device: str
    kind: str
    site: str
    token: str


@api.post("/devices/enrol")
@api.input(EnrolIn, arg_name="given")
@api.output(EnrolOut)
@api.doc(summary="Enrol a device with its short code", operation_id="enrol")
@codes_by_address
@codes_by_all
@allow(PUBLIC)
def enrol(given: EnrolIn) -> Response:
    """Works once; the same Idempotency-Key within 15 minutes gives the same answer."""
    key = http.once()
    found, token = trade(given.code, key.key if key else None)
    body = {"device": found.device, "kind": found.kind, "site": found.site, "token": token}
    return http.respond(Answer(200, json.dumps(body), replay=found.again))
