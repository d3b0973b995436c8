"""Slips that nobody waits for, and printers that fell silent. Safe to run twice."""

from __future__ import annotations

from sqlalchemy import or_, select

from hall.accounts.models import Device
from hall.accounts.roles import Role
from hall.printing import bookings, queries
from hall.printing.actions import end, record_state
from hall.printing.models import PrintJob
from hall.printing.rules import GIVE_UP_AFTER, SILENT_AFTER, STILL_IN_USE
from hall.printing.states import WAITING
from hall.unit_of_work import Work


def tidy(work: Work, _command: None) -> int:
    """Withdraw slips whose tickets or bookings are over, give up those that waited too long, notice silent printers.

    Answers how many slips ended.
    """
    ended = 0
    for job in work.session.scalars(
        select(PrintJob).where(PrintJob.state == WAITING).order_by(PrintJob.id)
    ).all():
        if not _still_in_use(work, job):
            end(work, job, "withdraw")
        elif work.now - job.queued_at >= GIVE_UP_AFTER:
            end(work, job, "give_up")
        else:
            continue
        ended += 1
    _notice_silence(work)
    return ended


def _still_in_use(work: Work, job: PrintJob) -> bool:
    if job.booking_id:
        return bookings.in_use(work.session, job.booking_id)
    return any(ticket.state in STILL_IN_USE for ticket in queries.tickets_of(work.session, job))


def _notice_silence(work: Work) -> None:
    silent = select(Device).where(
        Device.role == Role.PRINTER.value,
        Device.revoked_at.is_(None),
        Device.online.is_(True),
        or_(Device.seen_at.is_(None), Device.seen_at < work.now - SILENT_AFTER),
    )
    for device in work.session.scalars(silent).all():
        device.online = False
        work.session.flush()
        record_state(work, device, queries.printer_view(device, work.now))
