"""Who came to the demo's past Mondays: mostly in time, now and then late, early, a stand-in, and one absence."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import select

from hall.accounts.models import Staff
from hall.accounts.roles import Role
from hall.rota.hours import hours_on, part_hours
from hall.rota.models import Duty, RotaPerson, RotaSession, Seat
from hall.rota.presence import rules
from hall.rota.presence.models import Absence, Attendance
from hall.rota.states import Post
from hall.rota.wish_models import Wish

if TYPE_CHECKING:
    from datetime import date, datetime

    from hall.rota.models import Rota
    from hall.rota.rules import Hours
    from hall.sites import Site
    from hall.unit_of_work import Work

LATE, EARLY, INSTEAD, MISSING = 4, 9, 13, 17
EVERY = 19
"""Of so many turns, which is which; all others are in time."""


def add_attendance(work: Work, site: Site, rota: Rota, today: date) -> None:
    """What became of the turns before today; the witness is the clerk of the window."""
    clerks = {
        person.window_id: person.id
        for person in work.session.scalars(
            select(Staff).where(Staff.site_id == site.id, Staff.window_id.is_not(None))
        )
    }
    shown_by = work.session.scalar(
        select(Staff.id).where(Staff.role == Role.DIRECTOR).order_by(Staff.id).limit(1)
    )
    manager = work.session.scalar(select(Staff.id).where(Staff.role == Role.MANAGER).limit(1))
    wanted = (
        select(Duty, Seat, RotaSession)
        .join(Seat, Seat.id == Duty.seat_id)
        .join(RotaSession, RotaSession.id == Duty.session_id)
        .where(RotaSession.rota_id == rota.id, RotaSession.held_on < today)
        .order_by(RotaSession.held_on, Seat.part, Seat.id)
    )
    for number, (duty, seat, row) in enumerate(work.session.execute(wanted).all()):
        part = hours_on(row.held_on or row.due_on, part_hours(row, seat.part), site.zone)
        kind = number % EVERY
        if kind == MISSING:
            work.session.add(_absence(duty, part.ends, manager))
        elif shown_by is not None and seat.window_id in clerks:
            work.session.add(_attendance(work, duty, seat, part, kind, shown_by, clerks[seat.window_id]))
    work.session.flush()


def _attendance(  # noqa: PLR0917 - what a record is made of
    work: Work, duty: Duty, seat: Seat, part: Hours, kind: int, shown_by: int, clerk: int
) -> Attendance:
    who = _deputy(work, duty) if kind == INSTEAD else None
    arrived = part.starts + timedelta(minutes=14 if kind == LATE else -6)
    left = part.ends - timedelta(minutes=35 if kind == EARLY else 0)
    return Attendance(
        duty_id=duty.id,
        window_id=seat.window_id,
        person_id=who.id if who else duty.person_id,
        post=who.post if who else Post.HEAD,
        agreed=True,
        starts_at=part.starts,
        ends_at=part.ends,
        arrived_at=arrived,
        late_min=rules.minutes_late(part, arrived),
        how="typed",
        shown_by=shown_by,
        witnessed_by=clerk,
        left_at=left,
        early_min=rules.minutes_early(part, left),
        left_how="typed",
        left_shown_by=shown_by,
        left_witnessed_by=clerk,
    )


def _deputy(work: Work, duty: Duty) -> RotaPerson | None:
    """The deputy of the department, whose stand-in was approved."""
    wanted = select(RotaPerson).where(RotaPerson.body_id == duty.body_id, RotaPerson.post == Post.DEPUTY)
    found = work.session.scalar(wanted.limit(1))
    manager = work.session.scalar(select(Staff.id).where(Staff.role == Role.MANAGER).limit(1))
    if found is None or manager is None:
        return None
    wish = Wish(
        duty_id=duty.id,
        body_id=duty.body_id,
        quarter=duty.quarter,
        kind="stand_in",
        state="approved",
        reason="mission",
        person_id=found.id,
        asked_at=work.now,
        asked_by=manager,
        decided_at=work.now,
        decided_by=manager,
    )
    work.session.add(wish)
    return found


def _absence(duty: Duty, found_at: datetime, asked_by: int | None) -> Absence:
    """It was asked about, and the department has not answered yet."""
    asked_at = found_at + timedelta(hours=3) if asked_by else None
    state = "asked" if asked_by else "found"
    return Absence(
        duty_id=duty.id,
        state=state,
        found_at=found_at,
        asked_at=asked_at,
        asked_by=asked_by,
        answer_by=(asked_at + rules.ANSWER_AT_MOST).date() if asked_at else None,
    )
