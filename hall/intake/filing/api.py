"""Machine interface of forms at a window (docs/intake.md)."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

from apiflask import APIBlueprint
from flask import Response, current_app, g
from flask_babel import lazy_gettext as _l

from hall import tokens
from hall.accounts.access import allow, of_site
from hall.accounts.roles import Can
from hall.applicants.vault import Vault
from hall.database import db
from hall.errors import NotFound
from hall.http import command, respond
from hall.intake.filing import actions, queries
from hall.intake.filing.queries import FormView
from hall.intake.filing.schemas import FormOut, FormSeenIn, OpenFormIn, SaveFormIn
from hall.unit_of_work import Answer

api = APIBlueprint("filing_api", __name__, url_prefix="/api/v1", tag="Intake")
FORM, CASE = "form", "case"


def vault() -> Vault:
    """The hall's vault of personal data."""
    return Vault(current_app.config["HALL"].keys.personal)


def form_nonce(token: str) -> bytes | None:
    """The nonce of a form's token, None for a forged one."""
    return tokens.nonce_of(current_app.config["HALL"].keys.tokens, FORM, token)


@api.post("/windows/<window>/forms")
@api.input(OpenFormIn, arg_name="body")
@api.output(FormOut)
@allow(Can.INTAKE_RECEIVE)
def open_form(window: str, body: OpenFormIn) -> Response:
    """Begin a form for the ticket at the window, or find the one begun."""
    given = actions.OpenForm(window, vault(), body.item, body.bundle)
    return command(actions.open_form, given, _answer)


@api.get("/forms/<token>")
@api.output(FormOut)
@allow(Can.INTAKE_RECEIVE)
def form(token: str) -> Response:
    """A form with its checklist, and the cases it became."""
    found = queries.filing_by_nonce(db.session(), form_nonce(token))
    if found is None:
        raise NotFound(_l("There is no such form."), code="unknown_form")
    of_site(g.actor, found.site_id)
    return respond(_answer(queries.form_view(db.session(), found, vault())))


@api.post("/forms/<token>/save")
@api.input(SaveFormIn, arg_name="body")
@api.output(FormOut)
@allow(Can.INTAKE_RECEIVE)
def save_form(token: str, body: SaveFormIn) -> Response:
    """Keep what was typed, complete or not."""
    entries = body.model_dump(include=body.model_fields_set - {"revision", "papers"})
    papers = {paper.id: (paper.state, paper.note) for paper in body.papers}
    given = actions.SaveForm(form_nonce(token), body.revision, vault(), entries, papers)
    return command(actions.save_form, given, _answer)


@api.post("/forms/<token>/receive")
@api.input(FormSeenIn, arg_name="body")
@api.output(FormOut)
@allow(Can.INTAKE_RECEIVE)
def receive_form(token: str, body: FormSeenIn) -> Response:
    """Receive it: cases with numbers, one for each item, and the receipt (收件)."""
    given = actions.ThisForm(form_nonce(token), body.revision, vault())
    return command(actions.receive_form, given, _answer)


@api.post("/forms/<token>/discard")
@api.input(FormSeenIn, arg_name="body")
@api.output(FormOut)
@allow(Can.INTAKE_RECEIVE)
def discard_form(token: str, body: FormSeenIn) -> Response:
    """Give a draft up."""
    given = actions.ThisForm(form_nonce(token), body.revision, vault())
    return command(actions.discard_form, given, _answer)


def _answer(view: FormView) -> Answer:
    return Answer(200, json.dumps(form_state(view), ensure_ascii=False, separators=(",", ":")))


def form_state(view: FormView) -> dict[str, Any]:
    """A form as the interface shows it."""
    key = current_app.config["HALL"].keys.tokens
    state = asdict(view)
    del state["id"], state["nonce"]
    for case in state["cases"]:
        case["token"] = tokens.token_of(key, CASE, case.pop("nonce"))
    return {
        **state,
        "token": tokens.token_of(key, FORM, view.nonce),
        "mandate_until": view.mandate_until.isoformat() if view.mandate_until else None,
        "received_at": view.received_at.isoformat() if view.received_at else None,
    }
