"""Pages of a new finding: from nothing, or made of a walk's remark or of a hard matter (M6, M7)."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from flask import g, render_template, request
from flask_babel import gettext as _

from hall import clock
from hall.accounts.access import allow
from hall.accounts.roles import Can
from hall.database import db
from hall.errors import DomainError, Invalid, NotFound
from hall.rota import queries as rotas
from hall.rota.findings import origins, recording, words
from hall.rota.findings.api import citizen, origin_of
from hall.rota.findings.frame import Page, done, errors_of, here, pages, whole
from hall.rota.matters import payloads as matters
from hall.rota.matters import reading
from hall.rota.matters.models import HardMatter
from hall.signs import refuse_turning_signs
from hall.unit_of_work import perform

if TYPE_CHECKING:
    from collections.abc import Mapping

    from hall.rota.findings.origins import Told
    from hall.rota.walks.models import Walk

LONGEST = 1100


@pages.get("/new")
@allow(Can.ROTA_SIGN)
def new() -> str:
    """The form of a new finding; `?walk=` and `?matter=` name what it is made of."""
    given = {"source": "sit", **{name: request.args[name] for name in request.args if name in NAMED}}
    found = _origin(given)
    return _new({**given, **_taken_over(*found)} if found else given, None, found)


NAMED = ("walk", "step", "matter")


@pages.post("/new")
@allow(Can.ROTA_SIGN)
def find() -> Page:
    """Enter it."""
    refuse_turning_signs(request.form)
    given = {name: value[:LONGEST] for name, value in request.form.items()}
    try:
        row = perform(g.actor, recording.find, _found(given))
    except NotFound:
        raise
    except DomainError as problem:
        db.session.rollback()
        return _new(given, problem, _origin(given)), problem.status
    return done(row.id, _("The finding is in the ledger. A photo of the problem can be added."))


def _asked(given: Mapping[str, str]) -> origins.From | None:
    return origin_of(given.get("walk", ""), whole(given.get("step", "")), given.get("matter", ""))


def _origin(given: Mapping[str, str]) -> tuple[Told, Walk | HardMatter] | None:
    """What it is made of, to be shown above the form. Raises NotFound."""
    asked = _asked(given)
    return origins.asked_for(db.session(), g.actor, asked) if asked else None


def _taken_over(told: Told, row: Walk | HardMatter) -> dict[str, str]:
    """A walk's words, to begin with. A citizen's are sealed and soon forgotten: neither title nor detail keeps them."""
    if isinstance(row, HardMatter):
        return {}
    step = f"{told.step}. {told.step_name}" if told.step else ""
    detail = "\n".join(line for line in (told.name, step, told.remark) if line)
    return {"title": told.remark[: recording.TITLE], "detail": detail}


def _asked_words(row: Walk | HardMatter | None) -> str:
    """What the citizen asked, to be read beside the form; the journal has that it was (E2)."""
    if not isinstance(row, HardMatter):
        return ""
    return reading.words(db.session(), g.actor, row, matters.vault(), clock.now()).asked


def _found(given: Mapping[str, str]) -> recording.Find:
    asked, source = _asked(given), given.get("source", "")
    rota = 0 if asked else rotas.rota_by_code(db.session(), here().id, given.get("rota", "")).id
    day: date | None = None
    if given.get("day", "") and asked is None:
        try:
            day = clock.day_said(given["day"])
        except ValueError:
            raise Invalid(_("Choose a date."), errors={"day": [_("Choose a date.")]}) from None
    return recording.Find(
        rota,
        given.get("title", ""),
        given.get("detail", "").replace("\r", ""),
        source if source in words.SOURCES else "other",
        day,
        citizen(given.get("citizen", ""), given.get("phone", "")),
        asked,
    )


def _new(
    given: Mapping[str, str],
    problem: DomainError | None = None,
    found: tuple[Told, Walk | HardMatter] | None = None,
) -> str:
    row = found[1] if found else None
    known = isinstance(row, HardMatter) and row.phone_sealed is not None
    return render_template(
        "rota/finding_new.html",
        given=given,
        rotas=rotas.rotas(db.session(), here().id),
        words=words,
        origin=found[0] if found else None,
        asked=_asked_words(row),
        origin_token=given.get("walk") or given.get("matter"),
        called_back=row.name_shown or row.phone_shown if isinstance(row, HardMatter) and known else "",
        errors=errors_of(problem),
    )
