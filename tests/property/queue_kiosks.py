"""Kiosks that are cut off, and windows that call their papers by hand meanwhile (Q3, Q9)."""

from __future__ import annotations

import shutil
from datetime import datetime, timedelta
from itertools import count
from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st
from hypothesis.stateful import invariant, precondition, rule

from hall import tokens
from tests.property.queue_day import HEAD_START, LINES, WINDOWS, Number
from tests.property.queue_papers import Papers

if TYPE_CHECKING:
    from hall.cutoff.models import HandedTicket
    from hall.queueing.models import Ticket
    from kiosk.agent_draws import Draw
    from tests.property.cut_off_kiosk import Kiosk

GRAIN = timedelta(milliseconds=1)  # papers tell their time as a fraction of seconds
AGAIN_S = 301
MOST_LOOKS = 40  # three papers each time (`queue_running`), and a morning of them
COPIES = count()
KIOSK = st.integers(0, 1)


class Kiosks(Papers):
    """What kiosks do that have lost the hall; they and their papers outlive a day."""

    def kiosks_come_home(self) -> None:
        """Whatever was printed before is handed in, also what copies of a disk know."""
        for kiosk in (*self.kiosks, *self.copies):
            self._hands_in(kiosk, None)
        for kiosk in self.copies:
            kiosk.draws.close()
        self.copies.clear()
        assert not self.out, "Q9: papers were lost."

    # What happens

    @rule(
        which=KIOSK,
        line=st.sampled_from(LINES),
        lane=st.sampled_from(("ordinary", "ordinary", "priority")),
        many=st.integers(1, 4),
    )
    def cut_off_and_printing(self, which: int, line: str, lane: str, many: int) -> None:
        self._print(self.kiosks[which], line, lane, many)

    @precondition(lambda self: self.out)
    @rule(which=KIOSK, broken=st.sampled_from((None, None, 0, 1, 2)))
    def cable_is_back(self, which: int, broken: int | None) -> None:
        """At times it breaks again in the middle."""
        self._hands_in(self.kiosks[which], broken)

    @precondition(lambda self: self.prints)
    @rule(
        which=KIOSK,
        skew=st.sampled_from((0, 0, 7200)),
        line=st.sampled_from(LINES),
        many=st.integers(0, 2),
    )
    def kiosk_loses_power(self, which: int, skew: int, line: str, many: int) -> None:
        """It prints on, and knows what it printed before, whether that is handed in or not."""
        kiosk = self.kiosks[which]
        kiosk.lose_power(skew)
        if many and kiosk.printed:
            self._print(kiosk, line, "ordinary", many)

    @precondition(lambda self: self.out)
    @rule(which=KIOSK, line=st.sampled_from(LINES), many=st.integers(0, 2))
    def state_folder_is_copied(self, which: int, line: str, many: int) -> None:
        """Another agent prints on with the same memory, and hands in what both have."""
        kiosk = self.kiosks[which]
        copy = kiosk.copied(kiosk.folder.with_name(f"copy-{next(COPIES)}"))
        self.copies.append(copy)
        if many:
            self._print(copy, line, "ordinary", many)
        self._hands_in(copy, None)

    @precondition(lambda self: self.out)
    @rule(which=KIOSK)
    def disk_is_set_back(self, which: int) -> None:
        """What was handed in is handed in again by an agent that does not know it."""
        kiosk = self.kiosks[which]
        before = kiosk.folder.with_name("before")
        shutil.copyfile(kiosk.folder / "drawn.jsonl", before)
        self._hands_in(kiosk, None)
        kiosk.draws.close()
        shutil.move(before, kiosk.folder / "drawn.jsonl")
        kiosk.start()
        self._hands_in(kiosk, None)

    @rule(which=st.integers(0, 30), window=st.sampled_from(WINDOWS), times=st.booleans())
    def called_by_hand(self, which: int, window: str, times: bool) -> None:
        """A window enters whom it called by hand, from–until or only that it was served."""
        day = self._today()
        papers = [draw.number for draw in self.out.values() if draw.day == day]
        known = sorted({*papers, *(one.number for one in self.day.numbers)})
        if not known:
            return
        number = (papers[:3] + known)[which % len(papers[:3] + known)]
        body: dict[str, Any] = {"number": number, "window": window}
        if times:
            zone = self._site().zone
            since, until = (
                (self.hall.at - timedelta(minutes=ago)).astimezone(zone).strftime("%H:%M") for ago in (6, 2)
            )
            body |= {"since": since, "until": until}
        said = self.hall.press("sites/xixian/hand-calls", body, self.hall.bearer(window=window))
        here = next((one for one in self.day.numbers if one.number == number), None)
        if (day, number) in self.by_hand or (here and here.state not in {"waiting", "passed", "unserved"}):
            assert said.status_code == 409, f"Q9: {number} cannot be entered now: {said.text}"
            return
        assert said.status_code == 201, f"Q9: {number} was called by hand: {said.text}"
        assert said.get_json()["state"] == ("matched" if here else "noted"), f"Q9: {said.text}"
        self.by_hand[day, number] = window
        if here:
            here.state, here.window = "finished", window

    @precondition(lambda self: self._notes())
    @rule()
    def entry_is_taken_back(self) -> None:
        """A note that was a mistake, before its paper comes."""
        number, who = self._notes()[0], self.hall.bearer(window=WINDOWS[0])
        listed = self.hall.client.get("/api/v1/sites/xixian/hand-calls", headers=who).get_json()
        entry = next(row["id"] for row in listed["calls"] if row["number"] == number)
        said = self.hall.press(f"sites/xixian/hand-calls/{entry}/withdraw", None, who)
        assert said.status_code == 200, (
            f"Q9: the entry of {number} is taken back before its paper: {said.text}"
        )
        del self.by_hand[self._today(), number]

    # What must be true

    @invariant()
    def no_paper_is_forgotten(self) -> None:
        known = {draw.key for kiosk in (*self.kiosks, *self.copies) for draw in kiosk.draws.pending()}
        assert set(self.out) <= known, "Q9: a paper that the hall has not taken is on no kiosk's disk."

    @invariant()
    def the_short_list_is_true(self) -> None:
        who, day = self.hall.bearer(window=WINDOWS[0]), self._today()
        listed = self.hall.client.get("/api/v1/sites/xixian/hand-calls", headers=who).get_json()
        assert {row["number"] for row in listed["calls"]} == {
            number for on, number in self.by_hand if on == day
        }, "Q9: the list of calls by hand."
        assert {(day, number) for number in listed["doubled"]} == {
            one for one in self.doubled if one[0] == day
        }, "Q9: a second paper with the same number is told to staff."
        assert set(listed["aside"]) <= {draw.number for draw in self.out.values()}, (
            "Q9: staff are told of a paper that was taken."
        )
        alone = {one.number for one in self.day.numbers if one.state == "waiting" and one.alone}
        assert set(listed["waiting"]) == alone, "Q9: papers that wait."

    # Helpers

    def _print(self, kiosk: Kiosk, line: str, lane: str, many: int) -> None:
        kiosk.cable.is_cut = True
        kiosk.look()
        assert kiosk.keeper.state == "away", "Q9: a kiosk that loses the server goes on alone."
        for _ in range(many):
            self.hall.pass_by(3)
            draw = kiosk.print(line, lane)
            assert draw.day == self._today() or kiosk.skew, "Q1: the date on the paper."
            self._printed(kiosk, draw)
            self.prints = True
            self.out[draw.key] = draw

    def _hands_in(self, kiosk: Kiosk, broken: int | None) -> None:
        """Until all is taken, or the cable breaks."""
        kiosk.cable.is_cut, kiosk.cable.after = False, broken
        for _ in range(MOST_LOOKS):
            self._look(kiosk)
            if kiosk.is_settled or kiosk.cable.is_cut:
                break
            self.hall.pass_by(AGAIN_S)
        kiosk.cable.after = None
        assert kiosk.is_settled or kiosk.cable.is_cut, (
            "Q9: with the hall there, everything is handed in at last."
        )
        if kiosk.is_settled:
            left = [self.out[key].number for key in kiosk.printed if key in self.out]
            assert not left, f"Q9: the kiosk thinks that {left} were taken: they are lost."

    def _look(self, kiosk: Kiosk) -> None:
        heard = self._heard(kiosk)
        kiosk.look()
        for row, ticket in self._new_papers():
            self._arrived(kiosk, heard, row, ticket)
        now_heard = self._heard(kiosk)
        if now_heard != heard:
            assert now_heard == max(heard or self.hall.at, self.hall.at), (
                "Q9: when the hall heard of the kiosk."
            )
            assert not kiosk.draws.pending(), (
                "Q9: the hall thinks it has everything, and papers are still out."
            )

    def _arrived(
        self, kiosk: Kiosk, heard: datetime | None, row: HandedTicket, ticket: Ticket | None
    ) -> None:
        """Each paper once, in order, placed by its printed time within what the hall knows."""
        draw = self.out.pop(row.key, None)
        assert draw is not None, f"Q9: {ticket and ticket.number} was taken twice, or nobody printed it."
        earlier = kiosk.printed[: kiosk.printed.index(row.key)]
        assert not [key for key in earlier if key in self.out], "Q9: papers come in the order of printing."
        counted = self._reckoned(kiosk, heard, draw)
        assert abs(row.counted_at - counted) < GRAIN, (
            f"Q9: {draw.number} counts from {row.counted_at} instead of {counted}."
        )
        self.latest[f"{kiosk.draws.memory} {draw.day}"] = row.counted_at
        if self._is_second(draw):
            assert ticket is None, f"Q9: {draw.number} became two tickets."
            self.doubled.add((draw.day, draw.number))
            return
        assert ticket is not None, f"Q9: {draw.number} of {draw.day} was lost."
        assert (ticket.number, ticket.business_date.isoformat()) == (draw.number, draw.day), (
            f"Q9: the paper {draw.number} of {draw.day} became {ticket.number} of {ticket.business_date}."
        )
        if draw.day == self._today():
            self._waits(draw, row.counted_at, ticket)
        else:
            wanted = "finished" if (draw.day, draw.number) in self.by_hand else "unserved"
            assert ticket.state == wanted, f"Q9: {draw.number} of {draw.day} is {ticket.state}."

    def _waits(self, draw: Draw, counted: datetime, ticket: Ticket) -> None:
        key = self.hall.config.keys.tokens
        place = counted - HEAD_START if draw.lane == "priority" else counted
        self.day.latest = max(self.day.latest or counted, counted)
        state = "finished" if (draw.day, draw.number) in self.by_hand else "waiting"
        self.day.numbers.append(
            Number(
                len(self.day.numbers),
                tokens.token_of(key, "ticket", ticket.nonce),
                draw.number,
                draw.line,
                counted,
                place,
                draw.lane,
                None,
                state,
                alone=True,
            )
        )
