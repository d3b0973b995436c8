"""Prepared halls kept between runs, as long as nothing they come from changes.

Migrating and loading the demo hall takes seconds on each engine; a developer waits for that once a change. They lie
in pytest's own cache (`.pytest_cache`), so that `git clean` and `pytest --cache-clear` find them.
"""

from __future__ import annotations

import hashlib
import shutil
import sys
import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from tests import postgres

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ROOT = postgres.ROOT
FORGET_AFTER_S = 3600  # another run may still work with the code of before


@dataclass(frozen=True, slots=True)
class Store:
    """A folder of templates, and the mark of the code as it stands today."""

    home: Path
    mark: str

    @classmethod
    def at(cls, home: Path) -> Store:
        """The store in this folder, for the code as it stands today; what earlier code left is removed."""
        mark = sources_mark()
        for old in home.glob("*"):
            with suppress(FileNotFoundError):  # another worker of the run may remove it at this moment
                if old.name != mark and time.time() - old.stat().st_mtime > FORGET_AFTER_S:
                    shutil.rmtree(old, ignore_errors=True)
        return cls(home, mark)

    @contextmanager
    def shelf(self, name: str) -> Iterator[Path]:
        """The folder of one template, for one at a time; half a template is taken away again."""
        (self.home / self.mark).mkdir(parents=True, exist_ok=True)
        place = self.home / self.mark / name
        with postgres.only_one(place.with_suffix(".lock")):
            there = place.exists()
            try:
                yield place
            except BaseException:
                if not there:
                    shutil.rmtree(place, ignore_errors=True)
                raise


def sources_mark() -> str:
    """What templates come from, as a hash: the product, its locked packages, how we change them, and the day."""
    found = hashlib.sha256(f"{sys.version} {datetime.now(UTC).date()}".encode())
    others = ("config.py", "wsgi.py", "requirements.lock", "tests/passwords.py")
    files = [*(ROOT / "hall").rglob("*"), *(ROOT / name for name in others)]
    for path in sorted(files):
        if path.is_file() and "__pycache__" not in path.parts:
            found.update(f"{path.relative_to(ROOT)}\0".encode() + path.read_bytes())
    return found.hexdigest()[:20]
