"""Reading what is printed where. Everything comes out as frozen dataclasses or small states."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session, aliased

from hall import clock
from hall.accounts.models import Device
from hall.accounts.roles import Role
from hall.catalog.models import Line
from hall.errors import NotFound
from hall.printing.models import PrintJob
from hall.printing.rules import GIVE_UP_AFTER, printer_problem
from hall.queueing.models import Ticket
from hall.statements import Copies

KIOSK_SLIPS = 5  # the latest of a kiosk: the person who stands there, and those just before


@dataclass(frozen=True, slots=True)
class PrinterView:
    """A printer; `problem` is `paper_out`, `cover_open`, `offline` or empty, `low` says that paper ends soon."""

    id: int
    name: str
    problem: str
    low: bool


@dataclass(frozen=True, slots=True)
class SlipView:
    """A slip on its way: `problem` while it waits, of its own or its printer's."""

    job: str
    state: str
    problem: str
    printer: int
    reprint: bool


def printer_view(device: Device, now: datetime) -> PrinterView:
    """A printer as it told last."""
    problem = printer_problem(device.paper, device.cover, device.seen_at, now, online=device.online)
    return PrinterView(device.id, device.name, problem, device.paper == "low")


def slip_view(job: PrintJob, printer: Device, now: datetime) -> SlipView:
    """A slip with what holds it up."""
    problem = ""
    if job.state == "queued":
        problem = printer_view(printer, now).problem or job.problem or ""
    return SlipView(job.code, job.state, problem, printer.id, job.reprint)


def printer_of(session: Session, device_id: int | None) -> Device | None:
    """The printer in use with this id, or None."""
    device = session.get(Device, device_id) if device_id else None
    usable = device is not None and device.role == Role.PRINTER.value and device.revoked_at is None
    return device if usable else None


def printer_row(session: Session, device_id: int) -> Device:
    """The printer with this id, in use or not."""
    return session.get_one(Device, device_id)


_kiosk = aliased(Device)
_OF_KIOSK = Copies(  # every draw at a kiosk runs it
    select(Device)
    .join(_kiosk, _kiosk.printer_id == Device.id)
    .where(_kiosk.id == bindparam("kiosk"), Device.role == Role.PRINTER.value, Device.revoked_at.is_(None)),
    Device,
)


def printer_of_kiosk(session: Session, kiosk_id: int | None) -> Device | None:
    """The printer in use of this kiosk, or None."""
    found = _OF_KIOSK.first(session, {"kiosk": kiosk_id})
    return found[0] if found else None


def printers_of_site(session: Session, site_id: int, now: datetime) -> list[PrinterView]:
    """The printers in use at a site, by name."""
    found = session.scalars(
        select(Device)
        .where(
            Device.site_id == site_id,
            Device.role == Role.PRINTER.value,
            Device.revoked_at.is_(None),
            Device.enrolled_at.is_not(None),
        )
        .order_by(Device.name, Device.id)
    )
    return [printer_view(device, now) for device in found]


def kiosks_of(session: Session, printer_id: int) -> tuple[int, ...]:
    """The kiosks that print there."""
    return tuple(
        session.scalars(select(Device.id).where(Device.printer_id == printer_id).order_by(Device.id))
    )


def waiting_jobs(session: Session, printer_id: int, now: datetime) -> list[str]:
    """Names of the slips that wait for a printer, oldest first; none that waited too long."""
    found = session.scalars(
        select(PrintJob.code)
        .where(
            PrintJob.printer_id == printer_id,
            PrintJob.state == "queued",
            PrintJob.queued_at > now - GIVE_UP_AFTER,
        )
        .order_by(PrintJob.id)
    )
    return list(found)


def job_by_code(session: Session, code: str, printer_id: int | None) -> PrintJob:
    """The slip with this name, for its own printer. Raises NotFound."""
    job = session.scalar(select(PrintJob).where(PrintJob.code == code, PrintJob.printer_id == printer_id))
    if job is None:
        raise NotFound(_l("This printer has no such slip."), code="unknown_print_job")
    return job


def tickets_of(session: Session, job: PrintJob) -> list[Ticket]:
    """The tickets on this slip, as they were drawn (Q13); none on one of a booking."""
    if job.booking_id:
        return []
    return tickets_together(session, job.ticket_id, job.visit_id)


def tickets_together(session: Session, ticket_id: int | None, visit_id: int | None) -> list[Ticket]:
    """The tickets that stand on one slip, as they were drawn (Q13)."""
    which = Ticket.visit_id == visit_id if visit_id else Ticket.id == ticket_id
    return list(session.scalars(select(Ticket).where(which).order_by(Ticket.id)))


def jobs_of(session: Session, ticket: Ticket) -> list[PrintJob]:
    """All slips of this ticket's slip so far, the first one first."""
    which = PrintJob.visit_id == ticket.visit_id if ticket.visit_id else PrintJob.ticket_id == ticket.id
    return list(session.scalars(select(PrintJob).where(which).order_by(PrintJob.copy)))


def line_code(session: Session, line_id: int) -> str:
    """The code of a line."""
    return session.get_one(Line, line_id).code


def printer_state(session: Session, printer_id: int) -> dict[str, Any]:
    """Topic `printer:{device}`: the slips that wait."""
    return {"jobs": [{"id": code} for code in waiting_jobs(session, printer_id, clock.now())]}


def kiosk_state(session: Session, kiosk_id: int) -> dict[str, Any]:
    """Topic `kiosk:{device}`: its printer, or None, and what became of its latest slips."""
    now = clock.now()
    kiosk = session.get(Device, kiosk_id)
    printer = printer_of(session, kiosk.printer_id if kiosk else None)
    rows = session.execute(
        select(PrintJob, Device)
        .join(Device, Device.id == PrintJob.printer_id)
        .where(PrintJob.kiosk_id == kiosk_id)
        .order_by(PrintJob.id.desc())
        .limit(KIOSK_SLIPS)
    )
    return {
        "printer": asdict(printer_view(printer, now)) if printer else None,
        "slips": [asdict(slip_view(job, device, now)) for job, device in rows],
    }
