"""Who is on the list of a reception: bodies with their people, entered, changed, retired, taken back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _

from hall.accounts.access import allow
from hall.accounts.roles import Can
from hall.database import db
from hall.errors import DomainError, NotFound
from hall.rota import retiring, setting
from hall.rota.keeping import queries, typed
from hall.rota.keeping.frame import Page, done, errors_of, pages, rota_called, site, today
from hall.rota.rules import quarter
from hall.rota.states import Post

if TYPE_CHECKING:
    from collections.abc import Mapping

    from hall.rota.models import Rota

MORE_ROWS = 2


@pages.get("/<code>/bodies")
@allow(Can.ROTA_MANAGE)
def bodies(code: str) -> str:
    """Bodies in use with their people, and those that were on the list."""
    rota, name = rota_called(code), quarter(today())
    used, retired = queries.bodies(db.session(), rota.id, name)
    return render_template("rota/keeping/bodies.html", rota=rota, rows=used, retired=retired, quarter=name)


@pages.get("/<code>/bodies/new")
@allow(Can.ROTA_MANAGE)
def new_body(code: str) -> str:
    """The form of a new body."""
    return _form(rota_called(code), {"listed": "1", "people": []})


@pages.post("/<code>/bodies/new")
@allow(Can.ROTA_MANAGE)
def add_body(code: str) -> Page:
    """Enter it."""
    return _save(rota_called(code), None)


@pages.get("/<code>/bodies/<int:key>")
@allow(Can.ROTA_MANAGE)
def body(code: str, key: int) -> str:
    """One body with its people."""
    rota = rota_called(code)
    return _form(rota, _kept(rota, key), key)


@pages.post("/<code>/bodies/<int:key>")
@allow(Can.ROTA_MANAGE)
def save_body(code: str, key: int) -> Page:
    """Change it."""
    return _save(rota_called(code), key)


@pages.post("/<code>/bodies/<int:key>/retire")
@allow(Can.ROTA_MANAGE)
def retire_body(code: str, key: int) -> Page:
    """It takes part no longer."""
    rota = rota_called(code)
    try:
        where = url_for("rota_keeping.bodies", code=code)
        return done(retiring.retire_body, retiring.RetireBody(key), _("Removed from the list."), where)
    except DomainError as problem:
        flash(str(problem.message), "bad")
        return redirect(url_for("rota_keeping.body", code=rota.code, key=key), 303)


def _save(rota: Rota, key: int | None) -> Page:
    try:
        where = url_for("rota_keeping.bodies", code=rota.code)
        return done(setting.set_body, typed.set_body(rota.id, key), _("Saved."), where)
    except DomainError as problem:
        return _form(rota, typed.body_form(), key, problem), problem.status


def _kept(rota: Rota, key: int) -> dict[str, Any]:
    used, retired = queries.bodies(db.session(), rota.id, quarter(today()))
    for one in used:
        if one.body.id == key:
            people = [
                {
                    "name": person.name,
                    "post": person.post,
                    "title": person.title,
                    "user": user,
                    "key": person.id,
                }
                for person, user in one.people
            ]
            listed = "1" if one.body.listed else ""
            return {**vars(one.body), "department": one.department, "listed": listed, "people": people}
    for row in retired:
        if row.id == key:
            return {
                **vars(row),
                "department": "",
                "listed": "1" if row.listed else "",
                "people": [],
                "retired": True,
            }
    raise NotFound(_("There is no such department on the list."), code="unknown_body")


def _form(
    rota: Rota, form: Mapping[str, Any], key: int | None = None, problem: DomainError | None = None
) -> str:
    usual = [Post.HEAD, Post.DEPUTY, Post.CHIEF_OFFICER, Post.LIAISON]
    rows = list(form["people"])
    there = {row["post"] for row in rows}
    rows += [{"post": post} for post in usual if post not in there]
    rows += [{"post": Post.LIAISON}] * MORE_ROWS
    return render_template(
        "rota/keeping/body.html",
        rota=rota,
        form=form,
        rows=rows,
        key=key,
        departments=queries.departments(db.session(), site().id),
        accounts=queries.accounts(db.session(), site().id),
        errors=errors_of(problem),
    )
