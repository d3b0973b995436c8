"""Between HTTP and the house: problem documents, idempotent commands; what is asked is read by `hall.strict`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, TypeVar

import structlog
from flask import Flask, Response, current_app, g, render_template, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.exceptions import HTTPException

from hall.addresses import Address, Whole
from hall.errors import DomainError, Invalid, TooLarge, Unavailable
from hall.sites import pages_ask_no_more
from hall.stores import Trouble, trouble_of
from hall.strict import (
    API,
    Strict,
    has_control_signs,
    refuse_control_signs,
    refuse_control_signs_in_form,
    takes_up_to,
)
from hall.unit_of_work import Answer, Once, keep_refusal, perform, perform_once, units

if TYPE_CHECKING:
    from collections.abc import Callable

    from hall.actor import Actor

__all__ = [  # these stand in a module of their own, and are asked for here
    "Strict",
    "has_control_signs",
    "refuse_control_signs_in_form",
    "takes_up_to",
]

R = TypeVar("R")
C = TypeVar("C")
KEY_LENGTH = 200
MEGABYTE = 1024 * 1024
PROBLEM = "application/problem+json"
AWAY_RETRY_S, FULL_RETRY_S = 3, 10
log = structlog.get_logger(__name__)


def once() -> Once | None:
    """The request's idempotency key, if it has one. Raises Invalid for one that is too long."""
    key = request.headers.get("Idempotency-Key")
    if key is None:
        return None
    if not 0 < len(key) <= KEY_LENGTH:
        raise Invalid(_l("The idempotency key is empty or too long."), code="bad_idempotency_key")
    actor: Actor = g.actor
    secret = current_app.config["HALL"].keys.tokens
    return Once(actor.key, request.method, request.path, key, request.get_data(), secret)


def command(
    action: Callable[[Any, C], R],
    given: C,
    present: Callable[[R], Answer],
    *,
    key_required: bool = False,
) -> Response:
    """Perform an action for this request, once for its idempotency key, and make the response."""
    key = once()
    if key is None:
        if key_required:
            raise Invalid(
                _l("Send an Idempotency-Key, so that a repeated request draws no second ticket."),
                code="idempotency_key_missing",
            )
        return respond(present(perform(g.actor, action, given)))
    try:
        return respond(perform_once(g.actor, action, given, key, present))
    except DomainError as problem:
        if problem.code != "idempotency_key_reused":
            body = json.dumps(document(problem), ensure_ascii=False)
            refusal = Answer(problem.status, body, PROBLEM)
            said = keep_refusal(key, refusal, keep=problem.code != "conflict")
            if said.replay:
                return respond(said)
        raise


def respond(answer: Answer) -> Response:
    """An answer as a response."""
    response = Response(answer.body, status=answer.status, content_type=answer.content_type)
    if answer.replay:
        response.headers["Idempotent-Replay"] = "true"
    return response


def document(problem: DomainError) -> dict[str, object]:
    """The problem document (RFC 9457) of an error, in the caller's language."""
    said: dict[str, object] = {
        "type": f"urn:hall:problem:{problem.code}",
        "title": _title(problem.status),
        "status": problem.status,
        "detail": str(problem.message),
        "code": problem.code,
        **problem.more,
    }
    if problem.errors:
        said["errors"] = {name: [str(text) for text in texts] for name, texts in problem.errors.items()}
    return said


def _title(status: int) -> str:
    titles = {
        400: _("Bad request"),
        401: _("Not signed in"),
        403: _("Not allowed"),
        404: _("Not found"),
        405: _("Not possible here"),
        409: _("Not possible now"),
        413: _("Too large"),
        422: _("Cannot be used"),
        429: _("Too many requests"),
        500: _("Our mistake"),
        503: _("Not possible for a moment"),
    }
    return str(titles.get(status, _("Problem")))


def problem_response(problem: DomainError) -> Response:
    """A problem as JSON for the interface, as a page for people."""
    if request.path.startswith(API):
        body = json.dumps(document(problem), ensure_ascii=False)
        response = Response(body, status=problem.status, content_type=PROBLEM)
    else:
        if problem.code == Trouble.AWAY:
            pages_ask_no_more()
        page = render_template(_page(problem.status), problem=document(problem))
        response = Response(page, status=problem.status, content_type="text/html; charset=utf-8")
    if problem.retry_after:
        response.headers["Retry-After"] = str(problem.retry_after)
    return response


def unavailable(trouble: Trouble) -> Unavailable:
    """What is said while nothing can be written: the stores' own words for themselves."""
    if trouble is Trouble.FULL:
        said = _(
            "The server's disk is full or cannot be written: this was not kept. Tell whoever looks after the server; "
            "what is there already can still be read."
        )
        return Unavailable(said, code=trouble, retry_after=FULL_RETRY_S)
    said = _(
        "The database does not answer at the moment. Please press again in a few seconds: it counts once."
    )
    return Unavailable(said, code=trouble, retry_after=AWAY_RETRY_S)


def _page(status: int) -> str:
    return f"errors/{status if status in {400, 403, 404, 409, 429, 500, 503} else 400}.html"


def install(app: Flask) -> None:
    """Register the strict reader and the one error handler."""
    app.register_error_handler(DomainError, problem_response)
    app.url_map.converters["int"], app.url_rule_class = Whole, Address  # before any address is declared
    app.before_request(refuse_control_signs)

    @app.errorhandler(HTTPException)
    def on_http(problem: HTTPException) -> Response:
        status = problem.code or 500
        if status < 400 and problem.response is not None:  # noqa: PLR2004 - redirects are no errors
            return Response(problem.response.get_data(), status, dict(problem.response.headers))  # type: ignore[attr-defined]
        kind = type("Plain", (TooLarge if status == 413 else DomainError,), {"status": status})  # noqa: PLR2004
        names = {404: "not_found", 405: "method_not_allowed", 413: "too_large", 429: "too_many"}
        said = _title(status)
        if status == 413 and request.max_content_length:  # noqa: PLR2004
            said = _("This is too large: at most %(most)s MB.", most=request.max_content_length // MEGABYTE)
        plain = kind(said, code=names.get(status, "bad_request"))
        response = problem_response(plain)
        for name, value in problem.get_headers():
            if name in {"Allow", "Retry-After"}:
                response.headers[name] = value
        return response

    @app.errorhandler(Exception)
    def on_fault(problem: Exception) -> Response:
        trouble = trouble_of(problem)
        if trouble is not None:
            units().stores.unread(problem)
            g.staff = None  # who it is may have to be read again
            return problem_response(unavailable(trouble))
        log.error(
            "fault",
            kind=type(problem).__name__,
            exc_info=problem,
            path=request.url_rule and str(request.url_rule),
        )
        kind = type("Fault", (DomainError,), {"status": 500})
        return problem_response(kind(_("Something went wrong on our side. Please try again."), code="fault"))
