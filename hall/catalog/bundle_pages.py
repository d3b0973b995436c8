"""Import and export of bundles: a file is shown as what it would change before anything is done."""

from __future__ import annotations

import io

from flask import Blueprint, Response, abort, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from hall.accounts.access import allow
from hall.accounts.roles import Can
from hall.catalog import forms, rows, uploads
from hall.catalog.bundle_loading import LoadBundles, UnfitBundles, load_bundles
from hall.catalog.bundle_plan import BundlePlan, compare_bundles
from hall.catalog.bundle_sheet import BundleFile, read_bundles, write_bundles
from hall.catalog.problems import Problem
from hall.database import db
from hall.unit_of_work import perform

pages = Blueprint("bundle_import", __name__, url_prefix="/admin/bundles/import")

Answer = AnyResponse | str | tuple[str, int]


@pages.get("")
@allow(Can.CATALOG_EDIT)
def page() -> str:
    """Choose a file, or take all bundles away."""
    return _choose({})


@pages.post("")
@allow(Can.CATALOG_EDIT)
def preview() -> Answer:
    """What the file would change; or its problems with their lines."""
    upload = request.files.get("file")
    content = upload.read() if upload else b""
    if not content:
        return _choose({"file": [_("Choose a file first.")]}), 422
    found = read_bundles(io.BytesIO(content))
    if found.problems:
        return _refused(list(found.problems), found.problem_count)
    plan = compare_bundles(db.session(), g.actor.site_id, found.rows)
    if plan.problems:
        return _refused(plan.problems, plan.problem_count)
    return _shown(found, plan, uploads.keep(content))


@pages.post("/confirm")
@allow(Can.CATALOG_EDIT)
def confirm() -> Answer:
    """Do what the preview showed, compared anew with the hall as it is now."""
    content = uploads.kept(request.form.get("file", "")) or abort(404)
    found = read_bundles(io.BytesIO(content))
    if found.problems:
        return _refused(list(found.problems), found.problem_count)
    try:
        done = perform(g.actor, load_bundles, LoadBundles(g.actor.site_id, found.rows))
    except UnfitBundles as unfit:
        return _refused(unfit.problems, unfit.count)
    said = _("Bundles imported: %(added)s added, %(changed)s changed, %(same)s unchanged.",
             added=done.added, changed=done.changed, same=done.unchanged)  # fmt: skip
    flash(said, "good")
    return redirect(url_for("catalogue_pages.bundles"), 303)


@pages.get("/<any('bundles.xlsx', 'bundles.csv'):name>")
@allow(Can.CATALOG_EDIT)
def export(name: str) -> Response:
    """The bundles on offer, as a file that can be imported again."""
    return uploads.download(write_bundles(rows.bundle_rows(db.session(), g.actor.site_id), name), name)


def _choose(errors: forms.Errors) -> str:
    return render_template("catalog/bundle_import.html", errors=errors)


def _refused(problems: list[Problem], count: int) -> tuple[str, int]:
    said = [("bundles", one.line, one.column, forms.said(one)) for one in problems]
    back = url_for("bundle_import.page")
    return render_template("catalog/problems.html", problems=said, count=count, back=back), 422


def _shown(found: BundleFile, plan: BundlePlan, name: str) -> str:
    without_line = found.defaulted.get("line", 0)
    return render_template(
        "catalog/bundle_preview.html",
        plan=plan,
        named={row.code: row.name for row in found.rows},
        read=len(found.rows),
        without_line=without_line if plan.added else 0,
        ignored=found.ignored,
        name=name,
    )
