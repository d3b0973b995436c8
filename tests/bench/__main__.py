"""`python -m tests.bench [NAME …]`: run benchmarks, print their tables, keep them in docs/benchmarks.md."""

from __future__ import annotations

import importlib
import os
import pkgutil
import platform
import re
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from tests import bench, postgres

if TYPE_CHECKING:
    from types import ModuleType

PAGE = postgres.ROOT / "docs" / "benchmarks.md"
INTRODUCTION = """# What it costs, measured

Written by `make bench` and `make bench-scaled`, each table beside the yardstick of the same run, so that they mean
something on another machine. One run each: take differences under a fifth for noise.
"""


Run = Callable[[], "bench.Table | Iterator[bench.Table]"]
"""A benchmark of hours answers again and again, so that what it saw is kept when it is broken off."""


def benchmarks(folder: ModuleType) -> Iterator[tuple[str, Run]]:
    """Name and `run` of every module in this folder that has one."""
    for module in pkgutil.iter_modules(folder.__path__):
        if not module.name.startswith("_"):
            run = getattr(importlib.import_module(f"{folder.__name__}.{module.name}"), "run", None)
            if run is not None:
                yield module.name, run


def machine() -> str:
    """The facts without which a figure says nothing."""
    cpu = re.search(r"^model name\s*: (.+)$", Path("/proc/cpuinfo").read_text(encoding="utf-8"), re.MULTILINE)
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    database = subprocess.run(
        [str(postgres.programs() / "postgres"), "--version"], capture_output=True, text=True, check=True
    )
    facts = [
        f"{len(os.sched_getaffinity(0))} cores ({cpu.group(1) if cpu else platform.machine()})",
        f"{memory:.0f} GiB",
        f"{platform.system()} {platform.release().split('-')[0]}",
        f"Python {platform.python_version()}",
        f"SQLite {sqlite3.sqlite_version}",
        re.sub(r"^postgres \(PostgreSQL\) ([\d.]+).*", r"PostgreSQL \1", database.stdout.strip()),
        *(f"{name} {version(name)}" for name in ("gunicorn", "gevent", "SQLAlchemy", "Flask-SocketIO")),
    ]
    return " · ".join(facts)


def keep(name: str, section: str) -> None:
    """Put a section into the page, in the place of the one that stood there."""
    page = PAGE.read_text(encoding="utf-8") if PAGE.exists() else INTRODUCTION
    begin, end = f"<!-- {name}: begin -->", f"<!-- {name}: end -->"
    written = f"{begin}\n{section}\n{end}"
    old = re.compile(re.escape(begin) + ".*?" + re.escape(end), re.DOTALL)
    page = old.sub(lambda _: written, page) if old.search(page) else f"{page.rstrip()}\n\n{written}\n"
    PAGE.parent.mkdir(exist_ok=True)
    PAGE.write_text(page, encoding="utf-8")


def main(names: list[str], folder: ModuleType = bench) -> int:
    """Run those named, or all of a folder; 0 where every goal is met, 1 where one is missed, 2 where one is unknown."""
    found = dict(benchmarks(folder))
    unknown = [name for name in names if name not in found]
    if unknown or not found:
        print(f"No benchmark {', '.join(unknown)}. There are: {', '.join(found) or 'none'}.", file=sys.stderr)
        return 2
    facts, missed = machine(), 0
    for name in names or found:
        print(f"… {name}", file=sys.stderr)
        seen = found[name]()
        for table in [seen] if isinstance(seen, bench.Table) else seen:
            print(f"\n{table.text()}\n", flush=True)
            missed += sum(not goal.met for goal in table.goals)
            day = datetime.now(UTC).date().isoformat()
            if table.kept:
                keep(name, f"{table.markdown()}\n\n{day}: {facts}")
    if missed:
        print(f"{missed} of the goals missed: see MISSED above.", file=sys.stderr)
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
