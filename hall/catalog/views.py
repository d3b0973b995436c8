"""Pages of the catalogue for its manager: items with their papers, departments, life situations."""

from __future__ import annotations

from collections.abc import Callable
from math import ceil
from typing import Any

from flask import Blueprint, abort, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy import select
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from hall.accounts.access import allow, of_site
from hall.accounts.roles import Can
from hall.catalog import editing, finding, forms, lists
from hall.catalog.actions import Unfit
from hall.catalog.bundles import SaveBundle, save_bundle
from hall.catalog.columns import SEPARATORS
from hall.catalog.models import Bundle, Department, ServiceItem, Situation
from hall.database import db
from hall.errors import Conflict, Invalid
from hall.sites import Site
from hall.unit_of_work import perform

pages = Blueprint("catalogue_pages", __name__, url_prefix="/admin")

PAGE = 50
MOST_FOUND = 500
TABLES: dict[str, Any] = {
    "items": ServiceItem,
    "bundles": Bundle,
    "departments": Department,
    "situations": Situation,
}
Answer = str | Response | tuple[str, int]


def own_site() -> Site:
    """The hall whose catalogue is edited: the person's own."""
    found = db.session.get_one(Site, g.actor.site_id)
    of_site(g.actor, found.id)
    return found


@pages.get("/items")
@allow(Can.CATALOG_EDIT)
def items() -> str:
    """All items, fifty a page; `?show=retired` those off offer, `?q=` that of a code."""
    return _list(request.args)


@pages.post("/items")
@allow(Can.CATALOG_EDIT)
def find() -> str:
    """Those that a search finds; what is typed stands in no address."""
    return _list(request.form)


def _list(given: MultiDict[str, str]) -> str:
    site, query = own_site(), given.get("q", "").strip()[:200]
    retired = given.get("show") == "retired"
    found = None
    if query and not retired:
        hits = finding.find(db.session(), site, query, MOST_FOUND)
        found = [key for kind, key in hits if kind == "item"]
    count = len(found) if found is not None else lists.count_items(db.session(), site.id, retired, query)
    page, last = _page(count, given.get("page", "1"))
    rows = lists.items(db.session(), site.id, found, retired, query, (page - 1) * PAGE, PAGE)
    return render_template(
        "catalog/items.html", rows=rows, query=query, retired=retired, count=count, page=page, pages=last
    )


def _page(count: int, said: str) -> tuple[int, int]:
    last = max(1, ceil(count / PAGE))
    page = int(said) if said.isascii() and said.isdigit() and len(said) < 6 else 1  # noqa: PLR2004
    return min(max(page, 1), last), last


@pages.route("/items/new", methods=["GET", "POST"])
@pages.route("/items/<int:key>", methods=["GET", "POST"])
@allow(Can.CATALOG_EDIT)
def item(key: int | None = None) -> Answer:
    """One item with its papers."""
    site, row = own_site(), _own(ServiceItem, key)
    if request.method == "GET":
        return _item_page(site, row, lists.form_of(db.session(), row))
    form = {**request.form.to_dict(), **({"item_code": row.code} if row else {})}
    departments = {one.code for one in lists.choices(db.session(), site.id).departments}
    found = forms.read_item(form, request.form.getlist("situations"), departments)
    if found.row is not None and not found.errors:
        command = editing.SaveItem(site.id, found.row, tuple(found.materials), row is None)
        try:
            perform(g.actor, editing.save_item, command)
        except Unfit as unfit:
            forms.add_problems(found, unfit.problems)
        except Invalid as problem:
            found.errors |= {
                name: [str(text) for text in said] for name, said in (problem.errors or {}).items()
            }
        else:
            flash(_("“%(name)s” is saved.", name=found.row.name), "good")
            return redirect(url_for("catalogue_pages.items", q=found.row.code), 303)
    return _item_page(site, row, found), 422


def _item_page(site: Site, row: ServiceItem | None, form: forms.ItemForm) -> str:
    session = db.session()
    papers = form.papers + [forms.blank_paper() for _number in range(forms.BLANK_PAPERS)]
    return render_template(
        "catalog/item.html",
        item=row,
        cells=form.cells,
        papers=papers[: forms.MOST_PAPERS],
        errors=form.errors,
        choices=lists.choices(session, site.id),
        chosen=set(SEPARATORS.split(form.cells["situations"])),
    )


@pages.get("/bundles")
@allow(Can.CATALOG_EDIT)
def bundles() -> str:
    """All bundles."""
    return render_template("catalog/bundles.html", rows=lists.bundles(db.session(), own_site().id))


@pages.route("/bundles/new", methods=["GET", "POST"])
@pages.route("/bundles/<int:key>", methods=["GET", "POST"])
@allow(Can.CATALOG_EDIT)
def bundle(key: int | None = None) -> Answer:
    """One bundle with its items."""
    site, row = own_site(), _own(Bundle, key)
    if request.method == "GET":
        return _entry_page("bundle", row, lists.bundle_cells(db.session(), row), {})
    cells: dict[str, Any] = {**request.form.to_dict(), "situations": request.form.getlist("situations")}
    if row is not None:
        cells["code"] = row.code
    errors = forms.check(cells, {"code": 60, "name": 120}, {"name_en": 160, "aliases": 300})
    visits = [forms.number(cells, errors, name) for name in ("visits_before", "visits_after")]
    if not errors:
        command = SaveBundle(
            site_id=site.id,
            code=cells["code"],
            name=cells["name"],
            line=cells.get("line", ""),
            items=tuple(cells.get("items", "").split()),
            name_en=cells["name_en"],
            aliases=tuple(filter(None, SEPARATORS.split(cells["aliases"]))),
            situations=tuple(cells["situations"]),
            in_turn=cells.get("order") == "in_turn",
            visits_before=visits[0],
            visits_after=visits[1],
            bundle_id=row.id if row else None,
        )
        errors = _try(lambda: perform(g.actor, save_bundle, command))
    return _saved("bundles", cells) if not errors else (_entry_page("bundle", row, cells, errors), 422)


@pages.get("/departments")
@allow(Can.CATALOG_EDIT)
def departments() -> str:
    """All departments."""
    return render_template("catalog/departments.html", rows=lists.departments(db.session(), own_site().id))


@pages.route("/departments/new", methods=["GET", "POST"])
@pages.route("/departments/<int:key>", methods=["GET", "POST"])
@allow(Can.CATALOG_EDIT)
def department(key: int | None = None) -> Answer:
    """One department."""
    site, row = own_site(), _own(Department, key)
    if request.method == "GET":
        return _entry_page(
            "department", row, forms.cells_of(row, "code", "name", "short_name", "name_en", "phone"), {}
        )
    cells: dict[str, Any] = {**request.form.to_dict(), **({"code": row.code} if row else {})}
    errors = forms.check(cells, {"code": 40, "name": 80}, {"short_name": 40, "name_en": 120, "phone": 40})
    if not errors:
        code, name, short_name, name_en = (cells[one] for one in ("code", "name", "short_name", "name_en"))
        command = editing.SaveDepartment(site.id, code, name, short_name, name_en, key, cells["phone"])
        errors = _try(lambda: perform(g.actor, editing.save_department, command))
    return (
        _saved("departments", cells) if not errors else (_entry_page("department", row, cells, errors), 422)
    )


@pages.get("/situations")
@allow(Can.CATALOG_EDIT)
def situations() -> str:
    """All life situations, in the order of their tiles."""
    return render_template("catalog/situations.html", rows=lists.situations(db.session(), own_site().id))


@pages.route("/situations/new", methods=["GET", "POST"])
@pages.route("/situations/<int:key>", methods=["GET", "POST"])
@allow(Can.CATALOG_EDIT)
def situation(key: int | None = None) -> Answer:
    """One life situation."""
    site, row = own_site(), _own(Situation, key)
    if request.method == "GET":
        return _entry_page(
            "situation", row, forms.cells_of(row, "code", "name", "name_en", "icon", "sort"), {}
        )
    cells: dict[str, Any] = {**request.form.to_dict(), **({"code": row.code} if row else {})}
    errors = forms.check(cells, {"code": 40, "name": 40}, {"name_en": 60, "icon": 40})
    sort = forms.number(cells, errors, "sort")
    if not errors:
        code, name, name_en, icon = (cells[one] for one in ("code", "name", "name_en", "icon"))
        command = editing.SaveSituation(site.id, code, name, name_en, icon, sort or 0, key)
        errors = _try(lambda: perform(g.actor, editing.save_situation, command))
    return _saved("situations", cells) if not errors else (_entry_page("situation", row, cells, errors), 422)


@pages.post("/<any(items, bundles, departments, situations):shelf>/<int:key>/<any(retire, restore):verb>")
@allow(Can.CATALOG_EDIT)
def retire(shelf: str, key: int, verb: str) -> Response:
    """Take an entry off offer, or put it back."""
    command = editing.Retire(own_site().id, TABLES[shelf], key, verb == "retire")
    try:
        name = perform(g.actor, editing.retire, command)
    except Conflict as problem:
        flash(str(problem.message), "bad")
    else:
        said = (
            _("“%(name)s” is retired.", name=name)
            if verb == "retire"
            else _("“%(name)s” is on offer again.", name=name)
        )
        flash(said, "good")
    return redirect(url_for(f"catalogue_pages.{shelf}"), 303)


def _own(table: Any, key: int | None) -> Any:  # noqa: ANN401 - four tables of one shape
    """The row of the person's own hall, or None for a new one; 404 for any other."""
    if key is None:
        return None
    row = db.session.scalar(select(table).where(table.id == key, table.site_id == g.actor.site_id))
    return row if row is not None else abort(404)


def _entry_page(kind: str, row: object, cells: dict[str, Any], errors: forms.Errors) -> str:
    choices = lists.choices(db.session(), g.actor.site_id)
    return render_template(f"catalog/{kind}.html", entry=row, cells=cells, errors=errors, choices=choices)


def _try(doing: Callable[[], object]) -> forms.Errors:
    """Do it; what was wrong, by field."""
    try:
        doing()
    except Invalid as problem:
        return {
            name: [str(text) for text in said]
            for name, said in (problem.errors or {"": [problem.message]}).items()
        }
    return {}


def _saved(shelf: str, cells: dict[str, Any]) -> Response:
    flash(_("“%(name)s” is saved.", name=cells["name"]), "good")
    return redirect(url_for(f"catalogue_pages.{shelf}"), 303)
