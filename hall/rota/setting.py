"""Setting a reception up: its days and places, whose turn it can be, and their people (M1)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _l
from sqlalchemy import delete, select

from hall.accounts.access import of_site
from hall.accounts.models import Staff
from hall.catalog.models import Department, Window
from hall.errors import Invalid, NotFound
from hall.rota import facts
from hall.rota.at_hand import rota_of, site_of
from hall.rota.correcting import correct
from hall.rota.generating import hours_follow
from hall.rota.leaves import MOST
from hall.rota.models import Rota, RotaBody, RotaPerson, RotaPlace
from hall.rota.retiring import hand_on
from hall.rota.states import HolidayRule, Post
from hall.sites import Site

if TYPE_CHECKING:
    from hall.unit_of_work import Work

CLOCK = re.compile(r"([01]\d|2[0-3]):[0-5]\d")
CODE = re.compile(r"(?!new$)[a-z][a-z0-9-]{0,39}")  # "new" is the address of a form
DAYS_AHEAD, WEEKDAYS = 30, 7
PARTS = ("am", "pm")


@dataclass(frozen=True, slots=True)
class SetRota:
    """A reception as it shall be. `places` are (window code, part); a part without times is not held."""

    site_id: int
    code: str
    name: str
    name_en: str
    weekday: int
    holiday_rule: str
    signup_days: int
    publish_days: int
    am: tuple[str, str]
    pm: tuple[str, str]
    places: tuple[tuple[str, str], ...]
    leaves: int = 2


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody of a body: `user` is their account, where they have one.

    `key` is who is on the list already, and is called so from now on.
    """

    name: str
    post: str
    title: str = ""
    user: str = ""
    key: int | None = None


@dataclass(frozen=True, slots=True)
class SetBody:
    """A body of a reception with all its people; who is no longer named is retired. `body_id` may have a new name."""

    rota_id: int
    name: str
    name_en: str
    department: str
    listed: bool
    people: tuple[Person, ...]
    body_id: int | None = None


def set_rota(work: Work, command: SetRota) -> Rota:
    """Make or change a reception. Hours that nobody has signed up for follow; days and seats do with the next term.

    Raises Invalid by field, Refused for another hall.
    """
    of_site(work.actor, command.site_id)
    windows = _windows(work, command)
    errors = _wrong(command, windows)
    if errors:
        raise Invalid(_l("Some of this cannot be used. Please check it."), errors=errors)
    wanted = select(Rota).where(Rota.site_id == command.site_id, Rota.code == command.code)
    kept = wanted.with_for_update(key_share=True).execution_options(populate_existing=True)
    rota = work.session.scalar(kept)
    if rota is not None and rota.retired_at is not None:
        said = _l("A reception with this code has ended. Hold that one again, or choose another code.")
        raise Invalid(said, errors={"code": [said]}, code="retired")
    if rota is None:
        rota = Rota(site_id=command.site_id, code=command.code)
        work.session.add(rota)
    rota.name, rota.name_en = _plain(command.name), _plain(command.name_en)
    rota.weekday, rota.holiday_rule = command.weekday, command.holiday_rule
    rota.signup_days, rota.publish_days = command.signup_days, command.publish_days
    rota.leaves = command.leaves
    (rota.am_starts, rota.am_ends), (rota.pm_starts, rota.pm_ends) = command.am, command.pm
    work.session.flush()
    work.session.execute(delete(RotaPlace).where(RotaPlace.rota_id == rota.id))
    for window, part in sorted(set(command.places)):
        work.session.add(RotaPlace(rota_id=rota.id, window_id=windows[window], part=part))
    work.session.flush()
    hours_follow(work, rota)
    site = work.session.get_one(Site, rota.site_id)
    work.record(facts.RotaChanged(site_id=site.id, site=site.code, rota=rota.code))
    return rota


def _windows(work: Work, command: SetRota) -> dict[str, int]:
    wanted = select(Window.code, Window.id).where(
        Window.site_id == command.site_id, Window.retired_at.is_(None)
    )
    return {row.code: row.id for row in work.session.execute(wanted)}


def _wrong(command: SetRota, windows: dict[str, int]) -> dict[str, list[object]]:
    errors: dict[str, list[object]] = {}
    if not CODE.fullmatch(command.code):
        errors["code"] = [_l("Letters a to z, digits and hyphens, beginning with a letter.")]
    if not _plain(command.name):
        errors["name"] = [_l("Give it a name.")]
    if not 0 <= command.weekday < WEEKDAYS:
        errors["weekday"] = [_l("Choose a day of the week.")]
    if command.holiday_rule not in set(HolidayRule):
        errors["holiday_rule"] = [_l("Choose what happens on a holiday.")]
    if not 0 <= command.publish_days <= command.signup_days <= DAYS_AHEAD:
        errors["signup_days"] = [
            _l("Sign-up closes before the list is published, 30 working days ahead at most.")
        ]
    if not 0 <= command.leaves <= MOST:
        errors["leaves"] = [_l("From 0 to %(most)s leaves a quarter.", most=MOST)]
    errors |= _wrong_hours(command)
    if any(window not in windows or part not in PARTS for window, part in command.places):
        errors["places"] = [_l("One of these windows is not in use in this hall.")]
    return errors


def _wrong_hours(command: SetRota) -> dict[str, list[object]]:
    errors: dict[str, list[object]] = {}
    for part, times in zip(PARTS, (command.am, command.pm), strict=True):
        if not _hours(times):
            errors[part] = [_l("Give both times as HH:MM, the later one last, or neither.")]
    if not any((*command.am, *command.pm)):
        errors["am"] = [_l("Give the hours of the morning, the afternoon, or both.")]
    return errors


def _hours(times: tuple[str, str]) -> bool:
    if times == ("", ""):
        return True
    return all(CLOCK.fullmatch(one) for one in times) and times[0] < times[1]


def set_body(work: Work, command: SetBody) -> RotaBody:
    """Make or change a body and its people, all of it or nothing. Raises Invalid by field, NotFound, Refused."""
    rota = rota_of(work, command.rota_id)
    name = _plain(command.name)
    if not name:
        said = _l("Give it a name.")
        raise Invalid(said, errors={"name": [said]})
    body = _body(work, rota, name, command.body_id)
    body.name_en, body.listed, body.retired_at = _plain(command.name_en), command.listed, None
    body.department_id = _department(work, rota, body, command.department)
    _people(work, rota, body, command.people)
    site = site_of(work, rota)
    work.record(facts.RotaChanged(site_id=site.id, site=site.code, rota=rota.code))
    return body


def _body(work: Work, rota: Rota, name: str, body_id: int | None) -> RotaBody:
    """The body of this name, new where there is none; or the one that shall have this name now."""
    named = work.session.scalar(select(RotaBody).where(RotaBody.rota_id == rota.id, RotaBody.name == name))
    if body_id is None:
        if named is None:
            named = RotaBody(rota_id=rota.id, name=name)
            work.session.add(named)
            work.session.flush()
        return named
    body = work.session.get(RotaBody, body_id)
    if body is None or body.rota_id != rota.id:
        raise NotFound(_l("There is no such department on the list."), code="unknown_body")
    if named is not None and named.id != body.id:
        said = _l("Another one on the list has this name.")
        raise Invalid(said, errors={"name": [said]})
    body.name = name
    return body


def _department(work: Work, rota: Rota, body: RotaBody, code: str) -> int | None:
    """The department that a body is, where it is one; each once a reception."""
    if not code:
        return None
    found = work.session.scalar(
        select(Department.id).where(Department.site_id == rota.site_id, Department.code == code)
    )
    other = select(RotaBody.id).where(RotaBody.rota_id == rota.id, RotaBody.department_id == found)
    said = None
    if found is None:
        said = _l("There is no department with this code.")
    elif work.session.scalar(other.where(RotaBody.id != body.id)) is not None:
        said = _l("This department is on the list already.")
    if said:
        raise Invalid(said, errors={"department": [said]})
    return found


def _people(work: Work, rota: Rota, body: RotaBody, people: tuple[Person, ...]) -> None:
    there = {
        (row.name, row.post): row
        for row in work.session.scalars(select(RotaPerson).where(RotaPerson.body_id == body.id))
    }
    accounts = _accounts(work, rota, people)
    _correct(work, there, people)
    for old in there.values():  # an account can go from one to another
        old.staff_id = None
    work.session.flush()
    for person in people:
        key = (_plain(person.name), person.post)
        if not key[0] or person.post not in set(Post):
            said = _l("Each person needs a name, and a post of the list.")
            raise Invalid(said, errors={"people": [said]})
        row = there.pop(key, None)
        if row is None:
            row = RotaPerson(body_id=body.id, name=key[0], post=person.post)
            work.session.add(row)
        row.title, row.retired_at = _plain(person.title), None
        row.staff_id = accounts.get(person.user)
    for gone in there.values():
        gone.retired_at = gone.retired_at or work.now
    work.session.flush()
    for gone in there.values():
        hand_on(work, rota, body, gone)


def _correct(work: Work, there: dict[tuple[str, str], RotaPerson], people: tuple[Person, ...]) -> None:
    """Who is named by key in the same post is put right in place; another post is another entry."""
    by_key = {row.id: row for row in there.values()}
    for person in people:
        row, name = by_key.get(person.key or 0), _plain(person.name)
        if row is None or not name or row.post != person.post or row.retired_at is not None:
            continue
        del there[row.name, row.post]
        correct(work, row, name, _plain(person.title), there.values())
        there[row.name, row.post] = row


def _accounts(work: Work, rota: Rota, people: tuple[Person, ...]) -> dict[str, int]:
    users = [person.user for person in people if person.user]
    wanted = set(users)
    if len(users) > len(wanted):
        said = _l("Each account belongs to one person of the list.")
        raise Invalid(said, errors={"people": [said]})
    found = {
        row.user: row.id
        for row in work.session.execute(
            select(Staff.user, Staff.id).where(
                Staff.user.in_(wanted), Staff.site_id == rota.site_id, Staff.retired_at.is_(None)
            )
        )
    }
    if wanted - set(found):
        said = _l("There is no account %(users)s in this hall.", users=", ".join(sorted(wanted - set(found))))
        raise Invalid(said, errors={"people": [said]})
    return found


def _plain(text: str) -> str:
    return " ".join(text.split())
