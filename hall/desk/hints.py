"""What the data says about each point of the opening checklist and the closing sweep (Q14).

A hint never ticks a point: only a person does, who looked.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask_babel import get_locale, ngettext
from flask_babel import gettext as _
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hall.accounts.models import Device
from hall.accounts.roles import Role
from hall.catalog.models import Line, Window
from hall.intake.issuing.queries import count_uncollected
from hall.printing.queries import printers_of_site
from hall.queueing.boards import line_views
from hall.queueing.counts import today
from hall.queueing.models import Staffing, Ticket
from hall.sites import Site

SILENT_AFTER = timedelta(minutes=5)
NAMED = 12
"""So many numbers or names are listed; the rest is counted."""


@dataclass(frozen=True, slots=True)
class Hint:
    """`kind` is good, care, or empty where nothing is known; `details` are numbers or names."""

    kind: str
    text: str
    details: tuple[str, ...] = ()


def hints(session: Session, site: Site, now: datetime, kind: str) -> dict[str, Hint]:
    """Hints by the code of the point; points without data have none."""
    if kind == "opening":
        return {
            "paper": _paper(session, site, now),
            "sound": Hint("", str(_("Only ears can tell."))),
            "screens": _screens(session, site, now),
            "windows": _staffed(session, site, now),
        }
    return {
        "waiting": _waiting(session, site, now),
        "held": _held(session, site, now),
        "originals": Hint("", str(_("Only eyes can tell."))),
        "uncollected": _uncollected(session, site, now),
        "windows": _still_open(session, site),
    }


def _paper(session: Session, site: Site, now: datetime) -> Hint:
    printers = printers_of_site(session, site.id, now)
    if not printers:
        return Hint("", str(_("No printer reports to the server.")))
    silent = [printer.name for printer in printers if printer.problem == "offline"]
    bad = [printer.name for printer in printers if printer.low or printer.problem not in {"", "offline"}]
    if bad:
        return Hint("care", str(_("Paper low or out, or cover open:")), _named(bad))
    if silent:
        return Hint("care", str(_("Cannot be reached:")), _named(silent))
    said = ngettext("%(num)s printer reports paper.", "%(num)s printers report paper.", len(printers))
    return Hint("good", str(said))


def _screens(session: Session, site: Site, now: datetime) -> Hint:
    screens = [device for device in _devices(session, site, Role.SCREEN) if device.seen_at is not None]
    if not screens:
        return Hint("", str(_("No screen reports to the server.")))
    silent = [device.name for device in screens if _is_silent(device, now)]
    if silent:
        return Hint("care", str(_("Not heard of for five minutes:")), _named(silent))
    said = ngettext("%(num)s screen is connected.", "%(num)s screens are connected.", len(screens))
    return Hint("good", str(said))


def _staffed(session: Session, site: Site, now: datetime) -> Hint:
    views = line_views(session, site, now)
    english = str(get_locale() or "zh") == "en"
    without = [
        f"{view.prefix} {view.name_en if english and view.name_en else view.name}"
        for view in views
        if not view.windows_open and view.stopped is None
    ]
    if without:
        return Hint("care", str(_("No window is open for:")), _named(without))
    return Hint("good", str(_("Every line has an open window.")))


def _waiting(session: Session, site: Site, now: datetime) -> Hint:
    rows = session.execute(
        select(Line.prefix, func.count(Ticket.id))
        .join(Ticket, Ticket.line_id == Line.id)
        .where(
            Ticket.site_id == site.id,
            Ticket.business_date == today(site, now),
            Ticket.state == "waiting",
            Ticket.test.is_(False),
        )
        .group_by(Line.id, Line.prefix)
        .order_by(Line.prefix)
    ).all()
    if not rows:
        return Hint("good", str(_("Nobody waits.")))
    count = sum(row[1] for row in rows)
    said = ngettext("%(num)s person still waits:", "%(num)s people still wait:", count)
    return Hint("care", str(said), tuple(f"{prefix} {people}" for prefix, people in rows))


def _held(session: Session, site: Site, now: datetime) -> Hint:
    numbers = session.scalars(
        select(Ticket.number)
        .where(Ticket.site_id == site.id, Ticket.business_date == today(site, now), Ticket.state == "held")
        .order_by(Ticket.number)
    ).all()
    if not numbers:
        return Hint("good", str(_("No number is on hold.")))
    return Hint("care", str(_("On hold:")), _named(numbers))


def _uncollected(session: Session, site: Site, now: datetime) -> Hint:
    ready, late = count_uncollected(session, site, now)
    if not ready:
        return Hint("good", str(_("No result lies at the issue window.")))
    said = ngettext(
        "%(num)s result lies at the issue window.", "%(num)s results lie at the issue window.", ready
    )
    if late:
        return Hint("care", f"{said} {_('Not collected for long: %(count)s', count=late)}")
    return Hint("good", str(said))


def _still_open(session: Session, site: Site) -> Hint:
    rows = session.scalars(
        select(Window)
        .join(Staffing, Staffing.window_id == Window.id)
        .where(Window.site_id == site.id, Staffing.closed_at.is_(None))
        .order_by(Window.number)
    ).all()
    if not rows:
        return Hint("good", str(_("All windows are closed.")))
    english = str(get_locale() or "zh") == "en"
    return Hint(
        "care",
        str(_("Still open:")),
        _named([row.name_en if english and row.name_en else row.name for row in rows]),
    )


def _devices(session: Session, site: Site, role: Role) -> list[Device]:
    rows = session.scalars(
        select(Device)
        .where(
            Device.site_id == site.id,
            Device.role == role.value,
            Device.revoked_at.is_(None),
            Device.enrolled_at.is_not(None),
        )
        .order_by(Device.id)
    )
    return list(rows)


def _is_silent(device: Device, now: datetime) -> bool:
    return device.online is False or device.seen_at is None or now - device.seen_at > SILENT_AFTER


def _named(names: Iterable[str]) -> tuple[str, ...]:
    all_names = list(names)
    rest = len(all_names) - NAMED
    return (*all_names[:NAMED], f"+{rest}") if rest > 0 else tuple(all_names)
