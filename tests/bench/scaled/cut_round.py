"""One round: people press, something is cut, all screens must show the truth, people press on, and it is counted."""

from __future__ import annotations

import sys
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import psycopg
from websockets.exceptions import WebSocketException

from hall import clock
from tests.bench.scaled import counting
from tests.bench.scaled.counting import Count, Told
from tests.bench.scaled.cut_hall import ZONE, CutHall, Scene
from tests.pressing import AGAIN, LINE, Pressing, date_and_number_of
from tests.screens import LastingScreen, Screen, until

if TYPE_CHECKING:
    from tests.bench.scaled.cuts import Cut

WINDOWS, KIOSKS = 4, 2
BEFORE_S, AFTER_S, LOOK_S = 2.0, 1.0, 0.05
NEVER_S = 120.0
TOPICS = ("site:xixian:board", "site:xixian:lines", f"line:{LINE}")
FAULT = 500
LAST = "SELECT coalesce(max(id), 0) FROM ticket"
TICKETS = """
    SELECT ticket.business_date::text, ticket.number, ticket.state, ticket.business_date < %(today)s
    FROM ticket JOIN line ON line.id = ticket.line_id
    WHERE line.code = %(line)s AND ticket.id > %(last)s
"""


@dataclass(frozen=True, slots=True)
class Round:
    """What one cut did."""

    answered: int
    refused: int
    unanswered: int
    """Presses that never had an answer, or one that no page of ours can show."""
    tickets: Count
    gap_s: float
    true_after_s: float

    @property
    def lost(self) -> int:
        """Presses and tickets."""
        return self.unanswered + self.tickets.lost


def play(hall: CutHall, demo: dict[str, Any], screens: list[LastingScreen], cut: Cut) -> Round:
    """Press, cut, wait for the truth, press on, and count."""
    until("all screens are connected", lambda: all(screen.online for screen in screens))
    last = _last_ticket(hall)
    pressing = Pressing(
        hall.url,
        demo,
        WINDOWS,
        KIOSKS,
        again=AGAIN | {FAULT},
        name_of=date_and_number_of,
        over_night=cut.over_night,
    )
    scene = Scene(hall, demo, pressing)
    with pressing:
        time.sleep(BEFORE_S)
        cut.act(scene)
        back = time.monotonic() if scene.since is None else scene.since
        pressing.rest()
        true_after = _seconds_to_truth(hall, screens, back)
        resumed = time.monotonic()
        pressing.resume()
        time.sleep(AFTER_S)
        if cut.later is not None:
            cut.later(scene)
        closing = time.monotonic()
        pressing.finish()
    if cut.after is not None:
        cut.after(scene)
    for said in (*pressing.lost, *pressing.strange):
        print(f"  ! {said}", file=sys.stderr)
    return Round(
        answered=len(pressing.answers),
        refused=len(pressing.refusals),
        unanswered=len(pressing.lost) + len(pressing.strange),
        tickets=counting.count(Told(pressing.drawn, pressing.called), _tickets_since(hall, last)),
        gap_s=counting.longest_gap(pressing.answers, resumed, closing),
        true_after_s=true_after,
    )


def _truth(hall: CutHall) -> dict[str, Any]:
    """What a process says that is asked now."""
    for process in reversed([each for each in hall.processes if each.runs]):
        try:
            with Screen(f"http://127.0.0.1:{process.port}", *TOPICS) as asks:
                return {topic: asks.content(topic) for topic in TOPICS}
        except (OSError, WebSocketException, KeyError):
            continue  # not yet, or no longer
    return {}


def _seconds_to_truth(hall: CutHall, screens: list[LastingScreen], since: float) -> float:
    """From an instant until every screen shows it, with nobody pressing."""

    def all_true() -> bool:
        told = _truth(hall)
        return bool(told) and all(one.online and one.content(t) == told[t] for one in screens for t in TOPICS)

    while not all_true():
        time.sleep(LOOK_S)
        assert time.monotonic() - since < NEVER_S, "screens that never show the truth"
    return time.monotonic() - since


def _last_ticket(hall: CutHall) -> int:
    with psycopg.connect(hall.database) as db:
        (last,) = db.execute(LAST).fetchone() or (0,)
    return int(last)


def _tickets_since(hall: CutHall, last: int) -> list[tuple[str, counting.Held]]:
    """What the database holds of all that were drawn since."""
    today = clock.business_date(ZONE, hall.now)
    with psycopg.connect(hall.database) as db:
        return counting.by_name(db.execute(TICKETS, {"today": today, "line": LINE, "last": last}))
