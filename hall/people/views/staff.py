"""Pages of the people who work here."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from flask import Blueprint, flash, g, redirect, render_template, request
from flask_babel import get_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from hall import clock
from hall.accounts import passwords
from hall.accounts.access import allow
from hall.accounts.models import Staff
from hall.accounts.roles import STAFF_ROLES, Can, Role
from hall.catalog.models import Department, Window
from hall.database import db
from hall.errors import DomainError, NotFound
from hall.people import actions, queries
from hall.sites import Site
from hall.unit_of_work import perform

people_pages = Blueprint("people_pages", __name__, url_prefix="/admin/staff")
Left = tuple[tuple[str, str], ...]

ROLE_NAMES = {
    Role.MANAGER: _l("Hall manager"),
    Role.RECEPTION: _l("Reception"),
    Role.HELPER: _l("Helper"),
    Role.WINDOW: _l("Window clerk"),
    Role.OFFICIAL: _l("Official at a window"),
    Role.REVIEWER: _l("Reviewer"),
    Role.DIRECTOR: _l("Director or liaison"),
    Role.OFFICE: _l("Business-environment office"),
    Role.SUPERVISOR: _l("Supervisor"),
    Role.AUDITOR: _l("Auditor"),
}


def role_options() -> list[tuple[str, str]]:
    """Roles of staff as choices: value and name."""
    return [(role.value, str(ROLE_NAMES[role])) for role in STAFF_ROLES]


@people_pages.get("")
@allow(Can.ACCOUNTS_MANAGE)
def staff() -> str:
    """The list, narrowed by role; 50 a page."""
    return _list(request.args, "")


@people_pages.post("")
@allow(Can.ACCOUNTS_MANAGE)
def find() -> str:
    """The same, narrowed by a name or account, which stands in no address."""
    return _list(request.form, request.form.get("q", "").strip()[:60])


def _list(asked: MultiDict[str, str], text: str) -> str:
    search = queries.StaffSearch(
        text=text,
        role=asked.get("role", "") if asked.get("role") in STAFF_ROLES else "",
        retired=asked.get("retired") == "1",
        page=asked.get("page", 1, type=int),
    )
    found = queries.staff_page(db.session(), g.actor, search)
    return render_template(
        "people/staff.html",
        found=found,
        search=search,
        roles=role_options(),
        names=ROLE_NAMES,
        now=clock.now(),
    )


@people_pages.get("/new")
@allow(Can.ACCOUNTS_MANAGE)
def new() -> str:
    """The form of a new account."""
    return _form({"role": Role.WINDOW.value, "site_id": str(g.actor.site_id)})


@people_pages.post("/new")
@allow(Can.ACCOUNTS_MANAGE)
def add() -> str | tuple[str, int]:
    """Make the account and show its one-time password on this one page."""
    password = passwords.one_time_password()
    try:
        person = _person(request.form)
        command = actions.AddStaff(person, passwords.hash_one_time(password))
        number = perform(g.actor, actions.add_staff, command)
    except DomainError as problem:
        return _form(request.form, problem=problem), problem.status
    return _told(number, person.user.strip(), password)


@people_pages.get("/<int:staff_id>")
@allow(Can.ACCOUNTS_MANAGE)
def edit(staff_id: int) -> str:
    """One account: its form, and what else can be done with it."""
    row = _found(staff_id)
    given = {
        "name": row.name,
        "role": row.role,
        "window_id": str(row.window_id or ""),
        "department_id": str(row.department_id or ""),
        "every_site": "1" if row.every_site else "",
        "site_id": str(row.site_id),
    }
    return _form(given, row)


@people_pages.post("/<int:staff_id>")
@allow(Can.ACCOUNTS_MANAGE)
def save(staff_id: int) -> Response | tuple[str, int]:
    """Change name, role or window."""
    row = _found(staff_id)
    try:
        perform(g.actor, actions.edit_staff, actions.EditStaff(row.id, _person(request.form, row)))
    except DomainError as problem:
        return _form({**request.form, "site_id": str(row.site_id)}, row, problem), problem.status
    flash(_("Saved."), "good")
    return redirect("/admin/staff")


@people_pages.post("/<int:staff_id>/<any(retire, restore, unlock):verb>")
@allow(Can.ACCOUNTS_MANAGE)
def change(staff_id: int, verb: str) -> Response:
    """Retire, restore or unlock an account."""
    acts: dict[str, tuple[Callable[..., Left | None], str]] = {
        "retire": (actions.retire_staff, _("The account is retired.")),
        "restore": (actions.restore_staff, _("The account works again.")),
        "unlock": (actions.unlock_staff, _("The account is unlocked.")),
    }
    act, said = acts[verb]
    try:
        left = perform(g.actor, act, staff_id)
        flash(said, "good")
        for window, number in left or ():
            flash(_left(window, number), "good")
    except DomainError as problem:
        if problem.code != "last_manager":
            raise
        flash(str(problem.message), "bad")
    return redirect(f"/admin/staff/{staff_id}")


def _left(window: str, number: str) -> str:
    """What became of the window of a retired person."""
    told = _l("%(window)s is closed.", window=window)
    if number:
        told = _l(
            "%(window)s is closed. Number %(number)s is still there: let a colleague open the window and go on.",
            window=window,
            number=number,
        )
    return str(told)


@people_pages.post("/<int:staff_id>/password")
@allow(Can.ACCOUNTS_MANAGE)
def reset_password(staff_id: int) -> str:
    """A one-time password, shown on this one page."""
    password = passwords.one_time_password()
    command = passwords.NewPassword(staff_id, passwords.hash_one_time(password))
    user = perform(g.actor, actions.reset_password, command)
    return _told(staff_id, user, password)


def _told(staff_id: int, user: str, password: str) -> str:
    return render_template("people/password.html", staff_id=staff_id, people=[(user, password)])


def _found(staff_id: int) -> Staff:
    row = queries.managed_staff(db.session(), g.actor, staff_id)
    if row is None:
        raise NotFound(_l("There is no such account."), code="unknown_user")
    return row


def _person(form: Mapping[str, str], row: Staff | None = None) -> actions.Person:
    return actions.Person(
        site_id=row.site_id if row else _number(form, "site_id") or g.actor.site_id,
        user=row.user if row else form.get("user", "")[:60],
        name=form.get("name", "")[:100],
        role=form.get("role", "")[:20],
        window_id=_number(form, "window_id"),
        every_site=form.get("every_site") == "1",
        department_id=_number(form, "department_id"),
    )


def _number(form: Mapping[str, str], name: str) -> int | None:
    text = form.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None  # noqa: PLR2004 - 64 bits


def _choices(rows: Sequence[Site] | Sequence[Window] | Sequence[Department]) -> list[tuple[str, str]]:
    """Keys and names, in the reader's language where there is one."""
    english = str(get_locale()) == "en"
    return [(str(row.id), row.name_en if english and row.name_en else row.name) for row in rows]


def _form(given: Mapping[str, Any], row: Staff | None = None, problem: DomainError | None = None) -> str:
    reading = db.session()
    sites = queries.sites_of(reading, g.actor)
    site_id = _number(given, "site_id") or g.actor.site_id
    errors = (problem.errors or {"": [problem.message]}) if problem else None
    return render_template(
        "people/person.html",
        given=given,
        row=row,
        errors=errors,
        sites=_choices(sites) if row is None and len(sites) > 1 else [],
        windows=_choices(queries.windows_of(reading, site_id)),
        departments=_choices(queries.departments_of(reading, site_id)),
        roles=role_options(),
        now=clock.now(),
    )
