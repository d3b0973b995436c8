"""What happens to devices: made, given a code, enrolled by it once, renamed, joined to a printer, revoked."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import timedelta

from flask_babel import lazy_gettext as _l
from sqlalchemy import select, update

from hall import facts, tokens
from hall.accounts.access import of_site
from hall.accounts.models import Device
from hall.accounts.roles import DEVICE_ROLES, Role
from hall.errors import Invalid, NotFound
from hall.sites import Site
from hall.unit_of_work import Work

CODE_LIFE = timedelta(minutes=15)
CODE_DIGITS = 6
NAME_LENGTH = 60


@dataclass(frozen=True, slots=True)
class AddDevice:
    """A kiosk, screen or printer to come; it has no token until it is enrolled."""

    site_id: int
    role: str
    name: str


@dataclass(frozen=True, slots=True)
class NewCode:
    """Ask for a fresh code; `key` is the hall's token key."""

    device_id: int
    key: bytes


@dataclass(frozen=True, slots=True)
class Enrol:
    """A code as typed, by its digest, with the digest of the token that the device will have."""

    code_digest: bytes
    token_digest: bytes
    roles: tuple[str, ...] = tuple(role.value for role in DEVICE_ROLES)


@dataclass(frozen=True, slots=True)
class Enrolled:
    """Who the device is from now on; `again` where it was enrolled with this very token a moment ago."""

    device: str
    kind: str
    site: str
    again: bool = False


@dataclass(frozen=True, slots=True)
class RenameDevice:
    """Another name; a kiosk's printer (None: prints through the browser); whether a screen is quiet (Q12)."""

    device_id: int
    name: str
    printer_id: int | None = None
    quiet: bool = False


def add_device(work: Work, command: AddDevice) -> int:
    """Make a device and answer its id. Raises Invalid for an unknown kind or a name that does not fit."""
    of_site(work.actor, command.site_id)
    if command.role not in DEVICE_ROLES:
        said = _l("Choose one of the values offered.")
        raise Invalid(said, errors={"role": [said]})
    device = Device(site_id=command.site_id, role=command.role, name=_name(command.name))
    work.session.add(device)
    work.session.flush()
    _record(work, device, "made")
    return device.id


def new_code(work: Work, command: NewCode) -> str:
    """A code of six digits, good once and for fifteen minutes. Raises NotFound.

    The device's earlier code ends; its token stays good until the new code is used.
    """
    device = device_of(work, command.device_id)
    work.session.execute(
        update(Device).where(Device.code_until <= work.now).values(code_digest=None, code_until=None)
    )
    while True:
        code = f"{secrets.randbelow(10**CODE_DIGITS):0{CODE_DIGITS}}"
        digest = tokens.code_digest(command.key, code)
        if not work.session.scalar(select(Device.id).where(Device.code_digest == digest)):
            break
    device.code_digest, device.code_until = digest, work.now + CODE_LIFE
    _record(work, device, "code")
    return code


def enrol(work: Work, command: Enrol) -> Enrolled:
    """Trade a code for a token. Raises NotFound for a code that does not count (unknown, used, too old)."""
    found = work.session.scalar(
        update(Device)
        .where(
            Device.code_digest == command.code_digest,
            Device.code_until > work.now,
            Device.revoked_at.is_(None),
            Device.role.in_(command.roles),
        )
        .values(code_digest=None, code_until=None, token_digest=command.token_digest, enrolled_at=work.now)
        .returning(Device.id)
        .execution_options(synchronize_session=False)
    )
    if found is None:
        return _enrolled_before(work, command)
    device = work.session.get_one(Device, found)
    _record(work, device, "enrolled")
    return _identity(work, device)


def rename_device(work: Work, command: RenameDevice) -> None:
    """Name a device anew choose a kiosk's printer and whether a screen speaks. Raises NotFound, Invalid."""
    device = device_of(work, command.device_id)
    device.name = _name(command.name)
    if device.role == Role.KIOSK and command.printer_id is not None:
        printer = work.session.get(Device, command.printer_id)
        fits = printer is not None and printer.role == Role.PRINTER and printer.revoked_at is None
        if printer is None or not fits or printer.site_id != device.site_id:
            said = _l("Choose a printer of this hall.")
            raise Invalid(said, errors={"printer_id": [said]})
    device.printer_id = command.printer_id if device.role == Role.KIOSK else None
    device.quiet = command.quiet and device.role == Role.SCREEN
    _record(work, device, "edited")


def revoke_device(work: Work, device_id: int) -> None:
    """End a device: its token and code count no longer; kiosks that used this printer have none. Raises NotFound."""
    device = device_of(work, device_id)
    device.revoked_at = work.now
    device.code_digest = device.code_until = None
    work.session.execute(update(Device).where(Device.printer_id == device.id).values(printer_id=None))
    _record(work, device, "revoked")


def device_of(work: Work, device_id: int) -> Device:
    """A device of the actor's site that was not revoked. Raises NotFound, Refused."""
    device = work.session.get(Device, device_id)
    if device is None or device.revoked_at is not None:
        raise NotFound(_l("There is no such device."), code="unknown_device")
    of_site(work.actor, device.site_id)
    return device


def _enrolled_before(work: Work, command: Enrol) -> Enrolled:
    """The same request again, because its answer was lost; only as long as a code lives."""
    device = work.session.scalar(
        select(Device).where(
            Device.token_digest == command.token_digest,
            Device.enrolled_at > work.now - CODE_LIFE,
            Device.revoked_at.is_(None),
        )
    )
    if device is None:
        raise NotFound(
            _l("This code is wrong, already used or too old. Get a new one from the device page."),
            code="unknown_code",
        )
    return _identity(work, device, again=True)


def _identity(work: Work, device: Device, *, again: bool = False) -> Enrolled:
    site = work.session.get_one(Site, device.site_id)
    return Enrolled(str(device.id), device.role, site.code, again)


def _name(given: str) -> str:
    name = " ".join(given.split())
    if not 0 < len(name) <= NAME_LENGTH or not name.isprintable():
        said = _l("Give a name of 1 to 60 characters.")
        raise Invalid(said, errors={"name": [said]})
    return name


def _record(work: Work, device: Device, what: str) -> None:
    site = work.session.get_one(Site, device.site_id)
    work.record(
        facts.DeviceChanged(
            site_id=site.id, site=site.code, account=f"device:{device.id}", device_id=device.id, what=what
        )
    )
