"""Whoever waits for something slow (processor, a turn, a body, a client, a gateway) keeps no connection meanwhile."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from threading import Barrier, Event
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select
from sqlalchemy.pool import QueuePool

from hall import clock, stores
from hall.accounts import limits, passwords
from hall.catalog import finding, search
from hall.database import db
from hall.intake.measures import outgoing
from hall.sites import Site, site_by_code
from tests.cases_at_work import at
from tests.findings_at_work import Findings, photo
from tests.rota_at_work import API, EARLY, FIRST, LAST, Mondays

if TYPE_CHECKING:
    from collections.abc import Callable

    from _typeshed import WriteableBuffer
    from flask import Flask
    from flask.testing import FlaskClient
    from sqlalchemy.orm import Session

pytestmark = pytest.mark.one_process(
    "counts the connections of its own process, and stands in for what is slow in it"
)
CSRF = re.compile(r'name="csrf-token" content="([^"]+)"')


def held(app: Flask) -> int:
    """How many connections are read with at this moment."""
    with app.app_context():
        pool: Any = db.engine.pool
        return int(pool.checkedout())


@pytest.fixture
def noting(app: Flask) -> Callable[[list[int]], Callable[..., None]]:
    """A function that writes down, when it is called, how many connections are held."""
    return lambda found: lambda *_args, **_more: found.append(held(app))


def signed_in(client: FlaskClient, demo: dict[str, Any], user: str = "manager") -> FlaskClient:
    password = next(row["password"] for row in demo["staff"] if row["user"] == user)
    assert sign_in(client, user, password).status_code == 302
    return client


def sign_in(client: FlaskClient, user: str, password: str) -> Any:
    return client.post("/sign-in", data={"user": user, "password": password, "csrf_token": token(client)})


def token(client: FlaskClient, path: str = "/sign-in") -> str:
    found = CSRF.search(client.get(path).text)
    assert found, path
    return found.group(1)


@pytest.mark.parametrize("user", ["manager", "nobody-of-this-name"])
def test_while_a_password_is_looked_at(
    app: Flask, demo: dict[str, Any], monkeypatch: pytest.MonkeyPatch, noting: Any, user: str
) -> None:
    found: list[int] = []
    assert demo["staff"]
    monkeypatch.setattr(passwords, "_hasher", SimpleNamespace(verify=noting(found)))
    said = sign_in(app.test_client(), user, "a wrong one, 1234")
    assert said.status_code in {200, 302, 401, 422}, said.text
    assert found == [0], "120 people who sign in at eight would keep every reader from everybody"


def test_while_a_turn_is_waited_for(
    app: Flask, demo: dict[str, Any], monkeypatch: pytest.MonkeyPatch, noting: Any
) -> None:
    browser, found = signed_in(app.test_client(), demo), list[int]()
    form = {"user": "manager", "password": "again, 1234", "csrf_token": token(browser, "/overview")}
    take, note = limits.turns.take, noting(found)
    monkeypatch.setattr(limits.turns, "take", lambda door: note() or take(door))
    browser.post("/sign-in", data=form)
    assert found and set(found) == {0}


class Body(BytesIO):
    """What is sent slowly: noted when it is asked for."""

    def __init__(self, sent: bytes, note: Callable[[], None]) -> None:
        super().__init__(sent)
        self.note = note

    def read(self, size: int | None = -1, /) -> bytes:
        self.note()
        return super().read(size)

    def readinto(self, buffer: WriteableBuffer, /) -> int:
        self.note()
        return super().readinto(buffer)


def test_while_a_photo_is_on_its_way(
    app: Flask, client: FlaskClient, demo: dict[str, Any], noting: Any
) -> None:
    found: list[int] = []
    with at(EARLY):
        mondays = Mondays(client, demo)
        mondays.term(FIRST, LAST)
        ledger = Findings(mondays)
        key, sent = ledger.find(), photo()
        ledger.assign(key)
        said = client.post(
            f"{API}/findings/{key}/evidence",
            input_stream=Body(sent, noting(found)),
            content_length=len(sent),
            headers={"Authorization": f"Bearer {mondays.tokens['manager']}"},
        )
    assert said.status_code == 200, said.text
    assert found and set(found) == {0}, "ten phones out of range would keep all readers for good"


def test_while_lines_are_taken_one_by_one(
    app: Flask, demo: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    pages, found = iter([[{"cursor": "1-1"}], []]), list[int]()

    def changes(session: Session, *_args: object) -> list[dict[str, str]]:
        session.execute(select(Site.id))
        return next(pages)

    monkeypatch.setattr(outgoing, "changes", changes)
    with app.app_context():
        site = site_by_code(db.session(), demo["site"])
        for _row in outgoing.stream(db.session(), site, "", clock.now()):
            found.append(held(app))
    assert found == [0], "a laptop that is closed over its download would keep a reader for good"


def test_while_the_first_index_is_built_which_is_built_once(
    app: Flask, demo: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    together, built, begun, go_on = Barrier(5), list[int](), Event(), Event()
    build = search.build

    def slow(entries: Any) -> Any:
        built.append(held(app))
        begun.set()
        assert go_on.wait(20)
        return build(entries)

    monkeypatch.setattr(finding, "build", slow)

    def searches() -> int:
        with app.app_context():
            site = site_by_code(db.session(), demo["site"])
            together.wait(20)
            return len(finding.find(db.session(), site, "身份证", 5))

    with ThreadPoolExecutor(4) as pool:
        asked = [pool.submit(searches) for _ in range(4)]
        together.wait(20)
        assert begun.wait(20)
        go_on.set()
        assert len({each.result(30) for each in asked}) == 1
    assert len(built) == 1, f"{len(built)} of four searches built an index of their own"


def test_whoever_gets_no_connection_is_told_to_come_again_and_the_log_says_it(
    app: Flask, demo: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    with app.app_context():
        pool: Any = db.engine.pool
    assert isinstance(pool, QueuePool)
    monkeypatch.setattr(pool, "_timeout", 0.2)
    said: list[str] = []
    heard = SimpleNamespace(error=lambda event, **_more: said.append(event), warning=lambda *_, **_more: None)
    monkeypatch.setattr(stores, "log", heard)
    taken = [pool.connect() for _ in range(pool.size() + pool._max_overflow)]
    try:
        answers = [app.test_client().get(f"/api/v1/sites/{demo['site']}/lines") for _ in range(3)]
    finally:
        for each in taken:
            each.close()
    assert [answer.status_code for answer in answers] == [503] * 3, answers[0].text
    assert said == ["not_answered"], said
    assert app.test_client().get(f"/api/v1/sites/{demo['site']}/lines").status_code == 200
