"""Machine interface of cases behind the window (docs/intake.md)."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from apiflask import APIBlueprint
from flask import Response, current_app, g, request

from hall import clock, tokens
from hall.accounts.access import allow
from hall.accounts.roles import Can
from hall.database import db
from hall.http import respond
from hall.intake.review import inbox, queries
from hall.intake.review.at_hand import Which
from hall.intake.review.schemas import CaseOut, InboxOut
from hall.unit_of_work import Answer

if TYPE_CHECKING:
    from hall.intake.models import Case

api = APIBlueprint("review_api", __name__, url_prefix="/api/v1", tag="Intake")
CASE, RETURN = "case", "return"


def which(token: str, revision: int | None = None) -> Which:
    """The case of a token, genuine or not."""
    return Which(tokens.nonce_of(current_app.config["HALL"].keys.tokens, CASE, token), revision)


def case_token(nonce: bytes) -> str:
    """The token of a case."""
    return tokens.token_of(current_app.config["HALL"].keys.tokens, CASE, nonce)


def asked() -> inbox.Asked:
    """What the address asks of an inbox; what is none asks for everything."""
    page = request.args.get("page", "1")
    return inbox.Asked(
        state=request.args.get("state", "")[:20],
        light=request.args.get("light", "")[:20],
        mine=request.args.get("mine", "") == "1",
        page=int(page) if page.isascii() and page.isdigit() and len(page) <= 6 else 1,  # noqa: PLR2004 - six digits
    )


@api.get("/departments/<code>/inbox")
@api.output(InboxOut)
@allow(Can.INTAKE_CASES)
def department_inbox(code: str) -> Response:
    """Open cases of a department, the most urgent first: `?state=`, `?light=`, `?mine=1`, `?page=`."""
    session = db.session()
    department = inbox.department_of(session, g.actor, code)
    found = inbox.inbox(session, g.actor, department, asked(), clock.now())
    rows = [{**plain(asdict(row)), "token": case_token(row.nonce)} for row in found.rows]
    said = {**asdict(found), "rows": rows, "states": dict(found.states), "lights": dict(found.lights)}
    return respond(Answer(200, packed(said)))


@api.get("/cases/<token>")
@api.output(CaseOut)
@allow(Can.INTAKE_CASES)
def case(token: str) -> Response:
    """Everything known of a case, and what may be done with it now."""
    session = db.session()
    found = queries.case_by_nonce(session, which(token).nonce, g.actor)
    return respond(Answer(200, packed(case_state(found))))


def case_state(found: Case) -> dict[str, Any]:
    """A case as the interface shows it to the caller."""
    view = queries.case_view(db.session(), found, g.actor, clock.now())
    key = current_app.config["HALL"].keys.tokens
    said: dict[str, Any] = plain(asdict(view))
    said["token"] = case_token(view.nonce)
    for line, sibling in zip(said["siblings"], view.siblings, strict=True):
        line["token"] = case_token(sibling.nonce)
    for line, row in zip(said["notices"], view.notices, strict=True):
        line["return_code"] = tokens.short_code(key, RETURN, row.nonce)
    return said


def plain(value: Any) -> Any:  # noqa: ANN401 - any JSON
    """Without keys and nonces, days and times as text."""
    if isinstance(value, dict):
        return {name: plain(part) for name, part in value.items() if not isinstance(part, bytes)}
    if isinstance(value, list | tuple):
        return [plain(part) for part in value]
    return value.isoformat() if isinstance(value, date | datetime) else value


def packed(said: dict[str, Any]) -> str:
    """As JSON text."""
    return json.dumps(said, ensure_ascii=False, separators=(",", ":"))
