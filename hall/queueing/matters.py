"""One person's matters of one slip: while one is at a window the others keep their places, uncalled (Q13)."""

from __future__ import annotations

from sqlalchemy import ColumnElement, select, update

from hall import topics
from hall.catalog.models import Line, Window
from hall.queueing.counts import AT_HAND
from hall.queueing.models import NEXT_REVISION, Ticket
from hall.unit_of_work import Work


def unfreeze(work: Work, ticket: Ticket) -> None:
    """This matter is over: the others can be called again, unless one of them is at a window just now (Q13)."""
    if ticket.visit_id is not None and not visit_is_busy(work, ticket):
        _set_frozen(work, Ticket.visit_id == ticket.visit_id, Ticket.frozen.is_(True), frozen=False)


def freeze_others(work: Work, ticket: Ticket) -> None:
    """A person is called: their other matters keep their places and cannot be called meanwhile (Q13)."""
    if ticket.visit_id is not None:
        others = Ticket.id != ticket.id, Ticket.state == "waiting"
        _set_frozen(work, Ticket.visit_id == ticket.visit_id, *others, frozen=True)


def _set_frozen(work: Work, *which: ColumnElement[bool], frozen: bool) -> None:
    """Their holders are told, and whoever sees their lines or has them sent: a window may call them, or no longer."""
    rows = work.session.execute(
        update(Ticket)
        .where(*which)
        .values(frozen=frozen, revision=NEXT_REVISION)
        .returning(Ticket.id, Ticket.line_id, Ticket.reserved_window_id)
    ).all()
    if rows:
        lines = select(Line.code).where(Line.id.in_({row.line_id for row in rows}))
        work.touch([topics.ticket(row.id) for row in rows])
        work.touch(topics.line(code) for code in work.session.scalars(lines))
    sent_to = {row.reserved_window_id for row in rows} - {None}
    if sent_to:  # that window need not serve the line
        windows = select(Window.code).where(Window.id.in_(sent_to))
        work.touch(topics.window(code) for code in work.session.scalars(windows))


def window_beside(work: Work, ticket: Ticket) -> str | None:
    """The code of the window at which another matter of this visit is: its console lists those that wait (Q13)."""
    if ticket.visit_id is None:
        return None
    other = (
        select(Window.code)
        .join(Ticket, Ticket.window_id == Window.id)
        .where(Ticket.visit_id == ticket.visit_id, Ticket.id != ticket.id, AT_HAND)
    )
    return work.session.scalar(other.limit(1))


def visit_is_busy(work: Work, ticket: Ticket) -> bool:
    """Whether another matter of this visit is at a window, or on hold there (Q13)."""
    if ticket.visit_id is None:
        return False
    other = select(Ticket.id).where(
        Ticket.visit_id == ticket.visit_id,
        Ticket.id != ticket.id,
        AT_HAND,
    )
    return work.session.scalar(other.limit(1)) is not None
