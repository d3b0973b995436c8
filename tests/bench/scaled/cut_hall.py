"""The hall in which everything is cut: that of `make run-scaled`, but nobody mends it, and more of it can be cut.

Each process has a clock of its own that can be set, and gives PostgreSQL its name. The database's tables lie on a small
disk where this machine lets us mount one; PostgreSQL's log stays where it was.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import psycopg
from psycopg import sql

from hall import clock
from hall.scaled import programs
from hall.scaled.__main__ import Hall, Wish, environment, make_database
from tests import small_disk
from tests.postgres import ROOT
from tests.set_clocks import APP, SetClock

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from hall.scaled.programs import Program
    from tests.pressing import Pressing

ZONE = ZoneInfo("Asia/Shanghai")
MORNING_H = 10
"""At the beginning, and after each night: no clock that steps by an hour passes a date by that."""
DISK = "512m"


@dataclass(slots=True)
class CutHall(Hall):
    """Its programs, the clocks of its processes by their names, and the small disk where there is one."""

    clocks: dict[str, SetClock] = field(default_factory=dict)
    disk: Path | None = None

    def add(self, part: Program) -> Program:
        """Start one, with what there is to cut of it."""
        if part.name.startswith("hall-"):
            own = SetClock(self.wish.folder / f"{part.name}.clock")
            own.set(morning_after(datetime.now(UTC)) - datetime.now(UTC))
            self.clocks[part.name] = own
            part.command.append(APP)
            part.env = {**(part.env or {}), **own.env, "PGAPPNAME": part.name}
        started = Hall.add(self, part)
        if part.name == "postgresql" and self.disk is not None:
            make_database(part.port)
            self._move_to(self.disk, part.port)
        return started

    def _move_to(self, disk: Path, port: int) -> None:
        """The hall's tables, which are yet to be made."""
        folder, who = disk / "tables", programs.account()
        folder.mkdir(mode=0o700)
        if who:
            os.chown(folder, who["user"], who["group"])
        place = sql.SQL("CREATE TABLESPACE small LOCATION {}").format(sql.Literal(str(folder)))
        address = f"postgresql://{programs.OWNER}@127.0.0.1:{port}/postgres"
        with psycopg.connect(address, autocommit=True) as line:
            line.execute(place)
            line.execute("ALTER DATABASE hall SET TABLESPACE small")

    def part(self, name: str) -> Program:
        """One of its programs."""
        return next(each for each in self.parts if each.name == name)

    @property
    def processes(self) -> list[Program]:
        """Those of the application."""
        return [each for each in self.parts if each.name in self.clocks]

    @property
    def url(self) -> str:
        """Where nginx answers."""
        return f"http://127.0.0.1:{self.part('nginx').port}"

    @property
    def database(self) -> str:
        """The address of the hall's database."""
        return f"postgresql://{programs.OWNER}@127.0.0.1:{self.part('postgresql').port}/hall"

    @property
    def now(self) -> datetime:
        """What its clocks say when none of them is wrong."""
        return datetime.now(UTC) + next(iter(self.clocks.values())).ahead

    def set_clocks(self, now: datetime) -> None:
        """All of them, at once."""
        ahead = now - datetime.now(UTC)
        for each in self.clocks.values():
            each.set(ahead)


@dataclass(slots=True)
class Scene:
    """A hall while people press in it; `demo` says who they are."""

    hall: CutHall
    demo: dict[str, Any]
    pressing: Pressing
    since: float | None = None
    """From when on truth is waited for, where that is before the end of the cut."""


def morning_after(at: datetime) -> datetime:
    """The next instant at which people are at work."""
    morning = at.astimezone(ZONE).replace(hour=MORNING_H, minute=0, second=0, microsecond=0)
    return morning if morning > at else morning + timedelta(days=1)


def turn_after(at: datetime) -> datetime:
    """When the business date of this instant is over (Q1)."""
    _first, end = clock.day_bounds(ZONE, clock.business_date(ZONE, at))
    return end


@contextmanager
def _small_disk(folder: Path) -> Iterator[Path | None]:
    """None where mounting is forbidden."""
    folder.mkdir()
    if not small_disk.mount(folder, DISK):
        yield None
        return
    folder.chmod(0o711)
    try:
        yield folder
    finally:
        small_disk.unmount(folder)


@contextmanager
def cut_hall(folder: Path, processes: int) -> Iterator[tuple[CutHall, dict[str, Any]]]:
    """The hall with its demo, and what drivers need to know of it."""
    folder.chmod(0o711)  # whoever runs PostgreSQL must come through
    wish = Wish(folder / "hall", processes, 0, demo=True)
    wish.folder.mkdir(mode=0o711)
    with _small_disk(folder / "disk") as disk:
        hall = CutHall(wish, disk=disk)
        try:
            hall.begin()
            ports = [hall.part(name).port for name in ("nginx", "postgresql", "redis")]
            command = [sys.executable, "-m", "flask", "--app", "wsgi", "hall", "demo", "--json"]
            done = subprocess.run(
                command, cwd=ROOT, env=environment(wish, *ports), capture_output=True, text=True, check=True
            )
            yield hall, json.loads(done.stdout)
        finally:
            for each in reversed(hall.parts):
                each.stop()
