"""What the pages of the ledger share: the blueprint, the hall and its day, what a form holds, how an error is told."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, flash, g, redirect, request
from werkzeug.wrappers import Response as Sent

from hall import clock
from hall.database import db
from hall.sites import Site

if TYPE_CHECKING:
    from datetime import date

    from hall.errors import DomainError

Page = Sent | str | tuple[str, int]

pages = Blueprint("findings", __name__, url_prefix="/receptions/findings")


def here() -> Site:
    """The caller's own hall."""
    return db.session.get_one(Site, g.actor.site_id)


def today() -> date:
    """Its business date."""
    return clock.business_date(here().zone, clock.now())


def text(name: str) -> str:
    """A field of the form, lines as they are kept."""
    return request.form.get(name, "").replace("\r", "")


def whole(given: str) -> int | None:
    """A whole number as typed; None for anything else."""
    given = given.strip()
    return int(given) if given.isascii() and given.isdigit() and len(given) < 18 else None  # noqa: PLR2004


def errors_of(problem: DomainError | None, verb: str = "") -> dict[str, list[object]] | None:
    """Messages by field; several forms stand on a page, so a field's name begins with what its form does."""
    if problem is None:
        return None
    named = {f"{verb}-{name}" if verb else name: said for name, said in (problem.errors or {}).items()}
    return named or {"": [problem.message]}


def done(key: int, said: str) -> Sent:
    """On to the finding, with a word about what was done."""
    flash(said, "good")
    return redirect(f"/receptions/findings/{key}", 303)
