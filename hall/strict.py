"""What a request may hold: strict bodies, numbers that fit, signs that can be written down; messages by field."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

from apiflask.schema_adapters import registry
from apiflask.schema_adapters.pydantic import PydanticAdapter
from flask import current_app, request
from flask_babel import lazy_gettext as _l
from pydantic import BaseModel, ConfigDict, ValidationError
from werkzeug.exceptions import RequestEntityTooLarge

from hall.errors import DomainError, Invalid
from hall.signs import refuse_turning_signs

if TYPE_CHECKING:
    from flask import Request

V = TypeVar("V", bound=Callable[..., object])
LONGEST_NUMBER = 2**63  # of all engines: eight bytes
NO_SIGNS = "\ufffe\uffff"  # no document can hold them: XML forbids them
API = "/api/"
FORMS = frozenset({"application/x-www-form-urlencoded", "multipart/form-data"})


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
