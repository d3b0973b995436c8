"""Q5: what the clerk's list shows is what calling again and again would take."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from hall.queueing import rules
from hall.queueing.rules import Head

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
LINES = range(1, 5)
TARGETS = st.fixed_dictionaries({line: st.integers(5, 60) for line in LINES})
minutes = st.integers(0, 90)


@st.composite
def queues(draw: st.DrawFn) -> list[Head]:
    """Waiting tickets of four lines by (place, id); the place lies up to half an hour around the time of issue."""
    found = []
    for ticket_id in range(draw(st.integers(0, 25))):
        issued = NOW - timedelta(minutes=draw(minutes))
        place = issued - timedelta(minutes=draw(st.integers(-10, 30)))
        found.append(Head(ticket_id, draw(st.sampled_from(LINES)), place, issued))
    return sorted(found, key=lambda head: (head.place, head.ticket_id))


def call_one_by_one(
    waiting: list[Head], own: list[Head], preferred: frozenset[int], targets: dict[int, int]
) -> list[int]:
    """The numbers as a window would really call them: each time the heads of the lines, then the rule."""
    called: list[int] = []
    while True:
        heads = {head.line_id: head for head in reversed(waiting)}.values()
        choice = rules.choose(heads, preferred, targets, NOW, reserved=own[0] if own else None)
        if choice is None:
            return called
        called.append(choice.head.ticket_id)
        waiting = [head for head in waiting if head.ticket_id != choice.head.ticket_id]
        own = [head for head in own if head.ticket_id != choice.head.ticket_id]


@given(
    queues(), st.frozensets(st.sampled_from(LINES)), TARGETS, st.integers(0, 25), st.sets(st.integers(0, 24))
)
def test_Q5_the_shown_order_is_the_order_of_calls(
    tickets: list[Head], preferred: frozenset[int], targets: dict[int, int], limit: int, sent_here: set[int]
) -> None:
    own = [head for head in tickets if head.ticket_id in sent_here]
    waiting = [head for head in tickets if head.ticket_id not in sent_here]
    shown = rules.order(waiting, preferred, targets, NOW, reserved=own, limit=limit)
    assert [choice.head.ticket_id for choice in shown] == call_one_by_one(waiting, own, preferred, targets)[
        :limit
    ]


@given(queues(), st.frozensets(st.sampled_from(LINES)), TARGETS)
def test_Q5_the_order_holds_until_the_time_that_it_names(
    tickets: list[Head], preferred: frozenset[int], targets: dict[int, int]
) -> None:
    heads = list({head.line_id: head for head in reversed(tickets)}.values())
    until = rules.order_holds_until(heads, preferred, targets, NOW)

    def order_at(at: datetime) -> list[tuple[int, str]]:
        choice = rules.choose(heads, preferred, targets, at)
        return [(choice.head.ticket_id, choice.because)] if choice else []

    last = until or NOW + timedelta(days=1)
    assert order_at(NOW) == order_at(last), "Nothing may change before the time that is named."


@given(
    minutes, st.integers(-10, 30), st.integers(0, 40), st.sampled_from(["issued", "transferred", "rejoined"])
)
def test_Q4_priority_given_later_never_sends_anybody_back(
    waited: int, ahead: int, head_start: int, basis: str
) -> None:
    issued = NOW - timedelta(minutes=waited)
    place = issued - timedelta(minutes=ahead)
    given_place = rules.priority_place(basis, issued, place, head_start)
    assert given_place <= place
    if basis == "issued":
        assert given_place <= rules.place(issued, "priority", head_start)
