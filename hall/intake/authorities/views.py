"""Pages on which a manager enters and ends written authorities."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from flask import Blueprint, flash, g, redirect, render_template, request
from flask_babel import get_locale, ngettext
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from hall import clock
from hall.accounts.access import allow
from hall.accounts.roles import Can
from hall.database import db
from hall.errors import DomainError
from hall.intake.authorities import actions, queries
from hall.intake.authorities.api import asked
from hall.intake.review.words import MODES
from hall.signs import refuse_turning_signs
from hall.sites import Site
from hall.unit_of_work import perform

if TYPE_CHECKING:
    from collections.abc import Mapping

    from werkzeug.wrappers import Response

pages = Blueprint("authority_pages", __name__, url_prefix="/admin/authorities")

GIVES = {
    True: _l("accept and decide at the window"),
    False: _l("accept; the department decides"),
}
"""What an authority for an item gives, by whether one desk may do both."""


def gives(row: Any) -> str:  # noqa: ANN401 - an item, or an authority with its item's mode
    """What an authority for this item lets somebody do."""
    return str(GIVES[row.mode == "same_desk" and not row.second_review])


@pages.get("")
@allow(Can.ACCOUNTS_MANAGE)
def listed() -> str:
    """The hall's authorities, those in force or those revoked; 50 a page."""
    return _list(queries.Search(revoked=request.args.get("revoked") == "1", page=asked(request.args).page))


@pages.post("")
@allow(Can.ACCOUNTS_MANAGE)
def find() -> str:
    """Those of a person, an item or a document; what is typed stands in no address."""
    return _list(asked(request.form))


def _list(search: queries.Search) -> str:
    found = queries.authorities(db.session(), g.actor.site_id, search)
    return render_template("intake/authorities.html", found=found, search=search, gives=gives)


@pages.get("/new")
@allow(Can.ACCOUNTS_MANAGE)
def new() -> str:
    """The form of a document."""
    return _form({}, ())


@pages.post("/new")
@allow(Can.ACCOUNTS_MANAGE)
def grant() -> Response | tuple[str, int]:
    """Enter what a document authorises; `step` only shows the chosen department's items."""
    form, chosen = request.form, tuple(request.form.getlist("items"))
    if form.get("step"):
        return _form(form, chosen), 200
    try:
        refuse_turning_signs(form)
        command = actions.Grant(
            _key(form.get("staff", "")),
            chosen,
            form.get("document", ""),
            _day(form.get("dated", "")),
            form.get("reason", ""),
        )
        granted = perform(g.actor, actions.grant, command)
    except DomainError as problem:
        return _form(form, chosen, problem), problem.status
    said = ngettext("%(num)s authority was granted.", "%(num)s authorities were granted.", len(granted))
    flash(said, "good")
    return redirect("/admin/authorities", 303)


@pages.get("/<int:key>")
@allow(Can.ACCOUNTS_MANAGE)
def one(key: int) -> str:
    """One authority: its document, what was done under it, and how it ends."""
    return _one(key)


@pages.post("/<int:key>/revoke")
@allow(Can.ACCOUNTS_MANAGE)
def revoke(key: int) -> Response | tuple[str, int]:
    """End it."""
    try:
        refuse_turning_signs(request.form)
        perform(g.actor, actions.revoke, actions.Revoke(key, request.form.get("reason", "")))
    except DomainError as problem:
        if problem.status in {403, 404}:
            raise
        return _one(key, request.form.get("reason", ""), problem), problem.status
    flash(_("The authority is revoked. What was done under it stays."), "good")
    return redirect(f"/admin/authorities/{key}", 303)


def _key(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else 0  # noqa: PLR2004 - 64 bits


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _errors(problem: DomainError | None) -> dict[str, list[object]] | None:
    return (problem.errors or {"": [problem.message]}) if problem else None


def _form(given: Mapping[str, str], chosen: tuple[str, ...], problem: DomainError | None = None) -> str:
    session, site_id = db.session(), g.actor.site_id
    departments = queries.departments(session, site_id)
    shown = next((row for row in departments if row.code == given.get("department")), None)
    items = queries.items(session, site_id, shown.id) if shown else []
    english = str(get_locale()) == "en"
    today = clock.business_date(session.get_one(Site, site_id).zone, clock.now())
    return render_template(
        "intake/authority_new.html",
        given=given,
        errors=_errors(problem),
        people=[(str(row.id), f"{row.name} ({row.user})") for row in queries.people(session, site_id)],
        departments=[(row.code, (english and row.name_en) or row.name) for row in departments],
        items=items,
        chosen=chosen,
        gives=gives,
        today=today.isoformat(),
    )


def _one(key: int, reason: str = "", problem: DomainError | None = None) -> str:
    session = db.session()
    found = queries.authority(session, g.actor.site_id, key)
    accepted, decided = queries.used(session, key)
    return render_template(
        "intake/authority.html",
        row=found,
        accepted=accepted,
        decided=decided,
        reason=reason,
        errors=_errors(problem),
        gives=gives,
        modes=MODES,
    )
