"""`python -m tests.bench.scaled.staging FILE`: set up offices as sites of the hall whose environment this is.

Reads their plans from standard input and writes their stages into the file, both pickled.
"""

from __future__ import annotations

import pickle
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from tests.postgres import ROOT

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from hall.replay.plan import DayPlan
    from hall.replay.stage import Stage


def staged(env: Mapping[str, str], plans: Sequence[DayPlan]) -> list[Stage]:
    """The stages, from a program that knows the product: who measures stays small."""
    with tempfile.NamedTemporaryFile() as made:
        command = [sys.executable, "-m", __spec__.name, made.name]
        subprocess.run(command, cwd=ROOT, env=env, input=pickle.dumps(list(plans)), check=True)
        found: list[Stage] = pickle.load(made)  # noqa: S301 - our own
    return found


def _main() -> None:
    from config import Config  # noqa: PLC0415 - the product, which the caller does not load
    from hall.actor import SYSTEM_ACTOR  # noqa: PLC0415
    from hall.replay.stage import Wanted, set_up  # noqa: PLC0415
    from hall.unit_of_work import perform  # noqa: PLC0415
    from tests.applications import application  # noqa: PLC0415

    plans: list[DayPlan] = pickle.load(sys.stdin.buffer)  # noqa: S301
    with application(Config.from_env()) as app, app.app_context():
        stages = [perform(SYSTEM_ACTOR, set_up, Wanted(plan, {})) for plan in plans]
    Path(sys.argv[1]).write_bytes(pickle.dumps(stages))


if __name__ == "__main__":
    _main()
