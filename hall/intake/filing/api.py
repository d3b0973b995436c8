"""Machine interface of forms at a window (docs/intake.md)."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

from apiflask import APIBlueprint
from flask import Response, current_app, g
from flask_babel import get_locale
from flask_babel import lazy_gettext as _l

from hall import clock, tokens
from hall.accounts.access import allow, of_site
from hall.accounts.roles import Can
from hall.applicants.vault import Vault
from hall.catalog.models import Window
from hall.database import db
from hall.errors import NotFound
from hall.http import command, respond
from hall.intake.filing import actions, queries, reuse
from hall.intake.filing.entries import Seen
from hall.intake.filing.queries import FormView
from hall.intake.filing.receiving import number_said
from hall.intake.filing.schemas import (
    FormOut,
    FormSeenIn,
    FormsOut,
    NumberOut,
    OpenFormIn,
    ReceiveFormIn,
    ReusablesOut,
    SaveFormIn,
    TypedNumberIn,
)
from hall.intake.models import Filing
from hall.queueing.staffing import own_window
from hall.sites import Site
from hall.unit_of_work import Answer

api = APIBlueprint("filing_api", __name__, url_prefix="/api/v1", tag="Intake")
FORM, CASE = "form", "case"


def vault() -> Vault:
    """The hall's vault of personal data."""
    return Vault(current_app.config["HALL"].keys)


def form_token(nonce: bytes) -> str:
    """What opens a form's addresses."""
    return tokens.token_of(current_app.config["HALL"].keys.tokens, FORM, nonce)


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
    return respond(_answer(queries.form_view(db.session(), _found(token), vault())))


def _found(token: str) -> Filing:
    found = queries.filing_by_nonce(db.session(), form_nonce(token))
    if found is None:
        raise NotFound(_l("There is no such form."), code="unknown_form")
    of_site(g.actor, found.site_id)
    window = db.session.get(Window, found.window_id) if found.window_id else None
    if found.state == "draft" and window is not None:  # whole numbers are for the window that fills it in
        own_window(g.actor, window)
    return found


@api.get("/forms/<token>/reusable")
@api.output(ReusablesOut)
@allow(Can.INTAKE_RECEIVE)
def reusable(token: str) -> Response:
    """What the hall has of this applicant already, for papers of the form (一证通办)."""
    draft = _found(token)
    site = queries.site_of(db.session(), draft)
    found = [
        {**asdict(one), "on": one.on.isoformat()}
        for one in reuse.reusable(db.session(), draft, vault(), site.zone, clock.now())
    ]
    return respond(Answer(200, json.dumps(found, ensure_ascii=False)))


@api.post("/numbers/check")
@api.input(TypedNumberIn, arg_name="body")
@api.output(NumberOut)
@allow(Can.INTAKE_RECEIVE)
def check_number(body: TypedNumberIn) -> Response:
    """Whether a number can be right, in words; the digit that would be right is not told (I10)."""
    site = db.session.get_one(Site, g.actor.site_id)
    found = number_said(
        body.party,
        body.number_kind,
        body.number,
        clock.business_date(site.zone, clock.now()),
        english=str(get_locale()) == "en",
    )
    return respond(Answer(200, json.dumps(found, ensure_ascii=False)))


@api.get("/windows/<window>/forms")
@api.output(FormsOut)
@allow(Can.INTAKE_RECEIVE)
def forms(window: str) -> Response:
    """The forms at a window: half-filled ones, and those received for the ticket at hand."""
    found = queries.desk_of(db.session(), window)
    if found is None:
        raise NotFound(_l("There is no such window."), code="unknown_window")
    own_window(g.actor, found[0])
    ticket = found[2]
    views = queries.forms_at(db.session(), found[0], ticket, vault())
    draft = queries.draft_of(db.session(), ticket)
    body = {
        "ticket": ticket.number if ticket else None,
        "matter": bool(ticket and (ticket.item_id or ticket.bundle_id)),
        "draft": form_token(draft.nonce) if draft else None,
        "forms": [form_state(one) for one in views],
    }
    return respond(Answer(200, json.dumps(body, ensure_ascii=False)))


@api.post("/forms/<token>/save")
@api.input(SaveFormIn, arg_name="body")
@api.output(FormOut)
@allow(Can.INTAKE_RECEIVE)
def save_form(token: str, body: SaveFormIn) -> Response:
    """Keep what was typed, complete or not."""
    entries = body.model_dump(include=body.model_fields_set - {"revision", "papers"})
    papers = {paper.id: Seen(paper.state, paper.note, paper.reused_from or "") for paper in body.papers}
    given = actions.SaveForm(form_nonce(token), body.revision, vault(), entries, papers)
    return command(actions.save_form, given, _answer)


@api.post("/forms/<token>/receive")
@api.input(ReceiveFormIn, arg_name="body")
@api.output(FormOut)
@allow(Can.INTAKE_RECEIVE)
def receive_form(token: str, body: ReceiveFormIn) -> Response:
    """Receive it: cases with numbers, one for each item, and the receipt (收件)."""
    given = actions.ThisForm(form_nonce(token), body.revision, vault(), frozenset(body.without))
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
        "token": form_token(view.nonce),
        "mandate_until": view.mandate_until.isoformat() if view.mandate_until else None,
        "received_at": view.received_at.isoformat() if view.received_at else None,
    }
