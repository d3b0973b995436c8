"""Whatever is sent to any call that the interface describes: never a 5xx, and a problem document for what is refused.

Schemathesis makes the requests from the running product's own description: fitting ones, and ones that break it in
every part (types, bounds, formats, missing and unknown fields, headers, addresses).
"""

from __future__ import annotations

import logging
import re
from typing import TYPE_CHECKING, Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.core.result import Ok

from tests.api.test_queue import Hall

if TYPE_CHECKING:
    from flask import Flask
    from schemathesis import Case
    from schemathesis.schemas import APIOperation

DESCRIPTION = "/api/v1/openapi.json"
EXAMPLES = 10
"""For each call and caller; many calls times four callers are some thousand requests."""
PROBLEM = "application/problem+json"


def callers(demo: dict[str, Any]) -> dict[str, dict[str, str]]:
    """Headers of the four kinds of caller."""
    clerk = next(person for person in demo["staff"] if person["window"])
    manager = next(person for person in demo["staff"] if person["role"] == "manager")
    given = {"kiosk": demo["kiosk"]["token"], "clerk": clerk["token"], "manager": manager["token"]}
    return {"public": {}, **{name: {"Authorization": f"Bearer {token}"} for name, token in given.items()}}


def check(case: Case[Any], headers: dict[str, str]) -> None:
    """One request, looked at."""
    answer = case.call(headers=headers)
    said = answer.content[:400].decode(errors="replace")
    assert answer.status_code < 500, f"{case.method} {case.formatted_path} {case.body!r}: {said}"
    if answer.status_code >= 400:
        kind = answer.headers.get("content-type", [""])
        assert PROBLEM in str(kind), f"{case.method} {case.formatted_path}: {answer.status_code} as {kind}"
        document = answer.json()
        assert {"type", "title", "status", "detail", "code"} <= set(document), said
        assert document["status"] == answer.status_code


def try_out(
    operation: APIOperation[Any, Any, Any, Any], headers: dict[str, str], real: dict[str, str]
) -> None:
    """Many requests to one call, fitting and broken ones; a call without any input has no broken ones."""
    names = re.findall(r"{(\w+)}", operation.path)
    modes = (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)
    requests = st.one_of([operation.as_strategy(generation_mode=mode) for mode in modes])

    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=requests, there=st.booleans())
    def send(case: Case[Any], there: bool) -> None:
        if there:  # of two requests one is about something that exists
            case.path_parameters = {**(case.path_parameters or {}), **real}
            case.path_parameters = {name: case.path_parameters[name] for name in names}
        check(case, headers)

    send()


@pytest.mark.engines("sqlite")
@pytest.mark.parametrize("caller", ["public", "kiosk", "clerk"])
def test_no_input_to_any_call_is_a_server_error(app: Flask, demo: dict[str, Any], caller: str) -> None:
    try_everything(app, demo, caller)


@pytest.mark.engines("sqlite", "postgresql")
def test_no_input_from_a_manager_is_a_server_error(app: Flask, demo: dict[str, Any]) -> None:
    try_everything(app, demo, "manager")


def try_everything(app: Flask, demo: dict[str, Any], caller: str) -> None:
    """Every call of the description, by one kind of caller."""
    logging.getLogger("schemathesis").setLevel(logging.ERROR)
    schema = schemathesis.openapi.from_wsgi(DESCRIPTION, app)
    headers = callers(demo)[caller]
    hall = Hall(app.test_client(), demo)
    hall.at("xixian-01", "open")
    tickets = [hall.draw() for _person in range(3)]
    real = {"site": "xixian", "window": "xixian-01", "token": tickets[-1]["token"], "line": "xixian-a"}
    tried = 0
    for found in schema.get_all_operations():
        assert isinstance(found, Ok), "This part of the description cannot be read."
        try_out(found.ok(), headers, real)
        tried += 1
    assert tried >= 20, "The description names fewer calls than there are."
