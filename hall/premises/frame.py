"""What the pages of this room share: the blueprint, the hall that is being set up, and how an answer comes back."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import TypeVar

from flask import Blueprint, Response, flash, g, redirect, render_template, request, session, url_for
from flask_babel import gettext as _
from sqlalchemy import select
from werkzeug.wrappers import Response as AnyResponse

from hall.catalog.problems import MESSAGES
from hall.database import db
from hall.errors import DomainError, NotFound
from hall.http import has_control_signs
from hall.signs import refuse_turning_signs
from hall.sites import Site
from hall.unit_of_work import Work, perform

C = TypeVar("C")
Page = AnyResponse | str | tuple[str, int]
WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

pages = Blueprint("premises", __name__, url_prefix="/admin")


def here() -> Site:
    """The hall that is being set up: one's own; who works in all of them chooses. Raises NotFound."""
    wanted = select(Site).where(Site.retired_at.is_(None)).order_by(Site.id)
    chosen = session.get("hall_of_settings") if g.actor.every_site else g.actor.site_id
    if chosen is not None:
        wanted = wanted.where(Site.id == chosen)
    found = db.session.scalars(wanted).first()
    if found is None:
        raise NotFound(_("This hall has not been set up yet."), code="unknown_site")
    return found


def do(
    action: Callable[[Work, C], object], command: C, endpoint: str, said: str, year: int | None = None
) -> AnyResponse:
    """Perform, then back to a page with a word about it. Raises DomainError for the form to tell."""
    refuse_turning_signs(request.form)
    perform(g.actor, action, command)
    flash(said, "good")
    return redirect(url_for(endpoint, year=year))


def told(problem: DomainError) -> dict[str, list[str]]:
    """What is wrong, by field, as the forms' macros take it; without a field under an empty name."""
    if problem.errors:
        return {name: [str(text) for text in texts] for name, texts in problem.errors.items()}
    return {"": [str(problem.message)]}


def again(template: str, problem: DomainError, **values: object) -> tuple[str, int]:
    """The page once more, with what was typed and what is wrong."""
    return render_template(template, errors=told(problem), **values), problem.status


@pages.context_processor
def _sentences() -> dict[str, object]:
    """How a template says what is wrong in a file."""
    return {"sentence": lambda problem: _(MESSAGES[problem.key]) % dict(problem.params)}


def said(name: str, limit: int = 200) -> str:
    """One field of the form as trimmed text, without signs that no database takes."""
    text = request.form.get(name, "").strip()[:limit]
    return "".join(sign for sign in text if not has_control_signs(sign))


def number(name: str) -> int | None:
    """A whole number of the form, or None for anything else."""
    text = said(name, 9)
    return int(text) if text.isascii() and text.isdigit() else None


def upload() -> io.BytesIO:
    """The file of the form; an empty one where none was chosen."""
    file = request.files.get("file")
    return io.BytesIO(file.read() if file else b"")


def download(data: bytes, name: str) -> Response:
    """A workbook to keep."""
    response = Response(data, content_type=WORKBOOK)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.xlsx"'
    return response


def tell_ignored(headings: tuple[str, ...]) -> None:
    """Say which columns of a file nobody knows."""
    if headings:
        flash(
            _("These columns are not known and were left out: %(names)s", names="、".join(headings)), "care"
        )
