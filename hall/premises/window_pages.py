"""Pages of windows: list, one window's form, what each serves in two tiers, spreadsheet in and out."""

from __future__ import annotations

from flask import Response, render_template, request
from flask_babel import gettext as _
from flask_babel import ngettext

from hall.accounts.access import allow
from hall.accounts.roles import Can
from hall.catalog.models import Window
from hall.database import db
from hall.errors import DomainError, NotFound
from hall.premises import queries, sheets
from hall.premises.frame import Page, again, do, download, here, number, pages, said, tell_ignored, upload
from hall.premises.loading import LoadWindows, load_windows
from hall.premises.rows import Retire
from hall.premises.windows import (
    OTHER,
    PREFERRED,
    SaveWindow,
    SetTiers,
    retire_window,
    save_window,
    set_tiers,
)
from hall.sites import Site

FIELDS = ("number", "name", "name_en", "area", "area_en")


@pages.get("/windows")
@allow(Can.SITE_EDIT)
def windows() -> str:
    """All windows, with what they serve."""
    return render_template("premises/windows.html", **_list(here()))


def _list(site: Site) -> dict[str, object]:
    session = db.session()
    return {
        "rows": queries.windows(session, site),
        "retired": queries.windows(session, site, retired=True),
        "lines": queries.lines(session, site),
        "tiers": queries.tiers(session, site),
        "staffed": queries.staffed(session, site),
    }


@pages.get("/windows/new")
@allow(Can.SITE_EDIT)
def new_window() -> str:
    """An empty form."""
    site = here()
    used = [row.number for row in queries.windows(db.session(), site)]
    form = {"number": max(used, default=0) + 1}
    return render_template("premises/window.html", window=None, form=form, **_served(site, {}))


@pages.get("/windows/<int:key>")
@allow(Can.SITE_EDIT)
def window(key: int) -> str:
    """One window's form."""
    site = here()
    row = _window(site, key)
    form = {name: getattr(row, name) for name in FIELDS}
    serves = queries.tiers(db.session(), site).get(row.id, {})
    return render_template("premises/window.html", window=row, form=form, **_served(site, serves))


def _served(site: Site, serves: dict[int, str]) -> dict[str, object]:
    return {"lines": queries.lines(db.session(), site), "serves": serves}


def _window(site: Site, key: int) -> Window:
    found = db.session.get(Window, key)
    if found is None or found.site_id != site.id:
        raise NotFound(_("There is no such window."))
    return found


@pages.post("/windows/new", defaults={"key": None})
@pages.post("/windows/<int:key>")
@allow(Can.SITE_EDIT)
def save_one(key: int | None) -> Page:
    """Add or change a window."""
    site = here()
    row = _window(site, key) if key else None
    form = {name: said(name, 80) for name in FIELDS}
    serves = _tiers_of(site, "serves")
    command = SaveWindow(
        site.id,
        row.id if row else None,
        number("number") or 0,
        form["name"][:60] or (f"{number('number')}号窗口" if number("number") else ""),
        form["name_en"],
        form["area"][:40],
        form["area_en"][:40],
        serves=serves,
    )
    try:
        return do(save_window, command, "premises.windows", _("Saved: %(name)s", name=command.name))
    except DomainError as problem:
        return again("premises/window.html", problem, window=row, form=form, **_served(site, serves))


def _tiers_of(site: Site, start: str) -> dict[int, str]:
    """What the form says of each line in use; retired ones are served no longer."""
    chosen = {line.id: said(f"{start}-{line.id}", 10) for line in queries.lines(db.session(), site)}
    return {key: tier for key, tier in chosen.items() if tier in {PREFERRED, OTHER}}


@pages.post("/windows/tiers")
@allow(Can.SITE_EDIT)
def save_tiers() -> Page:
    """What every window serves, all at once."""
    site = here()
    shown = [row.id for row in queries.windows(db.session(), site) if f"w{row.id}" in request.form]
    tiers = {key: _tiers_of(site, f"w{key}") for key in shown}
    told = _("Saved. The next call goes by it.")
    return do(set_tiers, SetTiers(site.id, tiers), "premises.windows", told)


@pages.post("/windows/<int:key>/retire")
@allow(Can.SITE_EDIT)
def retire_one(key: int) -> Page:
    """Take a window out of use, or bring it back."""
    site, back = here(), said("back") == "1"
    told = _("The window is in use again.") if back else _("The window is out of use.")
    try:
        return do(retire_window, Retire(site.id, key, back), "premises.windows", told)
    except DomainError as problem:
        return again("premises/windows.html", problem, **_list(site))


@pages.get("/windows/export")
@allow(Can.SITE_EDIT)
def export_windows() -> Response:
    """All windows as a workbook."""
    site, session = here(), db.session()
    letters = {line.id: line.prefix for line in queries.lines(session, site)}
    tiers = {
        key: {
            name: tuple(letters[line] for line, tier in served.items() if tier == wanted and line in letters)
            for name, wanted in (("preferred", PREFERRED), ("others", OTHER))
        }
        for key, served in queries.tiers(session, site).items()
    }
    return download(sheets.write_windows(queries.windows(session, site), tiers), f"{site.code}-windows")


@pages.post("/windows/import")
@allow(Can.SITE_EDIT)
def import_windows() -> Page:
    """Load windows from a spreadsheet, all or none."""
    site = here()
    known = {line.prefix for line in queries.lines(db.session(), site)}
    found = sheets.read_windows(upload(), known)
    if found.problems:
        return render_template("premises/windows.html", found=found, **_list(site)), 422
    told = ngettext("%(num)s window is loaded.", "%(num)s windows are loaded.", len(found.rows))
    try:
        answer = do(load_windows, LoadWindows(site.id, found.rows), "premises.windows", told)
    except DomainError as problem:
        return again("premises/windows.html", problem, **_list(site))
    tell_ignored(found.ignored)
    return answer
