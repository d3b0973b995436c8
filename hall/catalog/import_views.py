"""Import and export of the catalogue: a file is shown as what it would change before anything is done."""

from __future__ import annotations

from flask import Blueprint, Response, abort, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from hall.accounts.access import allow
from hall.accounts.roles import Can
from hall.aside import aside
from hall.catalog import actions, forms, rows, uploads
from hall.catalog.changes import Plan
from hall.catalog.comparing import compare
from hall.catalog.files import Files, read_files
from hall.catalog.spreadsheet import DEFAULTS, write_items, write_materials
from hall.database import db
from hall.unit_of_work import perform

pages = Blueprint("catalogue_import", __name__, url_prefix="/admin/import")


@pages.get("")
@allow(Can.CATALOG_EDIT)
def page() -> str:
    """Choose a file, or take the whole catalogue away."""
    return render_template("catalog/import.html", errors={})


@pages.post("")
@allow(Can.CATALOG_EDIT)
def preview() -> str | tuple[str, int]:
    """What the file would change and what it leaves to rules; or its problems with their lines."""
    upload, papers = request.files.get("file"), request.files.get("papers")
    content = upload.read() if upload else b""
    if not content:
        errors = {"file": [_("Choose a file first.")]}
        return render_template("catalog/import.html", errors=errors), 422
    of_papers = papers.read() if papers else b""
    files = aside(read_files, content, of_papers or None)
    if files.problem_count:
        problems = [
            ("papers" if in_papers else "items", one.line, one.column, forms.said(one))
            for in_papers, one in files.problems
        ]
        return _refused(problems, files.problem_count)
    plan = compare(db.session(), g.actor.site_id, files.wanted)
    if plan.problems:
        return _refused(
            [("items", one.line, one.column, forms.said(one)) for one in plan.problems], plan.problem_count
        )
    names = [uploads.keep(one) for one in (content, of_papers)]
    return _shown(files, plan, names)


@pages.post("/confirm")
@allow(Can.CATALOG_EDIT)
def confirm() -> AnyResponse | tuple[str, int]:
    """Do what the preview showed, compared anew with the hall as it is now."""
    content, papers = (uploads.kept(request.form.get(name, "")) for name in ("file", "papers"))
    files = aside(read_files, content or abort(404), papers or None)
    try:
        done = perform(g.actor, actions.load, actions.Load(g.actor.site_id, files.wanted))
    except actions.Unfit as unfit:
        return _refused(
            [("items", one.line, one.column, forms.said(one)) for one in unfit.problems], unfit.count
        )
    said = _("Imported: %(added)s added, %(changed)s changed, %(same)s unchanged.",
             added=done.added, changed=done.changed, same=done.unchanged)  # fmt: skip
    flash(said, "good")
    return redirect(url_for("catalogue_pages.items"), 303)


@pages.get("/<any('items.xlsx', 'items.csv', 'materials.csv'):name>")
@allow(Can.CATALOG_EDIT)
def export(name: str) -> Response:
    """The catalogue on offer, as a file that can be imported again."""
    session, site_id = db.session(), g.actor.site_id
    items, papers = rows.item_rows(session, site_id), rows.paper_rows(session, site_id)
    content = (
        aside(write_materials, papers, name)
        if name.startswith("materials")
        else aside(write_items, items, name, papers)
    )
    return uploads.download(content, name)


def _refused(problems: list[tuple[str, int, str, str]], count: int) -> tuple[str, int]:
    return render_template("catalog/problems.html", problems=problems, count=count), 422


def _shown(files: Files, plan: Plan, names: list[str]) -> str:
    named = {row.code: row.name for row in files.items.rows}
    defaulted = [(count, _(DEFAULTS[field])) for field, count in files.defaulted.items()]
    return render_template(
        "catalog/preview.html",
        plan=plan,
        named=named,
        read=len(files.items.rows),
        defaulted=defaulted,
        ignored=files.ignored,
        names=names,
    )
