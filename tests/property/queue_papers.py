"""The papers of kiosks that were cut off, and what the hall keeps of them: which were printed, which have come (Q9)."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, ClassVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from hall import clock
from hall.cutoff.models import HandedTicket, RangeKeeper
from hall.queueing.models import Ticket
from tests.property.queue_machine import Hall

if TYPE_CHECKING:
    from kiosk.agent_draws import Draw
    from tests.property.cut_off_kiosk import Kiosk

AGREE = timedelta(minutes=1)
BELOW_RANGES = 9000


class Papers(Hall):
    """Kiosks and their papers outlive a day."""

    kiosks: ClassVar[list[Kiosk]]
    copies: ClassVar[list[Kiosk]]
    out: ClassVar[dict[str, Draw]]
    """Papers in people's hands that the hall has not answered for."""
    papers: ClassVar[dict[str, tuple[Draw, str, str]]]
    """By key whatever was ever printed, with the memory and the machine that printed it."""
    came: ClassVar[dict[tuple[str, str], str]]
    """By date and number the key of the paper that came first."""
    latest: ClassVar[dict[str, datetime]]
    """By memory and date the time of the last paper that was handed in."""
    by_hand: ClassVar[dict[tuple[str, str], str]]
    """By date and number the window that entered it."""
    doubled: ClassVar[set[tuple[str, str]]]
    handed: ClassVar[int]
    prints = False
    """Whether any kiosk has printed alone in this example."""

    def _printed(self, kiosk: Kiosk, draw: Draw) -> None:
        """From its own range: no paper of another memory has this number, nor any that this machine knows of."""
        assert int(draw.number.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")) > BELOW_RANGES, (
            f"Q9: {draw.number} is not of a range above {BELOW_RANGES}."
        )
        memory, machine = kiosk.draws.memory, kiosk.folder.name
        for other, its_memory, its_machine in self.papers.values():
            if (other.day, other.number) == (draw.day, draw.number):
                assert its_memory == memory, (
                    f"Q9: {draw.number} was printed by {its_machine} and by {machine}: one range, two memories."
                )
                assert other.key not in kiosk.printed, f"Q9: {draw.number} was printed twice by {machine}."
        self.papers[draw.key] = draw, memory, machine

    def _is_second(self, draw: Draw) -> bool:
        """Whether its number has come already: on the paper of another machine with a copy of the same memory."""
        first = self.came.setdefault((draw.day, draw.number), draw.key)
        if first == draw.key:
            return False
        (_, memory, machine), (_, its_memory, its_machine) = self.papers[draw.key], self.papers[first]
        assert memory == its_memory, f"Q9: {draw.number} came from two memories."
        assert machine != its_machine, f"Q9: {draw.number} came twice from {machine}."
        return True

    def _reckoned(self, kiosk: Kiosk, heard: datetime | None, draw: Draw) -> datetime:
        """The printed time; where the hall knows better, that (docs/cut-off.md)."""
        now, at = self.hall.at, datetime.fromtimestamp(draw.at, UTC)
        if draw.boot == kiosk.boot:
            by_age = now - timedelta(seconds=kiosk.reading().steady - draw.steady)
            at = by_age if abs(by_age - at) > AGREE else at
        begins, ends = clock.day_bounds(self._site().zone, date.fromisoformat(draw.day))
        last = min(now, ends - timedelta(microseconds=1))
        at = min(max(at, begins, heard - AGREE if heard else begins), last)
        before = self.latest.get(f"{kiosk.draws.memory} {draw.day}")
        return max(at, min(before, last)) if before else at

    def _notes(self) -> list[str]:
        """Numbers called by hand whose paper has not come."""
        here = {one.number for one in self.day.numbers}
        return [number for day, number in self.by_hand if day == self._today() and number not in here]

    def _heard(self, kiosk: Kiosk) -> datetime | None:
        with Session(self._engine()) as session:
            keeper = session.get(RangeKeeper, kiosk.device.id)
            return keeper.heard_at if keeper else None

    def _new_papers(self) -> list[tuple[HandedTicket, Ticket | None]]:
        wanted = (
            select(HandedTicket, Ticket)
            .outerjoin(Ticket, Ticket.id == HandedTicket.ticket_id)
            .where(HandedTicket.id > type(self).handed)
            .order_by(HandedTicket.id)
        )
        with Session(self._engine(), expire_on_commit=False) as session:
            found: list[tuple[HandedTicket, Ticket | None]] = [
                (row[0], row[1]) for row in session.execute(wanted)
            ]
        type(self).handed = max((row.id for row, _ticket in found), default=self.handed)
        return found
