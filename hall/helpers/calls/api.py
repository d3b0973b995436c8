"""Machine interface of help now (docs/helpers.md): the caller holds the token, helpers answer, the manager sends."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from apiflask import APIBlueprint
from flask import Response, current_app, g

from hall import clock, tokens
from hall.accounts.access import allow
from hall.accounts.roles import PUBLIC, Can
from hall.actor import ActorKind
from hall.database import db
from hall.helpers.calls import actions, payloads, queries
from hall.helpers.calls.commands import CallHelp, OnCall
from hall.helpers.calls.placing import Place, open_at
from hall.helpers.calls.schemas import HelpCallIn, HelpCallOut, HelperHereIn, HelperHereOut, WhomIn
from hall.http import command, respond
from hall.sites import Site
from hall.unit_of_work import Answer

if TYPE_CHECKING:
    from collections.abc import Callable

    from hall.helpers.calls.queries import CallView
    from hall.unit_of_work import Work

api = APIBlueprint("help_api", __name__, url_prefix="/api/v1", tag="Helpers")


@api.post("/help-calls")
@api.input(HelpCallIn, arg_name="body")
@api.output(HelpCallOut, 201)
@allow(PUBLIC)
def call(body: HelpCallIn) -> Response:
    """Call a helper now (H5): free helpers in the hall hear it. Pressed again, it is the same call."""
    given = CallHelp(
        ticket=tokens.nonce_of(_key(), "ticket", body.ticket) if body.ticket else None,
        by_ticket=bool(body.ticket),
        number=body.number,
        window=body.window,
        needs=tuple(body.needs),
        lang=body.lang,
    )
    return command(actions.call_help, given, lambda found: _answer(found, 201))


@api.get("/help-calls/here")
@api.output(HelpCallOut)
@allow(Can.QUEUEING_ISSUE)
def here() -> Response:
    """The call that is open at this kiosk; 204 where there is none."""
    session, actor = db.session(), g.actor
    site = session.get_one(Site, actor.site_id)
    place = Place(site, "kiosk", device_id=actor.id if actor.kind is ActorKind.DEVICE else -1)
    found = open_at(session, place)
    if found is None:
        return Response(status=204)
    return respond(_answer(queries.view(session, found, clock.now())))


@api.get("/help-calls/<token>")
@api.output(HelpCallOut)
@allow(PUBLIC)
def read(token: str) -> Response:
    """Where a call stands, who comes, since when."""
    session = db.session()
    row = queries.call_by_nonce(session, _nonce(token))
    return respond(_answer(queries.view(session, row, clock.now())))


@api.post("/help-calls/<token>/send")
@api.input(WhomIn, arg_name="body")
@api.output(HelpCallOut)
@allow(Can.FLOOR_MANAGE)
def send(token: str, body: WhomIn) -> Response:
    """The manager sends a helper (H6)."""
    return command(actions.send, OnCall(_nonce(token), helper=body.helper), _answer)


@api.post("/helper/here")
@api.input(HelperHereIn, arg_name="body")
@api.output(HelperHereOut)
@allow(Can.HELPERS_WORK)
def be_here(body: HelperHereIn) -> Response:
    """Say that one is here, or away, for the rest of the day."""
    return command(actions.be_here, body.here, lambda said: Answer(200, json.dumps({"here": said})))


VERBS: dict[str, tuple[Callable[[Work, OnCall], CallView], str, str]] = {
    "cancel": (actions.cancel, PUBLIC, "Take the call back."),
    "accept": (
        actions.accept,
        Can.HELPERS_WORK,
        "Say that one comes: the first who does, does; the others are told (409).",
    ),
    "hand-back": (actions.hand_back, Can.HELPERS_WORK, "One cannot come after all: it rings again."),
    "meet": (actions.meet, Can.HELPERS_WORK, "One is there: a line of the ledger begins."),
    "nobody": (actions.nobody_there, Can.HELPERS_WORK, "One came, and nobody was there."),
    "settle": (actions.settle, Can.FLOOR_MANAGE, "The manager has seen to it in person."),
}
"""What is done with a call, by its word: the action, who may, and what the description says."""


def _pressing(act: Callable[[Work, OnCall], CallView]) -> Callable[..., Response]:
    def view(token: str) -> Response:
        return command(act, OnCall(_nonce(token)), _answer)

    return view


def _register() -> None:
    for word, (act, permission, said) in VERBS.items():
        view = _pressing(act)
        view.__name__, view.__doc__ = word.replace("-", "_"), said
        api.post(f"/help-calls/<token>/{word}")(api.output(HelpCallOut)(allow(permission)(view)))


_register()


def _key() -> bytes:
    key: bytes = current_app.config["HALL"].keys.tokens
    return key


def _nonce(token: str) -> bytes | None:
    return tokens.nonce_of(_key(), "help", token)


def _answer(found: CallView, status: int = 200) -> Answer:
    return Answer(status, json.dumps(payloads.call_state(found, _key()), ensure_ascii=False))
