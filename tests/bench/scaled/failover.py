"""Everything cut once, under load, with sixty screens: what is refused, lost or doubled, and when all see the truth."""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psycopg
from websockets.exceptions import WebSocketException

from hall.scaled import programs
from hall.scaled.__main__ import Hall, Wish, environment
from tests.bench import Cell, Goal, Table
from tests.bench.scaled.cuts import CUTS, NOTHING, Cut, part
from tests.postgres import ROOT
from tests.pressing import AGAIN, LINE, Pressing
from tests.screens import LastingScreen, Screen, until

if TYPE_CHECKING:
    from collections.abc import Iterator

SCREENS, PROCESSES, WINDOWS, KIOSKS, ROUNDS = 60, 2, 4, 2, 3
BEFORE_S, AFTER_S, LOOK_S = 2.0, 1.0, 0.05
LIMIT_S = 5.0
TOPICS = ("site:xixian:board", "site:xixian:lines", f"line:{LINE}")
FAULT = 500
NUMBERS = "SELECT count(*) FROM ticket JOIN line ON line.id = ticket.line_id WHERE line.code = %s"


@dataclass(frozen=True, slots=True)
class Round:
    """What one cut did."""

    answered: int
    refused: int
    lost: int
    doubled: int
    gap_s: float
    true_after_s: float


@contextmanager
def _running(folder: Path) -> Iterator[tuple[Hall, dict[str, Any]]]:
    """The hall of `make run-scaled`, but nobody mends it; and what drivers need."""
    folder.chmod(0o711)  # whoever runs PostgreSQL must come through
    hall = Hall(Wish(folder / "hall", PROCESSES, 0, demo=True))
    hall.wish.folder.mkdir(mode=0o711)
    try:
        hall.begin()
        ports = [part(hall, name).port for name in ("nginx", "postgresql", "redis")]
        command = [sys.executable, "-m", "flask", "--app", "wsgi", "hall", "demo", "--json"]
        done = subprocess.run(
            command, cwd=ROOT, env=environment(hall.wish, *ports), capture_output=True, text=True, check=True
        )
        yield hall, json.loads(done.stdout)
    finally:
        for each in reversed(hall.parts):
            each.stop()


def _truth(hall: Hall) -> dict[str, Any]:
    """What a process says that is asked now."""
    for process in reversed([each for each in hall.parts if each.name.startswith("hall-") and each.runs]):
        try:
            with Screen(f"http://127.0.0.1:{process.port}", *TOPICS) as asks:
                return {topic: asks.content(topic) for topic in TOPICS}
        except (OSError, WebSocketException, KeyError):
            continue  # not yet, or no longer
    return {}


def _seconds_to_truth(hall: Hall, screens: list[LastingScreen], since: float) -> float:
    """From an instant until every screen shows it, with nobody pressing."""

    def all_true() -> bool:
        told = _truth(hall)
        return bool(told) and all(one.online and one.content(t) == told[t] for one in screens for t in TOPICS)

    while not all_true():
        time.sleep(LOOK_S)
        assert time.monotonic() - since < 120, "screens that never show the truth"
    return time.monotonic() - since


def _tickets(hall: Hall) -> int:
    """How many the database holds."""
    with psycopg.connect(
        f"postgresql://{programs.OWNER}@127.0.0.1:{part(hall, 'postgresql').port}/hall"
    ) as db:
        (count,) = db.execute(NUMBERS, (LINE,)).fetchone() or (0,)
    return int(count)


def _round(hall: Hall, demo: dict[str, Any], screens: list[LastingScreen], cut: Cut) -> Round:
    """Press, cut, wait for the truth, press on, and count."""
    until("all screens are connected", lambda: all(screen.online for screen in screens))
    before = _tickets(hall)
    address = f"http://127.0.0.1:{part(hall, 'nginx').port}"
    with Pressing(address, demo, WINDOWS, KIOSKS, again=AGAIN | {FAULT}) as pressing:
        time.sleep(BEFORE_S)
        cut.act(hall)
        back = time.monotonic()
        pressing.rest()
        true_after = _seconds_to_truth(hall, screens, back)
        resting = time.monotonic()
        pressing.resume()
        time.sleep(AFTER_S)
        pressing.finish()
    if cut.after is not None:
        cut.after(hall)
    gone = set(pressing.called) ^ set(pressing.drawn)
    return Round(
        answered=len(pressing.answers),
        refused=len(pressing.refusals),
        lost=len(pressing.lost) + len(pressing.strange) + len(gone),
        doubled=_tickets(hall) - before - len(set(pressing.drawn)) + _more_than_once(pressing.called),
        gap_s=_longest_gap(pressing.answers, resting),
        true_after_s=true_after,
    )


def _more_than_once(numbers: list[str]) -> int:
    return sum(times - 1 for times in Counter(numbers).values())


def _longest_gap(answers: list[float], rested: float) -> float:
    """Between two answers until all rested: those of the rest itself are no gap."""
    working = sorted(at for at in answers if at < rested)
    return max(later - earlier for earlier, later in pairwise(working))


def run() -> Table:
    """Each round everything in turn, in one hall."""
    found: dict[str, list[Round]] = {cut.name: [] for cut in (NOTHING, *CUTS)}
    with tempfile.TemporaryDirectory(prefix="hall-bench-") as folder, _running(Path(folder)) as (hall, demo):
        address = f"http://127.0.0.1:{part(hall, 'nginx').port}"
        with ExitStack() as opened:
            screens = [opened.enter_context(LastingScreen(address, *TOPICS)) for _ in range(SCREENS)]
            for number in range(ROUNDS):
                for cut in (NOTHING, *CUTS):
                    found[cut.name].append(_round(hall, demo, screens, cut))
                    print(f"… {number + 1}. {cut.name}: {found[cut.name][-1]}", file=sys.stderr)
    return _table(found)


def _table(found: dict[str, list[Round]]) -> Table:
    rows: list[tuple[Cell, ...]] = []
    for name, rounds in found.items():
        true_after = [each.true_after_s for each in rounds]
        rows.append(
            (
                name,
                int(statistics.median(each.answered for each in rounds)),
                int(statistics.median(each.refused for each in rounds)),
                sum(each.lost for each in rounds),
                sum(each.doubled for each in rounds),
                round(statistics.median(each.gap_s for each in rounds), 2),
                round(statistics.median(true_after), 2),
                round(max(true_after), 2),
            )
        )
    every = [each for rounds in found.values() for each in rounds]
    lost, doubled = sum(each.lost for each in every), sum(each.doubled for each in every)
    late = [f"{row[0]}: {row[7]} s" for row in rows if float(row[7]) > LIMIT_S]
    slowest = max(float(row[7]) for row in rows)
    return Table(
        title="Failover",
        question=f"What does each cut cost, with {WINDOWS} windows and {KIOSKS} kiosks pressing and {SCREENS} screens?",
        columns=(
            *("cut", "presses", "refused", "lost", "doubled"),
            *("longest gap, s", "all screens true after, s", "slowest round, s"),
        ),
        rows=tuple(rows),
        goals=(
            Goal(
                f"every screen true within {LIMIT_S:.0f} s of return, in the slowest round",
                "; ".join(late) or f"at most {slowest:.2f} s",
                not late,
            ),
            Goal("presses lost: 0", str(lost), not lost),
            Goal("presses doubled: 0", str(doubled), not doubled),
        ),
        notes=(
            f"Medians of {ROUNDS} rounds; lost and doubled are sums of all. The set-up is that of `make run-scaled`.",
            "Refused: a try without an answer, or with 500 to 504; it is made again with the same key, as pages do.",
            "Lost: never answered, or called and never drawn, or drawn and never called.",
            "True: it shows what a process says that is asked now, while nobody presses; since what was cut is back.",
            "A process that was killed stays away for its round: there it is the time after the kill.",
        ),
    )
