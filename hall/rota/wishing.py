"""After publication: a stand-in or a leave, asked, decided by the manager, with the limit of the quarter (M4)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from hall.accounts.roles import Can
from hall.errors import Conflict, Invalid, NotFound, Refused
from hall.rota import facts
from hall.rota.at_hand import acts_for, can_change, duty_of, keep_sessions, of_rotas_in_use, record, today_of
from hall.rota.exchanging import lapse, pending_swaps, sessions_of_duties, sessions_of_swaps
from hall.rota.leaves import can_ask, place_for
from hall.rota.models import Duty, RotaBody, RotaPerson
from hall.rota.states import DUTY_MOVES, STAND_INS, WISH_MOVES
from hall.rota.wish_models import Wish
from hall.unit_of_work import LostRace

if TYPE_CHECKING:
    from hall.rota.at_hand import Sat
    from hall.unit_of_work import Work

STAND_IN, LEAVE = "stand_in", "leave"
REASONS = {
    STAND_IN: ("meeting", "mission", "illness", "other"),
    LEAVE: ("leadership", "flood", "illness", "other"),
}
NOTE = 200


@dataclass(frozen=True, slots=True)
class AskStandIn:
    """A deputy or chief officer shall sit: who, and why (`meeting`, `mission`, `illness`, `other` with a note)."""

    duty_id: int
    person_id: int
    reason: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class AskLeave:
    """Nobody of the department can come: why (`leadership` meeting, `flood` duty, `illness`, `other` with a note)."""

    duty_id: int
    reason: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class DecideWish:
    """`verb`: approve, refuse (the manager), take_back (the department).

    `beyond` is why a leave goes beyond the limit.
    """

    wish_id: int
    verb: str
    beyond: str = ""


def ask_stand_in(work: Work, command: AskStandIn) -> Wish:
    """Ask. Raises Conflict (`not_published`, `past`, `limit`, `asked`), Invalid by field, NotFound, Refused."""
    duty, sat = _asked_for(work, command.duty_id)
    person = work.session.get(RotaPerson, command.person_id)
    if person is None or person.body_id != duty.body_id or person.retired_at or person.post not in STAND_INS:
        said = _l("Choose a deputy or the chief service officer of the same department.")
        raise Invalid(said, errors={"person": [said]})
    _within_limit(work, duty)
    wish = _wish(work, duty, STAND_IN, command.reason, command.note)
    wish.person_id = person.id
    return _keep(work, wish, facts.StandInAsked, duty, sat)


def ask_leave(work: Work, command: AskLeave) -> Wish:
    """Ask. Raises as `ask_stand_in`, and `leave_limit`; what is approved owes a turn."""
    duty, sat = _asked_for(work, command.duty_id)
    wish = _wish(work, duty, LEAVE, command.reason, command.note)
    can_ask(work, sat.rota, duty.body_id, duty.quarter, wish.reason)
    return _keep(work, wish, facts.LeaveAsked, duty, sat)


def decide_wish(work: Work, command: DecideWish) -> Wish:
    """Approve, refuse or take back. A leave that is approved frees the seat and owes a turn; a pending swap ends."""
    session_id = work.session.scalar(
        select(Duty.session_id).join(Wish, Wish.duty_id == Duty.id).where(Wish.id == command.wish_id)
    )
    kept = sessions_of_swaps(work, session_id) if session_id else set()
    keep_sessions(work, kept)
    if session_id and not sessions_of_swaps(work, session_id) <= kept:
        raise LostRace
    wish = work.session.scalar(
        select(Wish)
        .where(Wish.id == command.wish_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if wish is None:
        raise NotFound(_l("There is no such wish."), code="unknown_wish")
    duty, sat = duty_of(work, wish.duty_id)
    _may_decide(work, command.verb, duty)
    counted: dict[str, int | str] = {}
    if command.verb == "approve":
        can_change(work, duty, sat)
        if wish.kind == STAND_IN:
            _still_there(work, wish)
            _within_limit(work, duty)
        else:
            counted = place_for(work, sat.rota, wish, command.beyond)
    work.move(WISH_MOVES, wish, command.verb, decided_at=work.now, decided_by=work.actor.id, **counted)
    if wish.kind == LEAVE and command.verb == "approve":
        work.move(DUTY_MOVES, duty, "excuse", ended_at=work.now, revision=Duty.revision + 1)
        for swap in pending_swaps(work, duty):
            lapse(work, swap)
    kind = facts.StandInDecided if wish.kind == STAND_IN else facts.LeaveDecided
    record(work, kind, duty, sat, wish.state)
    return wish


def lapse_wishes(work: Work, _command: None) -> int:
    """What nobody decided before its day comes to nothing. Can run twice."""
    done = 0
    open_ones = (
        select(Wish)
        .join(Duty, Duty.id == Wish.duty_id)
        .where(Wish.state == "asked", Duty.session_id.in_(of_rotas_in_use()))
        .order_by(Wish.id)
    )
    waiting = work.session.scalars(open_ones).all()
    keep_sessions(work, sessions_of_duties(work, {wish.duty_id for wish in waiting}))
    for wish in waiting:
        duty, sat = duty_of(work, wish.duty_id)
        if (sat.session.held_on or today_of(work, sat.rota)) <= today_of(work, sat.rota):
            work.move(WISH_MOVES, wish, "lapse", decided_at=work.now)
            kind = facts.StandInDecided if wish.kind == STAND_IN else facts.LeaveDecided
            record(work, kind, duty, sat, "lapsed")
            done += 1
    return done


def _asked_for(work: Work, duty_id: int) -> tuple[Duty, Sat]:
    duty, sat = duty_of(work, duty_id)
    acts_for(work, work.session.get_one(RotaBody, duty.body_id))
    can_change(work, duty, sat)
    open_one = select(Wish.id).where(Wish.duty_id == duty.id, Wish.state == "asked").limit(1)
    if work.session.scalar(open_one) is not None:
        raise Conflict(_l("Something has been asked for this turn already."), code="asked")
    return duty, sat


def _within_limit(work: Work, duty: Duty) -> None:
    """At most one stand-in a department and quarter; the database holds it too."""
    used = select(Wish.id).where(
        Wish.body_id == duty.body_id,
        Wish.quarter == duty.quarter,
        Wish.kind == STAND_IN,
        Wish.state == "approved",
    )
    if work.session.scalar(used.limit(1)) is not None:
        raise Conflict(
            _l("Your department has had its stand-in of this quarter. Ask for a swap or leave."), code="limit"
        )


def _still_there(work: Work, wish: Wish) -> None:
    person = work.session.get(RotaPerson, wish.person_id)
    if person is None or person.retired_at is not None:
        raise Conflict(_l("This person is no longer on the list."), code="retired")


def _wish(work: Work, duty: Duty, kind: str, reason: str, note: str) -> Wish:
    note = " ".join(note.split())[:NOTE]
    if reason not in REASONS[kind] or (reason == "other" and not note):
        said = _l("Say why: choose a reason, and explain it where it is another one.")
        raise Invalid(said, errors={"reason": [said]})
    return Wish(
        duty_id=duty.id,
        body_id=duty.body_id,
        quarter=duty.quarter,
        kind=kind,
        state="asked",
        reason=reason,
        note=note,
        asked_at=work.now,
        asked_by=work.actor.id,
    )


def _keep(work: Work, wish: Wish, kind: type[facts.DutyFact], duty: Duty, sat: Sat) -> Wish:
    work.session.add(wish)
    work.session.flush()
    record(work, kind, duty, sat, wish.reason)
    return wish


def _may_decide(work: Work, verb: str, duty: Duty) -> None:
    if verb == "take_back":
        acts_for(work, work.session.get_one(RotaBody, duty.body_id))
    elif Can.ROTA_MANAGE not in work.actor.can:
        raise Refused(_l("Only the hall manager can do this."))
