"""The interface that third parties build on: every call is there, described, and answers with its fields."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest
from pydantic import BaseModel

from tests.api.at_work import API, W1, AtWork, reply

if TYPE_CHECKING:
    from collections.abc import Iterator

    from apiflask import APIFlask
    from flask.testing import FlaskClient

CALLS = {
    "get": (
        "/sites/{site}/lines",
        "/sites/{site}/catalogue",
        "/sites/{site}/board",
        "/tickets/{token}",
        "/tickets/{token}/slip.png",
        "/tickets/{token}/slip.txt",
        "/tickets/{token}/qr.svg",
        "/windows/{window}",
        "/journal",
    ),
    "post": (
        "/tickets",
        "/visits",
        *(f"/tickets/{{token}}/{verb}" for verb in ("abandon", "rejoin", "later")),
        *(
            f"/windows/{{window}}/{verb}"
            for verb in ("open", "pause", "close", "call-next", "call", "recall")
        ),
        *(f"/windows/{{window}}/{verb}" for verb in ("start", "pass", "undo-pass", "hold", "resume")),
        *(f"/windows/{{window}}/{verb}" for verb in ("transfer", "finish")),
    ),
}
TICKET = {
    *("number", "token", "site", "line", "lane", "state", "issued_at", "business_date", "ahead", "wait"),
    *("window", "called_at", "times_called", "follow_url", "why_waiting"),
}
LINE = {
    *("code", "prefix", "name", "name_en", "open", "closes_at", "waiting", "windows_open", "wait"),
}
WINDOW = {"state", "staff", "lines", "current", "waiting", "held", "last_passed"}
CALL = {"number", "window", "window_name", "called_at", "times"}


@pytest.fixture
def hall(client: FlaskClient, demo: dict[str, Any]) -> AtWork:
    return AtWork(client, demo)


@pytest.fixture
def spec(app: APIFlask) -> dict[str, Any]:
    """The description of a hall that runs."""
    described: dict[str, Any] = app.test_client().get(f"{API}/openapi.json").get_json()
    return described


def calls(spec: dict[str, Any]) -> list[tuple[str, str, dict[str, Any]]]:
    return [
        (method, path, call)
        for path, at in spec["paths"].items()
        for method, call in at.items()
        if method in {"get", "post", "put", "delete"}
    ]


@pytest.mark.engines("sqlite")
def test_every_call_of_the_contract_is_described(spec: dict[str, Any]) -> None:
    there = {(method, path) for method, path, _call in calls(spec)}
    wanted = {(method, f"{API}{path}") for method, paths in CALLS.items() for path in paths}
    assert not wanted - there


@pytest.mark.engines("sqlite")
def test_the_description_names_each_group_of_calls_once(spec: dict[str, Any]) -> None:
    named = [tag["name"] for tag in spec["tags"]]
    assert len(named) == len(set(named)), "OpenAPI wants each tag once (hall/interface.py)."
    assert {tag for _method, _path, call in calls(spec) for tag in call["tags"]} <= set(named)


@pytest.mark.engines("sqlite")
def test_every_route_of_the_interface_says_what_it_does_answers_and_refuses(
    app: APIFlask, spec: dict[str, Any]
) -> None:
    described = {path.replace("{", "<").replace("}", ">") for _method, path, _call in calls(spec)}
    routes = {rule.rule for rule in app.url_map.iter_rules() if rule.rule.startswith(f"{API}/")}
    plain = {"".join(_plain(part) for part in route.split("<")) for route in routes}
    assert plain - described == {f"{API}/openapi.json"}, "Give the view @api.output, or describe it."
    for method, path, call in calls(spec):
        named = f"{method} {path}"
        assert call.get("summary"), f"{named}: give the view a docstring."
        good = [answer for status, answer in call["responses"].items() if status.startswith("2")]
        assert good, f"{named}: no answer is described."
        bad = {status: answer for status, answer in call["responses"].items() if status >= "400"}
        assert {"400", "429"} <= set(bad), named
        for status, answer in bad.items():
            assert list(answer["content"]) == ["application/problem+json"], f"{named}: {status}"
        if method in {"post", "put"}:
            names = {parameter["name"] for parameter in call.get("parameters", [])}
            assert "Idempotency-Key" in names, named


@pytest.mark.engines("sqlite")
def test_every_body_is_described_under_a_name_of_its_own(spec: dict[str, Any]) -> None:
    """Of two classes with one name the description knows only one, and tells the other's callers its fields."""
    found: dict[str, set[str]] = {}
    for kind in _kinds(BaseModel):
        if kind.__module__.startswith(("hall.", "kiosk.")):
            found.setdefault(kind.__name__, set()).add(kind.__module__)
    assert len(found) > 200, "these are not all of them"
    twice = {name: sorted(modules) for name, modules in found.items() if len(modules) > 1}
    assert not twice, f"Give one of them another name: {twice}"
    wanted = set(re.findall(r'"#/components/schemas/([^"]+)"', json.dumps(spec)))
    assert not wanted - set(spec["components"]["schemas"]), "the description points to what it does not hold"


def _kinds(kind: type[Any]) -> Iterator[type[Any]]:
    for one in kind.__subclasses__():
        yield one
        yield from _kinds(one)


def _plain(part: str) -> str:
    """`int:notice>/withdraw` as `<notice>/withdraw`."""
    inside, closed, rest = part.rpartition(">")
    return f"<{inside.rpartition(':')[2]}>{rest}" if closed else part


def test_a_ticket_and_its_window_have_the_fields_of_the_contract(hall: AtWork) -> None:
    drawn = hall.draw(person={"phone": "13800001111"}, heads=2, lang="en")
    assert drawn.keys() >= TICKET
    assert (drawn["state"], drawn["lane"], drawn["ahead"], drawn["window"]) == (
        "waiting",
        "ordinary",
        0,
        None,
    )
    opened = hall.at(W1, "open").json
    assert opened.keys() >= WINDOW
    assert opened["current"] is None
    assert [row["number"] for row in opened["waiting"]] == [drawn["number"]]
    called = hall.at(W1, "call-next").json
    assert called.keys() >= TICKET
    assert (called["state"], called["window"], called["times_called"]) == ("called", W1, 1)
    assert hall.look(W1)["current"]["number"] == drawn["number"]
    assert hall.at(W1, "call-next").status == 409, "One is still being called."
    assert hall.at(W1, "finish", outcome="done").json["state"] == "finished"
    assert hall.at(W1, "call-next").status == 204


def test_lines_and_board_have_the_fields_of_the_contract(hall: AtWork) -> None:
    hall.draw()
    hall.at(W1, "open")
    hall.draw()
    hall.at(W1, "call-next")
    lines = hall.client.get(f"{API}/sites/xixian/lines").get_json()
    assert all(line.keys() >= LINE for line in lines)
    first = next(line for line in lines if line["code"] == "xixian-a")
    assert (first["prefix"], first["waiting"], first["windows_open"], first["open"]) == ("A", 1, 1, True)
    board = reply(hall.client.get(f"{API}/sites/xixian/board")).json
    assert board.keys() >= {"version", "calls", "waiting", "notices"}
    assert board["calls"][0].keys() >= CALL
    assert board["waiting"]["A"] == 1


@pytest.mark.engines("sqlite")
def test_what_is_not_there_is_said_in_the_caller_s_language(
    spec: dict[str, Any], client: FlaskClient, demo: dict[str, Any]
) -> None:
    """Whatever is asked for by an address that leads nowhere, whoever asks."""
    people = {row["role"]: row["token"] for row in demo["staff"]} | {"kiosk": demo["kiosk"]["token"]}
    wrong = []
    for method, path, _call in calls(spec):
        if "{" not in path or method != "get":
            continue
        for token in people.values():
            for lang, chinese in (("zh", True), ("en", False)):
                headers = {"Authorization": f"Bearer {token}", "Accept-Language": lang}
                answer = client.get(re.sub(r"\{\w+\}", "none", path), headers=headers)
                if answer.status_code != 404 or not answer.is_json:
                    continue
                said = answer.get_json()["detail"]
                if bool(re.search(r"[一-鿿]", said)) is not chinese or "none" in said:
                    wrong.append(f"{path}: {said}")
    assert not wrong, "Say it in words: _l(…).\n" + "\n".join(sorted(set(wrong)))
