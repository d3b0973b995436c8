"""One person's matters of one slip: while one is at a window the others keep their places, uncalled (Q13)."""

from __future__ import annotations

from sqlalchemy import select, update

from hall.catalog.models import Window
from hall.queueing.counts import AT_HAND
from hall.queueing.models import NEXT_REVISION, Ticket
from hall.unit_of_work import Work


def unfreeze(work: Work, ticket: Ticket) -> None:
    """This matter is over: the others can be called again, unless one of them is at a window just now (Q13)."""
    if ticket.visit_id is not None and not visit_is_busy(work, ticket):
        work.session.execute(
            update(Ticket)
            .where(Ticket.visit_id == ticket.visit_id, Ticket.frozen.is_(True))
            .values(frozen=False, revision=NEXT_REVISION)
        )


def freeze_others(work: Work, ticket: Ticket) -> None:
    """A person is called: their other matters keep their places and cannot be called meanwhile (Q13)."""
    if ticket.visit_id is not None:
        work.session.execute(
            update(Ticket)
            .where(Ticket.visit_id == ticket.visit_id, Ticket.id != ticket.id, Ticket.state == "waiting")
            .values(frozen=True, revision=NEXT_REVISION)
        )


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
