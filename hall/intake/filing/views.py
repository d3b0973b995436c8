"""The page on which a clerk takes a case in."""

from __future__ import annotations

from flask import Blueprint, abort, g, render_template

from hall.accounts.access import allow
from hall.accounts.roles import Can
from hall.applicants.rules import OF_PARTY, Party
from hall.database import db
from hall.intake.filing import page_words, queries
from hall.intake.outcome import words as outcome_words
from hall.queueing.staffing import own_window

pages = Blueprint("filing_pages", __name__)


@pages.get("/windows/<window>/form")
@allow(Can.INTAKE_RECEIVE)
def form(window: str) -> str:
    """The form of the ticket at hand; `?form=TOKEN` goes on with another half-filled one of this window."""
    found = queries.desk_of(db.session(), window)
    if found is None:
        abort(404)
    own_window(g.actor, found[0])
    return render_template(
        "intake/form.html",
        window=found[0],
        start={
            "window": found[0].code,
            "site": found[1].code,
            "kinds": {party.value: [kind.value for kind in OF_PARTY[party]] for party in Party},
        },
        kinds=page_words.KINDS,
        person_kinds=[(kind.value, page_words.KINDS[kind]) for kind in OF_PARTY[Party.PERSON]],
        page_words=page_words.page_words() | outcome_words.page_words(),
        keys=page_words.KEYS,
    )
