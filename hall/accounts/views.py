"""Pages of accounts: signing in and out, language and elder mode, making a browser a kiosk or screen."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Blueprint, g, redirect, render_template, request, session
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from hall import facts
from hall.accounts import passwords
from hall.accounts.access import allow, remember_device
from hall.accounts.enrolment import trade
from hall.accounts.roles import PUBLIC, Role
from hall.actor import PUBLIC_ACTOR
from hall.errors import DomainError
from hall.unit_of_work import Work, perform

pages = Blueprint("accounts", __name__)


@pages.get("/sign-in")
@allow(PUBLIC)
def sign_in() -> str:
    """The form."""
    return render_template("accounts/sign_in.html", problem=None, user="")


@pages.post("/sign-in")
@allow(PUBLIC)
def do_sign_in() -> Response | tuple[str, int]:
    """Check name and password."""
    user, password = request.form.get("user", "")[:60], request.form.get("password", "")[:200]
    staff = passwords.look_up(user)
    right = passwords.matches(staff.password_hash if staff else passwords.NOBODY, password)
    try:
        nonce = (
            perform(PUBLIC_ACTOR, passwords.record_sign_in, passwords.SignIn(staff.id, right))
            if staff
            else ""
        )
    except DomainError as problem:
        return render_template(
            "accounts/sign_in.html", problem=str(problem.message), user=user
        ), problem.status
    if staff is None or not nonce:
        said = _("Name or password is wrong. Check both and try again.")
        return render_template("accounts/sign_in.html", problem=said, user=user), 401
    session.clear()
    session.permanent = True
    session["staff"], session["nonce"] = staff.id, nonce
    return redirect(_home(staff.role))


def _home(role: str) -> str:
    return {"window": "/console", "reception": "/desk", "manager": "/floor"}.get(role, "/")


@pages.post("/sign-out")
@allow(PUBLIC)
def sign_out() -> Response:
    """End the session of this browser."""
    if g.staff is not None:
        perform(g.actor, _record_sign_out, g.staff.site_id)
    session.clear()
    return redirect("/sign-in")


def _record_sign_out(work: Work, site_id: int) -> None:
    work.record(facts.SignedOut(site_id=site_id, account=work.actor.key))


@pages.post("/preferences")
@allow(PUBLIC)
def preferences() -> Response:
    """Language and elder mode of this browser."""
    if request.form.get("lang") in {"zh", "en"}:
        session["lang"] = request.form["lang"]
    if request.form.get("elder") in {"0", "1", "2", "3"}:
        session["elder"] = int(request.form["elder"])  # steps of text size up to 30 px (E1)
    return redirect(_inside(request.form.get("next", "/")))


def _inside(target: str) -> str:
    parts = urlsplit(target)
    safe = (
        not parts.scheme
        and not parts.netloc
        and target.startswith("/")
        and not target.startswith(("//", "/\\"))
    )
    return target if safe else "/"


@pages.get("/enrol")
@allow(PUBLIC)
def enrol() -> str:
    """Six digits and large keys to type them with."""
    return render_template("accounts/enrol.html", problem=None, code="")


@pages.post("/enrol")
@allow(PUBLIC)
def do_enrol() -> Response | tuple[str, int]:
    """Make this browser the kiosk or screen of the code, and go there."""
    code = request.form.get("code", "")[:20]
    try:
        device, token = trade(code, roles=(Role.KIOSK, Role.SCREEN))
    except DomainError as problem:
        page = render_template("accounts/enrol.html", problem=str(problem.message), code=code)
        return page, problem.status
    response = redirect("/kiosk" if device.kind == Role.KIOSK else f"/screen/{device.site}")
    remember_device(response, token)
    return response
