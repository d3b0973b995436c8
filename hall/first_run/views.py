"""The first page of a hall of one's own. Until it is filled in, every page leads here; afterwards it is gone."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any, TypeVar
from zoneinfo import available_timezones

from flask import Blueprint, Flask, current_app, flash, redirect, render_template, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response

from hall.accounts import passwords, sessions
from hall.accounts.access import allow
from hall.accounts.models import Staff
from hall.accounts.roles import PUBLIC
from hall.actor import SYSTEM_ACTOR
from hall.database import db
from hall.errors import DomainError, Invalid, NotFound
from hall.first_run import rules
from hall.first_run.actions import SetUp, set_up
from hall.signs import refuse_turning_signs
from hall.unit_of_work import perform

T = TypeVar("T")
pages = Blueprint("first_run", __name__)

OPEN = (
    "/first-run",
    "/api/",
    "/static/",
    "/voice/",
    "/socket.io",
    "/healthz",
    "/readyz",
    "/metrics",
    "/preferences",
)
SPARE_ROWS = 4
FAULTS = {
    "prefix": _l("Line table, row %(row)s: give one or two capital letters."),
    "prefix_twice": _l("Line table, row %(row)s: these letters are used already."),
    "name": _l("Line table, row %(row)s: give a name of 1 to 60 characters."),
    "no_lines": _l("Give at least one line, at most 30."),
    "number": _l("Window table, row %(row)s: give a number from 1 to 99."),
    "number_twice": _l("Window table, row %(row)s: this number is used already."),
    "area": _l("Window table, row %(row)s: the place is too long."),
    "letters": _l("Window table, row %(row)s: name lines by their letters, such as A or A, C."),
    "no_windows": _l("Give at least one window."),
}


def install(app: Flask) -> None:
    """Lead every page to the first one while nobody has an account."""

    @app.before_request
    def lead() -> Response | None:
        if app.extensions.get("hall_set_up") or request.path.startswith(OPEN):
            return None
        if is_set_up():
            app.extensions["hall_set_up"] = True  # accounts are retired, never deleted: it stays true
            return None
        return redirect("/first-run")


def is_set_up() -> bool:
    """Whether anybody has an account."""
    return db.session.scalar(select(Staff.id).limit(1)) is not None


@pages.get("/first-run")
@allow(PUBLIC)
def first_run() -> str:
    """The form, with what most halls begin with."""
    _only_before()
    given: MultiDict[str, str] = MultiDict({"zone": "Asia/Shanghai", "user": "manager"})
    for line in rules.LINES:
        for name in ("prefix", "name", "name_en"):
            given.add(f"line_{name}", getattr(line, name))
    for window in rules.WINDOWS:
        given.add("number", str(window.number))
        given.add("area", window.area)
        given.add("preferred", ", ".join(window.preferred))
        given.add("others", ", ".join(window.others))
    return _form(given)


@pages.post("/first-run")
@allow(PUBLIC)
def do_first_run() -> Response | tuple[str, int]:
    """Set the hall up, sign its manager in, and show what can be set up next."""
    _only_before()
    try:
        refuse_turning_signs(request.form)
        number = perform(SYSTEM_ACTOR, set_up, _command(request.form))
    except DomainError as problem:
        return _form(request.form, problem.errors or {"": [problem.message]}), problem.status
    db.session.rollback()
    sessions.begin(db.session.get_one(Staff, number))
    flash(_("The hall is set up. Here you go on whenever something changes."), "good")
    return redirect("/admin")


def _only_before() -> None:
    if is_set_up():
        raise NotFound(_l("This hall is set up already."), code="set_up")


class Asked:
    """A form while it is read: what is wrong with each field."""

    def __init__(self, form: MultiDict[str, str]) -> None:
        self.form = form
        self.errors: dict[str, list[object]] = {}

    def text(self, field: str) -> str:
        """A field with its blanks drawn together."""
        return " ".join(self.form.get(field, "").split())

    def ask(self, field: str, good: object, said: object) -> None:
        """Note what is wrong, unless it is good."""
        if not good:
            self.errors.setdefault(field, []).append(said)

    def name(self, field: str, length: int, said: object) -> str:
        """A name of 1 to `length` characters that can be shown."""
        found = self.text(field)
        self.ask(field, 0 < len(found) <= length and found.isprintable(), said)
        return found

    def table(self, field: str, read: Callable[[], T]) -> T | None:
        """The rows of a table, or what is wrong with one."""
        try:
            return read()
        except rules.BadTable as bad:
            self.ask(field, None, str(FAULTS[bad.key]) % {"row": bad.row})
            return None


def _command(form: MultiDict[str, str]) -> SetUp:
    """What the form holds. Raises Invalid with messages by field."""
    asked = Asked(form)
    asked.ask("code", asked.text("code"), _("Give the code from the terminal."))
    person_name = asked.name("person_name", 60, _("Give your name, 1 to 60 characters."))
    name = asked.name("site_name", 80, _("Give the name of the hall, 1 to 80 characters."))
    name_en = asked.name("site_name_en", 120, _("This is too long.")) if asked.text("site_name_en") else ""
    site_code, zone = asked.text("site_code"), asked.text("zone")
    asked.ask("site_code", rules.CODE.fullmatch(site_code), _("Use small letters, digits and hyphens."))
    asked.ask("site_code", _is_free(site_code), _("This word is the address of a page. Choose another one."))
    asked.ask("zone", zone in available_timezones(), _("Choose a time zone of the list."))
    hashed = _hashed(asked)
    lines = asked.table(
        "lines", lambda: rules.read_lines(_rows(form, "line_prefix", "line_name", "line_name_en"))
    )
    prefixes = {line.prefix for line in lines or ()}
    rows = _rows(form, "number", "area", "preferred", "others")
    windows = asked.table("windows", lambda: rules.read_windows(rows, prefixes)) if lines else None
    if asked.errors or lines is None or windows is None:
        raise Invalid(_l("Some of this cannot be used. Please check it."), errors=asked.errors)
    return SetUp(
        code="".join(form.get("code", "").split())[:40].lower(),
        site_code=site_code,
        name=name,
        name_en=name_en,
        zone_name=zone,
        lines=lines,
        windows=windows,
        user=asked.text("user")[:60],
        person_name=person_name,
        password_hash=hashed,
    )


def _is_free(site_code: str) -> bool:
    """Whether a hall's pages can be reached under this code: no page of all halls has the same address."""
    for rule in current_app.url_map.iter_rules():
        if rule.arguments != {"site"} or "GET" not in (rule.methods or ()):
            continue
        with suppress(HTTPException):
            endpoint, _given = current_app.url_map.bind("").match(rule.rule.replace("<site>", site_code))
            if endpoint != rule.endpoint:
                return False
    return True


def _hashed(asked: Asked) -> str:
    password = asked.form.get("password", "")
    asked.ask("again", password == asked.form.get("again", ""), _("The two passwords are not the same."))
    try:
        return passwords.hash_password(password, asked.text("user"))
    except Invalid as problem:
        asked.errors.update(problem.errors or {})
        return ""


def _rows(form: MultiDict[str, str], *names: str) -> Any:  # noqa: ANN401 - as many cells as names
    columns = [[cell[:100] for cell in form.getlist(name)[:120]] for name in names]
    height = max(map(len, columns), default=0)
    return list(zip(*(column + [""] * (height - len(column)) for column in columns), strict=True))


def _form(given: MultiDict[str, str], errors: dict[str, list[object]] | None = None) -> str:
    if errors and "name" in errors:  # the person's, as the account room calls it
        errors["person_name"] = errors.pop("name")
    lines = _rows(given, "line_prefix", "line_name", "line_name_en")
    windows = _rows(given, "number", "area", "preferred", "others")
    return render_template(
        "first_run/first_run.html",
        given=given,
        errors=errors,
        lines=[*lines, *[("", "", "")] * SPARE_ROWS][: max(len(lines), len(rules.LINES) + SPARE_ROWS)],
        windows=[*windows, *[("", "", "", "")] * SPARE_ROWS][
            : max(len(windows), len(rules.WINDOWS) + SPARE_ROWS)
        ],
        zones=[(zone, zone) for zone in sorted(available_timezones())],
        demo=current_app.config["HALL"].demo,
    )
