"""Staff in and out as a spreadsheet."""

from __future__ import annotations

from flask import Blueprint, g, render_template, request
from flask_babel import gettext as _
from sqlalchemy import select
from werkzeug.wrappers import Response

from hall.accounts import passwords
from hall.accounts.access import allow
from hall.accounts.models import Staff
from hall.accounts.roles import Can
from hall.catalog.models import Department, Window
from hall.catalog.problems import MESSAGES, Problem
from hall.database import db
from hall.errors import DomainError
from hall.people import spreadsheet
from hall.unit_of_work import perform

staff_sheet_pages = Blueprint("staff_sheet_pages", __name__, url_prefix="/admin/staff")
WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@staff_sheet_pages.get("/export.xlsx")
@allow(Can.ACCOUNTS_MANAGE)
def export() -> Response:
    """Accounts in use of the own hall."""
    rows = db.session.execute(
        select(Staff, Window.number, Department.name)
        .outerjoin(Window, Window.id == Staff.window_id)
        .outerjoin(Department, Department.id == Staff.department_id)
        .where(Staff.site_id == g.actor.site_id, Staff.retired_at.is_(None))
        .order_by(Staff.user)
    )
    data = spreadsheet.write_staff(
        [(row.user, row.name, row.role, number, department or "") for row, number, department in rows]
    )
    response = Response(data, content_type=WORKBOOK)
    response.headers["Content-Disposition"] = 'attachment; filename="staff.xlsx"'
    return response


@staff_sheet_pages.get("/import")
@allow(Can.ACCOUNTS_MANAGE)
def import_page() -> str:
    """What a file must hold, and the place to give it."""
    return _page()


@staff_sheet_pages.post("/import")
@allow(Can.ACCOUNTS_MANAGE)
def load() -> str | tuple[str, int]:
    """Load a file as a whole; shows the new accounts' one-time passwords on this one page."""
    file = request.files.get("file")
    if file is None or not file.filename:
        return _page(said=_("Choose a file first.")), 422
    found = spreadsheet.read_staff(file.stream)  # type: ignore[arg-type]  # werkzeug types a narrower reader
    if found.problem_count:
        return _page(found.problems, found.problem_count), 422
    once = [passwords.one_time_password() for _row in found.rows]
    command = spreadsheet.StaffFile(
        g.actor.site_id, found.rows, tuple(passwords.hash_one_time(password) for password in once)
    )
    try:
        loaded = perform(g.actor, spreadsheet.load_staff, command)
    except spreadsheet.Unloadable as unloadable:
        return _page(unloadable.problems, len(unloadable.problems)), 422
    except DomainError as problem:
        return _page(said=str(problem.message)), problem.status
    told = [
        (row.user, password)
        for row, password in zip(found.rows, once, strict=True)
        if row.user in set(loaded.made)
    ]
    return render_template("people/password.html", staff_id=None, people=told, changed=len(loaded.changed))


def _page(problems: tuple[Problem, ...] = (), count: int = 0, said: str = "") -> str:
    lines = [
        (problem.line, problem.column, _(MESSAGES[problem.key]) % dict(problem.params))
        for problem in problems
    ]
    return render_template("people/staff_import.html", problems=lines, count=count, said=said)
