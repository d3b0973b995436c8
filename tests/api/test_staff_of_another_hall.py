"""Whose object a request names: staff of one hall read and change nothing of another's, whatever address they make up.

Every route with a part that names something is asked for by somebody of another hall who may call it in their own,
with keys, codes and tokens of the demo's hall, in which people's words are planted: none of these may come back, and
what belongs to the demo's hall stays as it is (E2).
"""

from __future__ import annotations

from itertools import islice, product
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select

from hall import clock, tokens
from hall.accounts.models import Staff
from hall.accounts.roles import PUBLIC, ROLES, STAFF, STAFF_ROLES, Role
from hall.actor import SYSTEM_ACTOR
from hall.catalog.models import Department
from hall.database import Base, db
from hall.queueing.models import Ticket
from hall.sites import Site
from hall.unit_of_work import perform, units
from tests.api.test_permissions import declared, rules
from tests.api.test_planted import Lively
from tests.described import bodies, plain
from tests.planting import WORDS, found_in, plant

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from flask import Flask
    from flask.testing import FlaskClient
    from sqlalchemy.orm import Session
    from werkzeug.routing import Rule
    from werkzeug.test import TestResponse

pytestmark = pytest.mark.engines("sqlite")  # who may is asked of the same code on both

ELSEWHERE = "tangshi"
KEYS, MOST = tuple(range(1, 13)), 60
PURPOSES = {
    "ticket": "ticket", "booking": "booking", "help_call": "help", "help_record": "help_record",
    "hard_matter": "matter", "walk": "walk", "service_case": "case", "filing": "form",
    "signing": "signing", "signing_pad": "pad",
}  # fmt: skip
"""Tables whose rows are named by tokens, and what these are made for."""
READ_AT_HOME, PRESSED_AT_HOME = 18, 22
"""By so many rules the hall's own staff of the same roles are told, or change, something with the same addresses."""
VOLATILE = {"idempotent_answer", "job_run", "journal", "topic_version"}


class Somebody:
    """Somebody of a hall with this role: a browser that is signed in, and a token."""

    def __init__(self, app: Flask, site_id: int, department: int, role: str) -> None:
        from hall.accounts import passwords  # noqa: PLC0415 - with the product
        from hall.people.actions import AddStaff, Person, add_staff  # noqa: PLC0415

        self.role, self.browser = role, app.test_client()
        user = f"{site_id}-{role}"
        with app.app_context():
            perform(
                SYSTEM_ACTOR,
                add_staff,
                AddStaff(Person(site_id, user, "外人", role, department_id=department), "x"),
            )
            self.token = perform(SYSTEM_ACTOR, passwords.make_token, passwords.NewToken(user))

        def let_in(session: Session) -> str:
            row = session.scalars(select(Staff).where(Staff.user == user)).one()
            row.must_change = False
            return row.get_id()

        with app.app_context():
            identity = units().run(let_in)
        now = int(clock.now().timestamp())
        with self.browser.session_transaction() as session:
            session.update(_user_id=identity, since=now, seen=now)
        page = self.browser.get("/account").text
        self.csrf = page.partition('name="csrf_token" value="')[2].partition('"')[0]
        assert self.csrf, f"{role} is not signed in"

    def ask(self, method: str, address: str, body: dict[str, Any]) -> TestResponse:
        """By token where it is a program's address, else with the browser's form."""
        if address.startswith("/api/"):
            headers = {"Authorization": f"Bearer {self.token}", "Idempotency-Key": f"{self.role} {address}"}
            return self.browser.open(
                address, method=method, headers=headers, json=None if method == "GET" else body
            )
        if method == "GET":
            return self.browser.get(address)
        return self.browser.open(address, method=method, data={"csrf_token": self.csrf, **body})


@pytest.fixture
def lively(working_hours: None, app: Flask, client: FlaskClient, demo: dict[str, Any]) -> Lively:
    """A hall with something in every room, full of people's words."""
    found = Lively(client, demo)
    with app.app_context():
        units().run(lambda session: plant(session, app.config["HALL"].keys))
    return found


@pytest.fixture
def strangers(app: Flask, lively: Lively) -> dict[str, Somebody]:
    """One of each role."""
    assert lively.tokens

    def settle(session: Session) -> tuple[int, int]:
        site = Site(code=ELSEWHERE, name="汤实镇便民服务中心")
        session.add(site)
        session.flush()
        department = Department(site_id=site.id, code="411528-SCJG", name="外地市监所")
        session.add(department)
        session.flush()
        return site.id, department.id

    with app.app_context():
        there = units().run(settle)
    return {role: Somebody(app, *there, role) for role in sorted(STAFF_ROLES)}


@pytest.fixture
def colleagues(app: Flask, lively: Lively) -> dict[str, Somebody]:
    """The same in the hall whose objects they are."""
    assert lively.tokens
    with app.app_context():
        here = db.session.execute(select(Department.site_id, Department.id).order_by(Department.id)).first()
    assert here is not None
    return {role: Somebody(app, *here, role) for role in sorted(STAFF_ROLES)}


def pools(app: Flask, lively: Lively) -> dict[str, tuple[Any, ...]]:
    """What may stand in the place of a part of an address, by the name of the part."""
    with app.app_context():
        ticket = db.session.scalars(select(Ticket).order_by(Ticket.id)).first()
        codes = {
            name: tuple(
                str(code)
                for code in db.session.scalars(select(Base.metadata.tables[name].c.code).limit(3)).all()
                if code
            )
            for name in ("line", "service_window", "print_job", "rota", "department")
        }
    assert ticket is not None
    return {
        "site": ("xixian",),
        "token": tokens_of(app),
        "line": codes["line"],
        "window": codes["service_window"],
        "job": codes["print_job"],
        "code": (*codes["rota"], *codes["department"]),
        "number": (ticket.number,),
        "badge": ("B01",),
        "device": KEYS[:8],
        "shelf": ("items",),
    }


def tokens_of(app: Flask) -> tuple[str, ...]:
    """Of two rows of every table whose rows are named by tokens."""
    key, found = app.config["HALL"].keys.tokens, list[str]()
    with app.app_context():
        for name, purpose in PURPOSES.items():
            nonces = db.session.scalars(select(Base.metadata.tables[name].c.nonce).limit(2)).all()
            found += [tokens.token_of(key, purpose, nonce) for nonce in nonces]
    return tuple(found)


def addresses(app: Flask, rule: Rule, found: dict[str, tuple[Any, ...]]) -> Iterator[str]:
    """Addresses of a rule that name something of the demo's hall."""
    parts = []
    for name, converter in rule._converters.items():
        known = getattr(converter, "items", None)
        is_key = type(converter).__name__ in {"Whole", "IntegerConverter"}
        parts.append([(name, one) for one in (known or (KEYS if is_key else found.get(name, ("x",))))])
    adapter = app.url_map.bind("localhost")
    for values in islice(product(*parts), MOST):
        yield adapter.build(rule.endpoint, dict(values), force_external=False)


def who_may(allowed: str) -> list[str]:
    return [role for role in sorted(STAFF_ROLES) if allowed in {STAFF, *map(str, ROLES[Role(role)])}]


def named(app: Flask) -> Iterable[tuple[str, Rule, str]]:
    """Method, rule and permission of every route that names something and that not everybody may call."""
    for method, _endpoint, rule in rules(app):
        allowed = declared(app, rule)
        if rule._converters and allowed != PUBLIC:
            yield method, rule, allowed


def rows_of(app: Flask) -> dict[str, list[Any]]:
    """All that is written, but what notes that somebody asked."""
    with app.app_context():
        return {
            table.name: sorted(repr(tuple(row)) for row in db.session.execute(select(table)))
            for table in Base.metadata.sorted_tables
            if table.name not in VOLATILE
        }


def read(app: Flask, lively: Lively, people: dict[str, Somebody]) -> tuple[list[str], set[str]]:
    """What went wrong, and of which rules an answer held words of people."""
    found, wrong, told = pools(app, lively), list[str](), set[str]()
    for method, rule, allowed in named(app):
        if method != "GET":
            continue
        for role in who_may(allowed):
            for address in addresses(app, rule, found):
                answer = people[role].ask(method, address, {})
                said = answer.get_data().decode("utf-8", "replace") + str(answer.headers)
                wrong += [f"{role} {address}"] if answer.status_code >= 500 else []
                told |= {rule.rule} if found_in(said, WORDS) else set()
    return wrong, told


def test_E2_staff_of_another_hall_read_nothing_whatever_address_they_make_up(
    app: Flask, lively: Lively, strangers: dict[str, Somebody], colleagues: dict[str, Somebody]
) -> None:
    wrong, told = read(app, lively, strangers)
    assert not wrong and not told, f"{wrong} {sorted(told)}"
    _wrong, own = read(app, lively, colleagues)
    assert len(own) >= READ_AT_HOME, f"This proves too little: at home people's words stand in {sorted(own)}"


def press(app: Flask, lively: Lively, people: dict[str, Somebody]) -> tuple[list[str], dict[str, Any]]:
    """What went wrong, and which rows changed by which rule."""
    found, least, wrong, changes = pools(app, lively), bodies(app), list[str](), dict[str, Any]()
    before = rows_of(app)
    for method, rule, allowed in named(app):
        if method == "GET":
            continue
        body = least.get((method, plain(rule)), {})
        for role in who_may(allowed)[:2]:
            for address in addresses(app, rule, found):
                answer = people[role].ask(method, address, body)
                wrong += [f"{role} {method} {address}"] if answer.status_code >= 500 else []
        after = rows_of(app)
        changed = {
            name: sorted(set(rows) ^ set(before[name]))[:2]
            for name, rows in after.items()
            if rows != before[name]
        }
        if changed:
            changes[rule.rule], before = changed, after
    return wrong, changes


def test_E2_staff_of_another_hall_change_nothing_whatever_address_they_make_up(
    app: Flask, lively: Lively, strangers: dict[str, Somebody], colleagues: dict[str, Somebody]
) -> None:
    wrong, changes = press(app, lively, strangers)
    assert not wrong and not changes, f"{wrong} {changes}"
    _wrong, own = press(app, lively, colleagues)
    assert len(own) >= PRESSED_AT_HOME, f"This proves too little: at home something changes by {sorted(own)}"
