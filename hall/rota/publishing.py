"""The seats left are proposed, each with its reason; the manager confirms and publishes (M2, M3)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from hall.errors import Conflict
from hall.rota import facts, queries
from hall.rota.at_hand import manages, record, record_session, rota_of, seat_of, session_of, today_of
from hall.rota.models import Duty, RotaSession, Seat
from hall.rota.rules import OpenSeat, propose, quarter
from hall.rota.signing import make_up, sit
from hall.rota.states import DUTY_MOVES, LIVE, SESSION_MOVES, Held

if TYPE_CHECKING:
    from hall.rota.at_hand import Sat
    from hall.rota.models import Rota
    from hall.unit_of_work import Work


@dataclass(frozen=True, slots=True)
class Propose:
    """Propose the seats left of the sessions whose sign-up is over, of one rota."""

    rota_id: int


@dataclass(frozen=True, slots=True)
class Publish:
    """Confirm the turns of one session and make its list public."""

    session_id: int


def propose_rest(work: Work, command: Propose) -> tuple[Duty, ...]:
    """Seats left after sign-up go to those with the fewest turns, the longest ago; each with its reason (M2).

    Proposals bind nobody until they are confirmed. Can run twice. Raises NotFound, Refused.
    """
    manages(work)
    rota = rota_of(work, command.rota_id)
    seats = _left(work, rota)
    made: list[Duty] = []
    for name in sorted({quarter(sat.session.held_on) for sat in seats if sat.session.held_on}):
        made += _propose_quarter(work, rota, name, [sat for sat in seats if _in(sat, name)])
    return tuple(made)


def _in(sat: Sat, name: str) -> bool:
    return sat.session.held_on is not None and quarter(sat.session.held_on) == name


def _left(work: Work, rota: Rota) -> list[Sat]:
    """Free seats of open sessions whose sign-up is over and that are still to come."""
    today = today_of(work, rota)
    taken = select(Duty.seat_id).where(Duty.state.in_(LIVE))
    wanted = (
        select(Seat.id)
        .join(RotaSession, RotaSession.id == Seat.session_id)
        .where(
            RotaSession.rota_id == rota.id,
            RotaSession.state == Held.OPEN,
            RotaSession.signup_until < today,
            RotaSession.held_on > today,
            Seat.retired_at.is_(None),
            Seat.id.not_in(taken),
        )
        .order_by(Seat.session_id, Seat.id)  # sessions are kept in the order of their keys
    )
    return [seat_of(work, seat_id) for seat_id in work.session.scalars(wanted).all()]


def _propose_quarter(work: Work, rota: Rota, name: str, seats: list[Sat]) -> list[Duty]:
    standings = queries.standings(work.session, rota.id, name)
    heads = queries.head_of(work.session, [standing.body for standing in standings])
    by_seat = {sat.seat.id: sat for sat in seats}
    open_seats = [
        OpenSeat(sat.seat.id, sat.session.id, sat.session.held_on) for sat in seats if sat.session.held_on
    ]
    able = [standing for standing in standings if standing.body in heads and standing.is_proposed]
    made = []
    for proposal in propose(open_seats, able, _busy(work, [sat.session.id for sat in seats])):
        sat = by_seat[proposal.seat]
        duty = sit(work, sat, heads[proposal.body], "proposed", proposal)
        make_up(work, duty)
        record(work, facts.DutyProposed, duty, sat, proposal.because)
        made.append(duty)
    return made


def _busy(work: Work, sessions: list[int]) -> dict[int, list[int]]:
    wanted = select(Duty.session_id, Duty.body_id).where(Duty.session_id.in_(sessions), Duty.state.in_(LIVE))
    found: dict[int, list[int]] = {}
    for session, body in work.session.execute(wanted):
        found.setdefault(session, []).append(body)
    return found


def publish(work: Work, command: Publish) -> RotaSession:
    """Confirm all turns and make the list public (M2, M3). Free seats stay free: the list says so.

    Not once the day is over: everybody would be missing from a list that nobody has seen.
    Raises Conflict (`not_open`, `signup_open`, `past`), NotFound, Refused.
    """
    manages(work)
    session, rota = session_of(work, command.session_id)
    if session.state != Held.OPEN or session.signup_until is None or session.held_on is None:
        raise Conflict(_l("This day cannot be published now."), code="not_open")
    today = today_of(work, rota)
    if session.held_on < today:
        raise Conflict(_l("This day is over."), code="past")
    if today <= session.signup_until:
        raise Conflict(
            _l("Sign-up is open until %(day)s. Publish afterwards.", day=session.signup_until),
            code="signup_open",
        )
    live = select(Duty).where(Duty.session_id == session.id, Duty.state.in_(LIVE)).order_by(Duty.id)
    for duty in work.session.scalars(live).all():
        sat = seat_of(work, duty.seat_id)
        work.move(DUTY_MOVES, duty, "confirm", revision=Duty.revision + 1)
        record(work, facts.DutyConfirmed, duty, sat)
    next_one = RotaSession.revision + 1
    work.move(SESSION_MOVES, session, "publish", published_at=work.now, revision=next_one)
    record_session(work, facts.SessionPublished, session, rota)
    return session
