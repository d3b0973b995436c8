"""Everything cut once, under load, with sixty screens: what is refused, lost or doubled, and when all see the truth.

`ROUNDS` (3) of each; `ONLY="disk full, clock"` takes the rows whose names have one of these in them, to try them out:
then the table is shown and not kept.
"""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

from tests.bench import Cell, Goal, Table
from tests.bench.scaled.cut_hall import CutHall, cut_hall
from tests.bench.scaled.cut_round import KIOSKS, TOPICS, WINDOWS, Round, play
from tests.bench.scaled.cuts import NOTHING, PROGRAMS_CUT
from tests.bench.scaled.deeper_cuts import CLOCKS, COMMITTED, DISK_FULL, NIGHT
from tests.screens import LastingScreen

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from tests.bench.scaled.cuts import Cut

SCREENS, PROCESSES, ROUNDS = 60, 2, 3
LIMIT_S = 5.0
CUTS = (NOTHING, PROGRAMS_CUT[0], COMMITTED, *PROGRAMS_CUT[1:], *CLOCKS, DISK_FULL, NIGHT)
COLUMNS = (
    *("cut", "presses", "refused", "lost", "doubled"),
    *("longest gap, s", "all screens true after, s", "slowest round, s"),
)


def chosen(cuts: Sequence[Cut], wish: str) -> list[Cut]:
    """Those that were asked for, by parts of their names between commas; all where nothing was asked for."""
    wanted = [part.strip().lower() for part in wish.split(",") if part.strip()]
    return [cut for cut in cuts if not wanted or any(part in cut.name.lower() for part in wanted)]


def run() -> Table:
    """Each round everything in turn, in one hall."""
    wish, rounds = os.environ.get("ONLY", ""), int(os.environ.get("ROUNDS") or ROUNDS)
    cuts = chosen(CUTS, wish)
    assert cuts and rounds > 0, f"ONLY={wish!r} is in none of: {'; '.join(cut.name for cut in CUTS)}"
    found: dict[str, list[Round]] = {}
    with tempfile.TemporaryDirectory(prefix="hall-bench-") as folder, ExitStack() as opened:
        hall, demo = opened.enter_context(cut_hall(Path(folder), PROCESSES))
        possible = [cut for cut in cuts if hall.disk is not None or cut is not DISK_FULL]
        assert possible, "This machine lets us mount no disk to fill."
        screens = [opened.enter_context(LastingScreen(hall.url, *TOPICS)) for _ in range(SCREENS)]
        for number in range(rounds):
            for cut in possible:
                seen = play(hall, demo, screens, cut)
                found.setdefault(cut.name, []).append(seen)
                print(f"… {number + 1}. {cut.name}: {seen}", file=sys.stderr)
        notes = tuple(_notes(hall, found, rounds))
    return table(found, notes, kept=not wish and rounds == ROUNDS)


def table(found: Mapping[str, Sequence[Round]], notes: tuple[str, ...] = (), *, kept: bool = True) -> Table:
    """A row for each cut, and what all rounds together must hold."""
    rows = tuple(_row(name, rounds) for name, rounds in found.items())
    every = [each for rounds in found.values() for each in rounds]
    lost, doubled = sum(each.lost for each in every), sum(each.tickets.doubled for each in every)
    slowest = {name: max(each.true_after_s for each in rounds) for name, rounds in found.items()}
    late = [f"{name}: {seconds:.2f} s" for name, seconds in slowest.items() if seconds > LIMIT_S]
    return Table(
        title="Failover",
        question=f"What does each cut cost, with {WINDOWS} windows and {KIOSKS} kiosks pressing and {SCREENS} screens?",
        columns=COLUMNS,
        rows=rows,
        goals=(
            Goal(
                f"every screen true within {LIMIT_S:.0f} s of return, in the slowest round",
                "; ".join(late) or f"at most {max(slowest.values()):.2f} s",
                not late,
            ),
            Goal("presses and tickets lost: 0", str(lost), not lost),
            Goal("tickets doubled: 0", str(doubled), not doubled),
        ),
        notes=notes,
        kept=kept,
    )


def _row(name: str, rounds: Sequence[Round]) -> tuple[Cell, ...]:
    true_after = [each.true_after_s for each in rounds]
    return (
        name,
        int(statistics.median(each.answered for each in rounds)),
        int(statistics.median(each.refused for each in rounds)),
        sum(each.lost for each in rounds),
        sum(each.tickets.doubled for each in rounds),
        round(statistics.median(each.gap_s for each in rounds), 2),
        round(statistics.median(true_after), 2),
        round(max(true_after), 2),
    )


def _notes(hall: CutHall, found: Mapping[str, Sequence[Round]], rounds: int) -> Iterator[str]:
    yield (
        f"Medians of {rounds} rounds; lost and doubled are sums of all. The set-up is that of `make run-scaled`, with "
        "clocks that can be set and, where mounting is allowed, the tables on a small disk in memory."
    )
    yield "Refused: a try without an answer, or with 500 to 504; it is made again with the same key, as pages do."
    yield (
        "Lost: a press never answered; a ticket drawn that the database does not hold, or that was not called and "
        "finished. Doubled: a ticket that nobody asked for, or one drawn or called twice."
    )
    yield (
        "True: it shows what a process says that is asked now, while nobody presses; since what was cut is back, a "
        "clock right again, the date turned. A process that was killed stays away for its round: there it is the time "
        "after the kill."
    )
    if COMMITTED.name in found:
        yield (
            "Between commit and broadcast: for a second the process commits and tells nothing, then everybody rests, "
            "one more draws there, and it is killed; what nobody was told must come from the other one."
        )
    if NIGHT.name in found:
        ended = sum(each.tickets.ended for each in found[NIGHT.name])
        yield (
            f"The date: people press before, while and after it turns, until the hall's own job has ended the day. "
            f"{ended} tickets waited at the turn and are unserved by rule Q10: neither lost nor doubled. Forgotten "
            "windows were closed and opened again."
        )
    if hall.disk is None:
        yield "Disk full: not measured, this machine lets us mount none."
