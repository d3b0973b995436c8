"""A program that lets the disk fail at write points of a draw, a call and a finish, one after the other.

It loads the application once and forks for each point: one process draws, calls, finishes and tidies up on a fresh
copy of the hall, on a disk that fails at that point (`tests.faulty_disk`); another one opens what is left, repeats
every press under its key, and looks whether the rules still hold. It says one JSON line a point.
"""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import sys
import traceback
from contextlib import closing, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.faulty_disk import Disk, Fault
from tests.truth import Truth

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from flask import Flask
    from werkzeug.test import TestResponse

LINE = "xixian-a"
AWAY, FULL = 503, "disk_full"


@dataclass(frozen=True, slots=True)
class Press:
    """A press of the day: who, where, with which key, and what has to come of it."""

    key: str
    token: str
    path: str
    body: dict[str, Any]
    status: int


@dataclass(slots=True)
class Hall:
    """The application in this process, and where its database lies."""

    app: Flask
    database: Path
    presses: tuple[Press, ...]

    def press(self, press: Press) -> TestResponse:
        """As a kiosk or a window would."""
        headers = {"Authorization": f"Bearer {press.token}", "Idempotency-Key": press.key}
        return self.app.test_client().post(f"/api/v1/{press.path}", json=press.body, headers=headers)

    def publish(self) -> None:
        """What the publisher writes after a commit: versions, which need no flush."""
        with self.app.app_context():
            try:
                self.app.extensions["hall_publisher"].publish()
            except Exception:  # noqa: BLE001 - a full disk: as its greenlet, which tries again
                return

    def tidy(self) -> None:
        """SQLite moves its log into the database from time to time; here now."""
        with closing(sqlite3.connect(self.database)) as beside, suppress(sqlite3.OperationalError):
            beside.execute(
                "PRAGMA wal_checkpoint(TRUNCATE)"
            )  # which a full disk refuses, until the next time

    def day(self, heard: Callable[[Press, TestResponse], None]) -> None:
        """The whole script: each press with its publication, then the log is moved."""
        for press in self.presses:
            heard(press, self.press(press))
            self.publish()
        self.tidy()

    def let_go(self) -> None:
        """No connection is carried into another process."""
        from hall.database import db  # noqa: PLC0415 - loaded by then

        self.app.extensions["hall_units"].engine.dispose()
        with self.app.app_context():
            db.engine.dispose()


def prepare(data: Path, address: str, demo: dict[str, Any]) -> Hall:
    """Load the application, open a window, let two people wait, and keep a copy of that."""
    from config import Config  # noqa: PLC0415 - with the product
    from wsgi import create_app  # noqa: PLC0415

    config = Config.from_env({"HALL_DATA": str(data), "DATABASE_URL": address, "DEMO": "1"})
    app = create_app(replace(config, testing=True))
    kiosk, clerk = demo["kiosk"]["token"], next(row for row in demo["staff"] if row["window"])
    window = f"windows/{clerk['window']}"
    draw: tuple[str, dict[str, str], int] = ("tickets", {"line": LINE}, 201)
    call: tuple[str, dict[str, str], int] = (f"{window}/call-next", {}, 200)
    finish = (f"{window}/finish", {"outcome": "done"}, 200)
    hall = Hall(app, data / "hall.sqlite3", ())
    opening = Press("open", clerk["token"], f"{window}/open", {}, 200)
    assert hall.press(opening).status_code == 200
    for step, (path, body, status) in enumerate((draw, draw, draw, call, finish)):
        token = kiosk if path == "tickets" else clerk["token"]
        said = hall.press(Press(f"before-{step}", token, path, body, status))
        assert said.status_code == status, said.text
    hall.presses = (
        Press("draw", kiosk, *draw),
        Press("call", clerk["token"], *call),
        Press("finish", clerk["token"], *finish),
    )
    hall.publish()
    for _problem in Truth.read(address).problems():  # loaded and compiled for all lives
        continue
    hall.let_go()
    hall.tidy()
    shutil.copyfile(hall.database, data / "copy")
    return hall


def fresh(hall: Hall) -> None:
    """The hall as it was prepared."""
    for end in ("-wal", "-shm"):
        hall.database.with_name(hall.database.name + end).unlink(missing_ok=True)
    shutil.copyfile(hall.database.with_name("copy"), hall.database)


def elsewhere(work: Callable[[Callable[[Any], None]], None]) -> list[Any]:
    """Run it in a process of its own, which may be killed; answers what it told until then."""
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        os.close(reading)
        try:
            work(lambda said: _tell(writing, said))
        except BaseException:  # noqa: BLE001 - told, and nothing else of the parent's runs here
            _tell(writing, {"problem": traceback.format_exc()})
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading, encoding="utf-8") as told:
        lines = told.read().splitlines()
    os.waitpid(child, 0)
    return [json.loads(line) for line in lines]


def _tell(where: int, said: object) -> None:
    os.write(where, json.dumps(said).encode() + b"\n")


def live(hall: Hall, disk: Disk, fault: Fault, at: int) -> list[Any]:
    """One life on the failing disk: what was answered, and at the end the write points."""

    def work(tell: Callable[[Any], None]) -> None:
        disk.fault, disk.at, disk.points = fault, at, 0
        disk.said.clear()

        def heard(press: Press, said: TestResponse) -> None:
            if said.status_code == AWAY and fault is Fault.FULL and json.loads(said.text)["code"] == FULL:
                disk.room, disk.fault = True, Fault.NONE
                said = hall.press(press)
                tell({"refused": press.key})
            if said.status_code != press.status:
                tell({"problem": f"{press.key}: {said.status_code} {said.text}"})
            tell({"answered": press.key, "body": said.text})

        hall.day(heard)
        flushes = hall.app.extensions["hall_units"].run(
            lambda session: session.connection().exec_driver_sql("PRAGMA synchronous").scalar()
        )
        if flushes != 2:
            tell({"problem": "a printed ticket would not survive a power cut: the writer no longer flushes"})
        tell({"points": list(disk.said)})

    return elsewhere(work)


def look(hall: Hall, disk: Disk, answered: dict[str, str]) -> list[str]:
    """What is wrong with what is left: repeated presses, one more person, and the rules."""

    def work(tell: Callable[[Any], None]) -> None:
        disk.fault = Fault.NONE
        for press in hall.presses:
            said = hall.press(press)
            if said.status_code != press.status:
                tell(f"Q2: {press.key} repeated: {said.status_code} {said.text}")
            elif press.key in answered and said.text != answered[press.key]:
                tell(f"Q2: {press.key} was answered {answered[press.key]}, repeated {said.text}")
        number = json.loads(hall.press(replace(hall.presses[0], key="one more")).text)["number"]
        if number != "A005":
            tell(f"Q1: the next number is A005, not {number}")
        with hall.app.app_context():
            for problem in Truth.read(f"sqlite:///{hall.database}").problems():
                tell(problem)

    return [line if isinstance(line, str) else line["problem"] for line in elsewhere(work)]


def points_of(fault: Fault, points: list[str]) -> Iterator[int]:
    """Where it makes a difference: at each flush what was written before it counts, between them every few will do."""
    every = {Fault.TORN: 1, Fault.POWER: 5}.get(fault, 3)
    for at, point in enumerate(points, start=1):
        if at % every == 0 or not point.startswith("write"):
            yield at


def main() -> None:
    """Ask for nothing, say a line a point."""
    asked, reports = json.loads(sys.stdin.read()), os.dup(1)
    os.dup2(2, 1)  # the product logs there
    disk = Disk()
    disk.put_in()
    hall = prepare(Path(asked["data"]), asked["database_url"], asked["demo"])
    fresh(hall)
    points = live(hall, disk, Fault.NONE, 0)[-1]["points"]
    for fault in map(Fault, asked["faults"]):
        for at in points_of(fault, points):
            fresh(hall)
            told = live(hall, disk, fault, at)
            answered = {line["answered"]: line["body"] for line in told if "answered" in line}
            problems = [line["problem"] for line in told if "problem" in line] + look(hall, disk, answered)
            report = {"fault": fault, "at": at, "point": points[at - 1], "problems": problems}
            report |= {"answered": len(answered), "refused": sum("refused" in line for line in told)}
            _tell(reports, report)
    os._exit(0)  # the disk is Python, and SQLite would still ask it


if __name__ == "__main__":
    main()
