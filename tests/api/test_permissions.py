"""Who may call what: every route against every role, kept as a table (`permissions.txt`), and the live topics.

The table is checked against what views declare, and what views declare is checked against what the guard does.
"""

from __future__ import annotations

from inspect import getmembers, isfunction
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select

from hall import topics
from hall.accounts import actions
from hall.accounts.access import actor_of_token
from hall.accounts.models import Device
from hall.accounts.roles import PUBLIC, ROLES, STAFF, STAFF_ROLES, Can, Role
from hall.actor import PUBLIC_ACTOR, SYSTEM_ACTOR
from hall.database import db
from hall.errors import DomainError
from hall.live.channel import room_of
from hall.unit_of_work import perform
from tests.helpers_at_work import Help

if TYPE_CHECKING:
    from flask import Flask
    from werkzeug.routing import Rule

TABLE = Path(__file__).with_name("permissions.txt")
HAND_OVER = {"HEAD", "OPTIONS"}
SAMPLES = {"Whole": 1, "DateConverter": "2026-01-05", "PathConverter": "x"}


def rules(app: Flask) -> list[tuple[str, str, Rule]]:
    """Method, endpoint and rule of everything that can be called, but files."""
    found = [
        (method, rule.endpoint, rule)
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - HAND_OVER
        if rule.endpoint != "static"
    ]
    return sorted(found, key=lambda known: (known[2].rule, known[0]))


def declared(app: Flask, rule: Rule) -> str:
    return str(getattr(app.view_functions[rule.endpoint], "allowed", "undeclared"))


def address(app: Flask, rule: Rule) -> str:
    """An address of the rule, with made-up values."""
    values: dict[str, Any] = {}
    for name, converter in rule._converters.items():
        known = getattr(converter, "items", None)
        values[name] = min(known) if known else SAMPLES.get(type(converter).__name__, "x")
    return app.url_map.bind("localhost").build(rule.endpoint, values, method=None, force_external=False)


def test_every_route_stands_in_the_table_with_who_may_call_it(app: Flask) -> None:
    found = {f"{method} {rule.rule} {declared(app, rule)}" for method, _endpoint, rule in rules(app)}
    kept = {line for line in TABLE.read_text(encoding="utf-8").splitlines() if line and line[0] != "#"}
    assert not found - kept, "Add to permissions.txt, if it is meant so:\n" + "\n".join(sorted(found - kept))
    assert not kept - found, "Gone, take out of permissions.txt:\n" + "\n".join(sorted(kept - found))


def test_every_route_declares_a_permission_that_exists(app: Flask) -> None:
    known = {*(can.value for can in Can), PUBLIC, STAFF}
    wrong = [
        f"{method} {rule.rule}" for method, _name, rule in rules(app) if declared(app, rule) not in known
    ]
    assert not wrong, f"Declare who may call it with @allow(…): {wrong}"


@pytest.fixture
def bearers(app: Flask, demo: dict[str, Any]) -> dict[str, str]:
    """A token of each role and kind of device."""
    found = {row["role"]: row["token"] for row in demo["staff"]}
    found |= {kind: demo[kind]["token"] for kind in ("kiosk", "screen")}
    with app.app_context():
        found["printer"] = _printer_token(app)
        found |= {role: _new_token(role) for role in ("director", "office", "supervisor")}
    return found


def _printer_token(app: Flask) -> str:
    from hall.accounts.enrolment import trade  # noqa: PLC0415 - needs an application

    site = db.session.scalars(select(Device.site_id)).first()
    number = perform(SYSTEM_ACTOR, actions.add_device, actions.AddDevice(site or 0, "printer", "x"))
    code = perform(SYSTEM_ACTOR, actions.new_code, actions.NewCode(number, app.config["HALL"].keys.tokens))
    return trade(code)[1]


def _new_token(role: str) -> str:
    from hall.accounts import passwords  # noqa: PLC0415
    from hall.people.actions import AddStaff, Person, add_staff  # noqa: PLC0415

    site = db.session.scalars(select(Device.site_id)).first() or 0
    perform(SYSTEM_ACTOR, add_staff, AddStaff(Person(site, f"a-{role}", "新", role), "x"))
    return perform(SYSTEM_ACTOR, passwords.make_token, passwords.NewToken(f"a-{role}"))


def outcome(app: Flask, method: str, path: str, token: str | None) -> str:
    """What the guard says to this caller: pass, sign-in, or the status and code of a refusal."""
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    with app.test_request_context(path, method=method, headers=headers):
        try:
            answer: Any = app.preprocess_request()
        except DomainError as problem:
            return f"{problem.status} {problem.code}"
        return "pass" if answer is None else f"to {answer.headers['Location'].partition('?')[0]}"


def expected(method: str, path: str, allowed: str, role: str | None) -> set[str]:
    can = {str(permission) for permission in ROLES[Role(role)]} if role else set()
    if allowed == PUBLIC:  # a form from a browser must bring its CSRF token, whoever sends it
        return {"pass", "400 bad_request"}
    if role is None:
        reads = method == "GET" and not path.startswith("/api/")
        return {"to /sign-in" if reads else "401 not_signed_in"}
    if allowed in can or (allowed == STAFF and role in STAFF_ROLES):
        return {"pass"}
    return {"403 forbidden"}


def test_every_route_lets_in_exactly_who_is_declared(app: Flask, bearers: dict[str, str]) -> None:
    assert {*bearers} == {role.value for role in Role}
    wrong = []
    for method, _endpoint, rule in rules(app):
        path, allowed = address(app, rule), declared(app, rule)
        for role, token in [(None, None), *bearers.items()]:
            try:
                said = outcome(app, method, path, token)
            except Exception as problem:  # noqa: BLE001 - a CSRF failure is werkzeug's
                said = f"{getattr(problem, 'code', 500)} bad_request"
            if said not in expected(method, path, allowed, role):
                wrong.append(f"{method} {path} ({allowed}) for {role or 'a stranger'}: {said}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.one_process("a view is added to the application of this process")
def test_what_declares_nothing_is_open_to_nobody(app: Flask, demo: dict[str, Any]) -> None:
    app.add_url_rule("/api/v1/forgotten", view_func=lambda: "secret", endpoint="forgotten")
    client = app.test_client()
    for row in demo["staff"][:1]:
        answer = client.get("/api/v1/forgotten", headers={"Authorization": f"Bearer {row['token']}"})
        assert (answer.status_code, answer.get_json()["code"]) == (403, "undeclared")


TOPICS: dict[str, set[str]] = {
    "site:xixian:board": {"everybody"},
    "site:xixian:lines": {"everybody"},
    "site:xixian:monday": {"everybody"},
    "line:xixian-a": {"everybody"},
    "plate:xixian-01": {"everybody"},
    "site:xixian:floor": {"manager", "supervisor"},
    "window:xixian-01": {"manager", "official", "window"},
    "window:xixian-20": {"manager", "official"},
    "site:xixian:receptions": {"manager"},
    "printer:{printer}": {"printer"},
    "kiosk:{kiosk}": {"kiosk"},
    "helper:{helper}": {"helper"},
    "ticket:{ticket}": {"everybody"},  # who holds its token
    "ticket:{forged}": set(),
    "help:{help}": {"everybody"},
    "help:{forged}": set(),
    "journal": set(),
    "nonsense": set(),
}


def kind_of(topic: str) -> tuple[str, str]:
    """`site` and what of it, else the kind alone."""
    first, *rest = topic.replace("#", ":").split(":")
    return first, rest[-1] if first == "site" else ""


def test_every_live_topic_stands_in_the_table() -> None:
    made = {kind_of(name("x")) for _name, name in getmembers(topics, isfunction)}
    missing = made - {kind_of(topic) for topic in TOPICS}
    assert not missing, f"Say in TOPICS who may watch {missing}"


def named(app: Flask, demo: dict[str, Any], bearers: dict[str, str]) -> dict[str, object]:
    """What stands in the table's brackets: a drawn ticket, its call for help, a helper, devices."""
    hall = Help(app.test_client(), demo)
    ticket = hall.draw()
    call = hall.call("", ticket=ticket["token"])
    mine = {"Authorization": f"Bearer {bearers['helper']}"}
    helper = hall.client.get("/api/v1/helper", headers=mine).get_json()["topic"].partition(":")[2]
    actors = {kind: actor_of_token(db.session(), bearers[kind]) for kind in ("printer", "kiosk")}
    return {
        **{kind: actor.id for kind, actor in actors.items() if actor},
        "helper": helper,
        "ticket": ticket["token"],
        "help": call["token"],
        "forged": f"{ticket['token'][:-4]}AAAA",
    }


def test_every_topic_lets_in_exactly_who_is_declared(app: Flask, bearers: dict[str, str], demo: Any) -> None:
    first = next(row for row in demo["staff"] if row["window"] == "xixian-01")
    bearers["window"] = first["token"]
    key = app.config["HALL"].keys.tokens
    with app.app_context():
        actors = {role: actor_of_token(db.session(), token) for role, token in bearers.items()}
        actors["stranger"] = PUBLIC_ACTOR
        known = named(app, demo, bearers)
        db.session.remove()  # what was read before the ticket was drawn does not know it
        for topic, who in TOPICS.items():
            let_in = set()
            for role, actor in actors.items():
                assert actor is not None
                try:
                    room_of(topic.format(**known), actor, key)
                    let_in.add(role)
                except DomainError:
                    continue
            assert let_in == (set(actors) if who == {"everybody"} else who), topic


def test_a_topic_of_another_hall_is_closed(app: Flask, bearers: dict[str, str]) -> None:
    with app.app_context():
        actor = actor_of_token(db.session(), bearers["manager"])
        assert actor is not None
        for topic in (
            "site:elsewhere:floor",
            "window:elsewhere-01",
            "printer:999999",
            "ticket:AAAAAAAAAAAAAAAAAAAAAAAA",
        ):
            with pytest.raises(DomainError):
                room_of(topic, actor, app.config["HALL"].keys.tokens)


def test_options_says_what_an_address_takes_without_a_session(app: Flask, demo: dict[str, Any]) -> None:
    assert demo, "a hall that is not set up leads everybody to its first page"
    client = app.test_client()
    for rule in {rule.rule: rule for _method, _endpoint, rule in rules(app)}.values():
        path = address(app, rule)
        answer = client.options(path)
        assert (answer.status_code, answer.data) == (200, b""), path
        assert set(answer.allow) >= {"OPTIONS", *((rule.methods or set()) - HAND_OVER)}, path
