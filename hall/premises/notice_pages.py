"""Pages of notices: those that run on screens and kiosks, those of the past, a new one."""

from __future__ import annotations

from datetime import UTC, datetime

from flask import render_template
from flask_babel import gettext as _

from hall import clock
from hall.accounts.access import allow
from hall.accounts.roles import Can
from hall.database import db
from hall.errors import DomainError, Invalid
from hall.floor.actions import Post, post_notice, withdraw_notice
from hall.premises import queries
from hall.premises.frame import Page, again, do, here, pages, said
from hall.sites import Site

LENGTH = 200


@pages.get("/notices")
@allow(Can.SITE_EDIT)
def notices() -> str:
    """All notices and the form of a new one."""
    return render_template("premises/notices.html", **_page(here()))


def _page(site: Site) -> dict[str, object]:
    now = clock.now()
    rows = queries.notices(db.session(), site)
    runs = [row for row in rows if row.withdrawn_at is None and (row.until is None or row.until > now)]
    return {
        "running": runs,
        "past": [row for row in rows if row not in runs],
        "zone": site.zone,
        "length": LENGTH,
    }


@pages.post("/notices")
@allow(Can.SITE_EDIT)
def post() -> Page:
    """Run a notice, until a time or until it is withdrawn."""
    site = here()
    form = {"text": said("text", 1000), "text_en": said("text_en", 1000), "until": said("until", 20)}
    try:
        errors: dict[str, list[object]] = {
            name: [_("At most %(limit)s characters.", limit=LENGTH)]
            for name in ("text", "text_en")
            if len(form[name]) > LENGTH
        }
        if errors:
            raise Invalid(_("Some of this cannot be used. Please check it."), errors=errors)
        command = Post(site.code, form["text"], form["text_en"], _until(site, form["until"]))
        return do(post_notice, command, "premises.notices", _("The notice runs."))
    except DomainError as problem:
        return again("premises/notices.html", problem, form=form, **_page(site))


def _until(site: Site, given: str) -> datetime | None:
    """The end as typed, in the hall's time."""
    if not given:
        return None
    try:
        return datetime.fromisoformat(given).replace(tzinfo=site.zone).astimezone(UTC)
    except (ValueError, OverflowError):  # the first and last days of the calendar have no UTC
        told = _("Enter date and time, or leave it empty.")
        raise Invalid(told, errors={"until": [told]}) from None


@pages.post("/notices/<int:key>/withdraw")
@allow(Can.SITE_EDIT)
def withdraw(key: int) -> Page:
    """Take a notice down."""
    site = here()
    try:
        return do(withdraw_notice, key, "premises.notices", _("The notice is withdrawn."))
    except DomainError as problem:
        return again("premises/notices.html", problem, **_page(site))
