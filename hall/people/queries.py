"""Reading people and devices: lists as the administration shows them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session, aliased

from hall.accounts.models import Device, Staff
from hall.actor import Actor
from hall.catalog.models import Department, Window
from hall.queueing.models import Ticket
from hall.sites import Site

PAGE = 50


@dataclass(frozen=True, slots=True)
class StaffView:
    """An account in a list. `window` is a name such as 3号窗口, `window_en` its English one, or nothing."""

    id: int
    user: str
    name: str
    role: str
    window: str | None
    window_en: str | None
    site: str
    every_site: bool
    must_change: bool
    locked_until: datetime | None
    retired_at: datetime | None


@dataclass(frozen=True, slots=True)
class StaffSearch:
    """What a list of accounts is narrowed to. Pages count from 1."""

    text: str = ""
    role: str = ""
    retired: bool = False
    page: int = 1


@dataclass(frozen=True, slots=True)
class StaffPage:
    """One page of a list, with how many accounts there are in all."""

    rows: list[StaffView]
    count: int
    pages: int


@dataclass(frozen=True, slots=True)
class DeviceView:
    """A device in a list. `printer` is the name of a kiosk's printer."""

    id: int
    role: str
    name: str
    site: str
    site_id: int
    printer_id: int | None
    printer: str | None
    code_until: datetime | None
    enrolled_at: datetime | None
    seen_at: datetime | None
    paper: str
    cover: str
    online: bool | None
    quiet: bool


def staff_page(reading: Session, actor: Actor, search: StaffSearch) -> StaffPage:
    """Accounts that the actor may manage, by user name; two statements whatever the length."""
    found = _matching(actor, search)
    count = reading.scalar(select(func.count()).select_from(found.subquery())) or 0
    pages = max(1, -(-count // PAGE))
    page = min(max(1, search.page), pages)
    rows = reading.execute(found.order_by(Staff.user).limit(PAGE).offset((page - 1) * PAGE))
    return StaffPage([StaffView(**row) for row in rows.mappings()], count, pages)


def _matching(actor: Actor, search: StaffSearch) -> Select[*tuple[Any, ...]]:
    found: Select[*tuple[Any, ...]] = (
        select(
            Staff.id,
            Staff.user,
            Staff.name,
            Staff.role,
            Window.name.label("window"),
            Window.name_en.label("window_en"),
            Site.name.label("site"),
            Staff.every_site,
            Staff.must_change,
            Staff.locked_until,
            Staff.retired_at,
        )
        .join(Site, Site.id == Staff.site_id)
        .outerjoin(Window, Window.id == Staff.window_id)
        .where(Staff.retired_at.is_not(None) if search.retired else Staff.retired_at.is_(None))
    )
    if not actor.every_site:
        found = found.where(Staff.site_id == actor.site_id)
    if search.role:
        found = found.where(Staff.role == search.role)
    if search.text:
        like = f"%{_literal(search.text)}%"
        found = found.where(or_(Staff.user.ilike(like, escape="\\"), Staff.name.ilike(like, escape="\\")))
    return found


def _literal(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def managed_staff(reading: Session, actor: Actor, staff_id: int) -> Staff | None:
    """The account, if the actor's hall has it."""
    staff = reading.get(Staff, staff_id)
    return staff if staff is not None and (actor.every_site or staff.site_id == actor.site_id) else None


def windows_of(reading: Session, site_id: int) -> list[Window]:
    """Windows of a hall that are in use, by number."""
    found = select(Window).where(Window.site_id == site_id, Window.retired_at.is_(None))
    return list(reading.scalars(found.order_by(Window.number)))


def departments_of(reading: Session, site_id: int) -> list[Department]:
    """Departments of a hall that are on offer, in the order of their entry."""
    found = select(Department).where(Department.site_id == site_id, Department.retired_at.is_(None))
    return list(reading.scalars(found.order_by(Department.id)))


def sites_of(reading: Session, actor: Actor) -> list[Site]:
    """Halls that the actor may manage, by code."""
    found = select(Site).where(Site.retired_at.is_(None)).order_by(Site.code)
    return list(reading.scalars(found if actor.every_site else found.where(Site.id == actor.site_id)))


def devices_of(reading: Session, actor: Actor) -> list[DeviceView]:
    """Devices in use that the actor may manage, by hall, kind and name; one statement."""
    printer = aliased(Device)
    found = (
        select(
            Device.id,
            Device.role,
            Device.name,
            Site.name.label("site"),
            Device.site_id,
            Device.printer_id,
            printer.name.label("printer"),
            Device.code_until,
            Device.enrolled_at,
            Device.seen_at,
            Device.paper,
            Device.cover,
            Device.online,
            Device.quiet,
        )
        .join(Site, Site.id == Device.site_id)
        .outerjoin(printer, printer.id == Device.printer_id)
        .where(Device.revoked_at.is_(None))
        .order_by(Site.code, Device.role, Device.name, Device.id)
    )
    if not actor.every_site:
        found = found.where(Device.site_id == actor.site_id)
    return [DeviceView(**row) for row in reading.execute(found).mappings()]


@dataclass(frozen=True, slots=True)
class FirstSteps:
    """What a new hall has behind it on the way to its first number."""

    staff: bool
    device: bool
    drawn: bool
    called: bool


def first_steps(reading: Session, site_id: int) -> FirstSteps | None:
    """How far a new hall is; None once its first number was called. Test tickets count: they show the way."""
    tickets = select(Ticket.id).where(Ticket.site_id == site_id).limit(1)
    if reading.scalar(tickets.where(Ticket.first_called_at.is_not(None))) is not None:
        return None
    people = select(func.count()).where(Staff.site_id == site_id)
    device = select(Device.id).where(Device.site_id == site_id, Device.enrolled_at.is_not(None)).limit(1)
    return FirstSteps(
        staff=(reading.scalar(people) or 0) > 1,
        device=reading.scalar(device) is not None,
        drawn=reading.scalar(tickets) is not None,
        called=False,
    )
