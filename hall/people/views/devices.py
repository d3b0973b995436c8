"""Pages of kiosks, screens and printers: set up by a code, named, joined to a printer, revoked."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from flask import Blueprint, current_app, flash, g, redirect, render_template, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from hall import clock
from hall.accounts import actions
from hall.accounts.access import allow
from hall.accounts.roles import DEVICE_ROLES, Can, Role
from hall.database import db
from hall.errors import DomainError, NotFound
from hall.people import queries
from hall.people.queries import DeviceView
from hall.unit_of_work import perform

device_pages = Blueprint("device_pages", __name__, url_prefix="/admin/devices")

KIND_NAMES = {Role.KIOSK: _l("Kiosk"), Role.SCREEN: _l("Screen"), Role.PRINTER: _l("Printer")}
LATELY = timedelta(minutes=3)


@device_pages.get("")
@allow(Can.DEVICES_MANAGE)
def devices() -> str:
    """All devices with their state, and the form of a new one."""
    return _list({})


@device_pages.post("")
@allow(Can.DEVICES_MANAGE)
def add() -> str | tuple[str, int]:
    """Make a device and show its code."""
    command = actions.AddDevice(
        _number(request.form, "site_id") or g.actor.site_id,
        request.form.get("role", ""),
        request.form.get("name", ""),
    )
    try:
        number = perform(g.actor, actions.add_device, command)
    except DomainError as problem:
        return _list(request.form, problem), problem.status
    db.session.rollback()  # what was read before the new device came
    return _code(number)


@device_pages.get("/<int:device_id>")
@allow(Can.DEVICES_MANAGE)
def device(device_id: int) -> str:
    """One device: its name, a kiosk's printer, a new code, its end."""
    found = _found(device_id)
    return _device(
        found, {"name": found.name, "printer_id": str(found.printer_id or ""), "quiet": found.quiet}
    )


@device_pages.post("/<int:device_id>")
@allow(Can.DEVICES_MANAGE)
def save(device_id: int) -> Response | tuple[str, int]:
    """Rename, choose a kiosk's printer, keep a screen quiet."""
    command = actions.RenameDevice(
        device_id, request.form.get("name", ""), _number(request.form, "printer_id"), "quiet" in request.form
    )
    try:
        perform(g.actor, actions.rename_device, command)
    except DomainError as problem:
        if not problem.errors:
            raise
        return _device(_found(device_id), request.form, problem), problem.status
    flash(_("Saved."), "good")
    return redirect("/admin/devices")


@device_pages.post("/<int:device_id>/code")
@allow(Can.DEVICES_MANAGE)
def new_code(device_id: int) -> str:
    """A fresh code, shown large on this one page."""
    return _code(device_id)


@device_pages.post("/<int:device_id>/revoke")
@allow(Can.DEVICES_MANAGE)
def revoke(device_id: int) -> Response:
    """End a device: whatever holds its token is out at once."""
    perform(g.actor, actions.revoke_device, device_id)
    flash(_("The device is revoked."), "good")
    return redirect("/admin/devices")


def _code(device_id: int) -> str:
    key = current_app.config["HALL"].keys.tokens
    code = perform(g.actor, actions.new_code, actions.NewCode(device_id, key))
    db.session.rollback()
    found = _found(device_id)
    return render_template("people/code.html", device=found, kind=KIND_NAMES[Role(found.role)], code=code)


def _list(given: Mapping[str, str], problem: DomainError | None = None) -> str:
    reading = db.session()
    rows = queries.devices_of(reading, g.actor)
    sites = queries.sites_of(reading, g.actor)
    return render_template(
        "people/devices.html",
        kinds=[
            (role.value, KIND_NAMES[role], [row for row in rows if row.role == role]) for role in DEVICE_ROLES
        ],
        count=len(rows),
        kind_options=[(role.value, str(KIND_NAMES[role])) for role in DEVICE_ROLES],
        sites=[(str(site.id), site.name) for site in sites] if len(sites) > 1 else [],
        given=given,
        errors=(problem.errors or {"": [problem.message]}) if problem else None,
        now=clock.now(),
        lately=clock.now() - LATELY,
    )


def _device(found: DeviceView, given: Mapping[str, object], problem: DomainError | None = None) -> str:
    rows = queries.devices_of(db.session(), g.actor)
    printers = [
        (str(row.id), row.name) for row in rows if row.role == Role.PRINTER and row.site_id == found.site_id
    ]
    return render_template(
        "people/device.html",
        device=found,
        kind=KIND_NAMES[Role(found.role)],
        printers=printers,
        given=given,
        errors=problem.errors if problem else None,
        now=clock.now(),
        lately=clock.now() - LATELY,
    )


def _found(device_id: int) -> DeviceView:
    for row in queries.devices_of(db.session(), g.actor):
        if row.id == device_id:
            return row
    raise NotFound(_l("There is no such device."), code="unknown_device")


def _number(form: Mapping[str, str], name: str) -> int | None:
    text = form.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None  # noqa: PLR2004 - 64 bits
