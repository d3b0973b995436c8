"""Helpers and their shifts, as a manager keeps them; what a change orphans is marked, never moved by itself."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _l
from sqlalchemy import delete, select

from hall.accounts.models import Staff
from hall.accounts.roles import Role
from hall.catalog.models import Bundle
from hall.errors import Conflict, Invalid, NotFound
from hall.helpers import rules
from hall.helpers.facts import HelperChanged
from hall.helpers.models import Helper, HelperDay, HelperSkill, HelperWeek
from hall.helpers.orphans import mark_orphans
from hall.sites import Site

if TYPE_CHECKING:
    from collections.abc import Iterable

    from hall.unit_of_work import Work


@dataclass(frozen=True, slots=True)
class Stretch:
    """From when until when, local HH:MM (24:00 is midnight); what is kept back only the desk gives away."""

    starts: str
    ends: str
    kept_back: bool = False
    weekday: int = 0


@dataclass(frozen=True, slots=True)
class AddHelper:
    """A member of staff with the role helper becomes one who can be booked."""

    site_id: int
    user: str
    badge: str


@dataclass(frozen=True, slots=True)
class EditHelper:
    """What a helper does and knows; `revision` is what the caller saw."""

    site_id: int
    badge: str
    revision: int
    skills: frozenset[str]
    does_agency: bool
    does_home_visits: bool


@dataclass(frozen=True, slots=True)
class SetWeek:
    """A helper's whole week anew."""

    site_id: int
    badge: str
    revision: int
    stretches: tuple[Stretch, ...]


@dataclass(frozen=True, slots=True)
class SetDay:
    """One date of its own: these stretches; none: away. `plain`: as in the week again."""

    site_id: int
    badge: str
    revision: int
    day: date
    stretches: tuple[Stretch, ...] = ()
    reason: str = ""
    plain: bool = False


@dataclass(frozen=True, slots=True)
class Retire:
    """Withdraw a helper; what is booked is orphaned."""

    site_id: int
    badge: str
    revision: int


def add_helper(work: Work, command: AddHelper) -> int:
    """Answers the helper's key. Raises Invalid where there is no such account, Conflict where it is one already."""
    person = work.session.scalar(
        select(Staff).where(
            Staff.user == command.user,
            Staff.site_id == command.site_id,
            Staff.role == Role.HELPER.value,
            Staff.retired_at.is_(None),
        )
    )
    if person is None:
        said = _l("There is no account of a helper with this name in this hall.")
        raise Invalid(said, code="unknown_account", errors={"user": [said]})
    there = work.session.scalar(select(Helper).where(Helper.staff_id == person.id))
    if there is not None and there.retired_at is None:
        raise Conflict(_l("This person can be booked already."), code="helper_already")
    helper = there or Helper(site_id=command.site_id, staff_id=person.id)
    helper.badge, helper.retired_at = command.badge, None
    work.session.add(helper)
    work.session.flush()
    _record(work, helper, "added")
    return helper.id


def edit_helper(work: Work, command: EditHelper) -> int:
    """Answers how many bookings must be moved by a person."""
    helper = _locked(work, command.site_id, command.badge, command.revision)
    codes = {skill.removeprefix("bundle:") for skill in command.skills - set(rules.SKILLS)}
    known = set(
        work.session.scalars(
            select(Bundle.code).where(Bundle.site_id == helper.site_id, Bundle.code.in_(codes))
        )
    )
    if codes - known:
        said = _l("We do not know: %(skills)s.", skills=", ".join(sorted(codes - known)))
        raise Invalid(said, code="unknown_skill", errors={"skills": [said]})
    work.session.execute(delete(HelperSkill).where(HelperSkill.helper_id == helper.id))
    work.session.add_all(HelperSkill(helper_id=helper.id, skill=skill) for skill in sorted(command.skills))
    helper.does_agency, helper.does_home_visits = command.does_agency, command.does_home_visits
    return _changed(work, helper, "skills")


def set_week(work: Work, command: SetWeek) -> int:
    """Answers how many bookings must be moved by a person (they are listed at the desk)."""
    _fit(command.stretches)
    helper = _locked(work, command.site_id, command.badge, command.revision)
    work.session.execute(delete(HelperWeek).where(HelperWeek.helper_id == helper.id))
    work.session.add_all(
        HelperWeek(
            helper_id=helper.id,
            weekday=one.weekday,
            starts=one.starts,
            ends=one.ends,
            kept_back=one.kept_back,
        )
        for one in command.stretches
    )
    return _changed(work, helper, "week")


def set_day(work: Work, command: SetDay) -> int:
    """Answers how many bookings must be moved by a person."""
    _fit(command.stretches)
    helper = _locked(work, command.site_id, command.badge, command.revision)
    same = HelperDay.helper_id == helper.id, HelperDay.day == command.day
    work.session.execute(delete(HelperDay).where(*same))
    if not command.plain:
        work.session.add_all(
            HelperDay(
                helper_id=helper.id,
                day=command.day,
                starts=one.starts,
                ends=one.ends,
                kept_back=one.kept_back,
                reason=command.reason,
            )
            for one in command.stretches or (Stretch("", ""),)
        )
    return _changed(work, helper, "day")


def retire_helper(work: Work, command: Retire) -> int:
    """Nobody books them any more. Answers how many bookings must be moved by a person."""
    helper = _locked(work, command.site_id, command.badge, command.revision)
    helper.retired_at = work.now
    return _changed(work, helper, "retired")


def _fit(stretches: Iterable[Stretch]) -> None:
    """Raises Invalid where stretches of one day end before they begin, or overlap."""
    last: dict[int, str] = {}
    for one in sorted(stretches, key=lambda one: (one.weekday, one.starts)):
        if one.starts >= one.ends or one.starts < last.get(one.weekday, ""):
            said = _l("Each stretch ends after it begins, and none overlaps another.")
            raise Invalid(said, code="stretches", errors={"stretches": [said]})
        last[one.weekday] = one.ends


def _locked(work: Work, site_id: int, badge: str, revision: int) -> Helper:
    """The helper, kept from those who book meanwhile. Raises NotFound, Conflict (`stale_helper`)."""
    helper = work.session.scalar(
        select(Helper)
        .where(Helper.site_id == site_id, Helper.badge == badge, Helper.retired_at.is_(None))
        .with_for_update()
    )
    if helper is None:
        raise NotFound(_l("There is no such helper."), code="unknown_helper")
    if helper.revision != revision:
        raise Conflict(
            _l("Somebody else changed this helper meanwhile. Please look again."), code="stale_helper"
        )
    return helper


def _changed(work: Work, helper: Helper, what: str) -> int:
    helper.revision += 1
    work.session.flush()
    _record(work, helper, what)
    return mark_orphans(work, work.session.get_one(Site, helper.site_id), helper.id)


def _record(work: Work, helper: Helper, what: str) -> None:
    site = work.session.get_one(Site, helper.site_id)
    work.record(
        HelperChanged(site_id=site.id, site=site.code, helper_id=helper.id, badge=helper.badge, what=what)
    )
