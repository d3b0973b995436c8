"""The page behind a receipt's code (I9). Works without scripts; guesses are limited."""

from __future__ import annotations

from datetime import date

from flask import Blueprint, current_app, render_template
from flask_babel import gettext as _

from hall import tokens
from hall.accounts.access import allow
from hall.accounts.roles import PUBLIC
from hall.database import db
from hall.errors import NotFound
from hall.intake.following import queries, rules
from hall.intake.following.api import case_nonce
from hall.intake.following.queries import Missing

pages = Blueprint("following", __name__)


@pages.get("/case/<token>")
@allow(PUBLIC)
def case(token: str) -> str | tuple[str, int]:
    """Where the case stands; an unknown code is told in two languages."""
    try:
        found = queries.follow(db.session(), case_nonce(token))
    except NotFound as problem:
        return render_template("following/unknown.html"), problem.status
    key: bytes = current_app.config["HALL"].keys.tokens
    return render_template(
        "following/case.html",
        f=found,
        site=found.site,
        passed=rules.passed,
        words=_words(),
        by=_by,
        due=_due,
        ticket=tokens.token_of(key, "ticket", found.ticket) if found.ticket else "",
    )


def _words() -> dict[str, str]:
    return {
        "received": _("Received"),
        "accepted": _("Accepted"),
        "decided": _("Decided"),
        "ready": _("Ready to collect"),
        "delivered": _("Collected"),
        "waiting_turn": _("Its turn comes after the one before"),
        "correction": _("Papers are to be put right"),
        "stopped": _("A special procedure is under way; the days do not count"),
        "proposed": _("Being decided"),
        "not_accepted": _("Not accepted"),
        "terminated": _("Ended"),
        "withdrawn": _("Taken back"),
    }


def _due(days: int | None, on: date | None) -> str:
    """The deadline in words; one that cannot be told yet is never guessed (I5)."""
    if days is None:
        return ""
    if on is None:
        pending: str = _(
            "%(days)s working days from the day after acceptance (the date follows when the holidays are published)",
            days=days,
        )
        return pending
    told: str = _("by %(day)s", day=on.isoformat())
    return told


def _by(paper: Missing) -> str:
    return _due(paper.days, paper.by)
