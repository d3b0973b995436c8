"""Machine interface of registered agents (Q8)."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING

from apiflask import APIBlueprint
from flask import Response, current_app, g

from hall import clock
from hall.accounts.access import allow, of_site
from hall.accounts.roles import Can
from hall.database import db
from hall.http import command, respond
from hall.queueing.agents import actions, queries, schemas
from hall.sites import site_by_code
from hall.unit_of_work import Answer

if TYPE_CHECKING:
    from hall.sites import Site

api = APIBlueprint("agents_api", __name__, url_prefix="/api/v1", tag="Queue")


def _here(site: str) -> Site:
    found = site_by_code(db.session(), site)
    of_site(g.actor, found.id)
    return found


@api.get("/sites/<site>/agents")
@api.output(schemas.AgentsOut)
@allow(Can.SITE_EDIT)
def listed(site: str) -> Response:
    """Registered agents of a hall, with what each drew today."""
    here = _here(site)
    found = queries.agents(db.session(), here.id, clock.business_date(here.zone, clock.now()))
    said = [{**asdict(one), "registered_at": one.registered_at.isoformat()} for one in found]
    return respond(Answer(200, json.dumps({"agents": said}, ensure_ascii=False)))


@api.post("/sites/<site>/agents")
@api.input(schemas.AgentIn, arg_name="body")
@api.output(schemas.AgentKeyOut)
@allow(Can.SITE_EDIT)
def register(site: str, body: schemas.AgentIn) -> Response:
    """Register an agent: limits of their own instead of one ticket a line."""
    given = actions.Register(
        _here(site).id,
        body.name,
        body.id_number,
        body.phone,
        body.tickets_a_day,
        body.cases_a_ticket,
        current_app.config["HALL"].keys,
    )
    return command(actions.register, given, lambda key: Answer(200, json.dumps({"id": key})))


@api.post("/agents/<int:key>/retire")
@allow(Can.SITE_EDIT)
def retire(key: int) -> Response:
    """Take an agent off the list: an ordinary person again."""
    return command(actions.retire, key, lambda _done: Answer(204, ""))
