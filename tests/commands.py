"""Commands of the product, `flask --app wsgi …`, run as an operator runs them."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

from tests.postgres import ROOT

if TYPE_CHECKING:
    from tests.nursery import Nurseries


def command(
    env: dict[str, str], *words: str, timeout: float = 120, nursery: Nurseries | None = None
) -> subprocess.CompletedProcess[str]:
    """Run `flask --app wsgi …`, however it ends: from a nursery at once, else as on a machine that was just started."""
    if nursery is not None:
        return nursery.run(env, words, timeout)
    program = [sys.executable, "-m", "flask", "--app", "wsgi", *words]
    return subprocess.run(
        program, cwd=ROOT, env=env, capture_output=True, text=True, timeout=timeout, check=False
    )


def flask(env: dict[str, str], *words: str, timeout: float = 120, nursery: Nurseries | None = None) -> str:
    """Run `flask --app wsgi …` and answer its standard output; a failure shows what it said."""
    done = command(env, *words, timeout=timeout, nursery=nursery)
    if done.returncode:
        message = f"flask {' '.join(words)} ended with {done.returncode}:\n{done.stdout}{done.stderr}"
        raise AssertionError(message)
    return done.stdout
