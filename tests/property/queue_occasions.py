"""Loans, bookings, papers brought later, agents, closing times, calls out of order (Q3, Q5, Q7, Q8, Q10)."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, ClassVar

from hypothesis import strategies as st
from hypothesis.stateful import invariant, precondition, rule
from sqlalchemy import select
from sqlalchemy.orm import Session

from hall import tokens
from hall.actor import SYSTEM_ACTOR
from hall.catalog.models import Line
from hall.facts import TicketCalled
from hall.helpers.models import Booking, Helper
from hall.helpers.payloads import BOOKING
from hall.helpers.slots import cell_at
from hall.journal import JournalEntry
from hall.unit_of_work import perform
from tests.property.queue_day import AGENT, AGENT_TICKETS, LINES, LUNCH, WINDOWS, WORDS, Number
from tests.property.queue_machine import Hall

if TYPE_CHECKING:
    from hall.unit_of_work import Work

GRACE, EARLIEST, LASTS = timedelta(minutes=15), 120, 30
BOOKED_HEAD_START = RETURNED_HEAD_START = timedelta(minutes=30)
CHOSEN = {"health", "papers", "other"}
GONE = ("called", "serving", "held", "passed", "finished", "abandoned")
"""Of each of these somebody is called by number in a run, at a free window, and refused."""
SOME = 9  # beyond those of the morning: who closes early sees little else
NOTE = "陪同者说腿脚不便"


class Occasions(Hall):
    """What happens at few numbers, each by a rule of its own."""

    must = (
        *Hall.must,
        *("lend", "check_in", "back_with_papers", "agent_draws", "lunch", "closing_time", "call_chosen"),
        *(f"called though {state}" for state in GONE),
    )
    notices: ClassVar[dict[tuple[str, str], Number]]
    """By date and number who was sent for papers, and has not come back."""
    read: ClassVar[int] = 0
    """Up to where the journal has been read."""

    @rule(window=st.sampled_from(WINDOWS), line=st.sampled_from(LINES), minutes=st.sampled_from((5, 40)))
    def lend(self, window: str, line: str, minutes: int) -> None:
        """To a line that it does not serve first, for so long; it ends by itself (Q5)."""
        until = self.hall.at + timedelta(minutes=minutes)
        body = {"line": line, "until": until.isoformat()}
        said = self.hall.press(f"windows/{window}/lend", body, self.hall.bearer(role="manager"))
        if line in self.tiers[window][0]:
            assert said.status_code == 422, f"Q5: {window} serves {line} first already: {said.text}"
            return
        assert said.status_code == 200, f"Q5: the manager lends {window} to {line}: {said.text}"
        self.day.lent[window, line] = until
        self.hall.moments.add(until)
        self._did("lend")

    @rule(line=st.sampled_from(LINES), minutes=st.sampled_from((125, 100, 20, -15, -16, -29, -30)))
    def check_in(self, line: str, minutes: int) -> None:
        """Booked for so many minutes from now: its place by the booked time, unless too late for it (Q3)."""
        starts = self.hall.at + timedelta(minutes=minutes)
        code = self._booked(line, starts)
        said = self.hall.press("check-ins", {"code": code}, self.hall.bearer())
        if self._refuses(line) or not -LASTS < minutes <= EARLIEST:
            assert said.status_code == 409, f"Q3, Q10: checked in {minutes} min before: {said.text}"
            return
        assert said.status_code == 201, f"Q3: who has booked checks in {minutes} min before: {said.text}"
        one = self._issued(said.get_json()["ticket"], line)
        if one.issued <= starts + GRACE:  # by the hall's clock, which never stands still
            one.place, one.basis = starts - BOOKED_HEAD_START, "booked"
        again = self.hall.press("check-ins", {"code": code}, self.hall.bearer())
        assert again.status_code == 409, f"Q3: {one.number} was checked in twice: {again.text}"
        self._did("check_in")

    @precondition(lambda self: self.open)
    @rule(which=st.integers(0, 2))
    def sent_for_papers(self, which: int) -> None:
        """Whoever is next, and has not everything: the visit ends, and a notice says what is missing."""
        window = sorted(self.open)[which % len(self.open)]
        self.call_next(window)
        self.serve(window, "incomplete")

    @rule(which=st.sampled_from((-1, -1, 0)))
    def back_with_papers(self, which: int) -> None:
        """At the old place on the same day, later half an hour before now; once a notice (Q3)."""
        if not self.notices:  # no precondition: they outlive the day, and the next one must be drawn alike
            return
        (day, number), one = list(self.notices.items())[which]
        path, body = f"desk/tickets/{number}/return", {} if day == self._today() else {"date": day}
        said = self.hall.press(path, body, self.hall.bearer(role="reception"))
        if self._refuses(one.line):
            assert said.status_code == 409, f"Q10: {one.line} was stopped, or is closed: {said.text}"
            return
        assert said.status_code == 201, f"Q3: {number} of {day} comes back with papers: {said.text}"
        found = {"number": said.get_json()["ticket"]["number"], "token": said.get_json()["token"]}
        back = self._issued(found, one.line, lane=one.lane, heads=one.heads)
        back.place = one.place if day == self._today() else back.issued - RETURNED_HEAD_START
        back.basis = "returned"
        again = self.hall.press(path, body, self.hall.bearer(role="reception"))
        assert again.status_code == 409, f"Q3: the notice of {number} counted twice: {again.text}"
        del self.notices[day, number]
        self._did("back_with_papers")

    @rule(line=st.sampled_from(LINES), many=st.integers(1, AGENT_TICKETS + 1))
    def agent_draws(self, line: str, many: int) -> None:
        """More than one in a line, and no more in a day than registered (Q8)."""
        for _ in range(many):
            said = self.hall.press("tickets", {"line": line, "person": {"phone": AGENT}}, self.hall.bearer())
            if self._refuses(line):
                assert said.status_code == 409, f"Q10: {line} was stopped, or is closed: {said.text}"
            elif self.day.agents >= AGENT_TICKETS:
                assert said.status_code == 409, f"Q8: a registered agent has a limit: {said.text}"
                assert said.get_json()["code"] == "agent_limit", f"Q8: told why: {said.text}"
                self._did("agent_draws")
            else:
                assert said.status_code == 201, f"Q8: a registered agent draws up to the limit: {said.text}"
                self._issued(said.get_json(), line)
                self.day.agents += 1

    @precondition(lambda self: len(self.day.numbers) >= SOME and self.hall.at < self._today_at(LUNCH[0]))
    @rule()
    def lunch(self) -> None:
        """From its first moment to its last only a line that stays open gives out numbers; windows call on (Q10)."""
        for moment in LUNCH:
            self.hall.pass_by((self._today_at(moment) - self.hall.at).total_seconds() - 1)
            for _ in range(2):
                for line in LINES:
                    self.draw(line, "ordinary", None, 1)
                self.hall.pass_by(1)
            for window in sorted(self.open):
                self.call_next(window)
        self._did("lunch")

    @precondition(lambda self: len(self.day.numbers) >= SOME and self.hall.at < self._closes())
    @rule(line=st.sampled_from(LINES))
    def closing_time(self, line: str) -> None:
        """A line gives out numbers until its posted time, and no longer; who holds one is called (Q10)."""
        self.hall.pass_by((self._closes() - self.hall.at).total_seconds() - 1)
        for _ in range(2):
            self.draw(line, "ordinary", None, 1)
            self.hall.pass_by(1)
        for window in sorted(self.open):
            self.call_next(window)
        self._did("closing_time")

    @rule(
        window=st.sampled_from(WINDOWS),
        which=st.integers(0, 30),
        why=st.sampled_from((*sorted(CHOSEN), "friend", None)),
    )
    def call_chosen(self, window: str, which: int, why: str | None) -> None:
        """Out of order: with a reason from the list, of which the public reads two words at most (Q7)."""
        waiting = [one for one in self.day.numbers if one.state == "waiting"]
        if not waiting:
            return
        chosen = waiting[which % len(waiting)]
        body = {"reason": why} if why else {}
        said = self._at(
            window, "call", ticket=chosen.number, **body, **({"note": NOTE} if why == "other" else {})
        )
        if why not in CHOSEN:
            assert said.status_code == 422, f"Q7: {chosen.number} was called without a reason: {said.text}"
        elif window not in self.open or self.day.at(window):
            assert said.status_code == 409, f"Q2: one call a window: {said.text}"
        elif self.day.is_frozen(chosen):
            assert said.status_code == 409, f"Q13: {chosen.number} is at another window: {said.text}"
        else:
            assert said.status_code == 200, f"Q7: with a reason anybody waiting can be called: {said.text}"
            self._called(chosen, window, why)
            told = self.hall.client.get(f"/api/v1/tickets/{chosen.token}")
            assert told.get_json()["why_waiting"] == WORDS[chosen.told], (
                f"Q7: of {chosen.number}: {told.text}"
            )
            assert NOTE not in told.text, f"Q7: the public reads why {chosen.number} was called."
            self._did("call_chosen")

    @precondition(lambda self: any(one.state != "waiting" for one in self.day.numbers))
    @rule(state=st.sampled_from((*GONE, "unserved")), which=st.integers(0, 8))
    def called_though_not_waiting(self, state: str, which: int) -> None:
        """By its number: at a window, on hold, passed or over, at whatever window; rather a free one (Q2)."""
        free = [window for window in sorted(self.open) if self.day.at(window) is None]
        windows = free if free and which % 3 else WINDOWS
        window = windows[which % len(windows)]
        for one in [one for one in self.day.numbers if one.state == state][-1:]:
            said = self._at(window, "call", ticket=one.number, reason="papers")
            assert said.status_code == 409, (
                f"Q2: {one.number} is {state}, and {window} called it: {said.text}"
            )
            if window in free:
                self._did(f"called though {state}")

    @invariant()
    def the_journal_tells_of_every_call(self) -> None:
        """Once each; of one out of order with its reason, of all others without (Q2, Q7)."""
        wanted = (
            select(JournalEntry.id, JournalEntry.fact, JournalEntry.actor, JournalEntry.data)
            .where(JournalEntry.id > self.read)
            .order_by(JournalEntry.id)
        )
        with Session(self._engine()) as session:
            rows = session.execute(wanted).all()
        type(self).read = rows[-1].id if rows else self.read
        calls = [(row.actor, json.loads(row.data)) for row in rows if row.fact == TicketCalled.name]
        kept = [(said["number"], said["window"], said.get("reason")) for _actor, said in calls]
        assert kept == self.calls, f"Q7: the journal keeps {kept}; called were {self.calls}."
        for actor, said in calls:
            assert actor.startswith("staff:"), f"Q7: {said['number']} was called by {actor}."
            assert (said["because"] == "chosen") is ("reason" in said), f"Q7: chosen, and why: {said}"
        assert not any(NOTE in row.data for row in rows), "Q7: what was noted of a person is in the journal."
        self.calls.clear()

    # Helpers

    def draw(self, line: str, lane: str, phone: str | None, heads: int) -> None:
        """Somebody draws."""
        raise NotImplementedError

    def call_next(self, window: str) -> None:
        """The next is called."""
        raise NotImplementedError

    def serve(self, window: str, verb: str) -> None:
        """Whoever stands at a window is served."""
        raise NotImplementedError

    def _did(self, what: str) -> None:
        self.hall.met[what, "done"] += 1

    def _booked(self, line: str, starts: datetime) -> str:
        """The code of a confirmed booking, made long ago."""
        nonce = tokens.new_nonce()

        def book(work: Work, _command: None) -> None:
            helper = work.session.scalars(select(Helper).order_by(Helper.id).limit(1)).one()
            wanted = work.session.scalars(select(Line).where(Line.code == line)).one()
            work.session.add(
                Booking(
                    site_id=helper.site_id,
                    nonce=nonce,
                    state="confirmed",
                    kind="assist",
                    channel="phone",
                    helper_id=helper.id,
                    line_id=wanted.id,
                    matter=f"line:{wanted.id}",
                    starts_at=starts,
                    ends_at=starts + timedelta(minutes=LASTS),
                    cell_from=cell_at(starts),
                    cell_until=cell_at(starts) + 6,
                    because="only",
                    made_at=work.now,
                )
            )

        with self.hall.app.app_context():
            perform(SYSTEM_ACTOR, book, None)
        return tokens.short_code(self.hall.config.keys.tokens, BOOKING, nonce)
