"""A page that says that the database is away is drawn without asking it, and waiting for it, once more."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import event

from tests.applications import application

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from flask import Flask


@pytest.fixture
def away(tmp_path: Path) -> Iterator[Flask]:
    """A hall whose PostgreSQL is not there: nobody listens in that folder."""
    from config import Config  # noqa: PLC0415 - with the product

    address = f"postgresql://hall@/hall?host={tmp_path}"
    config = Config.from_env({"HALL_DATA": str(tmp_path / "data"), "DATABASE_URL": address, "DEMO": "0"})
    with application(replace(config, testing=True)) as made:
        yield made


@pytest.fixture
def tries(away: Flask) -> list[str]:
    """Who tried to connect, and how often."""
    from hall.database import db  # noqa: PLC0415 - with the product
    from hall.unit_of_work import units  # noqa: PLC0415

    made: list[str] = []
    with away.app_context():
        for name, engine in (("reading", db.engine), ("writing", units().engine)):

            def note(*_given: Any, name: str = name) -> None:
                made.append(name)

            event.listen(engine, "do_connect", note)
    return made


@pytest.mark.parametrize("path", ["/sign-in", "/console", "/readyz", "/"])
def test_the_page_of_a_database_that_is_away_asks_it_once(away: Flask, tries: list[str], path: str) -> None:
    said = away.test_client().get(path)
    assert said.status_code == 503 and "暂时无法办理" in said.text, said.text[:300]
    assert tries == ["reading"], f"{path}: each further try waits for seconds where the machine is lost"


def test_the_next_request_asks_again(away: Flask, tries: list[str]) -> None:
    client = away.test_client()
    assert [client.get("/readyz").status_code for _each in range(3)] == [503] * 3
    assert tries == ["reading"] * 3
