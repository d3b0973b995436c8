"""Machine interface of the issue window (docs/intake.md)."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from apiflask import APIBlueprint
from flask import Response, current_app, g, request
from flask_babel import lazy_gettext as _l

from hall import clock, tokens
from hall.accounts.access import allow, of_site
from hall.accounts.roles import Can
from hall.applicants.vault import Vault
from hall.database import db
from hall.errors import Invalid, NotFound
from hall.http import command, respond
from hall.intake.issuing import actions, queries
from hall.intake.issuing.schemas import (
    DeliveryOut,
    HandOverResultIn,
    NotTakenIn,
    PostIn,
    ReadyListOut,
    ReadyResultsIn,
)
from hall.intake.signing import signatures
from hall.sites import site_by_code
from hall.unit_of_work import Answer

if TYPE_CHECKING:
    from hall.intake.issuing.models import Delivery

api = APIBlueprint("issuing_api", __name__, url_prefix="/api/v1", tag="Intake")


@api.get("/sites/<site>/ready")
@api.output(ReadyListOut)
@allow(Can.INTAKE_ISSUE)
def ready(site: str) -> Response:
    """What is ready; `?q=` is a case number, or what stands on the receipt. A name goes by POST, in no address."""
    return _ready(site, request.args.get("q", "")[:300], by_name=False)


@api.post("/sites/<site>/ready")
@api.input(ReadyResultsIn, arg_name="body")
@api.output(ReadyListOut)
@allow(Can.INTAKE_ISSUE)
def find_ready(site: str, body: ReadyResultsIn) -> Response:
    """What is ready by the holder's or agent's name, too: names go in a body alone. It changes nothing."""
    return _ready(site, body.q, by_name=True)


def _ready(site: str, asked: str, *, by_name: bool) -> Response:
    session = db.session()
    found = site_by_code(session, site)
    of_site(g.actor, found.id)
    key = token_key()
    rows = [
        {
            "token": tokens.token_of(key, "case", row.nonce),
            "number": row.number,
            "item": row.item,
            "item_en": row.item_en,
            "holder": row.holder,
            "number_shown": row.number_shown,
            "agent": row.agent,
            "result": row.result,
            "result_number": row.result_number,
            "ready_at": row.ready_at.astimezone(found.zone).isoformat(timespec="seconds"),
            "days": row.days,
            "late": row.late,
            "way": row.way,
            "collect": row.collect,
            "complete": row.complete,
            "refused": row.refused,
        }
        for row in queries.ready(session, found, key, clock.now(), asked, by_name=by_name)
    ]
    return respond(Answer(200, json.dumps({"ready": rows}, ensure_ascii=False)))


@api.post("/cases/<token>/hand-over")
@api.input(HandOverResultIn, arg_name="body")
@api.output(DeliveryOut)
@allow(Can.INTAKE_ISSUE)
def hand_over(token: str, body: HandOverResultIn) -> Response:
    """Hand a result over against its receipt and a signature."""
    given = actions.HandOver(
        nonce=case_nonce(token),
        key=token_key(),
        receipt=body.receipt,
        taker=body.taker,
        signature=signed(body.signature, on_paper=body.on_paper or body.signing is not None),
        partly=body.partly,
        also=tuple(case_nonce(each) for each in body.also),
        signing=signing_nonce(body.signing),
    )
    return command(actions.hand_over, given, _answer)


@api.post("/cases/<token>/post")
@api.input(PostIn, arg_name="body")
@api.output(DeliveryOut)
@allow(Can.INTAKE_ISSUE)
def post(token: str, body: PostIn) -> Response:
    """Post a result."""
    vault = Vault(current_app.config["HALL"].keys)
    also = tuple(case_nonce(each) for each in body.also)
    given = actions.Post(case_nonce(token), vault, body.tracking, body.address, also)
    return command(actions.post, given, _answer)


@api.post("/cases/<token>/refuse")
@api.input(NotTakenIn, arg_name="body")
@api.output(DeliveryOut)
@allow(Can.INTAKE_ISSUE)
def refuse(token: str, body: NotTakenIn) -> Response:
    """Its holder will not take it: it stays here."""
    return command(actions.refuse, actions.NotTaken(case_nonce(token), body.note), _answer)


@api.post("/cases/<token>/returned")
@api.input(NotTakenIn, arg_name="body")
@api.output(DeliveryOut)
@allow(Can.INTAKE_ISSUE)
def returned(token: str, body: NotTakenIn) -> Response:
    """The post brought it back: it lies here again."""
    return command(actions.returned, actions.NotTaken(case_nonce(token), body.note), _answer)


def token_key() -> bytes:
    """The hall's key of public tokens."""
    key: bytes = current_app.config["HALL"].keys.tokens
    return key


def case_nonce(token: str) -> bytes | None:
    """The nonce of a case's token, None for a forged one."""
    return tokens.nonce_of(token_key(), "case", token)


def signing_nonce(token: str | None) -> bytes | None:
    """The nonce of a tablet's signature; None without one. Raises NotFound for a forged one."""
    if not token:
        return None
    nonce = tokens.nonce_of(token_key(), "signing", token)
    if nonce is None:
        raise NotFound(_l("There is no such signature."), code="unknown_signing")
    return nonce


def signed(drawn: str | None, *, on_paper: bool) -> str | None:
    """The kept signature's name; None for one on paper. Raises Invalid without either."""
    if drawn:
        return signatures.keep(current_app.config["HALL"].data, drawn)
    if on_paper:
        return None
    said = _l("Whoever takes it signs first, here or on paper.")
    raise Invalid(said, code="not_signed", errors={"signature": [said]})


def _answer(row: Delivery) -> Answer:
    said = {
        "way": row.way,
        "outcome": row.outcome,
        "at": row.at.isoformat(timespec="seconds"),
        "taker": row.taker,
        "tracking": row.tracking,
        "note": row.note,
        "signed": row.signature is not None,
    }
    return Answer(200, json.dumps(said, ensure_ascii=False))
