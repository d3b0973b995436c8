"""Pages of accounts: signing in and out, the own account, language and elder mode, enrolling a browser."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from flask import Blueprint, flash, g, redirect, render_template, request, session
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from hall import clock, facts, tokens
from hall.accounts import passwords, queries, sessions
from hall.accounts.access import allow, remember_device, staff_actor
from hall.accounts.enrolment import trade
from hall.accounts.limits import (
    NOBODY_FAILURES,
    codes_by_address,
    codes_by_all,
    limiter,
    sign_in_by_account,
    sign_in_by_address,
)
from hall.accounts.models import Staff
from hall.accounts.roles import PUBLIC, STAFF, Role
from hall.actor import PUBLIC_ACTOR
from hall.database import db
from hall.errors import DomainError, Invalid, NotSignedIn
from hall.unit_of_work import Work, perform

pages = Blueprint("accounts", __name__)


@pages.get("/sign-in")
@allow(PUBLIC)
def sign_in() -> Response | str:
    """The form; for somebody who is signed in already, the first page."""
    if g.staff is not None:
        return redirect(_home(g.staff))
    return _form()


@pages.post("/sign-in")
@sign_in_by_address
@sign_in_by_account
@allow(PUBLIC)
def do_sign_in() -> Response | tuple[str, int]:
    """Check name and password. Whether a name exists cannot be told from the answers."""
    user, password = request.form.get("user", "")[:60].strip(), request.form.get("password", "")[:200]
    staff = passwords.look_up(user)
    right = passwords.matches(staff.password_hash if staff else passwords.NOBODY, password)
    if staff is None:
        return _refused_stranger(user)
    try:
        identity = perform(PUBLIC_ACTOR, passwords.record_sign_in, passwords.SignIn(staff.id, right))
    except DomainError as problem:
        return _form(str(problem.message), user), problem.status
    if not identity:
        return _form(_("Name or password is wrong. Check both and try again."), user), 401
    sessions.begin(staff)
    wanted = _inside(request.form.get("next", "/"))
    return redirect("/account" if staff.must_change else wanted if wanted != "/" else _home(staff))


def _form(problem: str | None = None, user: str = "") -> str:
    wanted = _inside(request.values.get("next", "/"))
    return render_template("accounts/sign_in.html", problem=problem, user=user, wanted=wanted)


def _refused_stranger(user: str) -> tuple[str, int]:
    """A name that does not exist is counted and locked like one that does."""
    name = tokens.digest(user.casefold()).hex()[:24]
    if limiter.limiter.hit(NOBODY_FAILURES, "nobody", name):
        return _form(_("Name or password is wrong. Check both and try again."), user), 401
    return _form(str(passwords.LOCKED_OUT), user), 403


def _home(staff: Staff) -> str:
    homes = {
        Role.WINDOW: "/console",
        Role.RECEPTION: "/desk",
        Role.MANAGER: "/floor",
        Role.SUPERVISOR: "/floor",
        Role.AUDITOR: "/journal",
        Role.REVIEWER: "/inbox",
        Role.OFFICIAL: "/inbox",
        Role.HELPER: "/helper",
        Role.DIRECTOR: "/mondays",
        Role.OFFICE: "/receptions/findings",
    }
    return homes.get(Role(staff.role), "/admin")


@pages.post("/sign-out")
@allow(PUBLIC)
def sign_out() -> Response:
    """End the session of this browser, its open pages' channels, and any copy of its cookie."""
    key, until = sessions.own_key(), sessions.latest_end()
    # A session that was quiet too long here may go on in a copy
    if g.staff is not None or (key and until > clock.now()):
        account = g.staff or sessions.account_of(session.get("_user_id", ""), key)
        perform(g.actor, _record_sign_out, _SignOut(account, key, until))
    sessions.end()
    return redirect("/sign-in")


@dataclass(frozen=True, slots=True)
class _SignOut:
    staff: Staff | None
    key: bytes
    until: datetime


def _record_sign_out(work: Work, leaving: _SignOut) -> None:
    if leaving.key:  # a session of before the update has none
        sessions.keep_ended(work, leaving.key, leaving.until)
    if leaving.staff is not None:
        key = staff_actor(leaving.staff).key
        work.record(facts.SignedOut(site_id=leaving.staff.site_id, account=key))


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
    """The target if it is an address of this hall, else the first page."""
    try:
        parts = urlsplit(target)
    except ValueError:  # such as half an IPv6 address
        return "/"
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
@codes_by_address
@codes_by_all
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


@pages.get("/account")
@allow(STAFF)
def account() -> str:
    """The own account: password, tokens, sessions."""
    return _account()


def _me() -> Staff:
    """Whose account it is, signed in with a browser: a token changes no password and makes no further tokens."""
    if g.staff is None:
        raise NotSignedIn(_("Please sign in."))
    found: Staff = g.staff
    return found


def _account(errors: dict[str, list[object]] | None = None, token: str = "") -> str:
    mine = queries.tokens_of(db.session(), _me().id)
    return render_template("accounts/account.html", staff=_me(), tokens=mine, errors=errors, token=token)


@pages.post("/account/password")
@allow(STAFF)
def change_password() -> Response | tuple[str, int]:
    """A new password, for whoever knows the old one; all other sessions end."""
    try:
        command = _new_password(_me(), request.form)
    except DomainError as problem:
        return _account(problem.errors or {"": [problem.message]}), problem.status
    sessions.renew(perform(g.actor, passwords.set_password, command))
    flash(_("Your new password counts from now on. All other sessions have ended."), "good")
    return redirect(_home(_me()) if _me().must_change else "/account")


def _new_password(staff: Staff, form: Mapping[str, str]) -> passwords.NewPassword:
    passwords.refuse_locked(staff)
    old, new = form.get("old", "")[:200], form.get("password", "")
    if not passwords.matches(staff.password_hash, old):
        perform(PUBLIC_ACTOR, passwords.record_sign_in, passwords.SignIn(staff.id, right=False))
        raise Invalid(None, errors={"old": [_("This is not your present password.")]})
    if new != form.get("again", ""):
        raise Invalid(None, errors={"again": [_("The two new passwords are not the same.")]})
    if new == old:
        raise Invalid(None, errors={"password": [_("Choose another password than the present one.")]})
    return passwords.NewPassword(staff.id, passwords.hash_password(new, staff.user))


@pages.post("/account/tokens")
@allow(STAFF)
def make_token() -> str | tuple[str, int]:
    """A personal token, shown on this one page."""
    command = passwords.NewToken(_me().user, request.form.get("name", ""))
    try:
        return _account(token=perform(g.actor, passwords.make_token, command))
    except DomainError as problem:
        return _account(problem.errors), problem.status


@pages.post("/account/tokens/<int:token_id>/revoke")
@allow(STAFF)
def revoke_token(token_id: int) -> Response:
    """End one of the own tokens."""
    perform(g.actor, passwords.revoke_token, (token_id, _me().id))
    flash(_("The token counts no longer."), "good")
    return redirect("/account")


@pages.post("/account/sign-out-everywhere")
@allow(STAFF)
def sign_out_everywhere() -> Response:
    """End all other sessions of the account."""
    sessions.renew(perform(g.actor, passwords.end_sessions, _me().id))
    flash(_("All other sessions have ended."), "good")
    return redirect("/account")
