"""Machine interface of walks (M6): begin, the next step, the end."""

from __future__ import annotations

from apiflask import APIBlueprint
from flask import Response, g

from hall.accounts.access import allow, of_site
from hall.accounts.roles import Can
from hall.database import db
from hall.http import command, respond
from hall.rota.matters.queries import bodies_of
from hall.rota.walks import actions, payloads, queries, schemas
from hall.rota.walks.queries import WalkView
from hall.sites import site_by_code
from hall.unit_of_work import Answer

api = APIBlueprint("rota_walks", __name__, url_prefix="/api/v1", tag="Receptions")


def _told(view: WalkView) -> Answer:
    return Answer.of(payloads.walk(view))


@api.get("/sites/<site>/walks")
@api.output(schemas.WalksOut)
@allow(Can.ROTA_SIGN)
def walks(site: str) -> Response:
    """The latest walks of the caller's departments."""
    here = site_by_code(db.session(), site)
    of_site(g.actor, here.id)
    every = Can.ROTA_MANAGE in g.actor.can
    bodies = [body.id for body in bodies_of(db.session(), here.id, g.actor.id, every=every)]
    found = queries.of_bodies(db.session(), bodies)
    return respond(Answer.of({"walks": [payloads.walk(view) for view in found]}))


@api.post("/walks")
@api.input(schemas.NewWalkIn, arg_name="body")
@api.output(schemas.WalkOut)
@allow(Can.ROTA_SIGN)
def begin(body: schemas.NewWalkIn) -> Response:
    """Go through an item of the catalogue as an applicant: the first step's stopwatch starts."""
    return command(actions.begin, actions.Begin(body.body, body.item, body.step), _told)


@api.post("/walks/<token>/next")
@api.input(schemas.NextIn, arg_name="body")
@api.output(schemas.WalkOut)
@allow(Can.ROTA_SIGN)
def next_step(token: str, body: schemas.NextIn) -> Response:
    """The running step ends, the next one begins."""
    given = actions.Next(payloads.nonce_of(token), body.number, body.step, body.remark)
    return command(actions.next_step, given, _told)


@api.post("/walks/<token>/end")
@api.input(schemas.EndingIn, arg_name="body")
@api.output(schemas.WalkOut)
@allow(Can.ROTA_SIGN)
def end(token: str, body: schemas.EndingIn) -> Response:
    """It is over: what was met with, beside what was promised."""
    given = actions.End(
        payloads.nonce_of(token), body.remark, body.days, body.visits, body.papers, body.fee, body.conclusion
    )
    return command(actions.end, given, _told)


@api.post("/walks/<token>/give-up")
@api.output(schemas.WalkOut)
@allow(Can.ROTA_SIGN)
def give_up(token: str) -> Response:
    """It is not gone to the end."""
    return command(actions.give_up, payloads.nonce_of(token), _told)
