"""A machine is lost: it answers and refuses nothing. Nobody waits for it for ever, and all goes on by itself."""

from __future__ import annotations

import os
import random
import socket
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
import requests
from sqlalchemy import create_engine, event
from sqlalchemy.exc import OperationalError

from hall.schema.alone import one_at_a_time
from tests import postgres
from tests.relay import Relay, find, lose
from tests.screens import until
from tests.servers import LiveHall

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sqlalchemy import Engine

    from tests.servers import Halls, Prepared

LONG_S = 240
"""Nothing of ours: a request that nothing ends waits four times as long for the system."""
SET = {
    socket.SO_KEEPALIVE: (socket.SOL_SOCKET, 1),
    socket.TCP_KEEPIDLE: (socket.IPPROTO_TCP, 5),
    socket.TCP_KEEPINTVL: (socket.IPPROTO_TCP, 2),
    socket.TCP_KEEPCNT: (socket.IPPROTO_TCP, 3),
    socket.TCP_USER_TIMEOUT: (socket.IPPROTO_TCP, 10_000),
}


@pytest.fixture
def prepared(halls: Halls, tmp_path: Path) -> Iterator[Prepared]:
    hall = halls.lay_out("demo", "postgresql", tmp_path / "data")
    yield hall
    halls.clear(hall)


@pytest.fixture
def relay(postgres_home: Path) -> Iterator[Relay]:
    """The line to the run's PostgreSQL, which listens on a socket of its folder."""
    with Relay(postgres_home / ".s.PGSQL.5432") as made:
        yield made


def over(relay: Relay, hall: Prepared) -> Prepared:
    """The same hall, its database over TCP."""
    return replace(hall, database_url=f"postgresql://hall@127.0.0.1:{relay.port}/{hall.database}")


@contextmanager
def served(hall: Prepared) -> Iterator[LiveHall]:
    live = LiveHall(hall)
    try:
        yield live.start()
    finally:
        live.stop()


def draw(live: LiveHall, key: str) -> requests.Response:
    return requests.post(
        f"{live.url}/api/v1/tickets",
        json={"line": "xixian-a"},
        headers={"Authorization": f"Bearer {live.demo['kiosk']['token']}", "Idempotency-Key": key},
        timeout=LONG_S,
    )


def set_for(engine: Engine) -> dict[int, int]:
    """What the system says of the socket of one of its connections."""
    with engine.connect() as connection:
        driver: Any = connection.connection.driver_connection
        assert driver.info.get_parameters()["connect_timeout"] == "3"
        with socket.socket(fileno=os.dup(driver.fileno())) as line:
            return {name: line.getsockopt(level, name) for name, (level, _wanted) in SET.items()}


def test_connections_to_postgres_end_by_themselves_when_its_machine_is_lost(
    relay: Relay, prepared: Prepared
) -> None:
    from hall.database import db  # noqa: PLC0415 - with the product
    from hall.unit_of_work import units  # noqa: PLC0415
    from tests.applications import beside  # noqa: PLC0415

    wanted = {name: value for name, (_level, value) in SET.items()}
    with beside(LiveHall(over(relay, prepared), port=8000)) as app, app.app_context():
        assert set_for(db.engine) == wanted, "the reading side's connections"
        assert set_for(units().engine) == wanted, "the writing side's connections"


def test_what_the_address_of_the_database_says_itself_stands() -> None:
    from hall.database import make_writer, reader_options  # noqa: PLC0415

    address = "postgresql://hall@nowhere/hall?connect_timeout=7"
    assert "connect_timeout" not in reader_options(address)["connect_args"]
    assert reader_options(address)["connect_args"]["tcp_user_timeout"] == 10_000
    engine = make_writer(address)
    said = engine.dialect.create_connect_args(engine.url)[1]
    assert said["connect_timeout"] == "7"
    engine.dispose()


def test_Q1_Q2_a_machine_that_is_lost_is_said_and_presses_go_on_when_it_is_back(
    relay: Relay, prepared: Prepared
) -> None:
    with served(over(relay, prepared)) as live:
        assert draw(live, "before").json()["number"] == "A001"
        relay.lose()
        for key in ("first", "second"):  # over a connection that stood, over one that nobody lets in
            said = draw(live, key)
            assert (said.status_code, said.json()["code"]) == (503, "database_away"), said.text
            assert int(said.headers["Retry-After"]) > 0
        page = requests.get(f"{live.url}/console", timeout=LONG_S)
        assert page.status_code == 503 and "暂时无法办理" in page.text, page.text[:300]
        assert requests.get(f"{live.url}/healthz", timeout=LONG_S).status_code == 200
        relay.find()
        until("Q1: it goes on by itself", lambda: draw(live, "first").status_code == 201, LONG_S)
        numbers = [draw(live, key).json()["number"] for key in ("first", "second", "first", "third")]
        assert numbers == ["A002", "A003", "A002", "A004"], "Q1, Q2: each press once, and no number left out"
        assert '"fault"' not in live.log, f"a lost machine is no fault of ours:\n{live.log[-3000:]}"


@pytest.fixture
def by_tcp() -> Iterator[postgres.OwnPostgres]:
    """A PostgreSQL that listens on an address of the loopback that nobody else has."""
    own = postgres.OwnPostgres.start(listens=f"127.{random.randint(1, 254)}.{random.randint(0, 255)}.7")
    yield own
    own.end()


def test_the_schemas_lock_comes_free_when_the_machine_of_its_holder_is_lost(
    by_tcp: postgres.OwnPostgres,
) -> None:
    far = create_engine(f"postgresql://hall@{by_tcp.listens}/postgres")
    near = create_engine(postgres.url(by_tcp.home, "postgres"))
    lines: list[socket.socket] = []

    def keep(driver: Any, *_rest: Any) -> None:
        lines.append(socket.socket(fileno=os.dup(driver.fileno())))

    event.listen(far, "connect", keep)
    with pytest.raises(OperationalError, match="connection"), one_at_a_time(far):  # noqa: PT012 - so it ends
        lose(lines[0])
        try:
            with one_at_a_time(near):
                pass
        finally:
            find(lines[0])
    for line in lines:
        line.close()
    far.dispose()
    near.dispose()
