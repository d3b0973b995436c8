"""Limits for guesses and strangers (Flask-Limiter). Enrolled devices and staff at work are never counted.

A whole hall may stand behind one address: what is limited by address is either a failure or far above what a full
hall does. Counts lie in this process, or in Redis where there is one; without Redis for a while, in this process.
"""

from __future__ import annotations

import logging
from http import HTTPStatus
from typing import TYPE_CHECKING, TypeVar

from flask import Flask, current_app, g, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_limiter import Limiter
from flask_limiter.errors import RateLimitExceeded
from flask_limiter.util import get_remote_address
from limits import parse

from hall import clock, tokens
from hall.accounts.turns import Turns
from hall.actor import PUBLIC_ACTOR
from hall.errors import TooMany
from hall.networks import network_of
from hall.patience import redis_pool

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Response

V = TypeVar("V", bound="Callable[..., object]")
PUBLIC_READS = "10000 per 10 seconds"
TOKEN_WRITES = parse("60 per minute")  # of one ticket or booking, by whoever holds its public token
PUBLIC_GUESSES = "600 per minute"
SIGN_IN_FAILURES = "60 per 10 minutes"
ACCOUNT_FAILURES = "15 per 15 minutes"
NOBODY_FAILURES = parse("5 per 15 minutes")  # as passwords.FAILURES and passwords.LOCKED
CODE_GUESSES = "10 per 5 minutes"
ALL_CODE_GUESSES = "100 per 15 minutes"
RETURN_GUESSES = "12 per 5 minutes"  # wrong return codes at one kiosk or desk
ALL_RETURN_GUESSES = "30 per 5 minutes"  # and from one address, behind which a whole hall may stand
HOLDS = "30 per 10 minutes; 300 per day"  # times that strangers at one address keep from others
REFUSED_CONFIRMS = (
    "30 per 10 minutes"  # telephones and numbers somebody may try, to learn whose booking there is
)
CHECK_IN_GUESSES = "40 per 5 minutes"  # wrong codes and digits at one kiosk or desk
WITHIN_S = 0.5  # so long a request waits for its counts; then it is counted here
PRESENCE_GUESSES = (
    "10 per 10 minutes"  # wrong codes of one account: of a million, two are good at a time (M5)
)
FAILED_SIGN_IN = frozenset({401, 403})
NOT_FOUND, UNUSABLE = 404, 422
REFUSED = frozenset({403, 409})
READS = frozenset({"GET", "HEAD", "OPTIONS"})


def known_caller() -> bool:
    """Whether this is an enrolled device, staff at work, or a file that everybody gets."""
    return g.get("actor", PUBLIC_ACTOR) is not PUBLIC_ACTOR or request.endpoint == "static"


def asks_by_token() -> bool:
    """Whether the address of this request holds a public token, which a stranger could try to guess."""
    return "token" in (request.view_args or {}) and not known_caller()


def account_named() -> str:
    """The account that a sign-in names, as a digest: names belong into no store and no log."""
    return tokens.digest(request.form.get("user", "")[:60].casefold()).hex()[:24]


def address() -> str:
    """Where a request comes from; of version 6 the network, for a house has more addresses than there are people."""
    return network_of(get_remote_address())


def who_calls() -> str:
    """The device or the account; of strangers the address, so that one who guesses stops none of the others."""
    actor = g.get("actor", PUBLIC_ACTOR)
    return address() if actor is PUBLIC_ACTOR else str(actor.key)


def missed(response: Response) -> bool:
    """Whether what was asked for does not exist: a guess that went wrong."""
    return response.status_code == NOT_FOUND


def kept_a_time(response: Response) -> bool:
    """Whether a time is now kept from others: on a page or through the interface, and not the answer of before."""
    return response.status_code < HTTPStatus.BAD_REQUEST and "Idempotent-Replay" not in response.headers


def refused(response: Response) -> bool:
    """Whether somebody was told that it cannot be: what it is about exists."""
    return response.status_code in REFUSED


def unusable(response: Response) -> bool:
    """Whether what was given cannot be used: a wrong code."""
    return response.status_code == UNUSABLE


def sign_in_failed(response: Response) -> bool:
    """Whether somebody could not be let in."""
    return response.status_code in FAILED_SIGN_IN


class Limits(Limiter):
    """Flask-Limiter, which looks through all limits also for a request that none of them is meant for."""

    def _check_request_limit(self, callable_name: str | None = None, in_middleware: bool = True) -> None:  # noqa: FBT001, FBT002
        if in_middleware and _at_work():
            return
        if in_middleware and request.method not in READS:
            _wait_for_turns()
            if asks_by_token() and not self._may_write((request.view_args or {})["token"]):
                raise TooMany(_l("Too many tries in a short time. Please wait a little."), retry_after=60)
        super()._check_request_limit(callable_name, in_middleware)

    def _may_write(self, token: str) -> bool:
        """Whether a stranger's ticket or booking was not changed all the time: each answer is kept for a day."""
        spent = [name for name in (self._key_prefix, "writes", tokens.digest(token).hex()[:24]) if name]
        try:
            return self.limiter.hit(TOKEN_WRITES, *spent)
        except Exception:  # noqa: BLE001 - Redis is away: the other limits say so in the log
            return True


turns = Turns()


def _wait_for_turns() -> None:
    """Of what one guesser tries at once only a few are under way (`hall.accounts.turns`).

    What they send is here before: who sends it slowly, or never, takes no turn from anybody.
    """
    view = current_app.view_functions.get(request.endpoint or "")
    doors = getattr(view, "turns", ())
    if "turns" in g:  # asked once more, for Redis went away meanwhile
        return
    if doors:
        request.get_data(parse_form_data=True)
    for scope, key in doors:
        door = (scope, key())
        if not turns.take(door):
            raise TooMany(_l("Too many tries in a short time. Please wait a little."), retry_after=1)
        g.setdefault("turns", []).append(door)


def _give_turns_back(_problem: BaseException | None) -> None:
    for door in g.pop("turns", ()):
        turns.give_back(door)


def _at_work() -> bool:
    """Whether no limit is meant for this request: every draw and every call comes through here."""
    view = current_app.view_functions.get(request.endpoint or "")
    return known_caller() and not hasattr(view, "limits_all")


limiter = Limits(
    address,
    default_limits=[PUBLIC_READS],
    default_limits_exempt_when=known_caller,
    application_limits=[PUBLIC_GUESSES],
    application_limits_exempt_when=lambda: not asks_by_token(),
    application_limits_deduct_when=missed,
    swallow_errors=True,
    in_memory_fallback_enabled=True,
)


def _in_turns(limit: Callable[[V], V], scope: str, key: Callable[[], str]) -> Callable[[V], V]:
    """A limit on what goes wrong, or is had: few are under way at a time for each key of this scope."""

    def declare(view: V) -> V:
        limited, before = limit(view), getattr(view, "turns", ())
        # always in the same order, so that no two wait for each other
        limited.turns = tuple(sorted((*before, (scope, key)), key=lambda turn: turn[0]))  # type: ignore[attr-defined]
        return limited

    return declare


def _for_all(limit: Callable[[V], V], scope: str, key: Callable[[], str] = address) -> Callable[[V], V]:
    """A view's own limit, which counts for those whom we know as well."""

    def declare(view: V) -> V:
        limited = _in_turns(limit, scope, key)(view)
        limited.limits_all = True  # type: ignore[attr-defined]
        return limited

    return declare


def _everybody() -> str:
    return "everybody"


sign_in_by_address = _for_all(limiter.limit(SIGN_IN_FAILURES, deduct_when=sign_in_failed), "sign-in")
sign_in_by_account = _for_all(
    limiter.limit(ACCOUNT_FAILURES, key_func=account_named, deduct_when=sign_in_failed),
    "sign-in-as",
    account_named,
)
codes_by_address = _for_all(limiter.shared_limit(CODE_GUESSES, "enrol", deduct_when=missed), "enrol")
codes_by_all = _for_all(
    limiter.shared_limit(ALL_CODE_GUESSES, "enrol-all", key_func=_everybody, deduct_when=missed),
    "enrol-all",
    _everybody,
)
returns_by_caller = _for_all(
    limiter.shared_limit(RETURN_GUESSES, "return", key_func=who_calls, deduct_when=missed),
    "return",
    who_calls,
)
returns_by_address = _for_all(
    limiter.shared_limit(ALL_RETURN_GUESSES, "return-all", deduct_when=missed), "return-all"
)


def _many_kept() -> str:
    """What an honest person is told behind whose address somebody, or a crowd, keeps many times."""
    said: str = _(
        "From your network many times have just been booked. Please wait a little, or telephone: the reception desk "
        "books for you at any time."
    )
    return said


holds_by_address = _in_turns(
    limiter.shared_limit(
        HOLDS, "hold", deduct_when=kept_a_time, exempt_when=known_caller, error_message=_many_kept
    ),
    "hold",
    address,
)
confirms_by_address = _in_turns(
    limiter.shared_limit(REFUSED_CONFIRMS, "confirm", deduct_when=refused, exempt_when=known_caller),
    "confirm",
    address,
)
checks_in_by_caller = _for_all(
    limiter.shared_limit(CHECK_IN_GUESSES, "check-in", key_func=who_calls, deduct_when=missed),
    "check-in",
    who_calls,
)
presence_by_caller = _for_all(
    limiter.shared_limit(PRESENCE_GUESSES, "presence", key_func=who_calls, deduct_when=unusable),
    "presence",
    who_calls,
)


class WithoutTraces(logging.Filter):
    """A store that is away is said in a line: what stands around it may tell who called."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Let it pass, without the place."""
        record.exc_info = None
        return True


def install(app: Flask, redis_url: str | None, name: str = "hall") -> None:
    """Count in this application, or with its neighbours under this name; after access, which knows who calls."""
    heard = logging.getLogger("flask-limiter")
    heard.setLevel(logging.WARNING)  # it would name callers
    if not any(isinstance(known, WithoutTraces) for known in heard.filters):
        heard.addFilter(WithoutTraces())
    app.config["RATELIMIT_STORAGE_URI"] = redis_url or "memory://"
    if redis_url:
        app.config |= {
            "RATELIMIT_STORAGE_OPTIONS": {"connection_pool": redis_pool(redis_url, WITHIN_S)},
            "RATELIMIT_KEY_PREFIX": name,
        }
    limiter.init_app(app)
    app.teardown_request(_give_turns_back)
    app.register_error_handler(RateLimitExceeded, _slow_down)


def _slow_down(problem: RateLimitExceeded) -> Response:
    from hall.http import problem_response  # noqa: PLC0415

    window = limiter.current_limit
    wait = window.reset_at - int(clock.now().timestamp()) if window else 60
    own = problem.description if problem.limit.error_message else None
    said = own or _l("Too many tries in a short time. Please wait a little.")
    return problem_response(TooMany(said, retry_after=max(1, wait)))
