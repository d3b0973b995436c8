"""Coming and leaving, shown by the code on the window's console (M5)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from hall.errors import Conflict, Invalid, Refused
from hall.queueing.models import Staffing
from hall.rota.at_hand import duty_of, site_of, today_of
from hall.rota.hours import hours_on, part_hours
from hall.rota.models import Duty, RotaPerson, Seat
from hall.rota.presence import facts, rules
from hall.rota.presence.models import Attendance, CodeUse
from hall.rota.rules import Hours
from hall.rota.states import STAND_INS, Held, Post, Turn
from hall.rota.wish_models import Wish

if TYPE_CHECKING:
    from hall.rota.at_hand import Sat
    from hall.unit_of_work import Work


@dataclass(frozen=True, slots=True)
class Show:
    """A code typed or scanned for a turn; `person_id` is who came, where the liaison says so for them."""

    duty_id: int
    code: str
    key: bytes = field(repr=False)
    person_id: int | None = None
    how: str = "typed"


def come(work: Work, command: Show) -> Attendance:
    """Somebody is at the window. Minutes late are worked out once and stay.

    Raises Conflict (`not_published`, `not_today`, `too_early`, `over`, `already_here`, `used_code`, `unstaffed`,
    `own_witness`), Invalid (`wrong_code`, `old_code`, `other_window`; by field), NotFound, Refused.
    """
    duty, sat = duty_of(work, command.duty_id)
    by = of_the_body(work, duty)
    is_today(work, duty, sat)
    part = part_of(work, sat)
    if work.now < part.starts - rules.BEFORE:
        raise Conflict(_l("It is too early: an hour before the start at the earliest."), code="too_early")
    if work.now >= part.ends:
        raise Conflict(
            _l("This turn is over. Please tell the hall manager, who can add a note to the record."),
            code="over",
        )
    if attendance_of(work, duty) is not None:
        raise Conflict(_l("That you are here is already recorded."), code="already_here")
    person, agreed = _who_came(work, by, duty, command.person_id)
    _spend(work, command, duty, sat)
    row = Attendance(
        duty_id=duty.id,
        window_id=sat.window.id,
        person_id=person.id,
        post=person.post,
        agreed=agreed,
        starts_at=part.starts,
        ends_at=part.ends,
        arrived_at=work.now,
        late_min=rules.minutes_late(part, work.now),
        how=command.how,
        shown_by=by.staff_id,
        witnessed_by=_witness(work, sat),
    )
    work.session.add(row)
    work.session.flush()
    record_presence(work, facts.PresenceShown, sat, row, minutes=row.late_min or None)
    return row


def leave(work: Work, command: Show) -> Attendance:
    """They leave the window. Raises as `come`, and Conflict (`not_here`)."""
    duty, sat = duty_of(work, command.duty_id)
    by = of_the_body(work, duty)
    is_today(work, duty, sat)
    row = attendance_of(work, duty)
    if row is None or row.left_at is not None:
        raise Conflict(_l("Nobody is recorded as being here for this turn."), code="not_here")
    _spend(work, command, duty, sat)
    witness = _at_window(
        work, sat
    )  # before anything is set: all of it is written at once, or the record is closed
    row.left_at = work.now
    row.early_min = rules.minutes_early(Hours(row.starts_at, row.ends_at), work.now)
    row.left_how, row.left_shown_by = command.how, by.staff_id
    row.left_witnessed_by = witness
    work.session.flush()
    record_presence(work, facts.PresenceEnded, sat, row, minutes=row.early_min or None)
    return row


def part_of(work: Work, sat: Sat) -> Hours:
    """From when to when a seat is held in its session."""
    day = sat.session.held_on or sat.session.due_on
    return hours_on(day, part_hours(sat.session, sat.seat.part), site_of(work, sat.rota).zone)


def of_the_body(work: Work, duty: Duty) -> RotaPerson:
    """The caller, as one of the department: nobody else shows presence, no manager either (M5)."""
    found = work.session.scalar(
        select(RotaPerson).where(
            RotaPerson.body_id == duty.body_id,
            RotaPerson.staff_id == work.actor.id,
            RotaPerson.retired_at.is_(None),
        )
    )
    if found is None:
        raise Refused(_l("Only the department itself shows that it is here: the director or the liaison."))
    return found


def is_today(work: Work, duty: Duty, sat: Sat) -> None:
    """A published turn of today. Raises Conflict (`not_published`, `not_today`)."""
    if sat.session.state != Held.PUBLISHED or duty.state != Turn.CONFIRMED:
        raise Conflict(
            _l("This turn is not published (any more). Look at the list again."), code="not_published"
        )
    if sat.session.held_on != today_of(work, sat.rota):
        raise Conflict(_l("This turn is on another day."), code="not_today")


def attendance_of(work: Work, duty: Duty) -> Attendance | None:
    """Who came for a turn, as it is now that its session is kept from others."""
    wanted = select(Attendance).where(Attendance.duty_id == duty.id)
    return work.session.scalar(wanted.execution_options(populate_existing=True))


def _who_came(work: Work, by: RotaPerson, duty: Duty, person_id: int | None) -> tuple[RotaPerson, bool]:
    """Who sits, and whether that was agreed: the head, or the stand-in that was approved (M4).

    A deputy who comes without approval is written down as what they are: not agreed.
    """
    approved = work.session.scalar(
        select(Wish.person_id).where(
            Wish.duty_id == duty.id, Wish.kind == "stand_in", Wish.state == "approved"
        )
    )
    named = person_id or approved or duty.person_id
    person = work.session.get(RotaPerson, named) if by.post == Post.LIAISON else by
    if person is None or person.body_id != duty.body_id or person.post not in {Post.HEAD, *STAND_INS}:
        said = _l("Choose who of your department is here.")
        raise Invalid(said, errors={"person": [said]})
    if by.post != Post.LIAISON and person_id not in {None, by.id}:
        raise Refused(_l("You can only say that you yourself are here."))
    return person, person.post == Post.HEAD or person.id == approved


def _spend(work: Work, command: Show, duty: Duty, sat: Sat) -> None:
    """The code is that of this window and minute, and nobody has used it: the database holds that, too."""
    now = rules.minute_of(work.now)
    minute = rules.minute_shown(
        command.key, sat.session.id, sat.window.id, rules.valid_minutes(now), command.code
    )
    if minute is None:
        raise _why_wrong(work, command, sat, now)
    where = (sat.session.id, sat.window.id, minute)
    if work.session.get(CodeUse, where) is not None:
        raise Conflict(
            _l("This code was used already. Wait for the next one: it changes every minute."),
            code="used_code",
        )
    work.session.add(
        CodeUse(
            session_id=sat.session.id,
            window_id=sat.window.id,
            minute=minute,
            duty_id=duty.id,
            used_at=work.now,
        )
    )
    work.session.flush()


def _why_wrong(work: Work, command: Show, sat: Sat, now: int) -> Invalid:
    def is_of(window: int, minutes: range) -> bool:
        found = rules.minute_shown(command.key, sat.session.id, window, minutes, command.code)
        return found is not None

    if is_of(sat.window.id, rules.old_minutes(now)):
        return _wrong("old_code", _l("This code is too old. Type the one that the console shows now."))
    others = select(Seat.window_id).where(
        Seat.session_id == sat.session.id, Seat.window_id != sat.window.id, Seat.retired_at.is_(None)
    )
    if any(is_of(window, rules.valid_minutes(now)) for window in work.session.scalars(others)):
        said = _l("This is the code of another window. Yours is window %(number)s.", number=sat.window.number)
        return _wrong("other_window", said)
    return _wrong("wrong_code", _l("This is not the code on the console of your window. Look at it again."))


def _wrong(code: str, said: object) -> Invalid:
    return Invalid(said, code=code, errors={"code": [said]})


def _at_window(work: Work, sat: Sat) -> int | None:
    return work.session.scalar(
        select(Staffing.staff_id).where(Staffing.window_id == sat.window.id, Staffing.closed_at.is_(None))
    )


def _witness(work: Work, sat: Sat) -> int:
    """The clerk at the window, who sees who sits down. Raises Conflict where nobody is, or it is oneself."""
    found = _at_window(work, sat)
    if found is None:
        raise Conflict(_l("Nobody works at this window. Ask the clerk to open it first."), code="unstaffed")
    if found == work.actor.id:
        raise Conflict(
            _l("Somebody else has to work at the window and see that you are here."), code="own_witness"
        )
    return found


def record_presence(
    work: Work,
    kind: type[facts.PresenceFact],
    sat: Sat,
    row: Attendance,
    **more: Any,  # noqa: ANN401 - further fields of the fact
) -> None:
    """Say what happened to a turn on its day."""
    duty, site = work.session.get_one(Duty, row.duty_id), site_of(work, sat.rota)
    work.record(
        kind(
            site_id=site.id,
            site=site.code,
            rota=sat.rota.code,
            session_id=sat.session.id,
            day=str(sat.session.held_on),
            duty_id=duty.id,
            body_id=duty.body_id,
            window=sat.window.code,
            part=sat.seat.part,
            reason=row.post,
            **more,
        )
    )
