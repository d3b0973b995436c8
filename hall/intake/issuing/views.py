"""Pages of the issue window: what is ready, and one result with its handover."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Blueprint, current_app, flash, g, redirect, render_template, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from hall import clock, tokens
from hall.accounts.access import allow, of_site
from hall.accounts.roles import STAFF, Can
from hall.applicants.vault import Vault
from hall.database import db
from hall.errors import Conflict, Invalid, Refused
from hall.intake.documents.actions import require_reach
from hall.intake.documents.queries import case_by_nonce, documents_of, entries_of
from hall.intake.issuing import actions, queries, signatures
from hall.intake.issuing.api import case_nonce, signed, token_key
from hall.intake.issuing.models import Delivery
from hall.intake.models import Filing
from hall.signs import refuse_turning_signs
from hall.sites import Site
from hall.unit_of_work import perform

if TYPE_CHECKING:
    from collections.abc import Mapping

pages = Blueprint("issuing_pages", __name__)


@pages.get("/issuing")
@allow(Can.INTAKE_ISSUE)
def issuing() -> str | Response:
    """What is ready, found by holder, number or receipt; a scanned receipt with one result opens it."""
    site = db.session.get_one(Site, g.actor.site_id)
    asked = request.args.get("q", "")[:300]
    rows = queries.ready(db.session(), site, token_key(), clock.now(), asked)
    if asked and len(rows) == 1:
        return redirect(f"/issuing/{_token(rows[0].nonce)}", 303)
    return render_template(
        "issuing/ready.html", rows=rows, asked=asked, site=site, token_of=_token, at_most=queries.AT_MOST
    )


@pages.get("/issuing/<token>")
@allow(Can.INTAKE_ISSUE)
def result(token: str) -> str:
    """One result: who may take it, and the handover."""
    return _result(token, {}, {})


@pages.post("/issuing/<token>/<any(hand_over, post, refuse, returned):verb>")
@allow(Can.INTAKE_ISSUE)
def act(token: str, verb: str) -> Response | tuple[str, int]:
    """Do one of the four from the form; on an error what was typed stays."""
    refuse_turning_signs(request.form)
    try:
        _do(token, verb, request.form)
    except (Invalid, Conflict, Refused) as problem:
        errors = problem.errors or {"": [problem.message]}
        return _result(token, request.form, errors, verb), problem.status
    said = {
        "hand_over": _("Handed over."),
        "post": _("Posted."),
        "refuse": _("Noted. The result stays here."),
        "returned": _("Noted. The result lies here again."),
    }
    flash(said[verb], "good")
    return redirect(f"/issuing/{token}", 303)


@pages.get("/cases/<token>/signature.png")
@allow(STAFF)
def signature(token: str) -> Response:
    """The signature under a handover."""
    session = db.session()
    case = case_by_nonce(session, case_nonce(token))
    require_reach(g.actor, session.get_one(Filing, case.filing_id), case)
    last = _deliveries(case.id)
    picture = signatures.read(current_app.config["HALL"].data, last[0].signature if last else None)
    return Response(picture, content_type="image/png", headers={"Content-Disposition": "inline"})


def _do(token: str, verb: str, form: Mapping[str, str]) -> None:
    nonce = case_nonce(token)
    if verb == "hand_over":
        name = signed(form.get("signature") or None, on_paper=form.get("on_paper") == "1")
        taker: Any = "agent" if form.get("taker") == "agent" else "applicant"
        partly = form.get("partly") == "1"
        given = actions.HandOver(nonce, token_key(), form.get("receipt", "")[:300], taker, name, partly)
        perform(g.actor, actions.hand_over, given)
    elif verb == "post":
        vault = Vault(current_app.config["HALL"].keys.personal)
        sent = actions.Post(nonce, vault, form.get("tracking", ""), form.get("address", ""))
        perform(g.actor, actions.post, sent)
    else:
        action = actions.refuse if verb == "refuse" else actions.returned
        perform(g.actor, action, actions.NotTaken(nonce, form.get("note", "")))


def _result(token: str, typed: Mapping[str, str], errors: Mapping[str, Any], verb: str = "hand_over") -> str:
    session = db.session()
    case = case_by_nonce(session, case_nonce(token))
    of_site(g.actor, case.site_id)
    filing, site = session.get_one(Filing, case.filing_id), session.get_one(Site, case.site_id)
    entries = entries_of(session, filing.id)
    vault = Vault(current_app.config["HALL"].keys.personal)
    return render_template(
        "issuing/result.html",
        case=case,
        filing=filing,
        site=site,
        entries=entries,
        item=next(each.item for each in entries if each.case.id == case.id),
        complete=queries.all_here(session, filing.id),
        address=vault.open(filing.address_sealed),
        deliveries=_deliveries(case.id),
        documents=documents_of(session, case),
        token=token,
        token_of=_token,
        typed=typed,
        errors={verb: errors} if errors else {},
    )


def _deliveries(case_id: int) -> list[Delivery]:
    wanted = db.select(Delivery).where(Delivery.case_id == case_id).order_by(Delivery.id.desc())
    return list(db.session.scalars(wanted))


def _token(nonce: bytes) -> str:
    return tokens.token_of(token_key(), "case", nonce)
