"""A disk that takes nothing, as databases and files report it: what is said, and that nothing is half done."""

from __future__ import annotations

import errno
import os
import resource
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import TimeoutError as PoolEmpty

from hall.errors import Conflict
from hall.files import write_whole
from hall.stores import LASTS_S, Stores, Trouble
from tests.cases_at_work import at
from tests.findings_at_work import Findings, photo
from tests.rota_at_work import EARLY, FIRST, LAST, Mondays

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask import Flask
    from flask.testing import FlaskClient
    from sqlalchemy.orm import Session
    from werkzeug.test import TestResponse

    from config import Config

pytestmark = pytest.mark.one_process(
    "its folder is full for this process alone, and what it noticed lies in its memory"
)

FULL = "BEGIN RAISE EXCEPTION 'could not extend file' USING ERRCODE = '53100'; END"
REFUSES = (
    f"CREATE FUNCTION no_room() RETURNS trigger LANGUAGE plpgsql AS $$ {FULL} $$",
    "CREATE TRIGGER no_room BEFORE INSERT ON journal FOR EACH ROW EXECUTE FUNCTION no_room()",
)


@pytest.fixture
def ledger(client: FlaskClient, demo: dict[str, Any]) -> Iterator[Findings]:
    with at(EARLY):
        mondays = Mondays(client, demo)
        mondays.term(FIRST, LAST)
        yield Findings(mondays)


def draw(client: FlaskClient, demo: dict[str, Any], key: str) -> TestResponse:
    headers = {"Authorization": f"Bearer {demo['kiosk']['token']}", "Idempotency-Key": key}
    return client.post("/api/v1/tickets", json={"line": "xixian-a"}, headers=headers)


def run(app: Flask, *statements: str) -> None:
    def body(session: Session) -> None:
        for statement in statements:
            session.execute(text(statement))

    app.extensions["hall_units"].run(body)


@pytest.mark.engines("postgresql")
def test_Q1_a_table_that_cannot_grow_is_said_and_drawing_goes_on_as_soon_as_it_can(
    app: Flask, client: FlaskClient, demo: dict[str, Any]
) -> None:
    first = draw(client, demo, "before").json
    assert first is not None
    run(app, *REFUSES)
    said = draw(client, demo, "full")
    assert (said.status_code, said.json and said.json["code"]) == (503, "disk_full"), said.text
    assert int(said.headers["Retry-After"]) > 0
    assert client.get("/readyz").status_code == 503, "kiosks draw alone meanwhile (Q9)"
    assert client.get("/api/v1/sites/xixian/board").status_code == 200, "what is there can be read"
    run(app, "DROP TRIGGER no_room ON journal")
    again = draw(client, demo, "full").json
    assert again is not None
    assert int(again["number"][1:]) == int(first["number"][1:]) + 1, "Q1: no gap, nothing half done"


@pytest.mark.engines("sqlite")
def test_Q1_printed_tickets_survive_a_power_cut_also_after_a_version_was_not_raised(app: Flask) -> None:
    units = app.extensions["hall_units"]

    def fails(session: Session) -> None:
        session.execute(text("UPDATE site SET name = name"))
        raise Conflict("something in the middle")

    with pytest.raises(Conflict):
        units.run(fails, durable=False)
    flushes = units.run(lambda session: session.execute(text("PRAGMA synchronous")).scalar())
    assert flushes == 2, "Q1: the writer flushes each commit again"


def test_with_a_full_data_folder_people_draw_and_evidence_is_refused_whole(
    client: FlaskClient, demo: dict[str, Any], ledger: Findings, config: Config
) -> None:
    key = ledger.find()
    with no_file_grows():
        refused = ledger.add(key, photo(), "head0")
        drawn = draw(client, demo, "meanwhile") if config.database_url.startswith("postgresql") else None
    assert (refused.status_code, refused.json and refused.json["code"]) == (503, "disk_full"), refused.text
    assert drawn is None or drawn.status_code == 201, "a database elsewhere goes on"
    assert ledger.read(key)["evidence"] == [], "no line of a file that is not there"
    assert not list((config.data / "evidence").iterdir()), "no half of it takes up room"
    assert ledger.add(key, photo(), "head0").status_code == 200


@contextmanager
def no_file_grows() -> Iterator[None]:
    """No file of this process takes a byte more, as on a full disk."""
    usual = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, usual[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, usual)


def test_a_file_is_there_whole_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_whole(tmp_path / "kept", b"whole")

    def full(_handle: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr("hall.files.os.fsync", full)
    with pytest.raises(OSError, match="space"):
        write_whole(tmp_path / "not", b"half")
    assert [path.name for path in tmp_path.iterdir()] == ["kept"], "nothing takes up room that is no file"


def test_trouble_is_over_some_seconds_after_the_last_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    present = 100.0
    monkeypatch.setattr("hall.stores.time.monotonic", lambda: present)
    stores, seen = Stores(), []
    stores.failed(ValueError("something else"))
    seen.append(stores.trouble)
    stores.failed(OSError(errno.ENOSPC, "full"))
    stores.worked(present + 1)  # one small write that fits does not mean that there is room
    seen.append(stores.trouble)
    present += LASTS_S + 1
    seen.append(stores.trouble)
    assert seen == [None, Trouble.FULL, None]


def test_Q9_one_lost_connection_sends_no_kiosk_away_once_anything_is_written(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("hall.stores.time.monotonic", lambda: 100.0)
    stores = Stores()
    stores.failed(PoolEmpty())
    stores.worked(99.0)  # began before, and says nothing of what came since
    assert stores.trouble is Trouble.AWAY
    stores.worked(101.0)
    assert stores.trouble is None


def test_trouble_that_comes_and_goes_is_said_once_every_few_seconds(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    present = 100.0
    monkeypatch.setattr("hall.stores.time.monotonic", lambda: present)
    stores = Stores()
    for _each in range(60):
        stores.failed(PoolEmpty())
        present += 0.1
        stores.worked(present)
    present += LASTS_S
    stores.worked(present)
    said = capsys.readouterr().out
    assert 1 <= said.count("store_trouble") <= 2, said
    assert said.count("store_trouble") == said.count("store_back"), said
