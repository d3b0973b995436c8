"""Fixtures of all tests: fresh halls on both databases, the application in the process, and served for real.

`database_url` (and what builds on it: `app`, `client`) gives each test a migrated database of its own, once on SQLite
and once on PostgreSQL. Ask for `demo` as well, and the same database holds the demo hall. `live_server` is a demo
hall under gunicorn for one test, `shared_hall` one for a module's tests, `start_hall` makes as many as a test needs.
Every test runs on SQLite, unless it is about PostgreSQL; those that look at what is stored run on both, and of the
browser's those of pages that change by themselves (`LIVE` in `tests.engines`). A hall on SQLite is one process. On
PostgreSQL it is two, with Redis between them, in these places: `tests/browser`, two servers behind nginx
(`tests.behind_nginx`); `tests/api`, where every second request of `client` goes to a second process (`tests.sibling`),
but for a test that looks into the memory of its own process and says so, `@pytest.mark.one_process(why)`; races that
ask for `start_scaled` or `scaled_hall` (`tests.scaled`); and one of the queue's state machines. Everywhere else it is
one: `tests/pages` (SQLite alone), races with `live_server` or `start_hall`, the rest of `tests/property`. The table is
in docs/scaling.md. With `--scaled` (`make test-scaled`) every test that has a database, but those marked
`engines("sqlite")`, runs on PostgreSQL alone, and two processes are the rule in all folders: behind nginx where it is
served, with a sibling where it is called in the test's process.
"""

from __future__ import annotations

import gc
import os
import shutil
import tempfile
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Protocol

import pytest
from hypothesis import HealthCheck, settings

from tests import applications, postgres
from tests.behind_nginx import serving
from tests.engines import ENGINES, engines_of, left_out, of_two_processes, scaled, served_by_two, told_of
from tests.nursery import Nurseries
from tests.redis_server import RedisServer
from tests.scaled import ScaledHall, StartScaled, scaling
from tests.servers import Engine, Halls, Kind, LiveHall, Prepared
from tests.store import Store
from tests.what_broke import pytest_runtest_makereport  # noqa: F401 - a hook

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager

    from flask import Flask
    from flask.testing import FlaskClient

    from config import Config

MEMORY = Path("/dev/shm")  # noqa: S108 - made for this; everything in it carries names of its own
ROOM = 4 << 30
YOUNG = 5_000  # objects made between two collections; Python's own figure, 700, is for small programs
RUN, OWNER = pytest.StashKey[Path](), pytest.StashKey[int]()

# No deadlines: no test of ours asserts a time. In CI the same examples for everybody.
settings.register_profile(
    "house",
    deadline=None,
    derandomize=bool(os.environ.get("CI")),
    print_blob=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
settings.load_profile("house")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--engine",
        choices=("both", *ENGINES),
        default="both",
        help="which databases to run on (make test-fast: sqlite alone)",
    )
    told = "every test that has a database on PostgreSQL, its hall two processes (make test-scaled)"
    parser.addoption("--scaled", action="store_true", help=told)


def pytest_configure(config: pytest.Config) -> None:
    given: dict[str, Any] | None = getattr(config, "workerinput", None)
    if not given and _room_in_memory():
        os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(MEMORY))
    scratch = os.environ.get("PYTEST_DEBUG_TEMPROOT")
    config.stash[RUN] = Path(
        given["hall_run"] if given else tempfile.mkdtemp(prefix="hall-tests-", dir=scratch)
    )
    config.stash[OWNER] = given["hall_owner"] if given else os.getpid()


def _room_in_memory() -> bool:
    """Two thousand databases are made and dropped a run: in memory where there is room, else on the disk."""
    try:
        return shutil.disk_usage(MEMORY).free > ROOM and os.access(MEMORY, os.W_OK)
    except OSError:
        return False


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Workers of one run share templates and the PostgreSQL server."""
    node.workerinput["hall_run"] = str(node.config.stash[RUN])
    node.workerinput["hall_owner"] = node.config.stash[OWNER]


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Hand out browser tests by module, for they share a Chromium and often a server; all others one by one."""
    from tests.scheduling import ByModule  # noqa: PLC0415 - pytest runs without xdist, too

    return ByModule(config, log)


def pytest_unconfigure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput") and RUN in config.stash:
        postgres.stop_server(config.stash[RUN])
        shutil.rmtree(config.stash[RUN], ignore_errors=True)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run a test that touches the database on each engine."""
    if "engine" not in metafunc.fixturenames:
        return
    scope: Literal["module", "function"] = "module" if "shared_hall" in metafunc.fixturenames else "function"
    metafunc.parametrize("engine", engines_of(metafunc), scope=scope)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """With `--engine` or `--scaled` one database was asked for: leave out the other's tests, and count them as such."""
    out = {item for item in items if left_out(item)}
    config.hook.pytest_deselected(items=list(out))
    items[:] = [item for item in items if item not in out]
    items.sort(key=lambda item: item.path.parent.name != "browser")  # Chromium begins once


def pytest_report_collectionfinish(config: pytest.Config, items: list[pytest.Item]) -> list[str]:
    """With `--scaled`: what of it stays at one process (`make test-scaled ARGS=--collect-only` says it at once)."""
    return told_of(items) if scaled(config) else []


def pytest_collection_finish() -> None:
    """What is loaded now stays: collections of garbage pass over what tests leave, not over all modules each time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG, 10, 10)


@pytest.fixture(scope="session")
def halls(request: pytest.FixtureRequest) -> Halls:
    """The run's prepared halls."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    store = Store.at(request.config.cache.mkdir("halls"))
    return Halls(request.config.stash[RUN], request.config.stash[OWNER], worker, store)


@pytest.fixture(scope="session")
def postgres_home(halls: Halls) -> Path:
    """The folder (socket) of the run's private PostgreSQL; see `tests.postgres`."""
    return halls.postgres()


@pytest.fixture
def postgres_url(halls: Halls, tmp_path: Path) -> Iterator[str]:
    """A fresh, migrated, empty database on the private PostgreSQL."""
    hall = halls.lay_out("bare", "postgresql", tmp_path / "postgres-data")
    yield hall.database_url
    halls.clear(hall)


@pytest.fixture
def prepared(
    request: pytest.FixtureRequest, engine: Engine, halls: Halls, tmp_path: Path
) -> Iterator[Prepared]:
    """A fresh hall on `engine`; the demo hall where the test asks for `demo`, else empty."""
    kind: Kind = "demo" if "demo" in request.fixturenames else "bare"
    hall = halls.lay_out(kind, engine, tmp_path / "data")
    yield hall
    halls.clear(hall)


@pytest.fixture
def database_url(prepared: Prepared) -> str:
    """A fresh migrated database, on SQLite and on PostgreSQL."""
    return prepared.database_url


@pytest.fixture
def demo(prepared: Prepared) -> dict[str, Any]:
    """The demo hall is loaded: tokens, accounts, lines and windows, as `flask hall demo --json` prints them."""
    return prepared.demo


@pytest.fixture(scope="session")
def redis(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisServer]:
    """The Redis of one worker: for one test at a time, emptied between them."""
    server = RedisServer(tmp_path_factory.mktemp("redis")).start()
    yield server
    server.stop()


@pytest.fixture
def config(request: pytest.FixtureRequest, prepared: Prepared) -> Config:
    """The settings of the test's application."""
    from dataclasses import replace  # noqa: PLC0415 - with the product, which many tests never load

    from config import Config  # noqa: PLC0415

    env = {"HALL_DATA": str(prepared.data), "DATABASE_URL": prepared.database_url}
    if prepared.database and of_two_processes(request.node):
        server: RedisServer = request.getfixturevalue("redis")
        server.forget()
        env["REDIS_URL"] = server.url
    return replace(Config.from_env({**env, "DEMO": "1" if prepared.demo else "0"}), testing=True)


@pytest.fixture
def app(config: Config) -> Iterator[Flask]:
    """The application in this process, on a fresh database; where it has a Redis, every second request is another's."""
    from tests.sibling import paired  # noqa: PLC0415 - with the product

    with applications.application(config) as made, paired(made) if config.redis_url else nullcontext():
        yield made


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A caller without browser."""
    return app.test_client()


@pytest.fixture
def working_hours(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is ten in the morning in this process, whatever the hour, and the clock runs; ask for it before a hall."""
    from tests.daytime import begin_at  # noqa: PLC0415 - with the product

    begin_at(monkeypatch)


class StartHall(Protocol):
    """`start_hall(kind="demo", **settings)`: settings are environment variables; the engine is the test's."""

    def __call__(self, kind: Kind = "demo", engine: Engine | None = None, **settings: str) -> LiveHall: ...


@pytest.fixture(scope="session")
def nursery() -> Iterator[Nurseries | None]:
    """Servers and commands start at once; a module that is about starting says that it has `None`."""
    opened = Nurseries()
    yield opened
    opened.close()


@pytest.fixture
def start_hall(
    request: pytest.FixtureRequest, halls: Halls, tmp_path: Path, nursery: Nurseries | None, engine: Engine
) -> Iterator[StartHall]:
    """Serve halls for real; all end with the test, and none may have logged an error it did not handle."""
    with serving(halls, tmp_path, nursery, engine, two=served_by_two(request.node)) as start:
        yield start


@pytest.fixture
def live_server(start_hall: StartHall) -> LiveHall:
    """A demo hall of the test's own, served by gunicorn."""
    return start_hall()


@pytest.fixture(scope="module")
def shared_hall(
    request: pytest.FixtureRequest,
    halls: Halls,
    tmp_path_factory: pytest.TempPathFactory,
    nursery: Nurseries | None,
    engine: Engine,
) -> Iterator[LiveHall]:
    """One demo hall for all tests of a module: for those that only look, or bring lines of their own."""
    home = tmp_path_factory.mktemp("shared")
    with serving(halls, home, nursery, engine, two=served_by_two(request.node)) as start:
        yield start()


@pytest.fixture
def start_scaled(halls: Halls, tmp_path: Path, nursery: Nurseries | None) -> Iterator[StartScaled]:
    """Serve halls of several processes with PostgreSQL and Redis; see `tests.scaled`."""
    with scaling(halls, tmp_path, nursery) as start:
        yield start


@pytest.fixture(scope="module")
def scaled_hall(
    halls: Halls, tmp_path_factory: pytest.TempPathFactory, nursery: Nurseries | None
) -> Iterator[ScaledHall]:
    """One demo hall of two processes for all tests of a module: PostgreSQL, Redis, no nginx."""
    with scaling(halls, tmp_path_factory.mktemp("scaled"), nursery) as start:
        yield start()


@pytest.fixture
def queries() -> Callable[[], AbstractContextManager[list[str]]]:
    """`with queries() as said:` — the SQL statements of all engines meanwhile; see `tests.heard`."""
    from tests.heard import statements_heard  # noqa: PLC0415 - with the product

    return statements_heard
