"""`flask hall move-database`: a hall's file goes to PostgreSQL after a day's work; what may go wrong on the way."""

from __future__ import annotations

import hashlib
import signal
import subprocess
import sys
import uuid
from dataclasses import replace
from typing import TYPE_CHECKING, Any, LiteralString

import psycopg
import pytest
import requests
from sqlalchemy import create_engine

from tests import postgres
from tests.intake_at_work import NUMBER
from tests.servers import LiveHall

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.conftest import StartHall
    from tests.servers import Halls

ITEM = "411528-SCJG-001"


def post(hall: LiveHall, token: str, path: str, body: dict[str, Any] | None = None) -> Any:
    headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": str(uuid.uuid4())}
    answer = requests.post(f"{hall.url}/api/v1{path}", json=body or {}, headers=headers, timeout=60)
    assert answer.status_code in {200, 201}, answer.text
    return answer.json()


def draw(hall: LiveHall) -> dict[str, Any]:
    drawn: dict[str, Any] = post(hall, hall.demo["kiosk"]["token"], "/tickets", {"line": "xixian-a"})
    return drawn


def a_day(hall: LiveHall) -> dict[str, Any]:
    """Numbers, calls, a case received and decided; the demo brings its Mondays. Answers the last ticket."""
    tokens = {row["user"]: row["token"] for row in hall.demo["staff"]}
    for _each in range(12):
        drawn = draw(hall)
    window = "/windows/xixian-01"
    post(hall, tokens["clerk01"], f"{window}/open")
    for _each in range(3):
        post(hall, tokens["clerk01"], f"{window}/call-next")
        post(hall, tokens["clerk01"], f"{window}/finish", {"outcome": "done"})
    form = post(hall, tokens["clerk01"], f"{window}/forms", {"item": ITEM})
    papers = [{"id": paper["id"], "state": "present"} for paper in form["papers"]]
    typed = {"name": "测试甲", "number": NUMBER, "papers": papers, "revision": form["revision"]}
    form = post(hall, tokens["clerk01"], f"/forms/{form['token']}/save", typed)
    made = post(hall, tokens["clerk01"], f"/forms/{form['token']}/receive", {"revision": form["revision"]})
    path = f"/cases/{made['cases'][0]['token']}"
    post(hall, tokens["review-scjg"], f"{path}/accept")
    post(hall, tokens["review-scjg"], f"{path}/decide", {"decision": "granted", "reasons": ""})
    return drawn


@pytest.fixture
def target(halls: Halls, request: pytest.FixtureRequest) -> Iterator[str]:
    """An empty database."""
    name = f"move_{halls.worker}_{abs(hash(request.node.name)) % 10**8}"
    yield postgres.create_database(halls.postgres(), name)
    postgres.drop_database(halls.postgres(), name)


def move(hall: LiveHall, *target: str, **settings: str) -> subprocess.CompletedProcess[str]:
    return hall.command("hall", "move-database", *target, **settings)


def file_of(hall: LiveHall) -> Path:
    return hall.prepared.data / "hall.sqlite3"


def mark(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_O3_a_hall_goes_on_where_it_was_after_the_move(
    start_hall: StartHall, target: str, postgres_home: Path
) -> None:
    hall = start_hall(engine="sqlite")
    last = a_day(hall)
    running = move(hall, target)
    assert running.returncode == 1
    assert "The server of this data folder is running. Stop it first." in running.stderr
    hall.stop(signal.SIGTERM)
    before = mark(file_of(hall))
    done = move(hall, target)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "tables moved, and each compared" in done.stdout
    assert mark(file_of(hall)) == before, "the file is only read"
    again = move(hall, MOVE_TO=target)
    assert again.returncode == 1
    assert "The target is not empty" in again.stderr and "Nothing was changed." in again.stderr, (
        "An address with a password can be given where not everybody on the machine sees it."
    )

    with psycopg.connect(target) as line:
        asleep = "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled <> 'O'"
        assert line.execute(asleep).fetchall() == [], "all triggers are awake again"
        with pytest.raises(psycopg.errors.CheckViolation, match="journal_stays"):
            line.execute("TRUNCATE journal CASCADE")

    moved = LiveHall(replace(hall.prepared, database_url=target), nursery=hall.nursery).start()
    try:
        found = requests.get(f"{moved.url}/api/v1/tickets/{last['token']}", timeout=30)
        assert found.status_code == 200, "tickets, keys and tokens are the same"
        assert draw(moved)["number"] == f"A{int(last['number'][1:]) + 1:03d}", (
            "Q1: numbers go on without a gap"
        )
        clerk = next(row for row in moved.demo["staff"] if row["user"] == "clerk01")
        post(moved, clerk["token"], "/windows/xixian-01/call-next")
        assert "sealed entries" in moved.flask("hall", "journal", "verify"), "O3: the journal is whole"
    finally:
        moved.stop(signal.SIGKILL)
    assert "Traceback" not in moved.log


def test_a_move_that_was_killed_begins_anew_and_is_whole(
    start_hall: StartHall, target: str, postgres_home: Path
) -> None:
    hall = start_hall(engine="sqlite")
    draw(hall)
    hall.stop(signal.SIGTERM)
    command = [sys.executable, "-u", "-m", "flask", "--app", "wsgi", "hall", "move-database", target]
    with subprocess.Popen(
        command, cwd=postgres.ROOT, env=hall.env, stdout=subprocess.PIPE, text=True
    ) as killed:
        assert killed.stdout is not None and killed.stdout.readline().startswith(
            "  "
        )  # the first table is over
        killed.kill()
    with psycopg.connect(target) as line:
        assert line.execute("SELECT to_regclass('unfinished_move')").fetchone() == ("unfinished_move",)
        assert line.execute("SELECT count(*) FROM staff").fetchone() == (0,), "all rows or none"
    done = move(hall, target)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "begins anew" in done.stdout
    with psycopg.connect(target) as line:
        assert line.execute("SELECT to_regclass('unfinished_move')").fetchone() == (None,)


def test_one_changed_value_is_found_by_the_comparison(
    start_hall: StartHall, target: str, postgres_home: Path
) -> None:
    import wsgi  # noqa: F401, PLC0415 - with all tables
    from hall.backup.compare import sums_of  # noqa: PLC0415
    from hall.database import Base  # noqa: PLC0415

    hall = start_hall(engine="sqlite")
    hall.stop(signal.SIGTERM)
    assert move(hall, target).returncode == 0
    engines = [create_engine(address) for address in (hall.prepared.database_url, target)]
    try:
        with engines[0].connect() as file, engines[1].connect() as moved:
            assert sums_of(file, Base.metadata) == sums_of(moved, Base.metadata)
        with psycopg.connect(target) as line:
            line.execute("UPDATE line SET sort = sort + 1 WHERE id = (SELECT min(id) FROM line)")
        with engines[0].connect() as file, engines[1].connect() as moved:
            ours, theirs = sums_of(file, Base.metadata), sums_of(moved, Base.metadata)
        assert [name for name in ours if ours[name] != theirs[name]] == ["line"]
        assert ours["line"].rows == theirs["line"].rows
    finally:
        for engine in engines:
            engine.dispose()


TAMPERED: dict[str, tuple[LiteralString, str]] = {
    "other values": (
        "UPDATE line SET sort = sort + 1 WHERE id = (SELECT min(id) FROM line)",
        r"Table line differs: (\d+) rows in the file, \1 in PostgreSQL, or other values",
    ),
    "a row missing": (
        "DELETE FROM window_line WHERE ctid = (SELECT min(ctid) FROM window_line)",
        r"Table window_line differs: \d+ rows in the file",
    ),
    "a row too many": (
        "INSERT INTO topic_version VALUES ('line:nobody', 1)",
        r"Table topic_version differs: \d+ rows in the file",
    ),
    "keys that are taken": (
        "SELECT setval(pg_get_serial_sequence('line', 'id'), 1)",
        r"Table line: PostgreSQL would give new rows keys that are taken",
    ),
    "a table that cannot be read": (
        "DROP TABLE topic_version",
        r"PostgreSQL cannot be read: ProgrammingError",
    ),
}


def test_whatever_differs_after_the_move_is_refused_and_the_next_move_begins_anew(
    start_hall: StartHall, target: str, postgres_home: Path
) -> None:
    import wsgi  # noqa: F401, PLC0415 - with all tables
    from hall.backup import moving  # noqa: PLC0415

    hall = start_hall()
    hall.stop(signal.SIGTERM)
    for what, (change, said) in TAMPERED.items():

        def tell(now: str, change: LiteralString = change) -> None:
            if now == "Comparing":  # all rows are there, and nobody has looked at them yet
                with psycopg.connect(target) as line:
                    line.execute(change)

        with moving.source_of(file_of(hall)) as source, pytest.raises(moving.MoveError, match=said):
            moving.move(source, target, hall.prepared.data, tell)
        with psycopg.connect(target) as line:
            unfinished = line.execute("SELECT to_regclass('unfinished_move')").fetchone()
        assert unfinished == ("unfinished_move",), f"{what}: the move counts as over"
    done = move(hall, target)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "begins anew" in done.stdout and "each compared" in done.stdout


def test_where_it_cannot_go_it_says_so_in_words(
    start_hall: StartHall, target: str, postgres_home: Path
) -> None:
    hall = start_hall(engine="sqlite")
    hall.stop(signal.SIGTERM)
    for address, said in (
        ("mysql://there", "Give an address such as postgresql://"),
        ("postgresql://hall@127.0.0.1:1/hall", "PostgreSQL does not let us in"),
    ):
        refused = move(hall, address)
        assert (refused.returncode, said in refused.stderr) == (1, True), refused.stderr
        assert "Traceback" not in refused.stderr
    with psycopg.connect(target) as line:
        line.execute("CREATE TABLE somebody_elses (id int)")
    refused = move(hall, target)
    assert "it holds 1 tables, somebody_elses among them" in refused.stderr
