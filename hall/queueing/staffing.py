"""Windows and who holds them: open, pause, close, and the checks that every command at a window begins with."""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import lazy_gettext as _l
from sqlalchemy import and_, bindparam, select, update
from sqlalchemy.orm import aliased

from hall import facts
from hall.actor import Actor
from hall.catalog.models import Window
from hall.errors import Conflict, Invalid, NotFound, Refused
from hall.queueing import window_queries
from hall.queueing.counts import HERE, lines_served
from hall.queueing.models import NEXT_REVISION, Staffing, Ticket
from hall.queueing.window_queries import WindowView
from hall.sites import Site
from hall.statements import Copies
from hall.unit_of_work import Work


@dataclass(frozen=True, slots=True)
class AtWindow:
    """A clerk's command at a window; which of the fields matter depends on the verb."""

    window: str
    ticket: str = ""
    reason: str = ""
    note: str = ""
    line: str | None = None
    to_window: str | None = None
    outcome: str = "done"
    seat: str | None = None
    items: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Desk:
    """The window with its site, who holds it, and who is being called or served at it: copies, to read and to move.

    Who holds it stays so until the commit. `ticket` may have moved since, where this press waited for another one:
    a move or a constraint notices; whoever decides by it without moving it asks again (`who_is_at`).
    """

    window: Window
    site: Site
    staffing: Staffing | None
    ticket: Ticket | None


# Every press at a window runs it. Who holds the window is locked: nobody closes it under a press (Q2, Q10)
_holder = (
    select(Staffing)
    .where(
        Staffing.window_id == select(Window.id).where(Window.code == bindparam("code")).scalar_subquery(),
        Staffing.closed_at.is_(None),
    )
    .with_for_update(key_share=True)
    .subquery()
)
_DESK = Copies(
    select(Window, Site, aliased(Staffing, _holder), Ticket)
    .join(Site, Site.id == Window.site_id)
    .outerjoin(_holder, _holder.c.window_id == Window.id)
    .outerjoin(Ticket, and_(Ticket.window_id == Window.id, HERE))
    .where(Window.code == bindparam("code"), Window.retired_at.is_(None)),
    Window,
    Site,
    Staffing,
    Ticket,
)


def window_for(work: Work, code: str) -> Desk:
    """The window, if this clerk works at it. Raises NotFound, Refused (403)."""
    found = _DESK.first(work.session, {"code": code})
    if found is None:
        raise NotFound(_l("There is no such window."), code="unknown_window")
    window, site = found[0], found[1]
    staffing: Staffing | None = found[2]
    own_window(work.actor, window)
    if staffing is not None and staffing.staff_id != work.actor.id:
        raise Conflict(_l("A colleague is working at this window."), code="window_held")
    return Desk(window, site, staffing, found[3])


def own_window(actor: Actor, window: Window) -> None:
    """Raises Refused unless the window is the clerk's: the one it is bound to; without one, any of its hall."""
    elsewhere = not actor.every_site and actor.site_id != window.site_id
    if elsewhere or (actor.window_id is not None and actor.window_id != window.id):
        raise Refused(_l("This is not your window."), code="not_your_window")


def open_window(work: Work, command: AtWindow) -> WindowView:
    """Open, come back from a pause, or take over from one's own other browser (`seat`).

    Raises Conflict where a colleague holds it.
    """
    desk = window_for(work, command.window)
    if desk.staffing is None:
        row = Staffing(
            window_id=desk.window.id,
            staff_id=work.actor.id,
            state="open",
            seat=command.seat,
            since=work.now,
            opened_at=work.now,
        )
        work.session.add(row)
        work.record(_window_fact(work, facts.WindowOpened, desk))
    elif desk.staffing.state != "open":
        row = _to_change(work, desk)
        row.state, row.reason, row.since = "open", None, work.now
        row.seat = command.seat or row.seat
        work.record(_window_fact(work, facts.WindowOpened, desk))
    elif command.seat and command.seat != desk.staffing.seat:
        _to_change(work, desk).seat = command.seat
        work.record(_window_fact(work, facts.WindowOpened, desk, reason="taken_over"))
    work.session.flush()
    return window_queries.window_view(work.session, desk.window, desk.site, work.now)


def pause(work: Work, command: AtWindow) -> WindowView:
    """Pause with a reason from the site's list (Q14)."""
    desk = window_for(work, command.window)
    staffing = _to_change(work, desk)
    known_reason(command.reason, desk.site.settings.pause_reasons)
    staffing.state, staffing.reason, staffing.since = "paused", command.reason, work.now
    work.record(_window_fact(work, facts.WindowPaused, desk, reason=command.reason))
    work.session.flush()
    return window_queries.window_view(work.session, desk.window, desk.site, work.now)


def close(work: Work, command: AtWindow) -> WindowView:
    """Close; refused while somebody is at the window."""
    desk = window_for(work, command.window)
    staffing = _to_change(work, desk)
    if desk.ticket is not None or anybody_at(work, desk.window.id):
        raise Conflict(_l("Finish the present ticket first."), code="window_busy")
    _close(work, desk, staffing)
    work.session.flush()
    return window_queries.window_view(work.session, desk.window, desk.site, work.now)


def _close(work: Work, desk: Desk, staffing: Staffing, reason: str | None = None) -> None:
    staffing.state, staffing.closed_at, staffing.since = "closed", work.now, work.now
    nobody_waits_here(work, desk.window.id)
    work.record(_window_fact(work, facts.WindowClosed, desk, reason=reason))


def nobody_waits_here(work: Work, window_id: int) -> None:
    """Who was sent to this very window, which closes, must not wait for nobody: back to the line, place kept.

    Who is being sent here just now holds the window's row by a key: they come first, or find it closed
    (`leaving.transfer`).
    """
    work.session.execute(select(Window.id).where(Window.id == window_id).with_for_update())
    work.session.execute(
        update(Ticket)
        .where(Ticket.reserved_window_id == window_id, Ticket.state == "waiting")
        .values(reserved_window_id=None, revision=NEXT_REVISION)
    )


def leave_windows(work: Work, staff_id: int, but: int | None = None) -> list[Desk]:
    """Close what a person who may no longer work there holds, all windows but `but`; answers them.

    Who stands there is not sent away, what is on hold stays: the colleague who opens the window goes on with both.
    """
    rows = work.session.execute(
        select(Window, Site, Staffing)
        .select_from(Staffing)
        .join(Window, Window.id == Staffing.window_id)
        .join(Site, Site.id == Window.site_id)
        .where(Staffing.staff_id == staff_id, Staffing.closed_at.is_(None), Window.id != (but or 0))
        .order_by(Window.id)
        .with_for_update(of=Staffing, key_share=True)
    ).all()
    left = [Desk(window, site, staffing, who_is_at(work, window.id)) for window, site, staffing in rows]
    for desk in left:
        if desk.staffing is not None:  # always: the statement begins with it
            _close(work, desk, desk.staffing, "clerk_left")
    return left


def anybody_at(work: Work, window_id: int) -> bool:
    """Whether somebody is called or served there now; certain once its holder's row is locked."""
    return who_is_at(work, window_id) is not None


def who_is_at(work: Work, window_id: int) -> Ticket | None:
    """Who is called or served there now: a copy, like that of the `Desk`."""
    found = _HERE.first(work.session, {"window": window_id})
    return found[0] if found else None


_HERE = Copies(select(Ticket).where(Ticket.window_id == bindparam("window"), HERE), Ticket)


def free(desk: Desk) -> None:
    """The window must be open and nobody at it. Raises Conflict."""
    staffing = staffed(desk)
    if staffing.state != "open":
        raise Conflict(_l("The window is paused. Open it first."), code="window_paused")
    if desk.ticket is not None:
        raise Conflict(_l("Somebody is still being called or served here."), code="window_busy")


def staffed(desk: Desk) -> Staffing:
    """Who holds the window. Raises Conflict while it is closed."""
    if desk.staffing is None:
        raise Conflict(_l("The window is closed. Open it first."), code="window_closed")
    return desk.staffing


def _to_change(work: Work, desk: Desk) -> Staffing:
    """The row of who holds the window, where what is set is also written. Raises Conflict while it is closed."""
    return work.session.get_one(Staffing, staffed(desk).id)


def has_clerk(work: Work, window_id: int | None) -> bool:
    """Whether somebody holds this window."""
    wanted = select(Staffing.id).where(Staffing.window_id == window_id, Staffing.closed_at.is_(None))
    return work.session.scalar(wanted) is not None


def known_reason(reason: str, allowed: tuple[str, ...]) -> None:
    """The reason must be on the list. Raises Invalid."""
    if reason not in allowed:
        said = _l("Choose a reason from the list.")
        raise Invalid(said, code="unknown_reason", errors={"reason": [said]})


def _window_fact(
    work: Work, kind: type[facts.WindowFact], desk: Desk, reason: str | None = None
) -> facts.WindowFact:
    """A fact about this window, which its lines hear of as well."""
    return kind(
        site_id=desk.site.id,
        site=desk.site.code,
        window=desk.window.code,
        reason=reason,
        serves=lines_served(work.session, desk.window.id, work.now),
    )
