"""What the description of the machine interface says of every call beside its bodies: who may, keys, problems."""

from __future__ import annotations

import re
from typing import Any

from apiflask import APIFlask

from hall.accounts.roles import PUBLIC

PREFIX = "/api/v1/"
PROBLEM = {
    "type": "object",
    "description": "What went wrong (RFC 9457), in the caller's language; `code` is stable and English.",
    "required": ["type", "title", "status", "detail", "code"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "code": {"type": "string"},
        "errors": {
            "type": "object",
            "description": "For bad input: messages by field.",
            "additionalProperties": {"type": "array", "items": {"type": "string"}},
        },
    },
}
MEANINGS = {
    "400": "The request cannot be read.",
    "401": "Not signed in, or the token is no longer valid.",
    "403": "Not yours.",
    "404": "No such thing, or not to be seen by this caller.",
    "409": "Wrong state for this, or somebody was faster.",
    "422": "Bad input; with messages by field where one is at fault.",
    "429": "Too many requests; `Retry-After` says when to try again.",
}
SECURITY = {
    "bearer": {"type": "http", "scheme": "bearer", "description": "A device's token, or a personal one."},
    "session": {
        "type": "apiKey",
        "in": "cookie",
        "name": "session",
        "description": "A signed-in browser; with an X-CSRFToken header where it changes something.",
    },
}
KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "description": "The same key and body bring the first answer again, with `Idempotent-Replay: true`.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 200},
}
KEY_NEEDED = frozenset({"/api/v1/tickets", "/api/v1/visits"})
FILES = {
    "slip.png": "image/png",
    "slip.txt": "text/plain",
    "qr.svg": "image/svg+xml",
    "calendar.ics": "text/calendar",
}


def install(app: APIFlask) -> None:
    """Complete the description when it is first asked for."""

    @app.spec_processor
    def complete(spec: dict[str, Any] | str) -> dict[str, Any] | str:
        if isinstance(spec, str):  # APIFlask's other format, YAML
            return spec
        parts = spec.setdefault("components", {})
        parts.setdefault("schemas", {})["Problem"] = PROBLEM
        parts["securitySchemes"] = SECURITY
        spec["tags"] = list({tag["name"]: tag for tag in spec.get("tags", [])}.values())  # one a blueprint
        allowed = _allowed(app)
        for path, calls in spec["paths"].items():
            for method, call in calls.items():
                if isinstance(call, dict) and "responses" in call:
                    _describe(path, method, call, allowed.get((method, path), PUBLIC))
        return spec


def _allowed(app: APIFlask) -> dict[tuple[str, str], str]:
    """Who may call what, by method and path as the description writes them."""
    return {
        (method.lower(), re.sub(r"<(?:[^:<>]*:)?(\w+)>", r"{\1}", rule.rule)): str(
            getattr(app.view_functions[rule.endpoint], "allowed", PUBLIC)
        )
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith(PREFIX)
        for method in rule.methods or ()
    }


def _describe(path: str, method: str, call: dict[str, Any], allowed: str) -> None:
    answers = call["responses"]
    kind = FILES.get(path.rpartition("/")[2])
    if kind:
        answers["200"] = {"description": "The file.", "content": {kind: {"schema": {"type": "string"}}}}
    if path.endswith("/call-next"):
        answers["204"] = {"description": "Nobody waits."}
    statuses = {"400", "429"} | {status for status in answers if status in MEANINGS}
    if allowed != PUBLIC:
        call["security"] = [{"bearer": []}, {"session": []}]
        call["x-permission"] = allowed
        statuses |= {"401", "403"}
    if "{" in path:
        statuses.add("404")
    if method in {"post", "put"}:
        statuses |= {"409", "422"}
        call.setdefault("parameters", []).append({**KEY, "required": path in KEY_NEEDED})
    for status in sorted(statuses):
        answers[status] = {
            "description": MEANINGS[status],
            "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
        }
