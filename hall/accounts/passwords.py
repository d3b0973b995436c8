"""Signing in: argon2 hashes (in a thread, they take 140 ms), lock-out, demo passwords refused outside demo mode."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error
from flask_babel import lazy_gettext as _l
from gevent import monkey
from gevent.threadpool import ThreadPool
from sqlalchemy import select

from hall import facts, tokens
from hall.accounts.models import Staff, StaffToken
from hall.database import db
from hall.errors import Invalid, Refused
from hall.unit_of_work import Work

FAILURES = 5
LOCKED = timedelta(minutes=15)
SHORTEST = 8
_hasher = PasswordHasher()
_threads = ThreadPool(2)
NOBODY = _hasher.hash("nobody has this password")


def hash_password(password: str) -> str:
    """A hash to store. Raises Invalid for a password that is too short."""
    if len(password) < SHORTEST:
        said = _l("Use at least 8 characters.")
        raise Invalid(said, errors={"password": [said]})
    return _aside(_hasher.hash, password)


def matches(password_hash: str, password: str) -> bool:
    """Whether the password is right; costs the same for a user who does not exist."""

    def check(stored: str, given: str) -> str:
        try:
            _hasher.verify(stored, given)
        except Argon2Error:
            return ""
        return "yes"

    return bool(_aside(check, password_hash, password))


def _aside(function: object, *args: str) -> str:
    call = function if callable(function) else None
    assert call is not None  # noqa: S101 - narrows the type
    return str(_threads.apply(call, args) if monkey.is_module_patched("socket") else call(*args))


@dataclass(frozen=True, slots=True)
class SignIn:
    """The outcome of a password check, to be recorded."""

    staff_id: int
    right: bool


def look_up(user: str) -> Staff | None:
    """The account of this name."""
    return db.session.scalar(select(Staff).where(Staff.user == user, Staff.retired_at.is_(None)))


def record_sign_in(work: Work, command: SignIn) -> str:
    """Count failures, lock after five, start a session. Answers the session's nonce. Raises Refused while locked."""
    staff = work.session.get_one(Staff, command.staff_id)
    account = f"staff:{staff.id}"
    if staff.locked_until and staff.locked_until > work.now:
        raise Refused(_l("Too many wrong passwords. Try again in 15 minutes."), code="locked_out")
    if not command.right:
        staff.failures += 1
        work.record(facts.SignInFailed(site_id=staff.site_id, account=account))
        if staff.failures >= FAILURES:
            staff.locked_until, staff.failures = work.now + LOCKED, 0
            work.record(facts.LockedOut(site_id=staff.site_id, account=account))
        return ""
    staff.failures, staff.locked_until = 0, None
    work.record(facts.SignedIn(site_id=staff.site_id, account=account))
    return staff.session_nonce.hex()


def make_token(work: Work, user: str) -> str:
    """A personal bearer token; shown once. Raises Invalid for an unknown user."""
    staff = work.session.scalar(select(Staff).where(Staff.user == user, Staff.retired_at.is_(None)))
    if staff is None:
        raise Invalid(_l("There is no such account."), code="unknown_user")
    token = tokens.secret_token()
    work.session.add(StaffToken(staff_id=staff.id, digest=tokens.digest(token), made_at=work.now))
    work.record(facts.TokenMade(site_id=staff.site_id, account=f"staff:{staff.id}"))
    return token
