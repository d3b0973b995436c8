"""Machine interface of signing on a tablet (docs/intake.md). The tablet's address is the whole of its right."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from apiflask import APIBlueprint
from flask import Response, current_app, g

from hall import tokens
from hall.accounts.access import allow, of_site
from hall.accounts.roles import PUBLIC, Can
from hall.catalog.models import Window
from hall.database import db
from hall.http import command, respond
from hall.intake.signing import actions, queries, signatures
from hall.intake.signing.models import SigningPad
from hall.intake.signing.schemas import PadOut, ShownIn, SignIn, SigningOut, ToAskIn
from hall.unit_of_work import Answer

if TYPE_CHECKING:
    from hall.intake.signing.models import Signing
    from hall.intake.signing.queries import ToSign

api = APIBlueprint("signing_api", __name__, url_prefix="/api/v1", tag="Intake")


@api.post("/cases/<token>/ask-signature")
@api.input(ToAskIn, arg_name="body")
@api.output(SigningOut)
@allow(Can.INTAKE_ISSUE)
def ask(token: str, body: ToAskIn) -> Response:
    """Show these results on the tablet of one's window, to be signed for."""
    nonces = tuple(nonce_of("case", each) for each in dict.fromkeys((token, *body.also)))
    return command(actions.ask, actions.Ask(nonces, body.taker), _answer)


@api.get("/signings/<token>")
@api.output(SigningOut)
@allow(Can.INTAKE_ISSUE)
def signing(token: str) -> Response:
    """Whether it was signed."""
    session = db.session()
    row = queries.signing_by_nonce(session, nonce_of("signing", token))
    of_site(g.actor, session.get_one(SigningPad, row.pad_id).site_id)
    return respond(_answer(row))


@api.post("/signings/<token>/withdraw")
@api.output(SigningOut)
@allow(Can.INTAKE_ISSUE)
def withdraw(token: str) -> Response:
    """Take it back from the tablet."""
    return command(actions.withdraw, nonce_of("signing", token), _answer)


@api.get("/pads/<token>")
@api.output(PadOut)
@allow(PUBLIC)
def pad(token: str) -> Response:
    """What a tablet has to show."""
    return respond(Answer(200, json.dumps(pad_state(token), ensure_ascii=False)))


@api.post("/pads/<token>/shown")
@api.input(ShownIn, arg_name="body")
@api.output(SigningOut)
@allow(PUBLIC)
def shown(token: str, body: ShownIn) -> Response:
    """The tablet has it on its screen."""
    given = actions.OnPad(nonce_of("pad", token), nonce_of("signing", body.signing))
    return command(actions.show, given, _answer)


@api.post("/pads/<token>/sign")
@api.input(SignIn, arg_name="body")
@api.output(SigningOut)
@allow(PUBLIC)
def sign(token: str, body: SignIn) -> Response:
    """Whoever takes the results has signed."""
    pad_nonce, nonce = nonce_of("pad", token), nonce_of("signing", body.signing)
    queries.pad_by_nonce(db.session(), pad_nonce)  # a stranger fills no folder
    name = signatures.keep(current_app.config["HALL"].data, body.signature)
    return command(actions.sign, actions.OnPad(pad_nonce, nonce, name), _answer)


def pad_state(token: str) -> dict[str, Any]:
    """What the tablet of this address shows. Raises NotFound."""
    session = db.session()
    found = queries.pad_by_nonce(session, nonce_of("pad", token))
    window = session.get_one(Window, found.window_id)
    wanted = queries.to_sign(session, found)
    return {
        "window": window.name,
        "window_en": window.name_en,
        "to_sign": _to_sign(wanted) if wanted else None,
    }


def _to_sign(wanted: ToSign) -> dict[str, Any]:
    told = asdict(wanted)
    return {"token": token_of("signing", told.pop("nonce")), **told}


def nonce_of(purpose: str, token: str) -> bytes | None:
    """The nonce of a token, None for a forged one."""
    return tokens.nonce_of(current_app.config["HALL"].keys.tokens, purpose, token)


def token_of(purpose: str, nonce: bytes) -> str:
    """The token of a nonce."""
    return tokens.token_of(current_app.config["HALL"].keys.tokens, purpose, nonce)


def state_of(row: Signing) -> dict[str, Any]:
    """A signature as the clerk's page knows it."""
    return {
        "token": token_of("signing", row.nonce),
        "state": row.state,
        "shown": row.shown_at is not None,
        "taker": row.taker,
    }


def _answer(row: Signing) -> Answer:
    return Answer(200, json.dumps(state_of(row)))
