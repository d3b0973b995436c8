"""The page of matters with which helpers do not help (H1): the list, one more, one less."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response as AnyResponse

from hall.accounts.access import allow
from hall.accounts.roles import Can
from hall.catalog import finding, queries
from hall.database import db
from hall.errors import DomainError, Invalid
from hall.helpers import excluding
from hall.helpers.keeping import words
from hall.helpers.matters import EXCLUDED
from hall.signs import refuse_turning_signs
from hall.sites import Site
from hall.unit_of_work import perform

if TYPE_CHECKING:
    from collections.abc import Mapping

exclusion_pages = Blueprint("exclusion_pages", __name__, url_prefix="/admin/helpers/excluded")
Page = AnyResponse | str | tuple[str, int]
LIKE = 6


@exclusion_pages.get("")
@allow(Can.HELPERS_MANAGE)
def listed() -> str:
    """What is left out, and the form for more."""
    return _page({"reason": "secret"})


@exclusion_pages.post("")
@allow(Can.HELPERS_MANAGE)
def add() -> Page:
    """Leave a matter out."""
    refuse_turning_signs(request.form)
    given = {name: request.form.get(name, "").strip()[:120] for name in ("matter", "kind", "reason")}
    try:
        if given["reason"] not in EXCLUDED or given["kind"] not in {"", *words.kinds()}:
            raise Invalid(_("Choose one of the values offered."))
        left = perform(g.actor, excluding.exclude, excluding.Exclude(g.actor.site_id, **given))
    except DomainError as problem:
        return _page(given, problem), problem.status
    flash(_("Left out. Nobody can book this help for it any more."), "good")
    if left:
        said = ngettext(
            "%(num)s booking must be moved or cancelled by a person: see the list of helpers.",
            "%(num)s bookings must be moved or cancelled by a person: see the list of helpers.",
            left,
        )
        flash(said, "care")
    return redirect(url_for(".listed"), 303)


@exclusion_pages.post("/<int:exclusion>/drop")
@allow(Can.HELPERS_MANAGE)
def drop(exclusion: int) -> Page:
    """Help with it again."""
    try:
        perform(g.actor, excluding.include, excluding.Include(g.actor.site_id, exclusion))
    except DomainError as problem:
        return _page({"reason": "secret"}, problem), problem.status
    flash(_("This help can be booked for it again."), "good")
    return redirect(url_for(".listed"), 303)


def _page(given: Mapping[str, str], problem: DomainError | None = None) -> str:
    rows = excluding.listed(db.session(), g.actor.site_id)
    return render_template(
        "helpers/excluded.html",
        matters=[list(group) for _key, group in groupby(rows, key=lambda one: (one.sort, one.code))],
        given=given,
        errors=(problem.errors or {"": [problem.message]}) if problem else None,
        like=_like(given.get("matter", ""))
        if problem is not None and problem.code == "unknown_matter"
        else [],
        kinds=words.kinds(),
        reasons=[(key, str(text)) for key, text in EXCLUDED.items()],
        reason_of={key: str(text) for key, text in EXCLUDED.items()},
    )


def _like(typed: str) -> list[queries.Offer]:
    """What of the catalogue may have been meant."""
    session, site = db.session(), db.session.get_one(Site, g.actor.site_id)
    return queries.offers(session, finding.find(session, site, typed, LIKE)) if typed else []
