"""The page of the province's platform: cases out by file, their numbers back in, and which still wait for one (I12)."""

from __future__ import annotations

import io
from datetime import date
from typing import TYPE_CHECKING

from flask import (
    Blueprint,
    Response,
    abort,
    flash,
    g,
    redirect,
    render_template,
    request,
    stream_with_context,
)
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response as AnyResponse

from hall import clock
from hall.accounts.access import allow
from hall.accounts.roles import Can
from hall.catalog import uploads
from hall.catalog.problems import MESSAGES
from hall.database import db
from hall.errors import Invalid
from hall.intake.measures import exchange, outgoing
from hall.intake.measures.api import MOST_IN_SHEET, here, sheet
from hall.intake.review import words
from hall.unit_of_work import perform

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from hall.catalog.problems import Problem

pages = Blueprint("platform_pages", __name__)
PAGE = 50
SHOWN = 20
MOST_DIGITS = 6
Page = str | tuple[str, int]


@pages.get("/platform")
@allow(Can.INTAKE_SUPERVISE)
def platform() -> Page:
    """What goes out, what comes in, what waits (`?page=`)."""
    return _page({})


def _page(errors: Mapping[str, Sequence[object]], status: int = 200) -> Page:
    session, site = db.session(), here()
    waiting = exchange.waiting_count(session, site.id)
    last = max(1, -(-waiting // PAGE))
    asked = request.args.get("page", "1")
    page = int(asked) if asked.isascii() and asked.isdigit() and len(asked) <= MOST_DIGITS else 1
    page = min(max(1, page), last)
    rendered = render_template(
        "intake/platform.html",
        waiting=waiting,
        rows=exchange.pre_registered(session, site.id, PAGE, (page - 1) * PAGE),
        page=page,
        pages=last,
        errors=errors,
        since=request.args.get("since", ""),
        words=words,
        most=MOST_IN_SHEET,
    )
    return rendered if status == 200 else (rendered, status)  # noqa: PLR2004 - as it is meant


@pages.get("/platform/cases.<any('xlsx', 'jsonl'):kind>")
@allow(Can.INTAKE_SUPERVISE)
def cases(kind: str) -> AnyResponse | Page:
    """Cases changed since a day (`?since=`), or after a cursor (`?after=`); a spreadsheet holds at most 20,000."""
    session, site, now = db.session(), here(), clock.now()
    try:
        after = request.args.get("after", "") or _since(request.args.get("since", ""))
        if kind == "xlsx":
            return _sheet(after, outgoing.count(session, site, after, now))
        outgoing.changes(session, site, after, 1, now)  # a cursor that is none is told before the file begins
    except Invalid as problem:
        return _page({"since": [problem.message]}, problem.status)
    told = (outgoing.line(row) for row in outgoing.stream(session, site, after, now))
    named = {"Content-Disposition": 'attachment; filename="cases.jsonl"'}
    return Response(
        stream_with_context(told), content_type="application/x-ndjson; charset=utf-8", headers=named
    )


def _sheet(after: str, count: int) -> AnyResponse:
    """The spreadsheet. Raises Invalid where it would leave cases out."""
    if count > MOST_IN_SHEET:
        raise Invalid(
            _(
                "%(count)s cases are more than a spreadsheet takes. Choose a later day, or JSON lines.",
                count=count,
            )
        )
    return sheet(after)


def _since(day: str) -> str:
    """The cursor at the beginning of a day at the hall; of all that there is without one."""
    if not day:
        return ""
    try:
        begin, _end = clock.day_bounds(here().zone, date.fromisoformat(day))
        return outgoing.cursor_of(begin) if begin > outgoing.EPOCH else ""
    except (ValueError, OverflowError):
        raise Invalid(_("Choose a date.")) from None


@pages.post("/platform/numbers")
@allow(Can.INTAKE_SUPERVISE)
def preview() -> Page:
    """What a file of the platform would do, or its problems line by line; nothing is done yet."""
    upload = request.files.get("file")
    content = upload.read() if upload else b""
    if not content:
        return _page({"file": [_("Choose a file first.")]}, 422)
    found = exchange.read_numbers(io.BytesIO(content))
    if found.problems:
        return _problems(found.problems, found.problem_count)
    compared = exchange.compare(db.session(), here().id, found.rows)
    if compared.problem_count:
        return _problems(compared.problems, compared.problem_count)
    return render_template(
        "intake/platform_preview.html",
        compared=compared,
        shown=compared.fresh[:SHOWN],
        ignored=found.ignored,
        name=uploads.keep(content),
    )


@pages.post("/platform/numbers/confirm")
@allow(Can.INTAKE_SUPERVISE)
def confirm() -> AnyResponse | Page:
    """Do what the preview showed, compared anew with the hall as it is now: all of it, or nothing."""
    content = uploads.kept(request.form.get("file", "")) or abort(404)
    found = exchange.read_numbers(io.BytesIO(content))
    try:
        count = perform(g.actor, exchange.set_numbers, exchange.SetNumbers(here().id, found.rows))
    except exchange.Unmatched as unmatched:
        return _problems(unmatched.problems, unmatched.count)
    flash(
        ngettext(
            "%(num)s case has its platform number.", "%(num)s cases have their platform numbers.", count
        ),
        "good",
    )
    return redirect("/platform", 303)


def _problems(problems: Sequence[Problem], count: int) -> tuple[str, int]:
    listed = [(one.line, one.column, _(MESSAGES[one.key]) % dict(one.params)) for one in problems]
    return render_template("intake/platform_problems.html", problems=listed, count=count), 422
