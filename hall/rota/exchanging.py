"""After publication: swap, stand-in, leave (M4). A swap changes both seats in one step, or neither."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from hall.accounts.roles import Can
from hall.errors import Conflict, Invalid, NotFound, Refused
from hall.rota import facts
from hall.rota.at_hand import acts_for, can_change, duty_of, keep_sessions, of_rotas_in_use, record, today_of
from hall.rota.models import Duty, RotaBody
from hall.rota.rules import quarter
from hall.rota.states import DUTY_MOVES, LIVE, PENDING, SWAP_MOVES, WISH_MOVES, Turn
from hall.rota.wish_models import Swap, Wish

if TYPE_CHECKING:
    from collections.abc import Collection

    from sqlalchemy import ColumnElement

    from hall.rota.at_hand import Sat
    from hall.unit_of_work import Work

ANSWER_WITHIN = timedelta(days=2)
NOTE = 200


@dataclass(frozen=True, slots=True)
class AskSwap:
    """Ask for another's seat in exchange for one's own."""

    duty_id: int
    other_id: int
    note: str = ""


@dataclass(frozen=True, slots=True)
class AnswerSwap:
    """`verb`: accept, refuse (by the other, or the manager), approve (the manager), take_back (who asked)."""

    swap_id: int
    verb: str


def ask_swap(work: Work, command: AskSwap) -> Swap:
    """Ask. Raises Conflict (`not_published`, `past`, `clash`, `asked`, `stood_in`), Invalid, NotFound, Refused."""
    keep_sessions(work, sessions_of_duties(work, {command.duty_id, command.other_id}))
    mine, here = duty_of(work, command.duty_id)
    other, there = duty_of(work, command.other_id)
    acts_for(work, work.session.get_one(RotaBody, mine.body_id))
    can_change(work, mine, here)
    can_change(work, other, there)
    if here.rota.id != there.rota.id or mine.body_id == other.body_id:
        raise Invalid(_l("A swap is between two departments of the same reception."), code="same_rota")
    _fits(work, mine, there, other)
    _fits(work, other, here, mine)
    if _pending(work, mine, other):
        raise Conflict(_l("A swap has been asked for one of these turns already."), code="asked")
    _nobody_stands_in(work, mine, other)
    swap = Swap(
        from_duty_id=mine.id,
        to_duty_id=other.id,
        state="asked",
        note=" ".join(command.note.split())[:NOTE],
        asked_at=work.now,
        asked_by=work.actor.id,
        answer_until=work.now + ANSWER_WITHIN,
    )
    work.session.add(swap)
    work.session.flush()
    record(work, facts.SwapAsked, mine, here)
    return swap


def answer_swap(work: Work, command: AnswerSwap) -> Swap:
    """Accept, refuse, approve or take back; approving does it. Raises as `ask_swap`, and `seat_gone`.

    Sessions are kept before the wish, by their keys: so does everybody else, and nobody waits in a ring.
    """
    keep_sessions(work, _sessions_of(work, Swap.id == command.swap_id))
    swap = work.session.scalar(
        select(Swap)
        .where(Swap.id == command.swap_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if swap is None:
        raise NotFound(_l("There is no such wish to swap."), code="unknown_swap")
    mine, here = duty_of(work, swap.from_duty_id)
    other, there = duty_of(work, swap.to_duty_id)
    _may_answer(work, command.verb, mine, other)
    if command.verb == "accept" and swap.answer_until < work.now:
        raise Conflict(_l("The time to answer is over. It can be asked again."), code="lapsed")
    stamp = "answered" if command.verb == "accept" else "decided"
    work.move(SWAP_MOVES, swap, command.verb, **{f"{stamp}_at": work.now, f"{stamp}_by": work.actor.id})
    if command.verb == "approve":
        _exchange(work, mine, here, other, there)
    elif command.verb == "accept":
        record(work, facts.SwapAnswered, other, there, "accepted")
    else:
        record(work, facts.SwapEnded, mine, here, swap.state)
    return swap


def lapse_swaps(work: Work, _command: None) -> int:
    """Wishes that nobody answered in time, or whose day has come, come to nothing. Can run twice."""
    open_ones = (
        select(Swap)
        .join(Duty, Duty.id == Swap.from_duty_id)
        .where(Swap.state.in_(PENDING), Duty.session_id.in_(of_rotas_in_use()))
        .order_by(Swap.id)
    )
    ids = work.session.scalars(open_ones.with_only_columns(Swap.id)).all()
    keep_sessions(work, _sessions_of(work, Swap.id.in_(ids)))
    done = 0
    for swap in work.session.scalars(open_ones.where(Swap.id.in_(ids))).all():
        _mine, here = duty_of(work, swap.from_duty_id)
        _other, there = duty_of(work, swap.to_duty_id)
        today = today_of(work, here.rota)
        late = swap.state == "asked" and swap.answer_until < work.now
        if late or any((sat.session.held_on or today) <= today for sat in (here, there)):
            lapse(work, swap)
            done += 1
    return done


def lapse(work: Work, swap: Swap) -> None:
    """A wish to swap comes to nothing: nobody answered in time, or one of the turns is gone."""
    mine, here = duty_of(work, swap.from_duty_id)
    work.move(SWAP_MOVES, swap, "lapse", decided_at=work.now)
    record(work, facts.SwapEnded, mine, here, "lapsed")


def pending_swaps(work: Work, duty: Duty) -> list[Swap]:
    """What is asked and not done yet for a turn, by either side."""
    wanted = select(Swap).where(
        Swap.state.in_(PENDING), (Swap.from_duty_id == duty.id) | (Swap.to_duty_id == duty.id)
    )
    return list(work.session.scalars(wanted.order_by(Swap.id)))


def sessions_of_duties(work: Work, duties: Collection[int]) -> set[int]:
    """In which sessions these turns are: that never changes."""
    return set(work.session.scalars(select(Duty.session_id).where(Duty.id.in_(duties))))


def sessions_of_swaps(work: Work, session_id: int) -> set[int]:
    """The sessions of turns for which a swap with a turn of this session waits, this one among them."""
    mine = select(Duty.id).where(Duty.session_id == session_id)
    waits = Swap.state.in_(PENDING) & (Swap.from_duty_id.in_(mine) | Swap.to_duty_id.in_(mine))
    return _sessions_of(work, waits) | {session_id}


def _sessions_of(work: Work, which: ColumnElement[bool]) -> set[int]:
    """The sessions of both turns of these swaps."""
    pairs = work.session.execute(select(Swap.from_duty_id, Swap.to_duty_id).where(which)).all()
    return sessions_of_duties(work, {key for pair in pairs for key in pair})


def _may_answer(work: Work, verb: str, mine: Duty, other: Duty) -> None:
    if verb == "approve":
        if Can.ROTA_MANAGE not in work.actor.can:
            raise Refused(_l("Only the hall manager can do this."))
        return
    asker = verb == "take_back"
    acts_for(work, work.session.get_one(RotaBody, (mine if asker else other).body_id))


def _fits(work: Work, who: Duty, sat: Sat, instead_of: Duty) -> None:
    """A department does not come to sit twice in one session."""
    clash = work.session.scalar(
        select(Duty.id).where(
            Duty.session_id == sat.session.id,
            Duty.body_id == who.body_id,
            Duty.state.in_(LIVE),
            Duty.id.not_in([who.id, instead_of.id]),
        )
    )
    if clash is not None:
        raise Conflict(_l("One of the two has another turn on that day."), code="clash")


def _pending(work: Work, *duties: Duty) -> bool:
    ids = [duty.id for duty in duties]
    wanted = select(Swap.id).where(
        Swap.state.in_(PENDING), Swap.from_duty_id.in_(ids) | Swap.to_duty_id.in_(ids)
    )
    return work.session.scalar(wanted.limit(1)) is not None


def _nobody_stands_in(work: Work, *duties: Duty) -> None:
    """A stand-in was approved for this very day: with a swap it would be lost, and the quarter's only one used up."""
    approved = select(Wish.id).where(
        Wish.duty_id.in_([duty.id for duty in duties]), Wish.kind == "stand_in", Wish.state == "approved"
    )
    if work.session.scalar(approved.limit(1)) is not None:
        raise Conflict(_l("Something has been asked for this turn already."), code="stood_in")


def _exchange(work: Work, mine: Duty, here: Sat, other: Duty, there: Sat) -> None:
    """Both turns end and both begin anew on the other's seat: one transaction, held by the constraints."""
    for duty, sat in ((mine, here), (other, there)):
        can_change(work, duty, sat)
    _fits(work, mine, there, other)
    _fits(work, other, here, mine)
    _nobody_stands_in(work, mine, other)
    for duty in (mine, other):
        work.move(DUTY_MOVES, duty, "exchange", ended_at=work.now, revision=Duty.revision + 1)
        for wish in work.session.scalars(select(Wish).where(Wish.duty_id == duty.id, Wish.state == "asked")):
            work.move(WISH_MOVES, wish, "lapse", decided_at=work.now)
    for duty, sat in ((mine, there), (other, here)):
        now = Duty(
            seat_id=sat.seat.id,
            session_id=sat.session.id,
            body_id=duty.body_id,
            person_id=duty.person_id,
            state=Turn.CONFIRMED,
            basis="exchanged",
            quarter=quarter(sat.session.held_on or sat.session.due_on),
            matters=duty.matters,
            made_at=work.now,
            made_by=work.actor.id,
        )
        work.session.add(now)
        work.session.flush()
        for wish in work.session.scalars(select(Wish).where(Wish.made_up_by == duty.id)):
            wish.made_up_by = now.id  # the turn that made a leave good goes on as this one
        record(work, facts.SwapDone, now, sat)
