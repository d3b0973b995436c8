"""Leaving without the code: as the clerk or the manager says, by the end of the turn, and objections to it (M5).

Nothing is edited: each word is added, the last one counts, and leaving by code before all of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _l
from sqlalchemy import exists, select

from hall.accounts.roles import Can
from hall.errors import Conflict, Invalid, Refused
from hall.queueing.staffing import own_window
from hall.rota.at_hand import duty_of, record, site_of, today_of
from hall.rota.models import Duty, Rota, RotaPerson, RotaSession
from hall.rota.presence import facts, rules
from hall.rota.presence.models import Attendance, Leaving, LeavingObjection
from hall.rota.presence.showing import attendance_of, is_today, of_the_body, record_presence
from hall.rota.rules import Hours
from hall.rota.states import Held, Post

if TYPE_CHECKING:
    from hall.rota.at_hand import Sat
    from hall.unit_of_work import Work

CLERK, MANAGER = "clerk", "manager"
SAID, UNSIGNED = "said", "unsigned"
REASONS = ("not_told", "called_away", "nobody_came", "unwell", "other")
LOOK_BACK = timedelta(days=92)
WORDS = 300
MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class SayLeft:
    """Somebody left: at `left` (HH:MM of that day in the hall; None is now), with a reason, `other` in words."""

    duty_id: int
    left: str | None = None
    reason: str = "not_told"
    note: str = ""


@dataclass(frozen=True, slots=True)
class ObjectTo:
    """It was not as the hall says."""

    duty_id: int
    text: str


def say_left(work: Work, command: SayLeft) -> Leaving:
    """Write down when somebody left who did not type the code.

    The clerk says it of their own window on the day itself, the manager of any; nobody of their own department.
    Raises Conflict (`not_here`, `left_by_code`, `said_by_manager`, `not_published`, `not_today`, `not_yet`), Invalid
    by field, NotFound, Refused.
    """
    duty, sat = duty_of(work, command.duty_id)
    said_as = _says_as(work, duty, sat)
    row = _who_was_here(work, duty)
    if said_as == CLERK:
        _clerk_may(work, row)
    left = _moment(work, command, sat, row)
    reason, note = _why(command)
    said = Leaving(
        attendance_id=row.id,
        how=SAID,
        left_at=left,
        early_min=rules.minutes_early(Hours(row.starts_at, row.ends_at), left),
        at=work.now,
        staff_id=work.actor.id,
        said_as=said_as,
        reason=reason,
        note=note,
    )
    work.session.add(said)
    work.session.flush()
    record_presence(work, facts.PresenceEndSaid, sat, row, minutes=said.early_min or None, said_as=said_as)
    return said


def _says_as(work: Work, duty: Duty, sat: Sat) -> str:
    """As what the caller says it. Who belongs to the department does not say it of their own."""
    manages = Can.ROTA_MANAGE in work.actor.can
    if not manages:
        own_window(work.actor, sat.window)
    own = select(RotaPerson.id).where(
        RotaPerson.body_id == duty.body_id,
        RotaPerson.staff_id == work.actor.id,
        RotaPerson.retired_at.is_(None),
    )
    if work.session.scalar(own.limit(1)) is not None:
        raise Refused(_l("You belong to this department: it leaves with the code, or somebody else says it."))
    if not manages:
        is_today(work, duty, sat)
        return CLERK
    if sat.session.held_on is None or sat.session.held_on > today_of(work, sat.rota):
        raise Conflict(_l("This day is still to come."), code="not_yet")
    return MANAGER


def _who_was_here(work: Work, duty: Duty) -> Attendance:
    row = attendance_of(work, duty)
    if row is None:
        raise Conflict(_l("Nobody is recorded as being here for this turn."), code="not_here")
    if row.left_at is not None:
        raise Conflict(
            _l("They left with the code, and that stands. What else there is to say can be added as a note."),
            code="left_by_code",
        )
    return row


def _clerk_may(work: Work, row: Attendance) -> None:
    """A clerk can put their own word right, not the manager's."""
    last = last_of(work, row)
    if last is not None and last.said_as == MANAGER:
        raise Conflict(_l("The hall manager has written down when they left."), code="said_by_manager")


def last_of(work: Work, row: Attendance) -> Leaving | None:
    """What was said last of somebody's leaving."""
    wanted = select(Leaving).where(Leaving.attendance_id == row.id).order_by(Leaving.id.desc())
    return work.session.scalar(wanted.limit(1))


def _moment(work: Work, command: SayLeft, sat: Sat, row: Attendance) -> datetime:
    """When they left: not before they came, not in the future. A minute is as exact as it is typed."""
    if command.left is None:
        return max(work.now, row.arrived_at)
    zone, day = site_of(work, sat.rota).zone, sat.session.held_on or sat.session.due_on
    try:
        typed = datetime.combine(day, time.fromisoformat(command.left), zone)
    except ValueError:
        raise _wrong(_l("Give the time as hours and minutes, like 10:45.")) from None
    left = typed.astimezone(work.now.tzinfo)
    if left > work.now:
        raise _wrong(_l("This time is still to come."))
    if left + MINUTE <= row.arrived_at:
        came = f"{row.arrived_at.astimezone(zone):%H:%M}"
        raise _wrong(_l("They came at %(time)s: nobody leaves before.", time=came))
    return max(left, row.arrived_at)


def _wrong(said: object) -> Invalid:
    return Invalid(said, errors={"left": [said]})


def _why(command: SayLeft) -> tuple[str, str]:
    note = " ".join(command.note.split())[:WORDS]
    if command.reason not in REASONS or (command.reason == "other" and not note):
        said = _l("Say in a few words what it was.")
        raise Invalid(said, errors={"note" if command.reason == "other" else "reason": [said]})
    return command.reason, note


def object_to(work: Work, command: ObjectTo) -> LeavingObjection:
    """Who sat, or their liaison, objects to what was said.

    Raises Conflict (`nothing_said`, `objected`), Invalid, NotFound, Refused.
    """
    duty, sat = duty_of(work, command.duty_id)
    by = of_the_body(work, duty)
    row = attendance_of(work, duty)
    if row is not None and by.post != Post.LIAISON and by.id != row.person_id:
        raise Refused(_l("Only who sat there, or the liaison, can object."))
    last = last_of(work, row) if row is not None and row.left_at is None else None
    if last is None or last.how != SAID:
        raise Conflict(_l("Nobody has said of this turn when you left."), code="nothing_said")
    if work.session.get(LeavingObjection, last.id) is not None:
        raise Conflict(_l("You have objected already; the hall manager sees it."), code="objected")
    text = " ".join(command.text.split())[:WORDS]
    if not text:
        said = _l("Write how it was.")
        raise Invalid(said, errors={"text": [said]})
    objection = LeavingObjection(leaving_id=last.id, at=work.now, staff_id=work.actor.id, text=text)
    work.session.add(objection)
    work.session.flush()
    record(work, facts.PresenceEndDisputed, duty, sat)
    return objection


def close_unsigned(work: Work, _command: None) -> int:
    """Whose turn is over and of whom nobody said that they left: not signed out, there to the end. Can run twice."""
    wanted = (
        select(Attendance.duty_id)
        .join(Duty, Duty.id == Attendance.duty_id)
        .join(RotaSession, RotaSession.id == Duty.session_id)
        .join(Rota, Rota.id == RotaSession.rota_id)
        .where(
            Attendance.left_at.is_(None),
            Attendance.ends_at.between(work.now - LOOK_BACK, work.now),
            ~exists().where(Leaving.attendance_id == Attendance.id),
            RotaSession.state == Held.PUBLISHED,
            Rota.retired_at.is_(None),
        )
        .order_by(Attendance.id)
    )
    done = 0
    for duty_id in work.session.scalars(wanted).all():
        duty, sat = duty_of(work, duty_id)
        row = attendance_of(work, duty)
        if row is None or row.left_at is not None or last_of(work, row) is not None:
            continue  # said while this waited for the session
        work.session.add(
            Leaving(attendance_id=row.id, how=UNSIGNED, left_at=row.ends_at, early_min=0, at=work.now)
        )
        work.session.flush()
        record_presence(work, facts.PresenceUnsigned, sat, row)
        done += 1
    return done
