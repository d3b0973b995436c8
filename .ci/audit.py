"""Known holes of the locked packages (pip-audit, from osv.dev). Ends with 1 where one is known, or where it broke off.

A network without a way out is told in one line and fails nothing: what was not asked is not answered. An audit that
was begun and gave no answer fails, unless the source went away in the middle of it.
"""

from __future__ import annotations

import json
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path
from urllib.parse import urljoin

from pip_audit._service import OsvService

ROOT = Path(__file__).resolve().parents[1]
SOURCE = urljoin(OsvService.DEFAULT_OSV_URL, "/")  # the one that pip-audit itself asks
PATIENCE_S = 4


def unreachable(source: str = SOURCE) -> str:
    """Why the source cannot be asked, in a few words; nothing where it can."""
    try:
        with urllib.request.urlopen(source, timeout=PATIENCE_S):  # noqa: S310 - one known address
            return ""
    except urllib.error.HTTPError as problem:
        # it answers, if only that there is no such page; a proxy that forbids the way says 403 or 407
        return "" if problem.code == 404 else f"HTTP {problem.code}"  # noqa: PLR2004
    except (OSError, ValueError) as problem:
        return str(getattr(problem, "reason", problem)) or type(problem).__name__


def known_holes(said: str) -> list[str] | None:
    """Package, version, name of the hole and what mends it, from pip-audit's JSON; None where it audited nothing."""
    try:
        rows = [row for row in json.loads(said)["dependencies"] if "vulns" in row]  # others were passed over
    except (ValueError, KeyError, TypeError):
        return None
    if not rows:
        return None
    return [
        f"{row['name']} {row['version']}: {hole['id']}, mended in {', '.join(hole['fix_versions']) or 'no release yet'}"
        for row in rows
        for hole in row["vulns"]
    ]


def left_out(source: str, problem: str) -> int:
    """Say that nothing was audited, and why; answers the exit code."""
    print(
        f"Dependency audit left out, nothing was audited: {source} cannot be reached from here ({problem})."
    )
    return 0


def main(source: str = SOURCE) -> int:
    """Ask, tell, and answer the exit code."""
    problem = unreachable(source)
    if problem:
        return left_out(source, problem)
    asked = ("--format=json", "--progress-spinner=off", "--vulnerability-service=osv")
    locked = ("--require-hashes", "--disable-pip", f"--requirement={ROOT / 'requirements.lock'}")
    command = (sys.executable, "-m", "pip_audit", *asked, *locked)
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    holes = known_holes(done.stdout)
    if holes is None:
        problem = unreachable(source)
        if problem:
            return left_out(source, problem)
        last = (done.stderr.strip().splitlines() or ["no answer"])[-1]
        print(
            f"Dependency audit failed, nothing was audited: pip-audit ended with {done.returncode} ({last[:160]})."
        )
        return 1
    for hole in holes:
        print(f"Known hole: {hole}. Take the newer release with `make lock UPGRADE=1`.")
    if not holes:
        print("Dependency audit: no known holes in the locked packages.")
    return 1 if holes else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
