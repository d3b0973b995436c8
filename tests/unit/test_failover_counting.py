"""How the failover benchmark counts: what is lost, doubled, or ended by the turn of its date, and the longest gap."""

from __future__ import annotations

import pytest

from tests.bench.scaled.counting import Count, Held, Told, by_name, count, longest_gap
from tests.bench.scaled.cut_round import Round
from tests.bench.scaled.failover import CUTS, chosen, table

ONE, TWO = "2026-03-02 A001", "2026-03-02 A002"
DONE = Held("finished", over=False)


def counted(drawn: list[str], called: list[str], **held: Held) -> Count:
    """`one` and `two` are what the database holds."""
    names = {"one": ONE, "two": TWO}
    return count(Told(drawn, called), [(names[key], row) for key, row in held.items()])


def test_Q1_Q2_what_is_drawn_called_and_finished_once_is_neither_lost_nor_doubled() -> None:
    assert counted([ONE, TWO], [TWO, ONE], one=DONE, two=DONE) == Count(0, 0, 0)


def test_Q10_who_waits_when_the_date_turns_is_ended_and_not_lost() -> None:
    assert counted([ONE], [], one=Held("unserved", over=True)) == Count(0, 0, 1)
    assert counted([ONE], [ONE], one=Held("unserved", over=True)) == Count(0, 0, 1), "called at the turn"


@pytest.mark.parametrize(
    "held",
    [Held("unserved", over=False), Held("waiting", over=True), Held("called", over=True), DONE],
    ids=["ended today", "nobody ended it", "left at a window", "finished, and nobody called"],
)
def test_Q10_who_was_not_called_and_not_ended_by_the_turn_is_lost(held: Held) -> None:
    assert counted([ONE], [], one=held) == Count(1, 0, 0)


def test_Q2_who_was_called_and_not_finished_is_lost() -> None:
    assert counted([ONE], [ONE], one=Held("called", over=False)) == Count(1, 0, 0)


def test_Q1_a_number_that_was_answered_and_is_not_there_is_lost() -> None:
    assert counted([ONE, TWO], [ONE, TWO], one=DONE) == Count(1, 0, 0)


def test_Q2_a_call_of_somebody_who_never_drew_is_lost_and_a_ticket_nobody_was_answered_is_doubled() -> None:
    assert counted([ONE], [ONE, TWO], one=DONE) == Count(1, 0, 0)
    assert counted([ONE], [ONE], one=DONE, two=Held("waiting", over=False)) == Count(0, 1, 0)
    assert counted([ONE], [ONE], one=DONE, two=Held("unserved", over=True)) == Count(0, 1, 0)


def test_Q1_Q2_what_is_answered_or_called_twice_is_doubled() -> None:
    assert counted([ONE, ONE], [ONE], one=DONE) == Count(0, 1, 0)
    assert counted([ONE], [ONE, ONE, ONE], one=DONE) == Count(0, 2, 0)
    assert count(Told([ONE], [ONE]), [(ONE, DONE), (ONE, DONE)]) == Count(0, 1, 0), "two rows of one number"


def test_Q1_the_same_number_of_two_dates_is_two_tickets() -> None:
    rows = [("2026-03-02", "A001", "unserved", True), ("2026-03-03", "A001", "finished", False)]
    told = Told(["2026-03-02 A001", "2026-03-03 A001"], ["2026-03-03 A001"])
    assert count(told, by_name(rows)) == Count(0, 0, 1)


def test_a_gap_lies_between_two_answers_or_at_the_end_and_never_in_the_rest() -> None:
    assert longest_gap([1, 2, 4, 30, 31], resumed=29, until=32) == 2, "from 4 to 29 all rested"
    assert longest_gap([1, 2, 36], resumed=29, until=37) == 7, "nobody was answered after the rest"
    assert longest_gap([1, 2, 30, 50], resumed=29, until=40) == 10, "nor until all were told to finish"


def test_rows_are_chosen_by_parts_of_their_names() -> None:
    assert chosen(CUTS, "") == list(CUTS)
    assert [cut.name.partition(" ")[0] for cut in chosen(CUTS, "DISK full, date")] == ["disk", "the"]
    assert chosen(CUTS, "no such") == []


def test_the_table_is_missed_with_one_ticket_lost_or_doubled_or_one_screen_late_in_any_round() -> None:
    def met(tickets: Count, true_after_s: float = 1, unanswered: int = 0) -> list[bool]:
        good = Round(9, 0, 0, Count(0, 0, 0), 0.1, 1)
        bad = Round(9, 0, unanswered, tickets, 0.1, true_after_s)
        return [goal.met for goal in table({"cut": [good, bad, good]}).goals]

    assert met(Count(0, 0, 5)) == [True, True, True]
    assert met(Count(0, 0, 0), true_after_s=5.01) == [False, True, True]
    assert met(Count(1, 0, 0)) == met(Count(0, 0, 0), unanswered=1) == [True, False, True]
    assert met(Count(0, 1, 0)) == [True, True, False]
