"""The page on which windows and departments find a case again. What is typed is never in an address (I10)."""

from __future__ import annotations

from flask import Blueprint, current_app, g, redirect, render_template, request
from werkzeug.wrappers import Response

from hall import clock
from hall.accounts.access import allow
from hall.accounts.roles import Can
from hall.applicants.vault import Vault
from hall.database import db
from hall.intake.finding import queries
from hall.intake.review import words
from hall.intake.review.api import case_token
from hall.signs import refuse_turning_signs
from hall.sites import Site

pages = Blueprint("finding_pages", __name__)
LIMIT = 300


@pages.get("/cases")
@allow(Can.INTAKE_CASES)
def cases() -> str:
    """The empty page: what can be scanned or typed."""
    return _page("", [])


@pages.post("/cases")
@allow(Can.INTAKE_CASES)
def find() -> str | Response:
    """What was found; a single case opens at once."""
    refuse_turning_signs(request.form)
    typed = request.form.get("what", "").strip()[:LIMIT]
    hall = current_app.config["HALL"]
    keys = queries.Keys(hall.keys.tokens, Vault(hall.keys))
    found = queries.find(db.session(), g.actor, keys, typed, clock.now())
    if len(found) == 1:
        return redirect(f"/cases/{case_token(found[0].nonce)}", 303)
    return _page(typed, found)


def _page(typed: str, found: list[queries.Found]) -> str:
    return render_template(
        "cases/find.html",
        typed=typed,
        found=found,
        words=words,
        token=case_token,
        at_most=queries.AT_MOST,
        zone=db.session.get_one(Site, g.actor.site_id).zone,
    )
