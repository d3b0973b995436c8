"""The office as a site of this hall: lines, windows, a clerk at each, and fresh tokens for the run."""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select, update

from hall import facts, tokens
from hall.accounts.models import Device, Staff, StaffToken
from hall.accounts.passwords import hash_password
from hall.accounts.roles import Role
from hall.catalog.models import Line, Window, WindowLine
from hall.queueing.day import EndDay, end_day
from hall.queueing.models import Staffing
from hall.queueing.queries import today
from hall.replay.plan import DayPlan, QueuePlan
from hall.sites import Site, SiteSettings
from hall.unit_of_work import Work

ZONE = "Europe/Warsaw"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to set up. `names` by queue id, where they are known."""

    plan: DayPlan
    names: dict[str, str]


@dataclass(frozen=True, slots=True)
class Clerk:
    """A window and the token of its clerk."""

    window: str
    token: str


@dataclass(frozen=True, slots=True)
class Stage:
    """The site as the run needs it: codes and tokens. `clerks` by line code."""

    site: str
    kiosk: str
    lines: dict[str, str]
    clerks: dict[str, tuple[Clerk, ...]]


def set_up(work: Work, command: Wanted) -> Stage:
    """Make the office's site, or find it; end what an earlier run left behind."""
    plan = command.plan
    site = _site(work, plan.office)
    end_day(work, EndDay(site.id, today(site, work.now)))
    in_site = select(Window.id).where(Window.site_id == site.id)
    work.session.execute(
        update(Staffing)
        .where(Staffing.window_id.in_(in_site), Staffing.closed_at.is_(None))
        .values(state="closed", closed_at=work.now)
    )
    password_hash = hash_password(secrets.token_urlsafe(24))  # nobody signs in with it
    lines, clerks = {}, {}
    for queue in plan.queues:
        line = _line(work, site, queue, command.names.get(queue.queue, ""))
        lines[queue.queue] = line.code
        clerks[line.code] = tuple(
            _clerk(work, site, line, number, password_hash) for number in range(1, queue.windows + 1)
        )
    work.record(facts.SiteChanged(site_id=site.id, site=site.code, what="replay"))
    return Stage(site.code, _kiosk(work, site), lines, clerks)


def wind_up(work: Work, site_code: str) -> None:
    """The run is over: its tokens are worth nothing any more."""
    site = work.session.scalars(select(Site).where(Site.code == site_code)).one()
    staff = select(Staff.id).where(Staff.site_id == site.id)
    for table, whose in ((StaffToken, StaffToken.staff_id.in_(staff)), (Device, Device.site_id == site.id)):
        revoke: Any = update(table).where(whose, table.revoked_at.is_(None)).values(revoked_at=work.now)
        work.session.execute(revoke)


def slug(office: str) -> str:
    """The site's code."""
    return "replay-" + (re.sub(r"[^a-z0-9]+", "-", office.lower()).strip("-")[:30] or "office")


def _site(work: Work, office: str) -> Site:
    site = work.session.scalar(select(Site).where(Site.code == slug(office)))
    if site is None:
        name = office.replace("_", " ")
        site = Site(
            code=slug(office),
            name=name,
            name_en=name,
            zone_name=ZONE,
            settings_json=SiteSettings(always_open=True).dump(),
        )
        work.session.add(site)
        work.session.flush()
    return site


def _line(work: Work, site: Site, queue: QueuePlan, name: str) -> Line:
    code = f"{site.code}-{queue.prefix.lower()}"
    line = work.session.scalar(select(Line).where(Line.code == code))
    if line is None:
        said = (name.removeprefix(f"{queue.prefix}:").strip() or f"Queue {queue.prefix}")[:60]
        line = Line(site_id=site.id, code=code, prefix=queue.prefix, name=said, name_en=said)
        work.session.add(line)
        work.session.flush()
    return line


def _clerk(work: Work, site: Site, line: Line, number: int, password_hash: str) -> Clerk:
    code = f"{line.code}{number:02d}"
    window = work.session.scalar(select(Window).where(Window.code == code))
    if window is None:
        numbers = work.session.scalars(select(Window.number).where(Window.site_id == site.id)).all()
        next_number = max(numbers, default=0) + 1
        name = f"{next_number}号窗口"
        window = Window(
            site_id=site.id, code=code, number=next_number, name=name, name_en=f"Window {next_number}"
        )
        work.session.add(window)
        work.session.flush()
        work.session.add(WindowLine(window_id=window.id, line_id=line.id, preferred=True))
    person = work.session.scalar(select(Staff).where(Staff.user == code))
    if person is None:
        person = Staff(
            site_id=site.id,
            user=code,
            name=window.name_en,
            role=Role.WINDOW.value,
            password_hash=password_hash,
            window_id=window.id,
            session_nonce=tokens.new_nonce(),
        )
        work.session.add(person)
        work.session.flush()
    token = tokens.secret_token()
    work.session.add(StaffToken(staff_id=person.id, digest=tokens.digest(token), made_at=work.now))
    return Clerk(code, token)


def _kiosk(work: Work, site: Site) -> str:
    token = tokens.secret_token()
    device = Device(
        site_id=site.id,
        role=Role.KIOSK.value,
        name="replay",
        token_digest=tokens.digest(token),
        enrolled_at=work.now,
    )
    work.session.add(device)
    return token
