"""The least body of every command, made up from the description of the interface."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from werkzeug.routing import Rule


def bodies(app: Any) -> dict[tuple[str, str], dict[str, Any]]:
    """The least that each command takes, by method and rule."""
    spec = app.spec
    return {
        (method.upper(), path.replace("{", "<").replace("}", ">")): _least(spec, call)
        for path, at in spec["paths"].items()
        for method, call in at.items()
        if isinstance(call, dict)
    }


def _least(spec: dict[str, Any], call: dict[str, Any]) -> dict[str, Any]:
    content: list[dict[str, Any]] = list(call.get("requestBody", {}).get("content", {}).values())
    made = _example(spec, content[0].get("schema", {})) if content else {}
    return made if isinstance(made, dict) else {}


def _example(spec: dict[str, Any], schema: dict[str, Any]) -> Any:
    if "$ref" in schema:
        return _example(spec, spec["components"]["schemas"][schema["$ref"].rpartition("/")[2]])
    for several in ("allOf", "oneOf", "anyOf"):
        if several in schema:
            return _example(spec, schema[several][0])
    if "enum" in schema:
        return next((one for one in schema["enum"] if one), None)
    kind = schema.get("type")
    kind = kind[0] if isinstance(kind, list) else kind
    if kind == "object" or "properties" in schema:
        wanted = schema.get("required", [])
        return {
            name: _example(spec, part)
            for name, part in schema.get("properties", {}).items()
            if name in wanted
        }
    if kind == "array":
        return [_example(spec, schema.get("items", {}))]
    if kind in {"integer", "number"}:
        return max(1, schema.get("minimum", 1))
    if kind == "boolean":
        return True
    dated = {"date": "2026-01-05", "date-time": "2026-01-05T09:00:00+08:00"}
    return dated.get(schema.get("format", ""), "x" * max(2, schema.get("minLength", 2)))


def plain(rule: Rule) -> str:
    """The rule as the description writes it."""
    text = rule.rule
    for name in rule._converters:
        start = text.find(f":{name}>")
        if start >= 0:
            text = text[: text.rfind("<", 0, start)] + f"<{name}>" + text[start + len(name) + 2 :]
    return text
