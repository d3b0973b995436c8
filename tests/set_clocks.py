"""Clocks of served processes that are set while these run: libfaketime, of Debian's package of that name."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import timedelta


@dataclass(frozen=True, slots=True)
class SetClock:
    """The clock of one process: as far ahead of this machine's as the file says, and read anew each time.

    What measures stretches of time (monotonic clocks) goes on undisturbed, as on a machine whose clock is set.
    """

    file: Path

    @property
    def env(self) -> dict[str, str]:
        """Settings under which a process has this clock."""
        found = sorted(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"))
        assert found, "libfaketime is missing. Run: sh .ci/test-needs"
        return {
            "LD_PRELOAD": str(found[0]),
            "FAKETIME_TIMESTAMP_FILE": str(self.file),
            "FAKETIME_NO_CACHE": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
            "NO_FAKE_STAT": "1",
        }

    def set(self, ahead: timedelta) -> None:
        """Step to there, at once."""
        partial = self.file.with_suffix(".partial")
        partial.write_text(f"{ahead.total_seconds():+.3f}", encoding="ascii")
        partial.replace(self.file)
