"""The clock of one served process, set while it runs: `clock.now`, the one seam for time, is off by what a file says.

Whatever measures stretches of time goes on undisturbed, as on a machine whose clock is set. Whether the day has turned
is looked at every ten seconds instead of once a minute: a test of the turn would wait for nothing else.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask

APP = "tests.set_clocks:create_app()"
SETTING = "HALL_TEST_CLOCK"
TURN, A_LOOK = "turn_day", timedelta(seconds=10)


@dataclass(frozen=True, slots=True)
class SetClock:
    """As far ahead of this machine's clock as the file says, read anew each time."""

    file: Path

    @property
    def env(self) -> dict[str, str]:
        """The setting under which `APP` has this clock."""
        return {SETTING: str(self.file)}

    def set(self, ahead: timedelta) -> None:
        """Step to there, at once."""
        partial = self.file.with_suffix(".partial")
        partial.write_text(str(ahead.total_seconds()), encoding="ascii")
        partial.replace(self.file)

    @property
    def ahead(self) -> timedelta:
        """How far it is ahead now."""
        return timedelta(seconds=float(self.file.read_text(encoding="ascii")))


def create_app() -> Flask:
    """The product, with its clock."""
    from hall import clock  # noqa: PLC0415 - with the product, which many tests never load
    from hall import jobs as background  # noqa: PLC0415
    from wsgi import create_app as product  # noqa: PLC0415

    real, set_to, start = clock.now, SetClock(Path(os.environ[SETTING])), background.start

    def now() -> datetime:
        return real() + set_to.ahead

    def sooner(app: Flask, jobs: tuple[background.Job, ...]) -> None:
        start(app, tuple(replace(job, every=A_LOOK) if job.name == TURN else job for job in jobs))

    clock.now, background.start = now, sooner
    return product()
