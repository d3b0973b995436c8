"""Signing up for a seat, and giving it back (M2)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _l
from sqlalchemy import select, update

from hall.accounts.roles import Can
from hall.errors import Conflict, Invalid, NotFound
from hall.rota import facts
from hall.rota.at_hand import acts_for, duty_of, record, seat_of, today_of
from hall.rota.models import Duty, RotaBody, RotaPerson
from hall.rota.rules import quarter
from hall.rota.states import DUTY_MOVES, LIVE, Held, Post
from hall.rota.wish_models import Wish

if TYPE_CHECKING:
    from hall.rota.at_hand import Sat
    from hall.rota.rules import Proposal
    from hall.unit_of_work import Work

MATTERS = 300


@dataclass(frozen=True, slots=True)
class SignUp:
    """Take a seat for somebody, whose department receives `matters` there."""

    seat_id: int
    person_id: int
    matters: str = ""


@dataclass(frozen=True, slots=True)
class Withdraw:
    """Give a seat back, or take a proposal away."""

    duty_id: int


def sign_up(work: Work, command: SignUp) -> Duty:
    """First come, first served: one seat, one turn a department and session (M2).

    Raises Conflict (`taken`, `own_turn`, `signup_closed`, `past`, `not_open`), Invalid, NotFound, Refused.
    """
    sat = seat_of(work, command.seat_id)
    person = work.session.get(RotaPerson, command.person_id)
    body = work.session.get(RotaBody, person.body_id) if person else None
    if person is None or body is None or body.rota_id != sat.rota.id:
        raise NotFound(_l("This person is not on the list of this reception."), code="unknown_person")
    by = acts_for(work, body)
    _may_sit(person, body)
    _is_open(work, sat)
    _is_free(work, sat, body)
    duty = sit(work, sat, person, "signed", matters=_plain(command.matters))
    made_good = make_up(work, duty)
    record(work, facts.DutySigned, duty, sat, _how(by, person, made_good=made_good))
    return duty


def _how(by: RotaPerson | None, person: RotaPerson, *, made_good: bool) -> str:
    if made_good:
        return "made_up"
    if by is None:
        return "manager"
    return "self" if by.id == person.id else "liaison"


def _may_sit(person: RotaPerson, body: RotaBody) -> None:
    if person.retired_at is not None or body.retired_at is not None:
        raise Conflict(_l("This person is no longer on the list."), code="retired")
    if person.post != Post.HEAD:
        raise Invalid(
            _l("The head signs up. A deputy or chief officer can stand in later, with a reason."),
            code="not_head",
        )


def _is_open(work: Work, sat: Sat) -> None:
    """Until sign-up closes; a manager until the list is published (M2, M3)."""
    session, today = sat.session, today_of(work, sat.rota)
    if session.held_on is not None and session.held_on < today:
        raise Conflict(_l("This day is over."), code="past")
    if session.state == Held.DRAFT and session.why == "unconfirmed":
        said = _l(
            "The working calendar of %(year)s is not confirmed yet. One can sign up as soon as it is.",
            year=session.due_on.year,
        )
        raise Conflict(said, code="unconfirmed")
    if session.state != Held.OPEN or session.signup_until is None:
        raise Conflict(_l("One cannot sign up for this day."), code="not_open")
    if today > session.signup_until and Can.ROTA_MANAGE not in work.actor.can:
        raise Conflict(
            _l("Sign-up closed on %(day)s. Please ask the hall manager.", day=session.signup_until),
            code="signup_closed",
        )


def _is_free(work: Work, sat: Sat, body: RotaBody) -> None:
    live = select(Duty.body_id, Duty.seat_id).where(Duty.session_id == sat.session.id, Duty.state.in_(LIVE))
    for duty in work.session.execute(live):
        if duty.body_id == body.id:
            raise Conflict(_l("Your department has a turn on this day already."), code="own_turn")
        if duty.seat_id == sat.seat.id:
            raise Conflict(_l("Somebody has just taken this seat. Choose another one."), code="taken")


def sit(
    work: Work,
    sat: Sat,
    person: RotaPerson,
    basis: str,
    proposal: Proposal | None = None,
    *,
    matters: str = "",
) -> Duty:
    """A new turn on this seat, with the reason where it was proposed. The constraints keep seats from being double."""
    held_on = sat.session.held_on or sat.session.due_on
    duty = Duty(
        seat_id=sat.seat.id,
        session_id=sat.session.id,
        body_id=person.body_id,
        person_id=person.id,
        state=basis,
        basis=basis,
        because=proposal.because if proposal else "",
        turns_then=proposal.turns if proposal else None,
        last_then=proposal.last if proposal else None,
        quarter=quarter(held_on),
        matters=matters,
        made_at=work.now,
        made_by=work.actor.id,
    )
    work.session.add(duty)
    work.session.flush()
    return duty


def make_up(work: Work, duty: Duty) -> bool:
    """A department that owes a turn has made it good with this one (M4): the oldest that nobody else makes good now.

    Compare-and-set: of two turns given at the same moment, one makes it good, and the other makes good the next.
    """
    owed = (
        select(Wish.id)
        .where(
            Wish.body_id == duty.body_id,
            Wish.kind == "leave",
            Wish.state == "approved",
            Wish.made_up_by.is_(None),
            Wish.duty_id != duty.id,
        )
        .order_by(Wish.asked_at, Wish.id)
    )
    for wish_id in work.session.scalars(owed).all():
        mine = update(Wish).where(Wish.id == wish_id, Wish.state == "approved", Wish.made_up_by.is_(None))
        if work.session.scalar(mine.values(made_up_by=duty.id).returning(Wish.id)) is not None:
            if duty.basis == "signed":
                duty.basis = "made_up"
            work.session.flush()
            return True
    return False


def withdraw(work: Work, command: Withdraw) -> Duty:
    """Give a seat back while sign-up is open; the manager until the list is published. Raises as `sign_up`."""
    duty, sat = duty_of(work, command.duty_id)
    body = work.session.get_one(RotaBody, duty.body_id)
    acts_for(work, body)
    if sat.session.state == Held.PUBLISHED:
        raise Conflict(_l("The list is published: ask for a swap, a stand-in or leave."), code="published")
    _is_open(work, sat)
    work.move(DUTY_MOVES, duty, "withdraw", ended_at=work.now, revision=Duty.revision + 1)
    for wish in work.session.scalars(select(Wish).where(Wish.made_up_by == duty.id)):
        wish.made_up_by = None
    record(work, facts.DutyWithdrawn, duty, sat)
    return duty


def _plain(text: str) -> str:
    return " ".join(text.split())[:MATTERS]
