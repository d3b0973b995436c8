"""The page behind a receipt's code, and the same as JSON (I9). Works without scripts; guesses are limited."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import date
from typing import Any

from flask import Blueprint, Response, current_app, render_template
from flask_babel import gettext as _

from hall import tokens
from hall.accounts.access import allow
from hall.accounts.roles import PUBLIC
from hall.database import db
from hall.errors import NotFound
from hall.http import respond
from hall.intake.following import queries, rules
from hall.intake.following.queries import Following, Missing
from hall.unit_of_work import Answer

pages = Blueprint("following", __name__)


@pages.get("/case/<token>")
@allow(PUBLIC)
def case(token: str) -> str | tuple[str, int]:
    """Where the case stands; an unknown code is told in two languages."""
    try:
        found = queries.follow(db.session(), _nonce(token))
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


@pages.get("/api/v1/public/cases/<token>")
@allow(PUBLIC)
def case_json(token: str) -> Response:
    """The same for programs."""
    return respond(
        Answer(200, json.dumps(_state(queries.follow(db.session(), _nonce(token))), ensure_ascii=False))
    )


def _nonce(token: str) -> bytes | None:
    return tokens.nonce_of(current_app.config["HALL"].keys.tokens, "case", token)


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


def _papers(rows: Iterable[Missing]) -> list[dict[str, Any]]:
    return [
        {
            "name": row.name,
            "wanted": row.wanted,
            "by": row.by.isoformat() if row.by else None,
            "days": row.days,
        }
        for row in rows
    ]


def _state(found: Following) -> dict[str, Any]:
    return {
        "site": found.site.code,
        "collect": found.collect,
        "delivery": found.delivery,
        "windows": [window.name for window in found.windows],
        "cases": [
            {
                "number": case.number,
                "item": case.item,
                "item_en": case.item_en,
                "department": case.department,
                "state": case.state,
                "received_at": case.received_at.astimezone(found.site.zone).isoformat(timespec="seconds"),
                "due_days": case.due_days,
                "due_on": case.due_on.isoformat() if case.due_on else None,
                "missing": _papers(case.missing),
                "deferred": _papers(case.deferred),
            }
            for case in found.cases
        ],
    }
