"""Pages of the issue window: what is ready, and one result with its handover.

What is typed or scanned is never in an address: it may be a name.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Blueprint, current_app, flash, g, redirect, render_template, request
from flask import session as browser
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from hall import clock, tokens
from hall.accounts.access import allow, of_site
from hall.accounts.roles import STAFF, Can
from hall.applicants.vault import Vault
from hall.database import db
from hall.errors import Conflict, Invalid, NotFound, Refused
from hall.intake.documents.actions import require_reach
from hall.intake.documents.queries import case_by_nonce, documents_of, entries_of
from hall.intake.issuing import actions, queries
from hall.intake.issuing.api import case_nonce, signed, signing_nonce, token_key
from hall.intake.issuing.elsewhere import elsewhere
from hall.intake.issuing.models import Delivery
from hall.intake.models import Filing
from hall.intake.rules import uncollected
from hall.intake.signing import signatures
from hall.intake.signing.queries import open_for, pad_of
from hall.signs import refuse_turning_signs
from hall.sites import Site
from hall.unit_of_work import perform

if TYPE_CHECKING:
    from collections.abc import Mapping

pages = Blueprint("issuing_pages", __name__)
ONLY = ("post", "late")
LONGEST = 300
"""Which results alone can be asked for."""
SCANNED = "receipt_scanned"
"""In the browser's session: the receipt by which a result was found, until the list is opened again."""


@pages.get("/issuing")
@allow(Can.INTAKE_ISSUE)
def issuing() -> str:
    """What is ready, all of it or what is to be posted or lies there for long."""
    browser.pop(SCANNED, None)
    only = request.args.get("only", "")
    return _list(only=only if only in ONLY else "")


@pages.post("/issuing")
@allow(Can.INTAKE_ISSUE)
def find() -> str | Response:
    """What is found by holder, number or receipt; a single result opens at once, with the receipt that was scanned."""
    browser.pop(SCANNED, None)
    asked = request.form.get("q", "").strip()[:LONGEST]
    site = db.session.get_one(Site, g.actor.site_id)
    rows = queries.ready(db.session(), site, token_key(), clock.now(), asked) if asked else []
    if len(rows) != 1:
        return _list(asked)
    if _is_receipt(rows[0].nonce, asked):
        browser[SCANNED] = asked
    return redirect(f"/issuing/{_token(rows[0].nonce)}", 303)


def _list(asked: str = "", only: str = "") -> str:
    site = db.session.get_one(Site, g.actor.site_id)
    session, now = db.session(), clock.now()
    rows = queries.ready(session, site, token_key(), now, asked, only=only)
    return render_template(
        "issuing/ready.html",
        rows=rows,
        elsewhere=elsewhere(session, site, token_key(), asked) if asked and not rows else [],
        asked=asked,
        only=only,
        tally=queries.tally(session, site, now),
        site=site,
        ticket=queries.ticket_at_hand(session, g.actor.id),
        window=queries.window_open(session, g.actor.id),
        token_of=_token,
        at_most=queries.AT_MOST,
    )


@pages.get("/issuing/<token>")
@allow(Can.INTAKE_ISSUE)
def result(token: str) -> str:
    """One result: who may take it, and the handover. What was scanned to find it is its proof already."""
    found, scanned = case_nonce(token), browser.get(SCANNED, "")
    if not scanned or found is None or not _is_receipt(found, scanned):
        return _result(token, {}, {})
    return _result(token, {"receipt": scanned}, {})


@pages.post("/issuing/<token>/<any(hand_over, post, refuse, returned):verb>")
@allow(Can.INTAKE_ISSUE)
def act(token: str, verb: str) -> Response | tuple[str, int]:
    """Do one of the four from the form; on an error what was typed stays."""
    refuse_turning_signs(request.form)
    try:
        _do(token, verb, request.form)
    except (Invalid, Conflict, Refused, NotFound) as problem:
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


def _do(token: str, verb: str, form: MultiDict[str, str]) -> None:
    nonce = case_nonce(token)
    also = tuple(case_nonce(each) for each in form.getlist("also")[:40])
    if verb == "hand_over":
        signing = signing_nonce(form.get("signing"))
        on_paper = form.get("on_paper") == "1" or signing is not None
        given = actions.HandOver(
            nonce=nonce,
            key=token_key(),
            receipt=form.get("receipt", "")[:300],
            taker="agent" if form.get("taker") == "agent" else "applicant",
            signature=signed(form.get("signature") or None, on_paper=on_paper),
            partly=form.get("partly") == "1",
            also=also,
            signing=signing,
        )
        perform(g.actor, actions.hand_over, given)
    elif verb == "post":
        vault = Vault(current_app.config["HALL"].keys)
        sent = actions.Post(nonce, vault, form.get("tracking", ""), form.get("address", ""), also)
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
    vault = Vault(current_app.config["HALL"].keys)
    since = clock.business_date(site.zone, case.ready_at or case.changed_at)
    today = clock.business_date(site.zone, clock.now())
    late = case.state == "ready" and uncollected(since, today)
    signing = open_for(session, case.id, g.actor.id)
    return render_template(
        "issuing/result.html",
        case=case,
        filing=filing,
        site=site,
        entries=entries,
        item=next(each.item for each in entries if each.case.id == case.id),
        complete=queries.all_here(session, filing.id),
        address=vault.open(filing.address_sealed),
        others=[e for e in entries if e.case.state == "ready" and e.case.id != case.id],
        chosen=typed.getlist("also") if isinstance(typed, MultiDict) else None,
        days=(today - since).days,
        late=late,
        phone=vault.open(filing.phone_sealed) if late else filing.phone_shown,
        deliveries=_deliveries(case.id),
        documents=documents_of(session, case),
        pad=pad_of(session, g.actor),
        signing=tokens.token_of(token_key(), "signing", signing.nonce) if signing else "",
        ticket=queries.ticket_at_hand(session, g.actor.id),
        window=queries.window_open(session, g.actor.id),
        token=token,
        token_of=_token,
        typed=typed,
        errors={verb: errors} if errors else {},
    )


def _is_receipt(nonce: bytes, given: str) -> bool:
    session = db.session()
    case = case_by_nonce(session, nonce)
    return queries.shows(token_key(), session.get_one(Filing, case.filing_id), case, given)


def _deliveries(case_id: int) -> list[Delivery]:
    wanted = db.select(Delivery).where(Delivery.case_id == case_id).order_by(Delivery.id.desc())
    return list(db.session.scalars(wanted))


def _token(nonce: bytes) -> str:
    return tokens.token_of(token_key(), "case", nonce)
