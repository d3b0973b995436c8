"""Who waits for a window in the order in which it would call them, with the reasons. Nothing here writes.

`Service` gathers what the rule needs once; calling takes its first choice, the clerk's list all of them, so that what
is shown is what will be called.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import Integer, and_, bindparam, case, func, or_, select
from sqlalchemy.orm import Session, aliased

from hall.catalog.models import Line, Window, WindowLine
from hall.queueing import rules
from hall.queueing.counts import PEOPLE_COUNTED, TICKETS_COUNTED, WAITS, InLine
from hall.queueing.models import Loan, Ticket
from hall.queueing.queries import heads
from hall.queueing.rules import Choice, Head, Why
from hall.sites import Site
from hall.statements import Statement

LIST_LIMIT = 200


@dataclass(frozen=True, slots=True)
class Waiting:
    """One row of a window's waiting list. `why` are keys of `words.WHY`, the first the most telling."""

    number: str
    nonce: bytes
    line: str
    lane: str
    lane_reason: str | None
    basis: str
    issued_at: datetime
    target_min: int
    heads: int
    test: bool
    frozen: bool
    why: tuple[Why, ...]


@dataclass(frozen=True, slots=True)
class WaitingList:
    """The first rows in calling order, then those who cannot be called now; how many people there are in all.

    Test tickets stand in the rows, because they are called; they are not in `count` (Q11).

    `holds_until` is when the order changes by itself, because a line passes its target (Q5).
    """

    rows: tuple[Waiting, ...]
    count: InLine
    holds_until: datetime | None


@dataclass(frozen=True, slots=True)
class Service:
    """What a window serves on a day: lines with their targets in minutes, and which are preferred."""

    window_id: int
    day: date
    now: datetime
    codes: dict[int, str]
    targets: dict[int, int]
    preferred: frozenset[int]

    def first(self, session: Session) -> Choice | None:
        """Whom to call next (Q3, Q5)."""
        own = reserved_heads(session, self.window_id, self.day, 1)
        waiting = heads(session, self.codes, self.day)
        reserved = own[0] if own else None
        return rules.choose(waiting, self.preferred, self.targets, self.now, reserved=reserved)

    def listed(self, session: Session) -> WaitingList:
        """The waiting list: at most 200 rows, in a fixed number of statements."""
        waiting = heads(session, self.codes, self.day, LIST_LIMIT)
        own = reserved_heads(session, self.window_id, self.day, LIST_LIMIT)
        choices = rules.order(waiting, self.preferred, self.targets, self.now, reserved=own, limit=LIST_LIMIT)
        given = {"day": self.day, "lines": list(self.codes), "window": self.window_id}
        people, tickets, frozen = session.execute(_COUNTED, given).one()
        rows = [*self._callable(session, choices)]
        if frozen and len(rows) < LIST_LIMIT:
            found = session.execute(_FROZEN, {**given, "most": LIST_LIMIT - len(rows)})
            rows += [self._row(row, (Why("frozen", window=row.called_to),)) for row in found]
        first = {head.line_id: head for head in reversed(waiting)}.values()
        holds = rules.order_holds_until(first, self.preferred, self.targets, self.now)
        return WaitingList(tuple(rows), InLine(people, tickets), holds)

    def _callable(self, session: Session, choices: list[Choice]) -> Iterable[Waiting]:
        if not choices:
            return
        found = session.execute(_ROWS, {"ids": [choice.head.ticket_id for choice in choices]})
        by_id = {row.id: row for row in found}
        for choice in choices:
            because = () if choice.because == "preferred" else (Why(choice.because),)
            yield self._row(by_id[choice.head.ticket_id], because)

    def _row(self, row: Any, because: tuple[Why, ...]) -> Waiting:  # noqa: ANN401 - a row of _SHOWN
        return Waiting(
            number=row.number,
            nonce=row.nonce,
            line=row.code,
            lane=row.lane,
            lane_reason=row.lane_reason,
            basis=row.basis,
            issued_at=row.issued_at,
            target_min=self.targets.get(row.line_id, row.target_min or 0),
            heads=row.heads,
            test=row.test,
            frozen=row.frozen,
            why=(*because, rules.why_here(row.basis, row.issued_at, row.place)),
        )


# Built once, of columns and not of rows that a session keeps: every change publishes the list of each window that
# serves the line, and a list has up to 200 rows.
_SHOWN = (
    *(Ticket.id, Ticket.line_id, Ticket.number, Ticket.nonce, Ticket.lane, Ticket.lane_reason),
    *(Ticket.basis, Ticket.issued_at, Ticket.place, Ticket.heads, Ticket.test, Ticket.frozen),
    *(Line.code, Line.target_min),
)
_ROWS = (
    select(*_SHOWN)
    .join(Line, Line.id == Ticket.line_id)
    .where(Ticket.id.in_(bindparam("ids", expanding=True)))
)
_HERE = (
    Ticket.business_date == bindparam("day"),
    WAITS,
    or_(
        and_(
            Ticket.line_id.in_(bindparam("lines", expanding=True)),
            Ticket.reserved_window_id.is_(None),
        ),
        Ticket.reserved_window_id == bindparam("window"),
    ),
)
_COUNTED = (
    select(PEOPLE_COUNTED, TICKETS_COUNTED, func.count(case((Ticket.frozen.is_(True), 1))))
    .select_from(Ticket)
    .where(*_HERE)
)
_other = aliased(Ticket)
_FROZEN = (  # with the window to which another matter of the same person was called (Q13)
    select(*_SHOWN, func.min(Window.number).label("called_to"))
    .join(Line, Line.id == Ticket.line_id)
    .outerjoin(
        _other,
        and_(_other.visit_id == Ticket.visit_id, _other.state.in_(("called", "serving", "held"))),
    )
    .outerjoin(Window, Window.id == _other.window_id)
    .where(*_HERE, Ticket.frozen.is_(True))
    .group_by(Ticket.id, Line.id)
    .order_by(Ticket.place, Ticket.id)
    .limit(bindparam("most", type_=Integer))
)


def service_of(session: Session, window_id: int, site: Site, day: date, now: datetime) -> Service:
    """What this window serves now, loans included."""
    lines = served_lines(session, window_id, now)
    default = site.settings.target_min
    return Service(
        window_id=window_id,
        day=day,
        now=now,
        codes={row.id: row.code for row in lines},
        targets={row.id: row.target_min or default for row in lines},
        preferred=frozenset(row.id for row in lines if row.preferred),
    )


# Every press at a window runs them
_SERVED = Statement(
    select(Line.id, Line.code, Line.target_min, WindowLine.preferred)
    .join(WindowLine, WindowLine.line_id == Line.id)
    .where(WindowLine.window_id == bindparam("window"), Line.retired_at.is_(None))
    .order_by(Line.sort, Line.id)
)
_LENT = Statement(
    select(Line.id, Line.code, Line.target_min, Loan.window_id.is_not(None).label("preferred"))
    .join(Loan, Loan.line_id == Line.id)
    .where(Loan.window_id == bindparam("window"), Loan.until > bindparam("now"))
    .distinct()
)


class Served(NamedTuple):
    """A line that a window serves; `target_min` in minutes, None for the hall's own."""

    id: int
    code: str
    target_min: int | None
    preferred: bool


def served_lines(session: Session, window_id: int, now: datetime) -> list[Served]:
    """The lines of a window, loans included as preferred (Q5)."""
    rows = [Served(*row) for row in _SERVED.rows(session, {"window": window_id})]
    lent = [Served(*row) for row in _LENT.rows(session, {"window": window_id, "now": now})]
    borrowed = {row.id for row in lent}
    return [*lent, *(row for row in rows if row.id not in borrowed)]


_RESERVED = Statement(
    select(Ticket.id, Ticket.line_id, Ticket.place, Ticket.issued_at)
    .where(
        Ticket.reserved_window_id == bindparam("window"),
        Ticket.business_date == bindparam("day"),
        WAITS,
        Ticket.frozen.is_(False),
    )
    .order_by(Ticket.place, Ticket.id)
    .limit(bindparam("most", type_=Integer))
)


def reserved_heads(session: Session, window_id: int, day: date, limit: int) -> list[Head]:
    """The first tickets transferred to this very window, by (place, id)."""
    rows = _RESERVED.rows(session, {"window": window_id, "day": day, "most": limit})
    return [Head(*row) for row in rows]
