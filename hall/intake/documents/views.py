"""Official documents as A4 pages: looked at first, printed by a press that is counted (I3, I10)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Blueprint, current_app, g, redirect, render_template, request
from markupsafe import Markup

from hall import tokens
from hall.accounts.access import allow
from hall.accounts.roles import STAFF
from hall.applicants.vault import Vault
from hall.clock import business_date
from hall.database import db
from hall.errors import NotFound
from hall.intake.documents import actions, queries, rules
from hall.intake.documents.actions import PrintDocument
from hall.intake.documents.rules import Kind
from hall.qr import qr_svg
from hall.unit_of_work import perform

if TYPE_CHECKING:
    from datetime import datetime

    from werkzeug.wrappers import Response

    from hall.intake.documents.queries import Dossier

pages = Blueprint("documents_pages", __name__)
KINDS = (
    "notice, acceptance, undertaking, non_acceptance, decision, extension, procedure, termination, handover"
)


@pages.get("/forms/<token>/receipt")
@allow(STAFF)
def receipt(token: str) -> str:
    """The receipt (收件凭证) of a form, for all its cases."""
    return _page(PrintDocument(Kind.RECEIPT, filing=_nonce("form", token)))


@pages.post("/forms/<token>/receipt")
@allow(STAFF)
def print_receipt(token: str) -> Response:
    """Count a printing, and show the page to print."""
    return _print(PrintDocument(Kind.RECEIPT, filing=_nonce("form", token)))


@pages.get(f"/cases/<token>/documents/<any({KINDS}):kind>")
@allow(STAFF)
def document(token: str, kind: str) -> str:
    """One document of a case."""
    return _page(PrintDocument(Kind(kind), case=_nonce("case", token)))


@pages.post(f"/cases/<token>/documents/<any({KINDS}):kind>")
@allow(STAFF)
def print_document(token: str, kind: str) -> Response:
    """Count a printing, and show the page to print."""
    return _print(PrintDocument(Kind(kind), case=_nonce("case", token)))


def _nonce(purpose: str, token: str) -> bytes | None:
    return tokens.nonce_of(_key(), purpose, token)


def _key() -> bytes:
    key: bytes = current_app.config["HALL"].keys.tokens
    return key


def _print(command: PrintDocument) -> Response:
    key, _copy = perform(g.actor, actions.print_document, command)
    return redirect(f"{request.path}?printing={key}", 303)


def _page(command: PrintDocument) -> str:
    session = db.session()
    filing, case = actions.find(session, command)
    actions.require_reach(g.actor, filing, case)
    vault = Vault(current_app.config["HALL"].keys)
    found = queries.dossier(session, vault, command.kind, filing, case)
    given = request.args.get("printing", "")
    printing = None
    if given:
        if not (given.isascii() and given.isdigit() and len(given) < 16):  # noqa: PLR2004 - no row has such a key
            raise NotFound(given, code="no_document")
        case_id = case.id if case else None
        printing = queries.printing(session, int(given), filing.id, case_id, command.kind)
    return render_template(
        f"documents/{command.kind.value}.html",
        d=found,
        title=rules.TITLES[command.kind],
        rules=rules,
        printing=printing,
        printed=queries.printings(session, filing.id, case, command.kind),
        **_codes(found),
        on=lambda at: _on(found, at),
        who=lambda key: found.people.get(key, ""),
    )


def _on(found: Dossier, at: datetime | None) -> str:
    return rules.day(business_date(found.site.zone, at) if at else None)


def _codes(found: Dossier) -> dict[str, Any]:
    """Codes to scan and to type. A code to scan only where phones can reach the hall (E2)."""
    first = found.main or found.entries[0]
    public_url = current_app.config["HALL"].public_url
    token = tokens.token_of(_key(), "case", first.case.nonce)
    back = tokens.short_code(_key(), "return", found.notice.nonce) if found.notice else ""
    address = f"{public_url}/case/{token}" if public_url else ""
    if address and found.kind is Kind.NOTICE:
        address += f"?back={back}"
    return {
        "qr": Markup(qr_svg(address)) if address else "",  # noqa: S704 - our own picture of our own address
        "return_code": back,
        # For the kiosk's scanner; where phones reach the hall, the address holds the code as well
        "return_qr": Markup(qr_svg(back)) if back and not address else "",  # noqa: S704 - as above
        "receipt_code": tokens.short_code(_key(), "receipt", found.filing.nonce),
    }
