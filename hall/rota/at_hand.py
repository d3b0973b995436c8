"""Rows that the actions of a rota begin with, read for update, with what every one of them asks of its caller."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from hall import clock
from hall.accounts.access import of_site
from hall.accounts.roles import Can
from hall.catalog.models import Window
from hall.errors import Conflict, NotFound, Refused
from hall.rota.models import Duty, Rota, RotaBody, RotaPerson, RotaSession, Seat
from hall.rota.states import Held, Turn
from hall.sites import Site

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from sqlalchemy import Select

    from hall.rota.facts import DutyFact, SessionFact
    from hall.unit_of_work import Work


def rota_of(work: Work, rota_id: int) -> Rota:
    """A rota in use, of the caller's hall. Raises NotFound, Refused."""
    rota = work.session.get(Rota, rota_id)
    if rota is None or rota.retired_at is not None:
        raise NotFound(_l("There is no such reception."), code="unknown_rota")
    of_site(work.actor, rota.site_id)
    return rota


def of_rotas_in_use() -> Select[int]:
    """The sessions of receptions that have not ended: no job moves anything of the others."""
    in_use = select(RotaSession.id).join(Rota, Rota.id == RotaSession.rota_id)
    return in_use.where(Rota.retired_at.is_(None))


def site_of(work: Work, rota: Rota) -> Site:
    """The hall of a rota."""
    return work.session.get_one(Site, rota.site_id)


def today_of(work: Work, rota: Rota) -> date:
    """The business date of the hall."""
    return clock.business_date(site_of(work, rota).zone, work.now)


def manages(work: Work) -> None:
    """Only who keeps the rota goes on. Raises Refused."""
    if Can.ROTA_MANAGE not in work.actor.can:
        raise Refused(_l("Only the hall manager can do this."))


def session_of(work: Work, session_id: int) -> tuple[RotaSession, Rota]:
    """A session with its rota, kept from others until the commit. Raises NotFound, Refused."""
    session = work.session.scalar(
        select(RotaSession)
        .where(RotaSession.id == session_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if session is None:
        raise NotFound(_l("There is no such session."), code="unknown_session")
    return session, rota_of(work, session.rota_id)


def keep_sessions(work: Work, ids: Iterable[int]) -> None:
    """Keep several sessions from others until the commit, always in the order of their keys: nobody waits in a ring."""
    wanted = select(RotaSession.id).where(RotaSession.id.in_(set(ids))).order_by(RotaSession.id)
    work.session.execute(wanted.with_for_update()).all()


@dataclass(frozen=True, slots=True)
class Sat:
    """A seat with its session, rota and window."""

    seat: Seat
    session: RotaSession
    rota: Rota
    window: Window


def seat_of(work: Work, seat_id: int) -> Sat:
    """A seat in use, its session kept from others until the commit. Raises NotFound, Refused."""
    session_id = work.session.scalar(select(Seat.session_id).where(Seat.id == seat_id))
    if session_id is None:
        raise _no_seat()
    session, rota = session_of(work, session_id)
    seat = work.session.get_one(
        Seat, seat_id, populate_existing=True
    )  # as it is now that nobody else changes it
    if seat.retired_at is not None:
        raise _no_seat()
    return Sat(seat, session, rota, work.session.get_one(Window, seat.window_id))


def _no_seat() -> NotFound:
    return NotFound(_l("There is no such seat."), code="unknown_seat")


def duty_of(work: Work, duty_id: int) -> tuple[Duty, Sat]:
    """A turn with its seat, the session kept from others. Raises NotFound, Refused."""
    duty = work.session.get(Duty, duty_id)
    if duty is None:
        raise NotFound(_l("There is no such turn."), code="unknown_duty")
    sat = seat_of(work, duty.seat_id)
    work.session.refresh(duty)
    return duty, sat


def can_change(work: Work, duty: Duty, sat: Sat) -> None:
    """A confirmed turn of a published day that is still to come (M3, M4)."""
    if sat.session.state != Held.PUBLISHED or duty.state != Turn.CONFIRMED:
        raise Conflict(
            _l("This turn is not published (any more). Look at the list again."), code="not_published"
        )
    if sat.session.held_on is None or sat.session.held_on <= today_of(work, sat.rota):
        raise Conflict(_l("On the day itself and afterwards a turn stays as it is."), code="past")


def acts_for(work: Work, body: RotaBody) -> RotaPerson | None:
    """Who of the body the caller is: the person themselves, or their liaison; None is a manager. Raises Refused."""
    if Can.ROTA_MANAGE in work.actor.can:
        return None
    found = work.session.scalar(
        select(RotaPerson).where(
            RotaPerson.body_id == body.id,
            RotaPerson.staff_id == work.actor.id,
            RotaPerson.retired_at.is_(None),
        )
    )
    if found is None:
        raise Refused(_l("Only the department itself and the hall manager can do this."))
    return found


def record_session(
    work: Work, kind: type[SessionFact], session: RotaSession, rota: Rota, reason: str | None = None
) -> None:
    """Say what happened to a session."""
    site = site_of(work, rota)
    work.record(
        kind(
            site_id=site.id,
            site=site.code,
            rota=rota.code,
            session_id=session.id,
            day=str(session.held_on or session.due_on),
            reason=reason,
        )
    )


def record(work: Work, kind: type[DutyFact], duty: Duty, sat: Sat, reason: str | None = None) -> None:
    """Say what happened to a turn."""
    site = site_of(work, sat.rota)
    work.record(
        kind(
            site_id=site.id,
            site=site.code,
            rota=sat.rota.code,
            session_id=sat.session.id,
            day=str(sat.session.held_on or sat.session.due_on),
            duty_id=duty.id,
            body_id=duty.body_id,
            window=sat.window.code,
            part=sat.seat.part,
            reason=reason,
        )
    )
