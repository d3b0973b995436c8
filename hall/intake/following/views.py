"""The page behind a receipt's code (I9): ticket, receipt, result. Works without scripts; guesses are limited."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, current_app, render_template, request
from flask_babel import format_date
from flask_babel import gettext as _
from markupsafe import Markup

from hall import clock, tokens
from hall.accounts.access import allow
from hall.accounts.roles import PUBLIC
from hall.database import db
from hall.errors import NotFound
from hall.intake.following import queries, rules
from hall.intake.following.api import case_nonce
from hall.qr import qr_svg

if TYPE_CHECKING:
    from datetime import date, datetime
    from zoneinfo import ZoneInfo

    from hall.intake.following.queries import Followed

pages = Blueprint("following", __name__)


@pages.get("/case/<token>")
@allow(PUBLIC)
def case(token: str) -> str | tuple[str, int]:
    """Where the case stands; an unknown code is told in two languages."""
    now = clock.now()
    try:
        found = queries.follow(db.session(), case_nonce(token), now)
    except NotFound as problem:
        return render_template("following/unknown.html"), problem.status
    key: bytes = current_app.config["HALL"].keys.tokens
    zone = found.site.zone
    return render_template(
        "following/case.html",
        f=found,
        site=found.site,
        passed=lambda one: rules.passed(one.state, accepted=one.at[rules.Stage.ACCEPTED] is not None),
        words=_words(),
        state_of=_state,
        day=lambda on: _day(on, now.astimezone(zone).date()),
        short=lambda at, pattern="": _short(at, zone, pattern),
        brief=_("d/M"),
        hhmm=lambda at: f"{at.astimezone(zone):%H:%M}",
        date_of=lambda at: at.astimezone(zone).date(),
        as_of=now.astimezone(zone),
        ticket=tokens.token_of(key, "ticket", found.ticket) if found.ticket else "",
        receipt_code=tokens.short_code(key, "receipt", found.filing.nonce),
        qr=Markup(qr_svg(request.base_url)),  # noqa: S704 - our own picture of our own address
    )


def _words() -> dict[str, str]:
    return {
        "received": _("Papers received"),
        "accepted": _("Accepted"),
        "decided": _("Decision made"),
        "ready": _("Ready to collect"),
        "delivered": _("Collected"),
        "waiting_turn": _("Its turn comes after the one before"),
        "correction": _("Papers are to be put right"),
        "stopped": _("A special procedure is under way; the days do not count"),
        "proposed": _("Being decided"),
        "not_accepted": _("Not accepted"),
        "terminated": _("Ended"),
        "withdrawn": _("Withdrawn"),
    }


def _state(one: Followed) -> str:
    """The state of a case in a few words; what was decided is never left to be guessed."""
    told: str = _words()[one.state]
    if one.state == "delivered" and one.posted:
        told = _("Sent by post")
    if one.state == "decided":
        told = _("Decided: not granted") if one.refused else _("Decided: granted. The result is being made.")
    return told


def _short(at: datetime | None, zone: ZoneInfo, pattern: str) -> str:
    told: str = format_date(at.astimezone(zone).date(), pattern or _("d MMM")) if at else ""
    return told


def _day(on: date, today: date) -> Markup:
    """A date as people say it, with its year where it is another; machines read the whole."""
    pattern = _("EEEE, d MMMM") if on.year == today.year else _("EEEE, d MMMM y")
    return Markup('<time datetime="{}">{}</time>').format(on.isoformat(), format_date(on, pattern))
