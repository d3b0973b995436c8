"""The hall and the model of its day side by side: what happens to the hall, and what must be true after each step."""

from __future__ import annotations

import sys
from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING, Any, ClassVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from sqlalchemy import select
from sqlalchemy.orm import Session

from hall import clock
from hall.queueing.models import Ticket
from hall.queueing.rules import GRAIN
from hall.sites import Site
from tests.property.faulty_hall import NONE, FaultyHall
from tests.property.queue_day import (
    BOARD_CALLS,
    CLOSES,
    HEAD_START,
    LINES,
    LUNCH,
    MANY,
    OPEN,
    OPENS,
    RULE_OF,
    STAYS_OPEN,
    TARGET,
    WINDOWS,
    WORDS,
    Day,
    Number,
    by_place,
)

if TYPE_CHECKING:
    from hall.live.publisher import Publisher

BOARD = "site:xixian:board"
WARNED = timedelta(minutes=30)


class Hall(RuleBasedStateMachine):
    """The hall and its model, side by side."""

    hall: ClassVar[FaultyHall]
    set_back = False
    tiers: ClassVar[dict[str, tuple[frozenset[str], frozenset[str]]]]
    prefixes: ClassVar[dict[str, str]]
    codes: ClassVar[dict[tuple[str, int | None], str]]
    """Of lines and windows, by what they are and their row."""
    known: ClassVar[Site | None] = None
    before: ClassVar[Day | None] = None
    """The day of the example before, where all went well."""
    must: ClassVar[tuple[str, ...]] = ("day_ends", "midnight")
    """What has to happen in a run, beside every kind of fault."""

    def __init__(self) -> None:
        super().__init__()
        self.day = Day()
        self.open: set[str] = set()
        self.calls: list[tuple[str, str, str | None]] = []
        """Of those that the journal has not been asked for: number, window, reason (Q7)."""
        self.asked = 0

    def teardown(self) -> None:
        """Where all went well, the next example ends this one's day."""
        if sys.exc_info()[0] is None:
            type(self).before = self.day

    @initialize()
    def morning(self) -> None:
        """Each example has a day of its own, in the same hall; the one before is ended first, at times by hand."""
        before, type(self).before = self.before, None
        self.day = before or Day()
        if before and self.hall.met["day_ends", "end-day"] <= self.hall.met["midnight", "turn"]:
            self.day_ends(twice=False)
            self.everything_is_as_the_rules_say()
        self.hall.fault = NONE
        self._date_turns()
        self.kiosks_come_home()
        self.windows_open()

    # What happens to the hall

    @rule(which=st.integers(0, 59))
    def cut(self, which: int) -> None:
        """Rather what nothing has met yet."""
        kinds = self.hall.lacking() or self.hall.faults
        self.hall.fault = kinds[which % len(kinds)]

    @rule(seconds=st.sampled_from((5, 21, 21, 61, 1900, -90)))
    def clock_moves(self, seconds: int) -> None:
        if seconds > 0 or self.hall.may_go_back(-seconds):
            self.hall.pass_by(seconds)
            self.set_back = self.set_back or seconds < 0

    @precondition(lambda self: len(self.day.numbers) >= MANY)
    @rule(twice=st.booleans())
    def day_ends(self, twice: bool) -> None:
        """Q10: by the manager; those at a window are still served."""
        day = clock.business_date(self._site().zone, self.hall.at).isoformat()
        for _ in range(1 + twice):
            said = self.hall.press(
                "sites/xixian/end-day", {"business_date": day}, self.hall.bearer(role="manager")
            )
            assert said.status_code in {200, 409}, f"Q10: the manager ends the day: {said.text}"
        for one in self.day.numbers:
            if one.state in {"waiting", "held"}:
                one.state = "unserved"
        self.hall.met["day_ends", "end-day"] += 1

    @precondition(lambda self: len(self.day.numbers) >= MANY)
    @rule()
    def midnight(self) -> None:
        """Q1, Q10: the date turns at 04:00; what is left over is told apart, windows are closed, numbers begin anew."""
        self._date_turns()
        self.windows_open()

    # What must be true after each step

    @invariant()
    def everything_is_as_the_rules_say(self) -> None:
        rows = self._rows()
        assert [row.number for row in rows] == [one.number for one in self.day.numbers], (
            "Q1: a number was lost, doubled or given out unasked."
        )
        for row, one in zip(rows, self.day.numbers, strict=True):
            assert row.state == one.state, (
                f"{RULE_OF[one.state]}: {one.number} should be {one.state} and is {row.state}."
            )
            assert row.place == one.place, f"Q3: the place of {one.number} has changed."
            line = self.codes["line", row.line_id]
            assert line == one.line, f"Q3: {one.number} is in {line} instead of {one.line}."
            assert row.lane == one.lane, f"Q4: {one.number} is in the lane {row.lane} instead of {one.lane}."
            assert row.times_called == one.times, (
                f"Q6: {one.number} was announced {one.times} times, not {row.times_called}."
            )
            sent_to = self.codes.get(("window", row.reserved_window_id))
            assert one.state != "waiting" or sent_to == one.reserved, (
                f"Q5: {one.number} was sent to {one.reserved}, not {sent_to}."
            )
            assert row.frozen is self.day.is_frozen(one), f"Q13: {one.number} and its person's other matters."
        standing = {row.number: self.codes["window", row.window_id] for row in rows if row.state in OPEN}
        assert standing == {one.number: one.window for one in self.day.numbers if one.state in OPEN}, (
            "Q2: each call stands at one window."
        )
        assert len(set(standing.values())) == len(standing), "Q2: a window has one call."

    @invariant()
    def who_asks_is_told_the_truth(self) -> None:
        """One who asks again and again, at the end of each line in turn."""
        self.asked += 1
        waiting = self.day.waiting(LINES[self.asked % len(LINES)])
        for one in waiting[-1:]:
            told = self.hall.client.get(f"/api/v1/tickets/{one.token}").get_json()
            ahead = self.day.people(one.line) - one.heads
            assert (told["state"], told["ahead"], told["tickets_ahead"]) == (
                "waiting",
                ahead,
                len(waiting) - 1,
            ), f"Q5, Q13: ahead of {one.number}."
            assert told["why_waiting"] == WORDS[one.told], f"Q7: the public words for {one.number}."

    @invariant()
    def the_clerks_list_is_the_order_of_calls(self) -> None:
        """At each window in turn: its lines, and whoever was sent to it, by places (Q3, Q5)."""
        window = WINDOWS[self.asked % len(WINDOWS)]
        listed = self.hall.client.get(f"/api/v1/windows/{window}", headers=self.hall.bearer(window=window))
        shown = [row["number"] for row in listed.get_json()["waiting"] if not row["frozen"]]
        assert shown == self._order(window), f"Q3, Q5: the list at {window} is not in the order of calls."

    @invariant()
    def the_board_shows_the_last_calls(self) -> None:
        """As a newcomer sees it; where the clock was set back their order follows it, and any six will do (Q11)."""
        publisher: Publisher = self.hall.app.extensions["hall_publisher"]
        with self.hall.app.app_context(), Session(self._engine()) as session:
            calls = publisher.state(session, BOARD, 0)["calls"]
        shown, wanted = [(call["number"], call["window"]) for call in calls], self.day.calls()
        if self.set_back:
            assert len(shown) == min(BOARD_CALLS, len(wanted)), f"Q11: {shown} of the calls {wanted}."
            assert set(shown) <= set(wanted), f"Q11: the board shows {shown}; called were {wanted}."
        else:
            assert shown == wanted[:BOARD_CALLS], f"Q11: the board shows {shown}; called were {wanted}."

    # Helpers

    def _date_turns(self) -> None:
        self.hall.next_morning()
        self.hall.turn()
        assert self.hall.turn() == 0, "Q10: the job can run twice."
        ends = {"waiting": "unserved", "held": "unserved", "called": "unserved", "serving": "finished"}
        stored = {row.number: row.state for row in self._rows(days_ago=1)}
        for one in self.day.numbers:
            assert stored[one.number] == ends.get(one.state, one.state), f"Q10: {one.number} was {one.state}."
        if self.day.numbers:
            self.hall.met["midnight", "turn"] += 1
        self.day, self.open = Day(), set()
        opening = {self._today_at(OPENS), self._today_at(LUNCH[1])}
        closing = {self._today_at(LUNCH[0]), self._closes()}
        self.hall.moments = opening | closing | {each - WARNED for each in closing}

    def kiosks_come_home(self) -> None:
        """Whatever was printed before is handed in."""
        raise NotImplementedError

    def windows_open(self) -> None:
        """The day begins with open windows and some who wait."""
        raise NotImplementedError

    def _at(self, window: str, verb: str, **body: Any) -> Any:
        self.hall.pass_by(2)  # nobody presses twice within a second
        return self.hall.press(f"windows/{window}/{verb}", body or None, self.hall.bearer(window=window))

    def _next(self, window: str, gone: frozenset[int] = frozenset()) -> Number | None:
        """Q5: preferred lines by place, and any whose head has waited too long; others while none of those waits."""
        preferred, others = self._serves(window)
        first: list[Number] = [one for one in self.day.sent_to(window) if one.key not in gone][:1]
        second: list[Number] = []
        for line in preferred | others:
            if waiting := [one for one in self.day.callable(line) if one.key not in gone]:
                head = waiting[0]
                ahead = line in preferred or self.hall.at - head.issued > TARGET
                (first if ahead else second).append(head)
        return min(first or second, key=by_place, default=None)

    def _order(self, window: str) -> list[str]:
        """The numbers as this window would call them if nobody came any more."""
        found: list[str] = []
        gone: frozenset[int] = frozenset()
        while one := self._next(window, gone):
            found.append(one.number)
            gone |= {one.key}
        return found

    def _serves(self, window: str) -> tuple[frozenset[str], frozenset[str]]:
        """Lines that a window serves first, those among them to which it is lent; and others (Q5)."""
        preferred, others = self.tiers[window]
        lent = (line for (at, line), until in self.day.lent.items() if at == window and until > self.hall.at)
        return preferred | frozenset(lent), others

    def _refuses(self, line: str) -> bool:
        """Whether a line gives out no numbers: stopped by the manager, or closed by the hours (Q10)."""
        begins, ends = map(self._today_at, LUNCH)
        at_lunch = line != STAYS_OPEN and begins <= self.hall.at < ends
        return line in self.day.stopped or at_lunch or self.hall.at >= self._closes()

    def _closes(self) -> datetime:
        return self._today_at(CLOSES)

    def _today_at(self, hour: time) -> datetime:
        zone = self._site().zone
        return datetime.combine(clock.business_date(zone, self.hall.at), hour, zone).astimezone(UTC)

    def _today(self) -> str:
        return clock.business_date(self._site().zone, self.hall.at).isoformat()

    def _issued(self, found: dict[str, Any], line: str, **more: Any) -> Number:
        """A number was given out: the next of its line, later than all others of the day (Q1, Q3)."""
        issued = self.hall.at if self.day.latest is None else max(self.hall.at, self.day.latest + GRAIN)
        self.day.latest = issued
        self.day.counts[line] = self.day.counts.get(line, 0) + 1
        assert found["number"] == f"{self.prefixes[line]}{self.day.counts[line]:03d}", (
            f"Q1: numbers run without gaps; {found['number']} came as number {self.day.counts[line]} of {line}."
        )
        lane = more.pop("lane", "ordinary")
        place = issued - HEAD_START if lane == "priority" else issued
        key, phone = len(self.day.numbers), more.pop("phone", None)
        made = Number(key, found["token"], found["number"], line, issued, place, lane, phone, **more)
        self.day.numbers.append(made)
        return made

    def _called(self, one: Number, window: str, reason: str | None = None) -> None:
        one.is_called(window, self.hall.at, reason)
        self.calls.append((one.number, window, reason))

    def _engine(self) -> Any:
        return self.hall.app.extensions["hall_units"].engine

    def _site(self) -> Site:
        if self.known is None:
            type(self).known = self._read_site()
        assert self.known is not None
        return self.known

    def _read_site(self) -> Site:
        with Session(self._engine(), expire_on_commit=False) as session:
            return session.scalars(select(Site).where(Site.code == "xixian")).one()

    def _rows(self, days_ago: int = 0) -> list[Ticket]:
        day = clock.business_date(self._site().zone, self.hall.at) - timedelta(days=days_ago)
        with Session(self._engine(), expire_on_commit=False) as session:
            return list(
                session.scalars(select(Ticket).where(Ticket.business_date == day).order_by(Ticket.id))
            )

    def _stored(self, one: Number) -> Ticket:
        return next(row for row in self._rows() if row.number == one.number)
