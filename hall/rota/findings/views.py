"""Pages of the ledger of findings: the list, one finding, and the steps that can be taken there now (M7)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import current_app, g, render_template, request
from flask_babel import gettext as _

from hall.accounts.access import allow
from hall.accounts.roles import Can
from hall.applicants.vault import Vault
from hall.database import db
from hall.errors import DomainError, NotFound
from hall.rota.findings import actions, ending, entering, file_pages, queries, words
from hall.rota.findings.at_hand import oversees
from hall.rota.findings.frame import Page, done, here, pages, text, today, whole
from hall.rota.findings.showing import show
from hall.signs import refuse_turning_signs
from hall.unit_of_work import perform

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["entering", "file_pages", "pages"]  # the other pages of this blueprint


@pages.get("")
@allow(Can.ROTA_FINDINGS)
def ledger() -> str:
    """The ledger, overdue ones first."""
    wish, page = request.args.get("state", ""), whole(request.args.get("page", "")) or 1
    found = queries.ledger(
        db.session(),
        g.actor,
        here().id,
        today(),
        wish=wish if wish in queries.FILTERS else "",
        page=page,
    )
    return render_template(
        "rota/findings.html", found=found, wish=wish, words=words, manages=oversees(g.actor, here().id)
    )


@pages.get("/<int:key>")
@allow(Can.ROTA_FINDINGS)
def one(key: int) -> str:
    """One finding: what is known, its history, and what can be done now."""
    return show(key)


@pages.post("/<int:key>/citizen")
@allow(Can.ROTA_MANAGE)
def show_citizen(key: int) -> str:
    """Name and telephone, to call back; the journal keeps who had them shown."""
    sealed, number = perform(g.actor, ending.show_citizen, key)
    vault = Vault(current_app.config["HALL"].keys)
    return show(key, shown=(vault.open(sealed), vault.open(number)))


@pages.post("/<int:key>/rectify")
@allow(Can.ROTA_SIGN)
def rectify(key: int) -> Page:
    """It is put right."""
    return _act(key, actions.rectify, actions.Tell(key, text("rectify-note"), whole(text("revision"))))


@pages.post("/<int:key>/<any('verify', 'send-back'):verb>")
@allow(Can.ROTA_OVERSEE)
def check(key: int, verb: str) -> Page:
    """Whether it is put right, as another person than who did it sees it."""
    tell = actions.Tell(key, text(f"{verb}-note"), whole(text("revision")))
    return _act(key, actions.verify if verb == "verify" else actions.send_back, tell)


@pages.post("/<int:key>/<any('assign', 'extend', 'call-back', 'close'):verb>")
@allow(Can.ROTA_MANAGE)
def act(key: int, verb: str) -> Page:
    """A step of the manager."""
    revision = whole(text("revision"))
    note, days = text(f"{verb}-note"), whole(text(f"{verb}-days")) or 0
    tell = actions.Tell(key, note, revision)
    owner = whole(text("assign-owner")) or 0
    steps: dict[str, tuple[Callable[..., object], object]] = {
        "assign": (actions.assign, actions.Assign(key, owner, days, revision, text("assign-reason"))),
        "extend": (actions.extend, actions.Extend(key, days, text("extend-reason"), revision)),
        "call-back": (ending.call_back, ending.CallBack(key, text("call-back-reached"), note, revision)),
        "close": (ending.close, tell),
    }
    return _act(key, *steps[verb])


def _act(key: int, action: Callable[..., Any], command: object) -> Page:
    refuse_turning_signs(request.form)
    try:
        perform(g.actor, action, command)
    except NotFound:
        raise
    except DomainError as problem:
        return show(key, problem), problem.status
    return done(key, _("Done."))
