"""Who is calling, and whether they may: every view declares `@allow(…)`; what is undeclared is refused."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar
from urllib.parse import urlencode

from flask import Flask, current_app, g, redirect, request
from flask_babel import lazy_gettext as _l
from flask_wtf.csrf import CSRFProtect
from sqlalchemy import LargeBinary, and_, bindparam, select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from hall import tokens
from hall.accounts import sessions
from hall.accounts.bearers import Bearers
from hall.accounts.models import Device, Staff, StaffToken
from hall.accounts.roles import PUBLIC, ROLES, STAFF, Can, Role
from hall.actor import PUBLIC_ACTOR, Actor, ActorKind
from hall.database import db, stop_reading
from hall.errors import NotSignedIn, Refused
from hall.statements import Copies

V = TypeVar("V", bound=Callable[..., object])
DEVICE_COOKIE = "hall_device"
DEVICE_COOKIE_DAYS = 400  # browsers keep none for longer
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
OPEN_ENDPOINTS = frozenset({"static"})
WITH_OLD_PASSWORD = frozenset({"accounts.account", "accounts.change_password"})

csrf = CSRFProtect()


def allow(permission: Can | str) -> Callable[[V], V]:
    """Declare who may call a view; put it nearest to the function."""

    def declare(view: V) -> V:
        view.allowed = permission  # type: ignore[attr-defined]
        return view

    return declare


def staff_actor(staff: Staff) -> Actor:
    """The actor of a member of staff."""
    can = frozenset(str(permission) for permission in ROLES[Role(staff.role)])
    return Actor(
        ActorKind.STAFF,
        staff.id,
        staff.site_id,
        can,
        staff.window_id,
        staff.every_site,
        staff.department_id,
    )


def device_actor(device: Device) -> Actor:
    """The actor of a device."""
    can = frozenset(str(permission) for permission in ROLES[Role(device.role)])
    return Actor(ActorKind.DEVICE, device.id, device.site_id, can)


# Built once: every request of a device or a program runs them
_shown = select(bindparam("digest", type_=LargeBinary).label("digest")).subquery()
_BEARER = Copies(
    select(Device, Staff)
    .select_from(_shown)
    .outerjoin(Device, and_(Device.token_digest == _shown.c.digest, Device.revoked_at.is_(None)))
    .outerjoin(StaffToken, and_(StaffToken.digest == _shown.c.digest, StaffToken.revoked_at.is_(None)))
    .outerjoin(Staff, and_(Staff.id == StaffToken.staff_id, Staff.retired_at.is_(None))),
    Device,
    Staff,
)


def actor_of_token(reading: Session, token: str) -> Actor | None:
    """Whose bearer token this is now: a device's or a member of staff's."""
    return _read_actor(reading, tokens.digest(token))


def _actor_of_request(token: str) -> Actor | None:
    """The same for a request, from memory where it was read within a second and nothing here has changed since."""
    bearers: Bearers = current_app.extensions["hall_bearers"]
    digest, turn = tokens.digest(token), bearers.turn
    actor = bearers.find(digest)
    if actor is None:
        actor = _read_actor(db.session(), digest)
        if actor is not None:
            bearers.keep(digest, actor, turn)
    return actor


def _read_actor(reading: Session, digest: bytes) -> Actor | None:
    found: tuple[Device | None, Staff | None] = _BEARER.first(reading, {"digest": digest}) or (None, None)
    device, staff = found
    if device is not None:
        return device_actor(device) if sessions.counts(device) else None
    return staff_actor(staff) if staff is not None and sessions.usable(staff) else None


def remember_device(response: Response, token: str) -> None:
    """Let this browser be the device with this token."""
    response.set_cookie(
        DEVICE_COOKIE,
        token,
        max_age=DEVICE_COOKIE_DAYS * 24 * 3600,
        httponly=True,
        samesite="Strict",
        secure=sessions.only_by_https(current_app),
    )


def find_actor() -> tuple[Actor, bool]:
    """The caller of the present request, and whether a browser cookie vouches for it (then CSRF is checked)."""
    given = request.headers.get("Authorization", "")
    if given:
        scheme, _, token = given.partition(" ")
        actor = _actor_of_request(token.strip()) if scheme.lower() == "bearer" and token else None
        if actor is None:
            raise NotSignedIn(_l("This token is not valid, or no longer."), code="bad_token")
        return actor, False
    cookie = request.cookies.get(DEVICE_COOKIE)
    if cookie and request.headers.get("Hall-Device"):
        actor = _actor_of_request(cookie)
        if actor is None:
            raise NotSignedIn(_l("This device is no longer registered."), code="bad_token")
        return actor, False
    staff = sessions.signed_in()
    g.staff = staff
    return (staff_actor(staff), True) if staff else (PUBLIC_ACTOR, False)


def check() -> Response | None:
    """Before every request: who calls, may they, and is a cookie's unsafe request really from our page.

    A person who has to sign in, or to choose a new password, is led there; a machine is told.
    """
    g.staff = None
    g.actor = PUBLIC_ACTOR
    g.pop("_login_user", None)
    if request.endpoint is None or request.endpoint in OPEN_ENDPOINTS or _only_asks_what_may_be_asked():
        return None
    view = current_app.view_functions[request.endpoint]
    allowed = getattr(view, "allowed", None)
    if allowed is None:
        raise Refused(_l("This address is not open to anybody."), code="undeclared")
    g.actor, by_cookie = find_actor()
    elsewhere = _elsewhere(allowed)
    if elsewhere:
        return elsewhere
    if not may(g.actor, allowed):
        if g.actor is PUBLIC_ACTOR:
            raise NotSignedIn(_l("Please sign in."))
        raise Refused(_l("Your account may not do this."))
    form_page = allowed == PUBLIC and not request.path.startswith("/api/")
    if request.method not in SAFE and (by_cookie or form_page):
        csrf.protect()
    if request.method not in SAFE:
        stop_reading()  # who waits for a turn, a slow body or Redis from here on holds no reader
    return None


def _only_asks_what_may_be_asked() -> bool:
    """OPTIONS, answered by Flask with the address's methods alone: what the description of the interface says, too."""
    return request.method == "OPTIONS" and bool(getattr(request.url_rule, "provide_automatic_options", False))


def may(actor: Actor, allowed: Can | str) -> bool:
    """Whether an actor may call what is declared so."""
    if allowed == PUBLIC:
        return True
    return actor.kind is ActorKind.STAFF if allowed == STAFF else allowed in actor.can


def _elsewhere(allowed: Can | str) -> Response | None:
    """Where a person has to go first. Raises Refused for a machine in the same place."""
    page = request.method in SAFE and not request.path.startswith("/api/")
    if g.actor is PUBLIC_ACTOR and allowed != PUBLIC and page:
        return redirect(f"/sign-in?{urlencode({'next': request.full_path.rstrip('?')})}")
    if g.staff is None or not g.staff.must_change or allowed == PUBLIC:
        return None
    if request.endpoint in WITH_OLD_PASSWORD:
        return None
    if page:
        return redirect("/account")
    raise Refused(_l("Choose a password of your own first."), code="password_change_needed")


def install(app: Flask) -> None:
    """Check every request of the application."""
    app.config["WTF_CSRF_CHECK_DEFAULT"] = False
    app.config["WTF_CSRF_TIME_LIMIT"] = None
    csrf.init_app(app)
    sessions.install(app)
    bearers = app.extensions["hall_bearers"] = Bearers()
    app.extensions["hall_units"].subscribers.insert(0, bearers.hear)  # before anybody else acts on the news
    app.before_request(check)


def of_site(actor: Actor, site_id: int) -> None:
    """Scope: staff and devices act in their own site. Raises Refused."""
    if not actor.every_site and actor.site_id != site_id:
        raise Refused(_l("This belongs to another hall."), code="other_site")
