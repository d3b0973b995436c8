"""Signing in: argon2 hashes (in a thread, they take 140 ms), lock-out, demo passwords refused outside demo mode."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import timedelta

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error
from flask_babel import lazy_gettext as _l
from gevent import monkey
from gevent.threadpool import ThreadPool
from sqlalchemy import select, update

from hall import clock, facts, tokens
from hall.accounts import sessions
from hall.accounts.models import Staff, StaffToken
from hall.actor import Actor, ActorKind
from hall.database import db, stop_reading
from hall.errors import Invalid, NotFound, Refused
from hall.unit_of_work import Work

FAILURES = 5
LOCKED = timedelta(minutes=15)
SHORTEST = 8
LONGEST = 200
VARIED = 4  # different signs at least
RUNS = frozenset(
    {"12345678", "123456789", "1234567890", "87654321", "qwertyui", "abcdefgh", "abcd1234", "a1234567"}
)
PLAIN = "abcdefghjkmnpqrstuvwxyz23456789"
TOKEN_NAME = 60
LOCKED_OUT = _l("Too many wrong passwords. Try again in 15 minutes.")
_hasher = PasswordHasher()
_hasty = PasswordHasher(time_cost=1, memory_cost=8192, parallelism=1)
_threads = ThreadPool(2)
NOBODY = _hasher.hash("nobody has this password")


def hash_password(password: str, user: str = "") -> str:
    """A hash to store. Raises Invalid for a password that is too short or too easily guessed."""
    said = _weakness(password, user)
    if said:
        raise Invalid(said, errors={"password": [said]})
    return _aside(_hasher.hash, password)


def _weakness(password: str, user: str) -> object:
    if len(password) < SHORTEST:
        return _l("Use at least 8 characters.")
    if len(password) > LONGEST:
        return _l("Use at most 200 characters.")
    folded = password.casefold()
    if len(set(folded)) < VARIED or folded in RUNS or folded.strip("0123456789") in {"password", "admin"}:
        return _l("This password is too easily guessed. Mix several words or letters and digits.")
    if user and user.casefold() in folded:
        return _l("The password must not hold the name of the account.")
    return ""


def hash_one_time(password: str) -> str:
    """A hash of a one-time password: cheap, for a whole hall's accounts may be made at once.

    59 random bits need no costly hash to guard them.
    """
    return _aside(_hasty.hash, password)


def one_time_password() -> str:
    """A password to be told to somebody and changed at the first sign-in; without signs that look alike."""
    return "-".join("".join(secrets.choice(PLAIN) for _ in range(4)) for _ in range(3))


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
    stop_reading()  # a crowd that signs in waits here for the processor, and would keep all readers from others
    call = function if callable(function) else None
    assert call is not None  # noqa: S101 - narrows the type
    return str(_threads.apply(call, args) if monkey.is_module_patched("socket") else call(*args))


def refuse_locked(staff: Staff) -> None:
    """An account that is locked takes no further guesses, not even the right one. Raises Refused."""
    if staff.locked_until and staff.locked_until > clock.now():
        raise Refused(LOCKED_OUT, code="locked_out")


@dataclass(frozen=True, slots=True)
class SignIn:
    """The outcome of a password check, to be recorded."""

    staff_id: int
    right: bool


def look_up(user: str) -> Staff | None:
    """The account of this name, if it may be used (demo accounts: in demo mode only)."""
    staff = db.session.scalar(select(Staff).where(Staff.user == user))
    return staff if staff is not None and sessions.usable(staff) else None


def record_sign_in(work: Work, command: SignIn) -> str:
    """Count failures, lock after five. Answers the identity of a session, or nothing. Raises Refused while locked."""
    # locked, for of two wrong ones at the same moment each counts
    staff = work.session.get_one(Staff, command.staff_id, with_for_update=True)
    account = f"staff:{staff.id}"
    if staff.locked_until and staff.locked_until > work.now:
        raise Refused(LOCKED_OUT, code="locked_out")
    if not command.right:
        staff.failures += 1
        work.record(facts.SignInFailed(site_id=staff.site_id, account=account))
        if staff.failures >= FAILURES:
            staff.locked_until, staff.failures = work.now + LOCKED, 0
            work.record(facts.LockedOut(site_id=staff.site_id, account=account))
        return ""
    staff.failures, staff.locked_until = 0, None
    work.actor = Actor(ActorKind.STAFF, staff.id, staff.site_id)  # from the right password on, known
    work.record(facts.SignedIn(site_id=staff.site_id, account=account))
    return staff.get_id()


@dataclass(frozen=True, slots=True)
class NewPassword:
    """A password as its hash, made outside the transaction. `must_change` where somebody else chose it."""

    staff_id: int
    password_hash: str
    must_change: bool = False


@dataclass(frozen=True, slots=True)
class NewToken:
    """A personal token for an account, with what it is for."""

    user: str
    name: str = ""


def set_password(work: Work, command: NewPassword) -> str:
    """Store a password and end all sessions of the account; a reset by somebody else ends its tokens, too.

    Answers the identity with which its owner's present session goes on.
    """
    staff = work.session.get_one(Staff, command.staff_id)
    staff.password_hash, staff.must_change = command.password_hash, command.must_change
    staff.failures, staff.locked_until = 0, None
    staff.session_nonce = tokens.new_nonce()
    if command.must_change:
        work.session.execute(
            update(StaffToken)
            .where(StaffToken.staff_id == staff.id, StaffToken.revoked_at.is_(None))
            .values(revoked_at=work.now)
        )
    what = "reset" if command.must_change else "own"
    work.record(facts.PasswordChanged(site_id=staff.site_id, account=f"staff:{staff.id}", what=what))
    return staff.get_id()


def end_sessions(work: Work, staff_id: int) -> str:
    """Sign an account out everywhere; answers the identity with which the present session goes on."""
    staff = work.session.get_one(Staff, staff_id)
    staff.session_nonce = tokens.new_nonce()
    work.record(facts.SignedOut(site_id=staff.site_id, account=f"staff:{staff.id}", what="everywhere"))
    return staff.get_id()


def make_token(work: Work, command: NewToken) -> str:
    """A personal bearer token; shown once. Raises Invalid for an unknown user or a name that does not fit."""
    staff = work.session.scalar(select(Staff).where(Staff.user == command.user, Staff.retired_at.is_(None)))
    if staff is None:
        raise Invalid(_l("There is no such account."), code="unknown_user")
    name = " ".join(command.name.split())
    if len(name) > TOKEN_NAME or not name.isprintable():
        said = _l("Give a name of at most 60 characters.")
        raise Invalid(said, errors={"name": [said]})
    token = tokens.secret_token()
    work.session.add(StaffToken(staff_id=staff.id, name=name, digest=tokens.digest(token), made_at=work.now))
    work.record(facts.TokenMade(site_id=staff.site_id, account=f"staff:{staff.id}"))
    return token


def revoke_token(work: Work, command: tuple[int, int]) -> None:
    """End a token (its id) of an account (its id). Safe to run twice. Raises NotFound for one of somebody else."""
    token_id, staff_id = command
    token = work.session.get(StaffToken, token_id)
    if token is None or token.staff_id != staff_id:
        raise NotFound(_l("There is no such token."), code="unknown_token")
    if token.revoked_at is None:
        token.revoked_at = work.now
        staff = work.session.get_one(Staff, staff_id)
        work.record(
            facts.StaffChanged(site_id=staff.site_id, account=f"staff:{staff_id}", what="token_revoked")
        )
