"""What a hall's database says at the end, and which rules it breaks: read past the application, on both engines."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.orm import Session

if TYPE_CHECKING:
    from collections.abc import Iterator

ALONE = 9000  # above lie the ranges of kiosks that print alone


@dataclass(frozen=True, slots=True)
class Truth:
    """Numbers drawn, and who called and finished which, in order; faults of the file and the journal."""

    numbers: tuple[str, ...]
    issued: tuple[str, ...]
    called: tuple[tuple[str, str], ...]
    finished: tuple[tuple[str, str], ...]
    faults: tuple[str, ...]

    @classmethod
    def read(cls, address: str) -> Truth:
        """From the database at this address; the journal's tail is sealed first."""
        from hall import journal  # noqa: PLC0415 - with the product
        from hall.database import make_writer  # noqa: PLC0415
        from hall.queueing.models import Ticket  # noqa: PLC0415

        engine = make_writer(address)
        with Session(engine) as session:
            faults = list(_faults_of_the_file(session))
            while journal.seal(session):
                session.commit()
            verdict = journal.verify(session)
            if verdict.fault or verdict.unsealed:
                faults.append(f"O3: the journal: {verdict.fault}, {verdict.unsealed} entries unsealed")
            entries = session.execute(
                select(journal.JournalEntry.fact, journal.JournalEntry.data).order_by(journal.JournalEntry.id)
            ).all()
            numbers = session.scalars(select(Ticket.number).order_by(Ticket.id)).all()
        engine.dispose()
        told: dict[str, list[tuple[str, str]]] = defaultdict(list)
        for fact, data in entries:
            if fact.startswith("ticket_"):
                said = json.loads(data)
                told[fact].append((said["number"], said.get("window", "")))
        return cls(
            tuple(numbers),
            tuple(number for number, _window in told["ticket_issued"]),
            tuple(told["ticket_called"]),
            tuple(told["ticket_finished"]),
            tuple(faults),
        )

    def problems(self) -> Iterator[str]:
        """Each broken rule, for a day on which nobody was passed, put on hold or transferred."""
        yield from self.faults
        by_prefix: dict[str, list[int]] = defaultdict(list)
        for number in self.numbers:
            by_prefix[number.rstrip("0123456789")].append(int(number.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")))
        for prefix, serials in by_prefix.items():
            counted = sorted(serial for serial in serials if serial <= ALONE)
            if counted != list(range(1, len(counted) + 1)):
                yield f"Q1: numbers of {prefix} are double or have gaps: {counted}"
        if sorted(self.issued) != sorted(self.numbers):
            yield "O3: the journal does not tell of each number once"
        yield from _twice("Q2: called to two windows, or twice", self.called)
        yield from _twice("Q2: finished twice", self.finished)
        strays = set(self.finished) - set(self.called)
        if strays:
            yield f"Q2: finished elsewhere than called: {sorted(strays)}"
        at_window: dict[str, str] = {}
        ended = set(self.finished)
        for number, window in self.called:
            before = at_window.get(window)
            if before and (before, window) not in ended:
                yield f"Q2: {window} called {number} while {before} was there"
            at_window[window] = number


def _twice(rule: str, told: tuple[tuple[str, str], ...]) -> Iterator[str]:
    times = Counter(number for number, _window in told)
    double = {number: count for number, count in times.items() if count > 1}
    if double:
        yield f"{rule}: {double}"


def _faults_of_the_file(session: Session) -> Iterator[str]:
    if session.get_bind().dialect.name != "sqlite":
        return
    driver = session.connection()
    for (said,) in driver.exec_driver_sql("PRAGMA integrity_check"):
        if said != "ok":
            yield f"the file is damaged: {said}"
    strays = driver.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
    if strays:
        yield f"rows refer to what is not there: {strays[:3]}"
