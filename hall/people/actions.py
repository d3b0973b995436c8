"""What a manager does with accounts: make, edit, retire, restore, unlock, give a new password.

A manager acts in the own hall; one who answers for every hall acts in all. No change may leave a hall without a
manager who can sign in.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from flask_babel import lazy_gettext as _l
from sqlalchemy import func, or_, select

from hall import facts, tokens
from hall.accounts import passwords
from hall.accounts.access import of_site
from hall.accounts.models import Staff
from hall.accounts.roles import ROLES, STAFF_ROLES, Can, Role
from hall.catalog.models import Department, Window
from hall.errors import Invalid, NotFound, Refused
from hall.queueing.staffing import leave_windows
from hall.sites import Site
from hall.unit_of_work import Work

USER = re.compile(r"[\w.\-]{2,40}")
NAME_LENGTH = 60
DECIDING = frozenset({Role.REVIEWER, Role.OFFICIAL})


@dataclass(frozen=True, slots=True)
class Person:
    """An account as a form or a spreadsheet gives it. `window_id` binds a clerk to one window.

    `department_id` is whom a reviewer or official decides for (I1).
    """

    site_id: int
    user: str
    name: str
    role: str
    window_id: int | None = None
    every_site: bool = False
    department_id: int | None = None


@dataclass(frozen=True, slots=True)
class AddStaff:
    """A new account with the hash of its one-time password, made outside the transaction."""

    person: Person
    password_hash: str


@dataclass(frozen=True, slots=True)
class EditStaff:
    """Everything of an account but its user name and hall, which stay."""

    staff_id: int
    person: Person


def add_staff(work: Work, command: AddStaff) -> int:
    """Make an account whose password must be changed at the first sign-in. Raises Invalid, Refused."""
    person = _checked(work, command.person, None)
    staff = Staff(
        site_id=person.site_id,
        user=person.user,
        name=person.name,
        role=person.role,
        window_id=person.window_id,
        every_site=person.every_site,
        department_id=person.department_id,
        password_hash=command.password_hash,
        must_change=True,
        session_nonce=tokens.new_nonce(),
    )
    work.session.add(staff)
    work.session.flush()
    _record(work, staff, "made")
    return staff.id


def edit_staff(work: Work, command: EditStaff) -> None:
    """Change name, role, window. Raises Invalid, NotFound, Refused (also for the last manager's role)."""
    staff = staff_of(work, command.staff_id)
    person = _checked(work, replace(command.person, site_id=staff.site_id, user=staff.user), staff)
    was_manager = staff.role == Role.MANAGER
    staff.name, staff.role = person.name, person.role
    staff.window_id, staff.every_site = person.window_id, person.every_site
    staff.department_id = person.department_id
    work.session.flush()
    if was_manager:
        keep_a_manager(work, staff)
    if Can.QUEUEING_CALL not in ROLES[Role(staff.role)]:
        leave_windows(work, staff.id)
    elif staff.window_id is not None:
        leave_windows(work, staff.id, but=staff.window_id)
    _record(work, staff, "edited")


def retire_staff(work: Work, staff_id: int) -> tuple[tuple[str, str], ...]:
    """End an account: its sessions and tokens count no longer; what it did stays. Safe to run twice.

    A window that the person holds closes with it: answers (window, number of who still stands there or "").
    """
    staff = staff_of(work, staff_id)
    if staff.retired_at is not None:
        return ()
    staff.retired_at, staff.session_nonce = work.now, tokens.new_nonce()
    work.session.flush()
    keep_a_manager(work, staff)
    left = leave_windows(work, staff.id)
    _record(work, staff, "retired")
    return tuple((desk.window.name, desk.ticket.number if desk.ticket else "") for desk in left)


def restore_staff(work: Work, staff_id: int) -> None:
    """Let a retired account work again, with the password it had. Safe to run twice."""
    staff = staff_of(work, staff_id)
    if staff.retired_at is not None:
        staff.retired_at = None
        _record(work, staff, "restored")


def unlock_staff(work: Work, staff_id: int) -> None:
    """End a lock after wrong passwords. Safe to run twice."""
    staff = staff_of(work, staff_id)
    if staff.locked_until is not None or staff.failures:
        staff.locked_until, staff.failures = None, 0
        _record(work, staff, "unlocked")


def reset_password(work: Work, command: passwords.NewPassword) -> str:
    """Give an account a one-time password; all its sessions and tokens end. Answers whose it is."""
    staff = staff_of(work, command.staff_id)
    passwords.set_password(work, replace(command, must_change=True))
    return staff.user


def staff_of(work: Work, staff_id: int) -> Staff:
    """An account that the actor may manage. Raises NotFound, Refused."""
    staff = work.session.get(Staff, staff_id)
    if staff is None:
        raise NotFound(_l("There is no such account."), code="unknown_user")
    of_site(work.actor, staff.site_id)
    if staff.every_site and not work.actor.every_site:
        raise Refused(_l("Only a manager of all halls may change this account."), code="other_site")
    return staff


def keep_a_manager(work: Work, changed: Staff) -> None:
    """Refuse what leaves the changed account's hall without a manager. Raises Refused (code `last_manager`)."""
    managers = work.session.scalars(
        select(Staff)
        .where(
            Staff.role == Role.MANAGER.value,
            Staff.retired_at.is_(None),
            or_(Staff.demo.is_(changed.demo), Staff.demo.is_(False)),
            or_(Staff.site_id == changed.site_id, Staff.every_site.is_(True)),
        )
        .order_by(Staff.id)
        .with_for_update()  # two managers who retire each other at the same moment
    ).all()
    if not managers:
        raise Refused(_l("This hall needs a manager. Make another one first."), code="last_manager")


def _checked(work: Work, person: Person, staff: Staff | None) -> Person:
    """The person with its texts trimmed. Raises Invalid with messages by field, Refused."""
    of_site(work.actor, person.site_id)
    user, name = person.user.strip(), " ".join(person.name.split())
    errors: dict[str, list[object]] = {}
    if staff is None and not USER.fullmatch(user):
        errors["user"] = [_l("Use 2 to 40 letters, digits, dots, hyphens or underscores.")]
    elif staff is None and _taken(work, user):
        errors["user"] = [_l("This account exists already, perhaps as a retired one.")]
    if not 0 < len(name) <= NAME_LENGTH or not name.isprintable():
        errors["name"] = [_l("Give a name of 1 to 60 characters.")]
    if person.role not in STAFF_ROLES:
        errors["role"] = [_l("Choose one of the values offered.")]
    if person.window_id is not None and not _window_fits(work, person):
        errors["window_id"] = [_l("Choose a window of this hall.")]
    if person.role in DECIDING and not _department_fits(work, person):
        errors["department_id"] = [_l("Choose the department for which this person decides.")]
    if errors:
        raise Invalid(_l("Some of this cannot be used. Please check it."), errors=errors)
    if person.every_site != bool(staff and staff.every_site) and not work.actor.every_site:
        raise Refused(_l("Only a manager of all halls may change this account."), code="other_site")
    bound = person.window_id if person.role == Role.WINDOW else None
    department = person.department_id if person.role in DECIDING else None
    return replace(person, user=user, name=name, window_id=bound, department_id=department)


def _taken(work: Work, user: str) -> bool:
    return bool(work.session.scalar(select(Staff.id).where(func.lower(Staff.user) == user.lower()).limit(1)))


def _window_fits(work: Work, person: Person) -> bool:
    window = work.session.get(Window, person.window_id)
    return window is not None and window.site_id == person.site_id and window.retired_at is None


def _department_fits(work: Work, person: Person) -> bool:
    department = work.session.get(Department, person.department_id) if person.department_id else None
    return department is not None and department.site_id == person.site_id and department.retired_at is None


def _record(work: Work, staff: Staff, what: str) -> None:
    site = work.session.get_one(Site, staff.site_id)
    work.record(facts.StaffChanged(site_id=site.id, site=site.code, account=f"staff:{staff.id}", what=what))
