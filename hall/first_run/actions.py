"""Setting up a hall of one's own: once, by whoever holds the code from the terminal."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import time

from flask_babel import lazy_gettext as _l
from sqlalchemy import select, update

from hall import facts, tokens
from hall.accounts.models import Staff
from hall.accounts.passwords import one_time_password
from hall.accounts.roles import Role
from hall.catalog.models import Line, Window, WindowLine
from hall.errors import Conflict, Invalid
from hall.first_run.models import SetUpCode
from hall.first_run.rules import NewLine, NewWindow
from hall.hours.actions import ALL_YEAR, SetSeason, set_season
from hall.hours.rules import Season, Stretch
from hall.people import actions as people
from hall.sites import Site
from hall.unit_of_work import Work

WORKDAY = (
    Stretch(time(9), time(12)),
    Stretch(time(12), time(13, 30), lunch=True),
    Stretch(time(13, 30), time(17)),
)
WEEK = (WORKDAY,) * 5 + ((),) * 2
"""Working hours to begin with; the manager changes them."""


@dataclass(frozen=True, slots=True)
class SetUp:
    """Everything that the first page asks. The manager's window and halls are those of `person`."""

    code: str
    site_code: str
    name: str
    name_en: str
    zone_name: str
    lines: tuple[NewLine, ...]
    windows: tuple[NewWindow, ...]
    user: str
    person_name: str
    password_hash: str


def fresh_code(work: Work, _command: None) -> str | None:
    """A new set-up code for the terminal, which ends the one before; None once there is staff."""
    if has_staff(work):
        return None
    code = one_time_password()
    row = work.session.get(SetUpCode, 1)
    if row is None:
        row = SetUpCode(id=1)
        work.session.add(row)
    row.digest, row.used_at = tokens.digest(code), None
    return code


def set_up(work: Work, command: SetUp) -> int:
    """Make manager, site, hours, lines and windows, all or nothing; answers the manager's id.

    Of two who send the page at the same moment one moves the code, the other meets Conflict (code `set_up`).
    Raises Invalid for a wrong code and for what does not fit.
    """
    if has_staff(work):
        raise Conflict(_l("This hall is set up already."), code="set_up")
    used = work.session.execute(
        update(SetUpCode)
        .where(
            SetUpCode.id == 1, SetUpCode.used_at.is_(None), SetUpCode.digest == tokens.digest(command.code)
        )
        .values(used_at=work.now, digest=None)
        .execution_options(synchronize_session=False)
    )
    if used.rowcount != 1:  # type: ignore[attr-defined]
        said = _l("This is not the code that the terminal shows.")
        raise Invalid(said, errors={"code": [said]}, code="wrong_code")
    site = Site(
        code=command.site_code, name=command.name, name_en=command.name_en, zone_name=command.zone_name
    )
    work.session.add(site)
    work.session.flush()
    set_season(work, SetSeason(site.id, Season(*ALL_YEAR, WEEK)))
    _lines_and_windows(work, site, command)
    person = people.Person(site.id, command.user, command.person_name, Role.MANAGER.value)
    number = people.add_staff(work, people.AddStaff(person, command.password_hash))
    manager = work.session.get_one(Staff, number)
    manager.must_change, manager.every_site = False, True
    work.record(facts.SiteChanged(site_id=site.id, site=site.code, what="set_up"))
    return number


def has_staff(work: Work) -> bool:
    """Whether anybody has an account here."""
    return work.session.scalar(select(Staff.id).limit(1)) is not None


def _lines_and_windows(work: Work, site: Site, command: SetUp) -> None:
    lines = {
        line.prefix: Line(
            site_id=site.id,
            code=f"{site.code}-{line.prefix.lower()}",
            prefix=line.prefix,
            name=line.name,
            name_en=line.name_en,
            collects=line.collects,
            sort=sort,
        )
        for sort, line in enumerate(command.lines)
    }
    windows = {
        window.number: Window(
            site_id=site.id,
            code=f"{site.code}-{window.number:02d}",
            number=window.number,
            name=f"{window.number}号窗口",
            name_en=f"Window {window.number}",
            area=window.area,
        )
        for window in command.windows
    }
    work.session.add_all([*lines.values(), *windows.values()])
    work.session.flush()
    for window in command.windows:
        for prefix in (*window.preferred, *window.others):
            work.session.add(
                WindowLine(
                    window_id=windows[window.number].id,
                    line_id=lines[prefix].id,
                    preferred=prefix in window.preferred,
                )
            )
