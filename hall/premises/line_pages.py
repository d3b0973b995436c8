"""Pages of lines: the list in its order, one line's form, spreadsheet in and out."""

from __future__ import annotations

from flask import Response, render_template
from flask_babel import gettext as _
from flask_babel import ngettext

from hall.accounts.access import allow
from hall.accounts.roles import Can
from hall.catalog.models import Line
from hall.database import db
from hall.errors import DomainError, NotFound
from hall.premises import queries, sheets
from hall.premises.frame import Page, again, do, download, here, number, pages, said, tell_ignored, upload
from hall.premises.lines import Reorder, SaveLine, reorder, retire_line, save_line
from hall.premises.loading import LoadLines, load_lines
from hall.premises.rows import Retire
from hall.sites import Site

FIELDS = ("prefix", "name", "name_en", "examples", "examples_en", "target_min", "lunch_open", "collects")


@pages.get("/lines")
@allow(Can.SITE_EDIT)
def lines() -> str:
    """All lines."""
    return render_template("premises/lines.html", **_list(here()))


def _list(site: Site) -> dict[str, object]:
    session = db.session()
    return {
        "rows": queries.line_rows(session, site),
        "retired": queries.lines(session, site, retired=True),
        "usual_target": site.settings.target_min,
    }


@pages.get("/lines/new")
@allow(Can.SITE_EDIT)
def new_line() -> str:
    """An empty form."""
    return render_template("premises/line.html", line=None, form={}, usual_target=here().settings.target_min)


@pages.get("/lines/<int:key>")
@allow(Can.SITE_EDIT)
def line(key: int) -> str:
    """One line's form."""
    site = here()
    row = _line(site, key)
    form = {name: getattr(row, name) for name in FIELDS}
    return render_template("premises/line.html", line=row, form=form, usual_target=site.settings.target_min)


def _line(site: Site, key: int) -> Line:
    found = db.session.get(Line, key)
    if found is None or found.site_id != site.id:
        raise NotFound(_("There is no such line."))
    return found


@pages.post("/lines/new", defaults={"key": None})
@pages.post("/lines/<int:key>")
@allow(Can.SITE_EDIT)
def save(key: int | None) -> Page:
    """Add or change a line."""
    site = here()
    row = _line(site, key) if key else None
    form = {name: said(name, 80) for name in FIELDS}
    command = SaveLine(
        site.id,
        row.id if row else None,
        form["prefix"].upper(),
        form["name"][:60],
        form["name_en"],
        (number("target_min") or 0) if form["target_min"] else None,
        bool(form["lunch_open"]),
        examples=form["examples"][:60],
        examples_en=form["examples_en"],
        collects=bool(form["collects"]),
    )
    try:
        return do(save_line, command, "premises.lines", _("Saved: %(name)s", name=command.name))
    except DomainError as problem:
        usual = site.settings.target_min
        return again("premises/line.html", problem, line=row, form=form, usual_target=usual)


@pages.post("/lines/<int:key>/retire")
@allow(Can.SITE_EDIT)
def retire(key: int) -> Page:
    """Take a line out of use, or bring it back."""
    site, back = here(), said("back") == "1"
    told = _("The line is in use again.") if back else _("The line is out of use.")
    try:
        return do(retire_line, Retire(site.id, key, back), "premises.lines", told)
    except DomainError as problem:
        return again("premises/lines.html", problem, **_list(site))


@pages.post("/lines/order")
@allow(Can.SITE_EDIT)
def order() -> Page:
    """Move one line up or down by a place."""
    site = here()
    keys = [row.id for row in queries.lines(db.session(), site)]
    key, step = number("key"), -1 if said("to") == "up" else 1
    if key in keys and 0 <= keys.index(key) + step < len(keys):
        at = keys.index(key)
        keys[at], keys[at + step] = keys[at + step], keys[at]
    return do(reorder, Reorder(site.id, tuple(keys)), "premises.lines", _("The order is changed."))


@pages.get("/lines/export")
@allow(Can.SITE_EDIT)
def export_lines() -> Response:
    """All lines as a workbook."""
    site = here()
    return download(sheets.write_lines(queries.lines(db.session(), site)), f"{site.code}-lines")


@pages.post("/lines/import")
@allow(Can.SITE_EDIT)
def import_lines() -> Page:
    """Load lines from a spreadsheet, all or none."""
    site = here()
    found = sheets.read_lines(upload())
    if found.problems:
        return render_template("premises/lines.html", found=found, **_list(site)), 422
    count = len(found.rows)
    try:
        told = ngettext("%(num)s line is loaded.", "%(num)s lines are loaded.", count)
        answer = do(load_lines, LoadLines(site.id, found.rows), "premises.lines", told)
    except DomainError as problem:
        return again("premises/lines.html", problem, **_list(site))
    tell_ignored(found.ignored)
    return answer
