"""What the forms of helpers do in one press: several verbs of `hall.helpers.shifts`, together or not at all.

A change never moves a booking: what no longer fits is marked, and a person moves it (H2).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select

from hall.accounts.models import Staff
from hall.errors import Invalid, NotFound
from hall.helpers import shifts
from hall.helpers.keeping.rules import BADGE
from hall.helpers.models import Helper
from hall.helpers.orphans import mark_orphans
from hall.helpers.rules import ABSENCES
from hall.helpers.shifts import Stretch
from hall.sites import Site

if TYPE_CHECKING:
    from hall.helpers.keeping.rules import Times
    from hall.unit_of_work import Work

BUNDLE = "bundle:"
FAR_DAYS = 399
LONGEST_DAYS = 62


@dataclass(frozen=True, slots=True)
class Profile:
    """What a helper does and knows (`skills` as in `HelperSkill`), and the seven days of their week."""

    does_agency: bool = True
    does_home_visits: bool = False
    skills: frozenset[str] = frozenset()
    week: tuple[tuple[Times, ...], ...] = ((),) * 7


@dataclass(frozen=True, slots=True)
class Enter:
    """Somebody with the helper's role becomes one who can be booked."""

    site_id: int
    user: str
    badge: str
    profile: Profile


@dataclass(frozen=True, slots=True)
class Keep:
    """Profile and week of a helper, as changed on the state that `revision` names; None changes regardless."""

    site_id: int
    badge: str
    profile: Profile
    revision: int | None = None


@dataclass(frozen=True, slots=True)
class KeepDays:
    """Dates from first to last: away all day (no times), there in these instead, or (`plain`) as in the week."""

    site_id: int
    badge: str
    first: date
    last: date
    times: tuple[Times, ...] = ()
    reason: str = ""
    plain: bool = False


@dataclass(frozen=True, slots=True)
class Retire:
    """A helper is booked no more, or (`back`) again."""

    site_id: int
    badge: str
    back: bool = False


def enter_helper(work: Work, command: Enter) -> int:
    """Make a helper with their week. Raises Invalid with messages by field, Conflict."""
    badge = command.badge.strip().upper()
    taken = select(Staff.user).join(Helper, Helper.staff_id == Staff.id)
    owner = work.session.scalar(
        taken.where(Helper.site_id == command.site_id, func.upper(Helper.badge) == badge)
    )
    if not BADGE.fullmatch(badge):
        raise _wrong("badge", _l("Up to 12 letters, digits and hyphens."))
    if owner not in {None, command.user}:
        raise _wrong("badge", _l("Another helper has this number, perhaps a retired one."))
    shifts.add_helper(work, shifts.AddHelper(command.site_id, command.user, badge))
    return keep_helper(work, Keep(command.site_id, badge, command.profile))


def keep_helper(work: Work, command: Keep) -> int:
    """Write profile and week. Answers how many bookings must be moved. Raises Conflict, Invalid, NotFound."""
    site, badge, given = command.site_id, command.badge, command.profile
    revision = _revision(work, site, badge) if command.revision is None else command.revision
    edit = shifts.EditHelper(site, badge, revision, given.skills, given.does_agency, given.does_home_visits)
    shifts.edit_helper(work, edit)
    stretches = tuple(Stretch(*one, weekday=day) for day, times in enumerate(given.week) for one in times)
    return shifts.set_week(work, shifts.SetWeek(site, badge, revision + 1, stretches))


def keep_days(work: Work, command: KeepDays) -> int:
    """Enter dates that differ from the week, each anew. Answers how many bookings must be moved."""
    site = work.session.get_one(Site, command.site_id)
    today = work.now.astimezone(site.zone).date()
    if command.last < command.first:
        raise _wrong("last", _l("The last day is before the first."))
    if command.first < today or command.last > today + timedelta(days=FAR_DAYS):
        raise _wrong("first", _l("Choose days from today on, within a year."))
    if (command.last - command.first).days >= LONGEST_DAYS:
        raise _wrong("last", _l("Enter at most two months at a time."))
    if command.reason and command.reason not in ABSENCES:
        raise _wrong("reason", _l("Choose one of the values offered."))
    revision, marked = _revision(work, site.id, command.badge), 0
    stretches = tuple(Stretch(*one) for one in command.times)
    for ahead in range((command.last - command.first).days + 1):
        day = command.first + timedelta(days=ahead)
        one = shifts.SetDay(
            site.id, command.badge, revision + ahead, day, stretches, command.reason, command.plain
        )
        marked = shifts.set_day(work, one)
    return marked


def retire_helper(work: Work, command: Retire) -> int:
    """Book them no more, or again with the week they had. Answers how many bookings must be moved."""
    if command.back:
        user = work.session.scalar(
            select(Staff.user)
            .join(Helper, Helper.staff_id == Staff.id)
            .where(Helper.site_id == command.site_id, Helper.badge == command.badge)
        )
        shifts.add_helper(work, shifts.AddHelper(command.site_id, user or "", command.badge))
        return mark_orphans(work, work.session.get_one(Site, command.site_id))
    revision = _revision(work, command.site_id, command.badge)
    return shifts.retire_helper(work, shifts.Retire(command.site_id, command.badge, revision))


def _revision(work: Work, site_id: int, badge: str) -> int:
    found = work.session.scalar(
        select(Helper.revision).where(Helper.site_id == site_id, Helper.badge == badge)
    )
    if found is None:
        raise NotFound(_l("There is no such helper."), code="unknown_helper")
    return found


def _wrong(field: str, said: object) -> Invalid:
    return Invalid(said, errors={field: [said]})
