"""Machine interface of the outcome at the window (docs/intake.md)."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING

from apiflask import APIBlueprint
from flask import g
from flask_babel import lazy_gettext as _l

from hall.accounts.access import allow, of_site
from hall.accounts.roles import Can
from hall.database import db
from hall.errors import NotFound
from hall.http import command, respond
from hall.intake.filing.api import form_nonce
from hall.intake.filing.queries import filing_by_nonce
from hall.intake.outcome import actions, queries
from hall.intake.outcome.schemas import CaseOutcomeIn, OutcomesOut
from hall.intake.outcome.words import why_word
from hall.intake.review.api import case_token, which
from hall.intake.review.commands import stands
from hall.intake.review.schemas import StandsOut
from hall.unit_of_work import Answer

if TYPE_CHECKING:
    from flask import Response

api = APIBlueprint("outcome_api", __name__, url_prefix="/api/v1", tag="Intake")


@api.get("/forms/<token>/outcomes")
@api.output(OutcomesOut)
@allow(Can.INTAKE_RECEIVE)
def outcomes(token: str) -> Response:
    """How each case of a form goes on from the window that received it (I3)."""
    session = db.session()
    found = filing_by_nonce(session, form_nonce(token))
    if found is None:
        raise NotFound(_l("There is no such form."), code="unknown_form")
    of_site(g.actor, found.site_id)
    rows = []
    for one in queries.outcomes(session, found.id, g.actor):
        said = asdict(one)
        rows.append({"token": case_token(said.pop("nonce")), **said, "said": why_word(one.why)})
    return respond(Answer(200, json.dumps(rows, ensure_ascii=False)))


@api.post("/cases/<token>/outcome")
@api.input(CaseOutcomeIn, arg_name="body")
@api.output(StandsOut)
@allow(Can.INTAKE_RECEIVE)
def outcome(token: str, body: CaseOutcomeIn) -> Response:
    """Decide at the window that received, under a written authority: accepted, decided, result ready (I1, I3)."""
    given = actions.Decide(
        which(token, body.revision), body.decision, body.reasons, body.number, body.valid_until
    )
    return command(actions.decide_here, given, stands)
