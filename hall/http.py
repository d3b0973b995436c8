"""Between HTTP and the house: problem documents, idempotent commands, strict input."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

import structlog
from apiflask.schema_adapters import registry
from apiflask.schema_adapters.pydantic import PydanticAdapter
from flask import Flask, Response, current_app, g, render_template, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from pydantic import BaseModel, ConfigDict, ValidationError
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge

from hall.addresses import Address, Whole
from hall.errors import DomainError, Invalid, TooLarge, Unavailable
from hall.signs import refuse_turning_signs
from hall.sites import pages_ask_no_more
from hall.stores import Trouble, trouble_of
from hall.unit_of_work import Answer, Once, keep_refusal, perform, perform_once

if TYPE_CHECKING:
    from flask import Request

    from hall.actor import Actor

R = TypeVar("R")
C = TypeVar("C")
V = TypeVar("V", bound=Callable[..., object])
KEY_LENGTH = 200
MEGABYTE = 1024 * 1024
LONGEST_NUMBER = 2**63  # of all engines: eight bytes
NO_SIGNS = "\ufffe\uffff"  # no document can hold them: XML forbids them
API = "/api/"
PROBLEM = "application/problem+json"
FORMS = frozenset({"application/x-www-form-urlencoded", "multipart/form-data"})
AWAY_RETRY_S, FULL_RETRY_S = 3, 10
log = structlog.get_logger(__name__)


class Strict(BaseModel):
    """Base of all request bodies: unknown fields are refused, types are not guessed."""

    model_config = ConfigDict(extra="forbid", strict=True, str_max_length=500)


class StrictAdapter(PydanticAdapter):
    """Reads a request body as pydantic's strict JSON; messages are ours and translated."""

    def validate_input(self, request: Request, location: str, **kwargs: Any) -> BaseModel:  # noqa: ANN401
        """Answer the model, or raise Invalid with messages by field."""
        if location not in {"json", "query"}:
            return super().validate_input(request, location, **kwargs)
        try:
            asked = self._body(request) if location == "json" else self._query(request)
        except ValidationError as problem:
            raise Invalid(
                _l("Some of this cannot be used. Please check it."), errors=_by_field(problem)
            ) from None
        given = asked.model_dump()
        _refuse_endless(given)
        if location == "json":
            _refuse_unwritable(given)
        return asked

    def _body(self, request: Request) -> BaseModel:
        data = request.get_data()
        limit = request.max_content_length
        if limit is not None and len(data) >= limit:  # sent in pieces: read up to the limit, and no further
            raise RequestEntityTooLarge
        found: BaseModel = self.model_class.model_validate_json(data or b"{}")
        return found

    def _query(self, request: Request) -> BaseModel:
        found: BaseModel = self.model_class.model_validate(request.args.to_dict())
        return found


registry.register("pydantic", StrictAdapter)  # before any view is decorated: adapters are chosen there


def _refuse_endless(given: dict[str, Any]) -> None:
    """No number that is longer than any column: nothing has such a key."""
    errors: dict[str, list[object]] = {
        name: [MESSAGES["less_than_equal"]] for name, value in given.items() if _is_endless(value)
    }
    if errors:
        raise Invalid(_l("Some of this cannot be used. Please check it."), errors=errors)


def _is_endless(value: object) -> bool:
    if isinstance(value, int):
        return not -LONGEST_NUMBER <= value < LONGEST_NUMBER
    if isinstance(value, dict):
        return any(_is_endless(part) for part in value.values())
    return isinstance(value, list | tuple) and any(_is_endless(part) for part in value)


def _refuse_unwritable(given: dict[str, Any]) -> None:
    """Nothing is kept that cannot be written down or turns what stands beside it; what is looked for may be odd."""
    if has_control_signs(given):
        raise Invalid(_l("This holds signs that cannot be written down."), code="control_characters")
    refuse_turning_signs(given)


MESSAGES = {
    "missing": _l("This is needed."),
    "extra_forbidden": _l("We do not know this field."),
    "json_invalid": _l("This is not valid JSON."),
    "string_too_long": _l("This is too long."),
    "string_too_short": _l("This is too short."),
    "too_long": _l("There are too many."),
    "too_short": _l("There are too few."),
    "greater_than_equal": _l("This number is too small."),
    "less_than_equal": _l("This number is too large."),
    "literal_error": _l("Choose one of the values offered."),
}


def has_control_signs(value: object) -> bool:
    """Whether any text in it holds signs that no database or no document takes: controls, half surrogates, no signs."""
    if isinstance(value, str):
        return any(
            (sign < " " and sign not in "\n\t") or "\ud800" <= sign <= "\udfff" or sign in NO_SIGNS
            for sign in value
        )
    if isinstance(value, dict):
        return any(has_control_signs(part) for part in value.values())
    return isinstance(value, list | tuple) and any(has_control_signs(part) for part in value)


def takes_up_to(limit: int) -> Callable[[V], V]:
    """Declare a view that takes a larger body than others: it is read only when the caller is known.

    Such a view calls `refuse_control_signs_in_form` itself.
    """

    def declare(view: V) -> V:
        view.body_limit = limit  # type: ignore[attr-defined]
        return view

    return declare


def refuse_control_signs() -> None:
    """Before every request: no control characters in its address, none in its form but ends of lines."""
    _refuse([request.path, *request.args.values(), *request.args])
    limit = getattr(current_app.view_functions.get(request.endpoint or ""), "body_limit", None)
    if limit is not None:
        request.max_content_length = limit
    elif request.mimetype in FORMS and not request.path.startswith(
        API
    ):  # whose bodies are JSON, whatever they say
        refuse_control_signs_in_form()


def refuse_control_signs_in_form() -> None:
    """No control characters in what a form sent, but ends of lines."""
    typed = (text for field in request.form.lists() for text in (field[0], *field[1]))
    _refuse([text.replace("\r", "") for text in typed])


def _refuse(given: list[str]) -> None:
    if has_control_signs(given):
        raise DomainError(_l("This holds signs that cannot be written down."), code="control_characters")


def _by_field(problem: ValidationError) -> dict[str, list[object]]:
    found: dict[str, list[object]] = {}
    for error in problem.errors(include_url=False, include_context=False, include_input=False):
        name = ".".join(str(part) for part in error["loc"]) or "body"
        found.setdefault(name, []).append(MESSAGES.get(error["type"], _l("This value cannot be used.")))
    return found


def once() -> Once | None:
    """The request's idempotency key, if it has one. Raises Invalid for one that is too long."""
    key = request.headers.get("Idempotency-Key")
    if key is None:
        return None
    if not 0 < len(key) <= KEY_LENGTH:
        raise Invalid(_l("The idempotency key is empty or too long."), code="bad_idempotency_key")
    actor: Actor = g.actor
    return Once(actor.key, request.method, request.path, key, request.get_data())


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
        if problem.code not in {"idempotency_key_reused", "conflict"}:
            body = json.dumps(document(problem), ensure_ascii=False)
            keep_refusal(key, Answer(problem.status, body, PROBLEM))
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
