"""What the pages of keeping a reception share: the blueprint, the hall and its day, what a form holds."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any, TypeVar

from flask import Blueprint, flash, g, redirect, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from hall import clock
from hall.database import db
from hall.errors import DomainError, Invalid, NotFound
from hall.http import has_control_signs
from hall.rota import queries
from hall.rota.keeping import words
from hall.signs import refuse_turning_signs
from hall.sites import Site
from hall.unit_of_work import Work, perform

if TYPE_CHECKING:
    from collections.abc import Callable

    from hall.rota.models import Rota

C = TypeVar("C")
Page = AnyResponse | str | tuple[str, int]

pages = Blueprint("rota_keeping", __name__, url_prefix="/admin/receptions")


@pages.context_processor
def _words() -> dict[str, Any]:
    """Words that every page of this room shows."""
    return {"say": words, "today": today()}


def site() -> Site:
    """The manager's own hall."""
    found = db.session.get(Site, g.actor.site_id)
    if found is None:
        raise NotFound(_("This hall has not been set up yet."), code="unknown_site")
    return found


def today() -> date:
    """The hall's business date."""
    return clock.business_date(site().zone, clock.now())


def rota_called(code: str) -> Rota:
    """One of the hall's. Raises NotFound."""
    return queries.rota_by_code(db.session(), site().id, code)


def said(name: str, limit: int = 120) -> str:
    """One field of the form as trimmed text, without signs that no database takes."""
    return clean(request.form.get(name, ""), limit)


def clean(text: str, limit: int = 120) -> str:
    """Trimmed and cut, without control signs."""
    return "".join(sign for sign in text.strip()[:limit] if not has_control_signs(sign))


def number(name: str, otherwise: int = -1) -> int:
    """A whole number of the form; `otherwise` for anything else."""
    text = said(name, 9)
    return int(text) if text.isascii() and text.isdigit() else otherwise


def day(name: str) -> date:
    """A day of the form. Raises Invalid at its field."""
    try:
        return clock.day_said(said(name, 10))
    except ValueError:
        told = _("Choose a date.")
        raise Invalid(told, errors={name: [told]}) from None


def done(action: Callable[[Work, C], object], command: C, told: str, where: str) -> AnyResponse:
    """Perform, then on with a word about it. Raises DomainError for the page to tell."""
    refuse_turning_signs(request.form)
    perform(g.actor, action, command)
    flash(told, "good")
    return redirect(where, 303)


def tried(action: Callable[[Work, C], object], command: C, told: str, where: str) -> AnyResponse:
    """The same for a press without fields: what was refused is told on the page it came from."""
    try:
        return done(action, command, told, where)
    except DomainError as problem:
        flash(str(problem.message), "bad")
        return redirect(where, 303)


def errors_of(problem: DomainError | None) -> dict[str, list[object]] | None:
    """What is wrong, by field, as the forms' macros take it; without a field under an empty name."""
    if problem is None:
        return None
    return problem.errors or {"": [problem.message]}
