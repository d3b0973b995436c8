"""Pages of helpers (administration): the list with what must be moved, one helper, dates, a spreadsheet."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from flask import Blueprint, Response, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from werkzeug.wrappers import Response as AnyResponse

from hall import clock
from hall.accounts.access import allow
from hall.accounts.roles import Can
from hall.catalog.problems import MESSAGES, Problem
from hall.database import db
from hall.errors import DomainError, Invalid, NotFound
from hall.helpers import words as booking_words
from hall.helpers.keeping import actions, load, queries, sheet, typed, words
from hall.helpers.keeping.rules import write_shifts
from hall.helpers.models import Helper
from hall.sites import Site
from hall.unit_of_work import perform

shift_pages = Blueprint("shift_pages", __name__, url_prefix="/admin/helpers")
Page = AnyResponse | str | tuple[str, int]
WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@shift_pages.get("")
@allow(Can.HELPERS_MANAGE)
def listed() -> str:
    """All helpers with their weeks, and bookings that a person must move."""
    return _list()


@shift_pages.get("/new")
@allow(Can.HELPERS_MANAGE)
def new() -> str:
    """The form of a new helper."""
    usual = "08:30-12:00 14:30-17:30"
    return _form({"agency": "1", **{f"day{day}": usual for day in range(5)}})


@shift_pages.post("/new")
@allow(Can.HELPERS_MANAGE)
def add() -> Page:
    """Make the helper."""
    try:
        user, badge = request.form.get("user", "")[:60], request.form.get("badge", "")[:40]
        perform(g.actor, actions.enter_helper, actions.Enter(g.actor.site_id, user, badge, typed.profile()))
    except DomainError as problem:
        return _form(_typed(), problem=problem), problem.status
    flash(_("The helper is entered. Free times are on offer at once."), "good")
    return redirect(url_for("shift_pages.listed"))


@shift_pages.get("/<int:helper_id>")
@allow(Can.HELPERS_MANAGE)
def helper(helper_id: int) -> str:
    """One helper: what they know, their week, and dates of their own."""
    return _form(*_kept(helper_id))


@shift_pages.post("/<int:helper_id>")
@allow(Can.HELPERS_MANAGE)
def save(helper_id: int) -> Page:
    """Change profile and week."""
    row = _found(helper_id)[0]
    try:
        command = actions.Keep(row.site_id, row.badge, typed.profile(), typed.number("revision"))
        marked = perform(g.actor, actions.keep_helper, command)
    except DomainError as problem:
        return _form(_typed(), row, problem), problem.status
    return _done(_("Saved."), marked, url_for("shift_pages.listed"))


@shift_pages.post("/<int:helper_id>/days")
@allow(Can.HELPERS_MANAGE)
def save_days(helper_id: int) -> Page:
    """Dates that differ from the week."""
    row = _found(helper_id)[0]
    form = {
        name: request.form.get(name, "").strip()[:80] for name in ("first", "last", "away", "times", "reason")
    }
    try:
        marked = perform(g.actor, actions.keep_days, typed.days(row.site_id, row.badge, form))
    except DomainError as problem:
        return _form(*_kept(helper_id), problem=problem, days_form=form), problem.status
    return _done(_("The dates are entered."), marked, _page_of(helper_id))


@shift_pages.post("/<int:helper_id>/days/drop")
@allow(Can.HELPERS_MANAGE)
def drop_day(helper_id: int) -> Page:
    """A date follows the week again."""
    row = _found(helper_id)[0]
    try:
        day = clock.day_said(request.form.get("day", ""))
    except ValueError:
        raise Invalid(_("Choose a date.")) from None
    command = actions.KeepDays(row.site_id, row.badge, day, day, plain=True)
    marked = perform(g.actor, actions.keep_days, command)
    return _done(_("The date follows the week again."), marked, _page_of(helper_id))


@shift_pages.post("/<int:helper_id>/<any(retire, restore):verb>")
@allow(Can.HELPERS_MANAGE)
def change(helper_id: int, verb: str) -> Page:
    """Retire or restore a helper."""
    row = _found(helper_id)[0]
    command = actions.Retire(row.site_id, row.badge, back=verb == "restore")
    said = _("The helper is retired.") if verb == "retire" else _("The helper can be booked again.")
    return _done(said, perform(g.actor, actions.retire_helper, command), _page_of(helper_id))


@shift_pages.get("/export.xlsx")
@allow(Can.HELPERS_MANAGE)
def export() -> Response:
    """Helpers in use with their weeks."""
    rows = [row for row in _rows() if row.retired_at is None]
    response = Response(sheet.write_helpers(rows, _bundle_names(chinese=True)), content_type=WORKBOOK)
    response.headers["Content-Disposition"] = 'attachment; filename="helpers.xlsx"'
    return response


@shift_pages.post("/import")
@allow(Can.HELPERS_MANAGE)
def take_in() -> Page:
    """Load a file as a whole."""
    file = request.files.get("file")
    if file is None or not file.filename:
        return _list(said=_("Choose a file first.")), 422
    found = sheet.read_helpers(file.stream)  # type: ignore[arg-type]  # werkzeug types a narrower reader
    if found.problem_count:
        return _list(found.problems, found.problem_count), 422
    try:
        loaded = perform(g.actor, sheet.load_helpers, sheet.HelperFile(g.actor.site_id, found.rows))
    except sheet.Unloadable as unloadable:
        return _list(unloadable.problems, len(unloadable.problems)), 422
    said = _("%(made)s helpers added, %(changed)s changed.", made=loaded.made, changed=loaded.changed)
    return _done(said, loaded.to_move, url_for("shift_pages.listed"))


def _done(said: str, marked: int, where: str) -> AnyResponse:
    flash(said, "good")
    if marked:
        told = ngettext(
            "%(num)s booking no longer fits and must be moved: see the list of helpers.",
            "%(num)s bookings no longer fit and must be moved: see the list of helpers.",
            marked,
        )
        flash(told, "care")
    return redirect(where, 303)


def _page_of(helper_id: int) -> str:
    return url_for("shift_pages.helper", helper_id=helper_id)


def _site() -> Site:
    return db.session.get_one(Site, g.actor.site_id)


def _today() -> date:
    return clock.now().astimezone(_site().zone).date()


def _rows() -> list[queries.HelperView]:
    return queries.helpers_of(db.session(), g.actor.site_id, _today(), clock.now())


def _bundle_names(*, chinese: bool = False) -> dict[str, str]:
    english = not chinese and words.english()
    return {
        one.code: one.name_en if english and one.name_en else one.name
        for one in queries.bundles_of(db.session(), g.actor.site_id)
    }


def _list(problems: tuple[Problem, ...] = (), count: int = 0, said: str = "") -> str:
    names, rows = _bundle_names(), _rows()
    return render_template(
        "helpers/helpers.html",
        rows=[row for row in rows if row.retired_at is None],
        retired=[row for row in rows if row.retired_at is not None],
        load=load.today(db.session(), _site(), clock.now()),
        strays=queries.strays(db.session(), g.actor.site_id, clock.now()),
        skill=lambda code: words.skill_word(code, names),
        kinds=words.kinds(),
        weekdays=words.weekdays(),
        said=said,
        count=count,
        problems=[(one.line, one.column, _(MESSAGES[one.key]) % dict(one.params)) for one in problems],
    )


def _found(helper_id: int) -> tuple[Helper, str]:
    found = queries.helper_at(db.session(), g.actor.site_id, helper_id)
    if found is None:
        raise NotFound(_l("There is no such helper."), code="unknown_helper")
    return found[0], found[1].name


def _kept(helper_id: int) -> tuple[dict[str, Any], Helper]:
    row, session = _found(helper_id)[0], db.session()
    week = {f"day{day}": write_shifts(times) for day, times in enumerate(queries.week_of(session, row.id))}
    given = {
        "badge": row.badge,
        "agency": "1" if row.does_agency else "",
        "home_visits": "1" if row.does_home_visits else "",
        "skills": sorted(queries.skills_of(session, row.id)),
        "revision": str(row.revision),
        **week,
    }
    return given, row


def _typed() -> dict[str, Any]:
    return {**request.form.to_dict(), "skills": request.form.getlist("skills")}


def _form(
    given: Mapping[str, Any],
    row: Helper | None = None,
    problem: DomainError | None = None,
    days_form: Mapping[str, str] | None = None,
) -> str:
    session, site_id = db.session(), g.actor.site_id
    names = _bundle_names()
    return render_template(
        "helpers/helper.html",
        given=given,
        row=row,
        name=_found(row.id)[1] if row else "",
        errors=(problem.errors or {"": [problem.message]}) if problem else None,
        people=[(one.user, f"{one.name}（{one.user}）") for one in queries.who_may_help(session, site_id)]
        if row is None
        else [],
        skills=[(code, str(text)) for code, text in booking_words.SKILLS.items()],
        bundles=[(actions.BUNDLE + code, name) for code, name in names.items()],
        weekdays=words.weekdays(),
        days=queries.days_ahead(session, row.id, _today()) if row else [],
        days_form=days_form or {"away": "yes"},
        absences=list(words.absences().items()),
        today=_today(),
    )
