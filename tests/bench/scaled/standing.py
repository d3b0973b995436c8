"""A whole hall as `make run-scaled` starts it, for benchmarks: where it answers, and what each part of it takes."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import psutil

from hall.scaled.__main__ import Wish, environment
from tests.bench.scaled import staging
from tests.postgres import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from hall.replay.plan import DayPlan
    from hall.replay.stage import Stage

START_WITHIN_S = 180
APPLICATION, DATABASE, REDIS, NGINX, DRIVER = "application", "PostgreSQL", "Redis", "nginx", "load"
PARTS = {"postgresql": DATABASE, "redis": REDIS, "nginx": NGINX}
MEGABYTE = 2**20


@dataclass(slots=True)
class Standing:
    """So many processes of the application, PostgreSQL, Redis and nginx; `more` is added to their environment."""

    processes: int
    more: Mapping[str, str]
    folder: Path = Path()
    program: psutil.Popen | None = None

    def __enter__(self) -> Self:
        self.folder = Path(
            tempfile.mkdtemp(prefix="hall-standing-")
        )  # no folder above may be closed to PostgreSQL
        try:
            self._start()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_problem: object) -> None:
        if self.program is not None and self.program.poll() is None:
            self.program.send_signal(signal.SIGTERM)
            self.program.wait(timeout=120)
        shutil.rmtree(self.folder, ignore_errors=True)

    def _start(self) -> None:
        words = ["--folder", str(self.folder), "--processes", str(self.processes)]
        with (self.folder / "run.log").open("wb") as log:
            self.program = psutil.Popen(
                ["setpriv", "--pdeathsig", "TERM", "--", sys.executable, "-m", "hall.scaled", *words],
                cwd=ROOT,
                env={**os.environ, **self.more},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        deadline = time.monotonic() + START_WITHIN_S
        while not (self.folder / "running.json").exists():
            assert self.program.poll() is None and time.monotonic() < deadline, self.log
            time.sleep(0.1)

    @property
    def running(self) -> dict[str, dict[str, int]]:
        """Pid and port of each part."""
        found: dict[str, dict[str, int]] = json.loads((self.folder / "running.json").read_text("utf-8"))
        return found

    @property
    def url(self) -> str:
        """Where nginx answers."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def port(self) -> int:
        """Of nginx."""
        return self.running["nginx"]["port"]

    @property
    def env(self) -> dict[str, str]:
        """The environment of programs that work on this hall."""
        running, wish = self.running, Wish(self.folder, self.processes, self.port, demo=False)
        of_hall = environment(wish, self.port, running["postgresql"]["port"], running["redis"]["port"])
        return {**of_hall, **self.more}

    @property
    def log(self) -> str:
        """What all parts wrote so far."""
        files = (self.folder / "run.log", *sorted(self.folder.glob("hall-*.log")))
        return "".join(file.read_text("utf-8", errors="replace") for file in files if file.exists())

    def stage(self, plans: Sequence[DayPlan]) -> list[Stage]:
        """Set up offices as sites of this hall."""
        return staging.staged(self.env, plans)

    def seconds(self) -> dict[str, float]:
        """The processor's time that each part has used so far, and the load with all that it started."""
        used = dict.fromkeys((APPLICATION, DATABASE, REDIS, NGINX, DRIVER), 0.0)
        for name, part in self.running.items():
            used[PARTS.get(name, APPLICATION)] += _seconds(psutil.Process(part["pid"]))
        hall = {self.program.pid} if self.program else set()
        us = psutil.Process()
        used[DRIVER] = _own(us) + sum(_own(one) for one in us.children() if one.pid not in hall)
        return used

    def memory(self) -> dict[str, float]:
        """Megabytes of each part: what is shared counts in part (PSS); of PostgreSQL without its shared buffers."""
        found = {}
        for name, part in self.running.items():
            kind = "Pss_Anon" if name == "postgresql" else "Pss"
            found[name] = sum(_megabytes(one.pid, kind) for one in _family(psutil.Process(part["pid"])))
        return found

    def look(self, most: dict[str, float]) -> None:
        """Remember of each part the most that it had so far."""
        for part, megabytes in self.memory().items():
            most[part] = max(most.get(part, 0.0), megabytes)

    @contextmanager
    def most_memory(self, every_s: float) -> Iterator[dict[str, float]]:
        """Meanwhile look at the memory of all parts so often; the most that each of them had at once."""
        most: dict[str, float] = {}
        over = threading.Event()

        def looks() -> None:
            while not over.wait(every_s):
                self.look(most)

        looking = threading.Thread(target=looks)
        looking.start()
        try:
            yield most
        finally:
            over.set()
            looking.join()

    def backends(self) -> int:
        """How many processes serve PostgreSQL's connections at present."""
        served = _family(psutil.Process(self.running["postgresql"]["pid"]))
        return sum(
            "127.0.0.1(" in " ".join(one.cmdline()) or "[local]" in " ".join(one.cmdline()) for one in served
        )


def _family(first: psutil.Process) -> list[psutil.Process]:
    return [first, *first.children(recursive=True)]


def _own(one: psutil.Process) -> float:
    try:
        times = one.cpu_times()
    except psutil.NoSuchProcess:  # ended at this moment; its parent's count has it
        return 0.0
    return float(times.user + times.system)


def _seconds(first: psutil.Process) -> float:
    """Of a part with its children, also those that are gone."""
    gone: Any = first.cpu_times()
    return sum(_own(one) for one in _family(first)) + float(gone.children_user + gone.children_system)


def _megabytes(pid: int, kind: str) -> float:
    try:
        told = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii")
    except (FileNotFoundError, ProcessLookupError):
        return 0.0  # ended at this moment
    found = re.search(rf"^{kind}:\s+(\d+) kB", told, re.MULTILINE)
    assert found, told
    return int(found[1]) / 1024
