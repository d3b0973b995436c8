"""Whatever is sent to any call that the interface describes: never a 5xx, and a problem document for what is refused.

Schemathesis makes the requests from the running product's own description: fitting ones, and ones that break it in
every part (types, bounds, formats, missing and unknown fields, headers, addresses).
"""

from __future__ import annotations

import logging
import re
from contextlib import ExitStack
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Self

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.core.result import Ok

from config import Config
from tests import applications
from tests.api.test_queue import Hall

if TYPE_CHECKING:
    from pathlib import Path

    from flask import Flask
    from schemathesis import Case
    from schemathesis.schemas import APIOperation

    from tests.servers import Engine, Halls

DESCRIPTION = "/api/v1/openapi.json"
EXAMPLES = 10
"""For each call and caller; many calls times four callers are some thousand requests."""
PARTS = 4
"""Of the description, one test each."""
OTHERS = ("public", "kiosk", "clerk")
"""Beside the manager, who may send most; on SQLite alone."""
PROBLEM = "application/problem+json"


@dataclass(frozen=True, slots=True)
class Caller:
    """One of the four kinds of caller, in a hall of their own: what one of them ends is still there for the others."""

    app: Flask
    headers: dict[str, str]
    real: dict[str, str]
    """What exists in that hall, by the names of the description."""

    @classmethod
    def at(cls, app: Flask, demo: dict[str, Any], who: str) -> Self:
        """With a window open and three people waiting."""
        hall = Hall(app.test_client(), demo)
        hall.at("xixian-01", "open")
        tickets = [hall.draw() for _person in range(3)]
        real = {"site": "xixian", "window": "xixian-01", "token": tickets[-1]["token"], "line": "xixian-a"}
        return cls(app, headers_of(demo, who), real)

    def send(self, case: Case[Any], names: list[str], *, there: bool) -> None:
        """One request, looked at; `there`: about something that exists."""
        given = case.path_parameters
        if there:
            case.path_parameters = {name: {**(given or {}), **self.real}[name] for name in names}
        check(case, self)
        if there:
            case.path_parameters = given


def headers_of(demo: dict[str, Any], who: str) -> dict[str, str]:
    """What such a caller is known by."""
    clerk = next(person for person in demo["staff"] if person["window"])
    manager = next(person for person in demo["staff"] if person["role"] == "manager")
    tokens = {"kiosk": demo["kiosk"]["token"], "clerk": clerk["token"], "manager": manager["token"]}
    return {} if who == "public" else {"Authorization": f"Bearer {tokens[who]}"}


def check(case: Case[Any], caller: Caller) -> None:
    """No 5xx, and a problem document for what is refused."""
    answer = case.call(headers=caller.headers, app=caller.app)
    said = answer.content[:400].decode(errors="replace")
    assert answer.status_code < 500, f"{case.method} {case.formatted_path} {case.body!r}: {said}"
    if answer.status_code >= 400:
        kind = answer.headers.get("content-type", [""])
        assert PROBLEM in str(kind), f"{case.method} {case.formatted_path}: {answer.status_code} as {kind}"
        document = answer.json()
        assert {"type", "title", "status", "detail", "code"} <= set(document), said
        assert document["status"] == answer.status_code


def try_out(operation: APIOperation[Any, Any, Any, Any], callers: list[Caller]) -> None:
    """Many requests to one call, fitting and broken ones, each from every caller."""
    names = re.findall(r"{(\w+)}", operation.path)
    modes = (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)  # a call without any input has no broken ones
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
        for caller in callers:  # of two requests one is about something that exists
            caller.send(case, names, there=there)

    send()


@pytest.mark.engines("sqlite", "postgresql")
@pytest.mark.parametrize("part", range(PARTS))
def test_no_input_to_any_call_is_a_server_error(  # noqa: PLR0917 - fixtures
    app: Flask, demo: dict[str, Any], engine: Engine, halls: Halls, tmp_path: Path, part: int
) -> None:
    logging.getLogger("schemathesis").setLevel(logging.ERROR)
    operations = list(schemathesis.openapi.from_wsgi(DESCRIPTION, app).get_all_operations())
    assert len(operations) >= 20 * PARTS, "The description names fewer calls than there are."
    with ExitStack() as opened:
        callers = [Caller.at(app, demo, "manager")]
        for who in OTHERS if engine == "sqlite" else ():
            hall = halls.lay_out("demo", engine, tmp_path / who)
            env = {"HALL_DATA": str(hall.data), "DATABASE_URL": hall.database_url, "DEMO": "1"}
            other = applications.application(replace(Config.from_env(env), testing=True))
            callers.append(Caller.at(opened.enter_context(other), hall.demo, who))
        for found in operations[part::PARTS]:
            assert isinstance(found, Ok), "This part of the description cannot be read."
            try_out(found.ok(), callers)
