"""Whoever reads changes nothing: every address that is read, by callers of all kinds, in a hall with a full day."""

from __future__ import annotations

import itertools
import re
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select

from hall import clock, tokens
from hall.accounts.models import Staff
from hall.accounts.roles import Role
from hall.backup.compare import Sum, sum_of
from hall.database import Base, db
from hall.journal import JournalEntry
from hall.rota.matters.facts import MatterRead
from hall.unit_of_work import units
from tests.api.test_permissions import SAMPLES, rules
from tests.api.test_planted import Lively

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager

    from flask import Flask
    from flask.testing import FlaskClient
    from sqlalchemy.orm import Session

BY_DESIGN = {
    "topic_version": "the live channel numbers its states by itself, a moment after a commit",
    "journal": "who reads a hard matter stands in it; all its other entries are compared",
}
"""Tables that may change while somebody reads, and why that changes nothing of the hall's business."""
READING = MatterRead.name
"""The one entry that reading makes: once a person, matter and day (E2)."""
CHANGES = re.compile(r'\s*(?:INSERT INTO|UPDATE|DELETE FROM)\s+"?(\w+)', re.IGNORECASE)


@pytest.fixture
def lively(working_hours: None, app: Flask, client: FlaskClient, demo: dict[str, Any]) -> Lively:
    """A hall with something in every room."""
    client.get("/kiosk")  # a demo hall's browsers share a kiosk, which the first of them enrols
    return Lively(client, demo)


def accounts(app: Flask) -> dict[str, str]:
    """Who is signed in: a clerk, a head, the manager, and one who looks after all halls; nobody for a stranger."""

    def find(session: Session) -> dict[str, str]:
        names = {"clerk": "clerk01", "head": "head0", "manager": "manager"}
        found = {
            who: session.scalars(select(Staff).where(Staff.user == user)).one() for who, user in names.items()
        }
        everywhere = Staff(
            site_id=found["manager"].site_id,
            user="everywhere",
            name="新",
            role=Role.MANAGER.value,
            password_hash="nobody's",
            every_site=True,
            session_nonce=tokens.new_nonce(),
        )
        session.add(everywhere)
        session.flush()
        found["administrator"] = everywhere
        return {"stranger": "", **{who: row.get_id() for who, row in found.items()}}

    with app.app_context():
        return units().run(find)


def browser_of(app: Flask, identity: str, address: str) -> FlaskClient:
    """A browser of its own address, for wrong codes are counted by address."""
    browser, now = app.test_client(), int(clock.now().timestamp())
    browser.environ_base["REMOTE_ADDR"] = address
    if identity:
        with browser.session_transaction() as session:
            session.update(_user_id=identity, since=now, seen=now)
    return browser


def addresses(app: Flask, hall: Lively) -> Iterator[str]:
    """Everything that can be read, with what this hall really has."""
    known = {"site": ["xixian"], "window": ["xixian-01"], "token": hall.tokens, "code": hall.tokens}
    for method, endpoint, rule in rules(app):
        if method != "GET":
            continue
        values = []
        for name, converter in rule._converters.items():
            choices = getattr(converter, "items", None)
            sample = SAMPLES.get(type(converter).__name__, "x")
            values.append(list(choices) if choices else known.get(name, [sample]))
        for chosen in itertools.product(*values):
            given = dict(zip(rule._converters, chosen, strict=True))
            yield app.url_map.bind("localhost").build(endpoint, given)


def kept(app: Flask) -> dict[str, Sum | list[Any]]:
    """What each table holds, and of the journal what says more than that somebody read."""
    with app.app_context():
        line = db.session.connection()
        found: dict[str, Sum | list[Any]] = {
            table.name: sum_of(line, table)
            for table in Base.metadata.sorted_tables
            if table.name not in BY_DESIGN
        }
        other = select(JournalEntry.id, JournalEntry.fact, JournalEntry.data).where(
            JournalEntry.fact != READING
        )
        found["journal"] = sorted(tuple(row) for row in db.session.execute(other))
        return found


# The views are the same on both, and PostgreSQL's readers could not write at all.
@pytest.mark.engines("sqlite")
def test_nothing_is_changed_by_reading_whoever_reads_whatever(
    app: Flask, lively: Lively, queries: Callable[[], AbstractContextManager[list[str]]]
) -> None:
    browsers = {
        who: browser_of(app, identity, f"10.0.0.{number}")
        for number, (who, identity) in enumerate(accounts(app).items(), 1)
    }
    before, wrong, shown = kept(app), list[str](), {who: set[str]() for who in browsers}
    for who, browser in browsers.items():
        for path in addresses(app, lively):
            with queries() as said:
                answer = browser.get(path)
            assert answer.status_code < 500 and answer.status_code != 429, (
                f"{answer.status}: {path} for {who}"
            )
            shown[who] |= {path} if answer.status_code == 200 else set()
            written = {found[1] for one in said if (found := CHANGES.match(one))} - set(BY_DESIGN)
            wrong += [f"GET {path} as {who} writes in {table}" for table in sorted(written)]
    after = kept(app)
    wrong += [f"{name} holds something else than before" for name in before if before[name] != after[name]]
    assert not wrong, "Somebody only read, and something changed:\n" + "\n".join(wrong)
    counts = {who: len(paths) for who, paths in shown.items()}
    assert counts["stranger"] > 50 and counts["clerk"] > 65 and counts["manager"] > 150, (
        f"Little is shown: {counts}"
    )
    unseen = [token for token in lively.tokens if not any(token in path for path in shown["stranger"])]
    assert not unseen, "Nothing is tried: what these codes open was not shown."
    with app.app_context():
        readers = set(db.session.scalars(select(JournalEntry.actor).where(JournalEntry.fact == READING)))
    assert readers, (
        "E2 broke: a head read a hard matter, and the journal does not say so; or nobody read one."
    )
