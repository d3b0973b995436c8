"""Kiosks, windows and phones against the real application with faults in between: the rules hold after each step.

| rule | looked at by |
|---|---|
| Q1 numbers without gaps, dates of their own | `_issued`, `everything_is_as_the_rules_say`, `midnight` |
| Q2 one window a call, one effect a key | `everything_is_as_the_rules_say`, `FaultyHall.press` |
| Q2 nobody is called twice, by whatever number | `called_though_not_waiting` |
| Q3 booked, back with papers | `check_in`, `back_with_papers` |
| Q3 places | `everything_is_as_the_rules_say`, `call_next`, `lets_others_first`, `transfer_to_window`, `_arrived` |
| Q3–Q6 line, lane, window and times called of each number | `everything_is_as_the_rules_say` |
| Q4 priority at once and later, for each ground | `draw`, `priority_is_shown_late` |
| Q5 who is called next, also of several sent to one window | `_next`, `several_are_sent_to_one_window` |
| Q5 the clerk's list is the order of calls | `the_clerks_list_is_the_order_of_calls` |
| Q5 who is told how many are ahead | `who_asks_is_told_the_truth`, `_phone_is_told` |
| Q5 windows that are lent | `lend`, `_serves` |
| Q6 passing, undoing, coming back | `pass_over`, `undo_pass`, `_rejoins`, `_phone_is_told` |
| Q7 out of order: with a reason, the public words | `call_chosen`, `Number.told` |
| Q7 each call in the journal, with its reason | `the_journal_tells_of_every_call` |
| Q8 one place a person, agents by their limit | `draw`, `agent_draws` |
| Q9 kiosks that are cut off, calls by hand | `_arrived`, `no_paper_is_forgotten`, `the_short_list_is_true` |
| Q9 each from its own range, a number twice only from a copied machine | `Papers._printed`, `Papers._is_second` |
| Q10 hours and lunch | `lunch`, `closing_time` |
| Q10 the day's end, its turn, stopped lines | `day_ends`, `midnight`, `stopped_or_reopened` |
| Q11 the board has the last six calls | `the_board_shows_the_last_calls` |
| Q11 everybody sees the present state, versions only grow | `whoever_watches_sees_what_is`, `Viewer.hear` |
| H4 booked, and checked in before the time or after its grace | `books_and_checks_in` |
| Q13 groups, several matters on a slip | `who_asks_is_told_the_truth`, `everything_is_as_the_rules_say` |

A run in which some fault met no press, or a day did not end both ways, goes on, and fails in the end.
What two presses in one instant do to each other is looked at in tests/race: here one comes after the other.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.property.faulty_hall import FaultyHall
from tests.property.queue_rules import Queue
from tests.property.queue_running import live_through
from tests.property.queue_viewers import Viewers

if TYPE_CHECKING:
    from pathlib import Path

    from config import Config


class Watched(Queue, Viewers):
    """With screens, consoles and phones that watch all day."""


@pytest.mark.one_process(
    "looks through the sockets of its own process; test_queue_over_two_processes has two"
)
def test_Q1_to_Q11_hold_whatever_is_cut(
    config: Config, demo: dict[str, Any], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    live_through(Watched, FaultyHall(config, demo), tmp_path, monkeypatch, examples=10)
