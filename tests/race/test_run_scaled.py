"""`make run-scaled`: everything starts, is mended, ends with its program, and keeps what it was told."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psutil
import psycopg
import pytest
import requests

from tests.postgres import ROOT
from tests.screens import Screen, until

if TYPE_CHECKING:
    from collections.abc import Iterator

BOARD = "site:xixian:board"


class Running:
    """One `python -m hall.scaled` with what it started."""

    def __init__(self, folder: Path, *words: str) -> None:
        self.folder = folder
        self.said = folder.with_name("said")
        with self.said.open("ab") as said:
            command = [sys.executable, "-m", "hall.scaled", "--folder", str(folder), *words]
            self.program = subprocess.Popen(
                ["setpriv", "--pdeathsig", "TERM", "--", *command], cwd=ROOT, stdout=said, stderr=said
            )
        self.all: list[psutil.Process] = []
        # Waiting for as long as the program itself waits for its parts
        for _ in range(4):
            try:
                until("everything runs", lambda: self.parts or self.program.poll() is not None)
                break
            except AssertionError:
                continue
        assert self.program.poll() is None and self.parts, self.said.read_text()
        self.all = psutil.Process(self.program.pid).children(recursive=True)

    @property
    def parts(self) -> dict[str, dict[str, int]]:
        """Names, pids and ports."""
        try:
            found: dict[str, dict[str, int]] = json.loads((self.folder / "running.json").read_text())
        except FileNotFoundError:
            return {}
        return found

    @property
    def url(self) -> str:
        """nginx."""
        return f"http://127.0.0.1:{self.parts['nginx']['port']}"

    def end(self, how: signal.Signals) -> None:
        """End the program; all that it started must go."""
        everything = self.all + psutil.Process(self.program.pid).children(recursive=True)
        self.program.send_signal(how)
        self.program.wait(timeout=60)
        _gone, left = psutil.wait_procs(everything, timeout=60)
        assert not left, f"still there after {how.name}: {left}"


@contextmanager
def running(folder: Path, *words: str) -> Iterator[Running]:
    hall = Running(folder, *words)
    try:
        yield hall
    finally:
        if hall.program.poll() is None:
            hall.end(signal.SIGTERM)


def tickets(hall: Running) -> int:
    state: dict[str, Any] = {}
    with Screen(hall.url, BOARD) as screen:
        state = screen.content(BOARD)
    return sum(state["waiting"].values())


def kiosk_of(hall: Running) -> dict[str, str]:
    """What a kiosk of its demo hall shows to be let in."""
    port = hall.parts["postgresql"]["port"]
    env = {"HALL_DATA": str(hall.folder / "hall"), "DATABASE_URL": f"postgresql://hall@127.0.0.1:{port}/hall"}
    command = [sys.executable, "-m", "flask", "--app", "wsgi", "hall", "demo", "--json"]
    told = subprocess.run(command, cwd=ROOT, env={**os.environ, **env}, capture_output=True, check=True)
    return {"Authorization": f"Bearer {json.loads(told.stdout)['kiosk']['token']}"}


def is_drawn(hall: Running, kiosk: dict[str, str], key: str) -> bool:
    """Press as a kiosk does, with the same key until there is an answer."""
    try:
        answer = requests.post(
            f"{hall.url}/api/v1/tickets",
            json={"line": "xixian-a"},
            headers={**kiosk, "Idempotency-Key": key},
            timeout=30,
        )
    except requests.RequestException:
        return False
    return answer.status_code == 201


def kill_and_draw(hall: Running, kiosk: dict[str, str], part: str) -> None:
    """The part alone is killed, without what it has started itself; then somebody draws."""
    killed = hall.parts[part]["pid"]
    psutil.Process(killed).kill()
    until(f"{part} is started again", lambda: hall.parts[part]["pid"] not in {0, killed})
    until(f"a number is drawn after {part} was killed", lambda: is_drawn(hall, kiosk, part))


@pytest.fixture
def folder() -> Iterator[Path]:
    """Where PostgreSQL, which does not run as root, gets through to its own."""
    with tempfile.TemporaryDirectory(prefix="hall-scaled-", dir="/tmp") as found:
        Path(found).chmod(0o711)
        yield Path(found) / "all"


def kill_all(hall: Running) -> None:
    """Every process of the hall at once, so that none answers for another."""
    parts = [psutil.Process(hall.parts[name]["pid"]) for name in ("hall-1", "hall-2")]
    family = [each for part in parts for each in (part, *part.children(recursive=True))]
    for process in family:
        process.suspend()
    for process in family:
        process.kill()


@pytest.mark.engines("postgresql")
def test_E2_no_part_writes_into_its_log_whose_ticket_it_was_or_what_somebody_typed(
    folder: Path, engine: str
) -> None:
    with running(folder, "--demo") as hall:
        kiosk = kiosk_of(hall)
        until("a number is drawn", lambda: is_drawn(hall, kiosk, "first"))
        answer = requests.post(
            f"{hall.url}/api/v1/tickets",
            json={"line": "xixian-a"},
            headers={**kiosk, "Idempotency-Key": "first"},
            timeout=30,
        )
        token = answer.json()["token"]
        assert requests.get(f"{hall.url}/t/{token}", timeout=30).status_code == 200
        kill_all(hall)
        gone = requests.get(f"{hall.url}/t/{token}", timeout=30)
        assert gone.status_code >= 500, "nginx found somebody: nothing is proven"
        database = f"postgresql://hall@127.0.0.1:{hall.parts['postgresql']['port']}/hall"
        refused = "INSERT INTO calendar_day (day, kind, name) VALUES (%s, %s, %s)"
        with psycopg.connect(database) as line, pytest.raises(psycopg.errors.CheckViolation):
            line.execute(refused, ["2030-01-01", "neither", "夏侯亲笔"])
        logs = {path: path.read_text("utf-8", "replace") for path in folder.rglob("*log") if path.is_file()}
        assert any("ck_calendar_day_kind" in text for text in logs.values()), "PostgreSQL's own is among them"
        told = [path.name for path, text in logs.items() if token in text or "夏侯" in text]
        assert not told, f"E2: {told}"


@pytest.mark.engines("postgresql")
def test_everything_runs_is_mended_and_ends_with_its_program(folder: Path, engine: str) -> None:
    with running(folder, "--demo") as hall:
        assert sorted(hall.parts) == ["hall-1", "hall-2", "nginx", "postgresql", "redis"]
        sent = requests.get(f"{hall.url}/static/css/base.css", timeout=30)
        assert (sent.status_code, sent.headers["Server"][:5]) == (200, "nginx"), (
            "nginx gives static files itself"
        )
        lines = [line for process in hall.all for line in process.net_connections("tcp")]
        heard_at = {line.laddr.ip for line in lines if line.status == psutil.CONN_LISTEN}
        assert heard_at == {"127.0.0.1"}, "Nobody else's machine is let in."
        said = hall.said.read_text()
        assert hall.url in said and "Password of all demo accounts" in said
        demo = hall.folder / "hall" / "demo-password.json"
        assert demo.stat().st_mode & 0o077 == 0, "passwords are its owner's alone"

        killed = hall.parts["hall-1"]["pid"]
        for process in [*psutil.Process(killed).children(), psutil.Process(killed)]:
            process.kill()
        until("the killed process is started again", lambda: hall.parts["hall-1"]["pid"] not in {0, killed})
        assert tickets(hall) == 0, "meanwhile and afterwards the hall answers"
        hall.end(signal.SIGTERM)
    with running(folder) as again:
        assert tickets(again) == 0, "the hall of before is in the folder"
        again.end(signal.SIGKILL)


@pytest.mark.engines("postgresql")
def test_Q1_whatever_part_is_killed_is_started_again_and_draws_go_on_without_a_gap(
    folder: Path, engine: str
) -> None:
    with running(folder, "--demo") as hall:
        kiosk, before = kiosk_of(hall), hall.parts
        for part in ("hall-2", "redis", "nginx", "postgresql"):
            kill_and_draw(hall, kiosk, part)
        until("all run", lambda: all(psutil.pid_exists(one["pid"]) for one in hall.parts.values()))
        others = [part for part in before if hall.parts[part] == before[part]]
        assert others == ["hall-1"], "what was not killed runs on"
        assert {part: one["port"] for part, one in hall.parts.items()} == {
            part: one["port"] for part, one in before.items()
        }
        assert tickets(hall) == 4, "Q1: after each of four kills one number was drawn, once"
        hall.end(signal.SIGTERM)
