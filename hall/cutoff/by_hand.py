"""Numbers that windows called by hand, entered afterwards and reconciled with their tickets, in either order (Q9)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from hall import clock
from hall.accounts.access import of_site
from hall.actor import ActorKind
from hall.catalog.models import Line, Window
from hall.cutoff import rules
from hall.cutoff.facts import HandCallNoted, HandCallWithdrawn, TicketServedByHand
from hall.cutoff.models import HandCall, NumberRange
from hall.cutoff.states import HAND_MOVES, MATCHED, NOTED, WITHDRAWN
from hall.errors import Conflict, Invalid, NotFound
from hall.queueing.actions import ticket_fact
from hall.queueing.claims import release_claim
from hall.queueing.matters import unfreeze, window_beside
from hall.queueing.models import NEXT_REVISION, Ticket
from hall.queueing.queries import today
from hall.queueing.states import TICKET_MOVES
from hall.sites import Site
from hall.unit_of_work import Work

SHAPE = re.compile(r"([A-Z]{1,2})(\d{3,5})")
OPEN = TICKET_MOVES["by_hand"].sources


@dataclass(frozen=True, slots=True)
class Note:
    """A window called this number by hand on `day`; without times only that it was served."""

    site_id: int
    number: str
    window: str
    day: date
    called_at: datetime | None = None
    ended_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Withdraw:
    """A note that was a mistake."""

    site_id: int
    id: int


def note(work: Work, command: Note) -> str:
    """Keep what was called by hand, and finish its ticket where it is known; answers `matched` or `noted`.

    Raises Invalid (number, window, times), Conflict (noted already, or its ticket is at a window or over).
    """
    site = work.session.get_one(Site, command.site_id)
    of_site(work.actor, site.id)
    shown = command.number.strip().upper()
    window = _window(work, site, command.window)
    _check_times(work, site, command)
    # Before anything is looked up: whoever hands this number in meanwhile is waited for, and then seen
    may_come = _may_come(work, site, command.day, shown)
    if _standing(work, site, command.day, shown) is not None:
        raise Conflict(_l("This number is on the list already."), code="noted_already")
    ticket = work.session.scalar(
        select(Ticket)
        .where(Ticket.site_id == site.id, Ticket.business_date == command.day, Ticket.number == shown)
        .with_for_update()
    )
    if ticket is not None and ticket.state not in OPEN:
        raise Conflict(
            _l("This number is at a window now, or over: there is nothing to enter."), code="ticket_not_open"
        )
    if ticket is None and not may_come:
        said = _l("There is no such number on this day.")
        raise Invalid(said, code="unknown_number", errors={"number": [said]})
    row = HandCall(
        site_id=site.id,
        business_date=command.day,
        number=shown,
        window_id=window.id,
        staff_id=work.actor.id if work.actor.kind is ActorKind.STAFF else None,
        called_at=command.called_at,
        ended_at=command.ended_at,
        state=NOTED,
        entered_at=work.now,
    )
    work.session.add(row)
    work.session.flush()
    work.record(_fact(HandCallNoted, site, row, window.code))
    if ticket is not None:
        _match(work, site, work.session.get_one(Line, ticket.line_id), ticket, row)
    return MATCHED if ticket is not None else NOTED


def reconcile(work: Work, site: Site, line: Line, ticket: Ticket) -> None:
    """A ticket was handed in: if a window called it by hand before, it is finished there."""
    row = _standing(work, site, ticket.business_date, ticket.number)
    if row is not None and row.state == NOTED:
        _match(work, site, line, ticket, row)


def hold(work: Work, ranges: set[int]) -> None:
    """Handing in and entering numbers of these ranges happen one after the other, until the work is done."""
    wanted = select(NumberRange.id).where(NumberRange.id.in_(ranges)).order_by(NumberRange.id)
    work.session.execute(wanted.with_for_update(key_share=True)).all()


def withdraw(work: Work, command: Withdraw) -> None:
    """Take back a note for which no ticket has come. Raises NotFound, Conflict once it is matched."""
    row = work.session.get(HandCall, command.id)
    if row is None or row.site_id != command.site_id or row.state == WITHDRAWN:
        raise NotFound(_l("There is no such entry."), code="unknown_entry")
    site = work.session.get_one(Site, row.site_id)
    work.move(HAND_MOVES, row, "withdraw")
    work.record(_fact(HandCallWithdrawn, site, row, None))


def _match(work: Work, site: Site, line: Line, ticket: Ticket, row: HandCall) -> None:
    window = work.session.get_one(Window, row.window_id)
    called, ended = _times(ticket, row, work.now)
    work.move(
        TICKET_MOVES,
        ticket,
        "by_hand",
        window_id=window.id,
        staff_id=row.staff_id,
        first_called_at=called,
        started_at=called,
        ended_at=ended,
        outcome="done",
        frozen=False,
        reserved_window_id=None,
        revision=NEXT_REVISION,
    )
    work.move(HAND_MOVES, row, "match", ticket_id=ticket.id)
    release_claim(work, ticket)
    unfreeze(work, ticket)
    beside = window_beside(work, ticket)
    work.record(ticket_fact(TicketServedByHand, ticket, site, line, window=window.code, beside=beside))


def _times(ticket: Ticket, row: HandCall, now: datetime) -> tuple[datetime | None, datetime]:
    """Nobody was called before their number was printed, as far as it is known."""
    if row.called_at is None or row.ended_at is None:
        return None, max(ticket.issued_at, min(now, row.entered_at))
    called = max(row.called_at, ticket.issued_at)
    return called, max(row.ended_at, called)


def _window(work: Work, site: Site, code: str) -> Window:
    found = work.session.scalar(
        select(Window).where(Window.code == code, Window.site_id == site.id, Window.retired_at.is_(None))
    )
    if found is None:
        said = _l("Choose the window.")
        raise Invalid(said, code="unknown_window", errors={"window": [said]})
    return found


def _check_times(work: Work, site: Site, command: Note) -> None:
    if not rules.may_be_noted(command.day, today(site, work.now)):
        said = _l("Choose today or one of the last seven days.")
        raise Invalid(said, code="bad_day", errors={"day": [said]})
    if command.called_at is None and command.ended_at is None:
        return
    begins, ends = clock.day_bounds(site.zone, command.day)
    if command.called_at is None or command.ended_at is None:
        said = _l("Enter from when until when, or neither.")
        raise Invalid(said, code="half_a_time", errors={"until": [said]})
    if not begins <= command.called_at <= command.ended_at <= min(ends, work.now):
        said = _l("These times do not follow one another, or lie ahead.")
        raise Invalid(said, code="bad_times", errors={"until": [said]})


def _standing(work: Work, site: Site, day: date, shown: str) -> HandCall | None:
    return work.session.scalar(
        select(HandCall).where(
            HandCall.site_id == site.id,
            HandCall.business_date == day,
            HandCall.number == shown,
            HandCall.state != WITHDRAWN,
        )
    )


def _may_come(work: Work, site: Site, day: date, shown: str) -> bool:
    """Whether a kiosk may have printed this number: it lies in a range that one has for that day, which is held."""
    found = SHAPE.fullmatch(shown)
    at = rules.slot_and_position(int(found[2])) if found else None
    if found is None or at is None:
        return False
    wanted = select(NumberRange.id).where(
        NumberRange.site_id == site.id,
        NumberRange.business_date == day,
        NumberRange.prefix == found[1],
        NumberRange.slot == at[0],
    )
    own = work.session.scalar(wanted)
    if own is not None:
        hold(work, {own})
    return own is not None


def _fact(
    kind: type[HandCallNoted | HandCallWithdrawn], site: Site, row: HandCall, window: str | None
) -> HandCallNoted | HandCallWithdrawn:
    return kind(
        site_id=site.id,
        site=site.code,
        number=row.number,
        day=row.business_date.isoformat(),
        window=window,
    )
