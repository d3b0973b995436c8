"""Sessions of staff in a browser (Flask-Login): who is signed in, and how that begins and ends.

A session carries the account's number and nonce and a key of its own in a signed cookie. A new nonce (password reset,
"sign out everywhere") ends all sessions of the account at once; signing out ends this one, also for whoever has copied
its cookie: its key is kept until the session would have ended by itself. The address is not looked at: a whole hall
shares one, and a tablet changes its own. Browsers are not remembered beyond the session: counters are shared.
"""

from __future__ import annotations

import secrets
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from flask import Flask, Request, current_app, has_request_context, request, session
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface
from flask_login import LoginManager, current_user, login_user
from sqlalchemy import LargeBinary, bindparam, delete, exists, select
from sqlalchemy.dialects import postgresql, sqlite

from hall import clock
from hall.accounts.models import Device, EndedSession, Staff
from hall.database import db

if TYPE_CHECKING:
    from hall.unit_of_work import Work

KEPT = ("lang", "elder")  # what belongs to the browser, not to the account

IDLE, LONGEST = timedelta(hours=2), timedelta(hours=12)
"""A session ends when nobody has done anything in its browser so long, and after so long however busy it is."""
KEY_BYTES = 12
KEPT_BEYOND = timedelta(days=1)
"""A machine whose clock is ahead by less forgets no key that is still needed."""
NOTED = 60  # seconds between two notes that it is in use: not every answer carries a new cookie

manager = LoginManager()


class Sessions(SecureCookieSessionInterface):
    """Flask's, which prepares its signatures also where no cookie came: devices and programs send none."""

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        """The session of the cookie, or an empty one."""
        if self.get_cookie_name(app) in request.cookies:
            return super().open_session(app, request)
        return self.session_class()

    def get_cookie_secure(self, app: Flask) -> bool:
        """For HTTPS alone where the hall's public address has it, or this request came by it."""
        return only_by_https(app)


def only_by_https(app: Flask) -> bool:
    """Whether a cookie set now is for HTTPS alone. What a proxy says of it counts where BEHIND_PROXY trusts one."""
    return bool(app.config["SESSION_COOKIE_SECURE"]) or (has_request_context() and request.is_secure)


def install(app: Flask) -> None:
    """Let Flask-Login load staff."""
    app.config["SESSION_PROTECTION"] = None
    app.session_interface = Sessions()
    manager.init_app(app, add_context_processor=False)  # the layout has its own words for it


@manager.user_loader  # type: ignore[untyped-decorator]  # Flask-Login has no types
def load(identity: str) -> Staff | None:
    """The account of this request's session, if both are still good."""
    staff = account_of(identity, own_key())
    return staff if staff is not None and _in_time() else None


_ACCOUNT = select(Staff, exists().where(EndedSession.key == bindparam("key", type_=LargeBinary))).where(
    Staff.id == bindparam("id")
)


def account_of(identity: str, key: bytes) -> Staff | None:
    """The account that an identity names, if it is still its own and the session with this key goes on."""
    number, _, _nonce = identity.partition(":")
    if not (number.isascii() and number.isdigit()):
        return None
    staff, is_over = db.session.execute(_ACCOUNT, {"id": int(number), "key": key}).first() or (None, False)
    return (
        staff if staff is not None and not is_over and staff.get_id() == identity and usable(staff) else None
    )


def own_key() -> bytes:
    """The key of this request's session; empty where there is none."""
    return bytes.fromhex(session.get("key", ""))


def latest_end() -> datetime:
    """When this request's session ends however busy it is."""
    return datetime.fromtimestamp(session.get("since", 0), UTC) + LONGEST


def _in_time() -> bool:
    """Whether the session was used lately and is not too old; notes that somebody uses it now."""
    now = int(clock.now().timestamp())
    since, seen = session.get("since", 0), session.get("seen", 0)
    if now - seen > IDLE.total_seconds() or now - since > LONGEST.total_seconds():
        return False
    if now - seen >= NOTED and _by_hand():
        session["seen"] = now
    return True


def _by_hand() -> bool:
    """Whether somebody does something: sends, or opens a page. What pages ask for by themselves is no sign of life.

    Browsers name XHTML where a page is opened, and nowhere else; who names nothing is no browser of today.
    """
    wanted = request.headers.get("Accept", "")
    return request.method not in {"GET", "HEAD"} or not wanted or "application/xhtml+xml" in wanted


def counts(device: Device) -> bool:
    """Whether a device is one: not revoked, and no demo's outside demo mode."""
    return device.revoked_at is None and (not device.demo or bool(current_app.config["HALL"].demo))


def usable(staff: Staff) -> bool:
    """Whether the account may be used at all: not retired, and no demo account outside demo mode."""
    return staff.retired_at is None and (not staff.demo or bool(current_app.config["HALL"].demo))


def signed_in() -> Staff | None:
    """The member of staff of the browser session, if it is still good."""
    found = current_user._get_current_object()  # noqa: SLF001 - what is behind the proxy, as Flask documents it
    return found if isinstance(found, Staff) else None


def begin(staff: Staff) -> None:
    """Start a session of its own: nothing of the visitor before stays, but language and size of text."""
    kept = {name: session[name] for name in KEPT if name in session}
    session.clear()
    session.update(kept)
    session.permanent = True
    session["since"] = session["seen"] = int(clock.now().timestamp())
    session["key"] = secrets.token_hex(KEY_BYTES)
    login_user(staff)


def renew(identity: str) -> None:
    """Go on in this browser after the account's nonce changed; all other sessions have ended."""
    session["_user_id"] = identity


def keep_ended(work: Work, key: bytes, until: datetime) -> None:
    """The session with this key is over, whoever has its cookie; keys of long ago are forgotten."""
    work.session.execute(delete(EndedSession).where(EndedSession.until < work.now - KEPT_BEYOND))
    dialect = work.session.get_bind().dialect.name
    fresh: Any = postgresql.insert(EndedSession) if dialect == "postgresql" else sqlite.insert(EndedSession)
    work.session.execute(fresh.values(key=key, until=until).on_conflict_do_nothing())


def end() -> None:
    """Leave nothing of the session in this browser."""
    kept = {name: session[name] for name in KEPT if name in session}
    session.clear()
    session.update(kept)
