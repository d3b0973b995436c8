"""Slips of bookings: confirmed at a kiosk with a printer the slip is queued in the same step (H3)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from hall.accounts.access import of_site
from hall.actor import ActorKind
from hall.errors import Conflict, Refused
from hall.helpers import actions as booking
from hall.helpers.commands import Confirm
from hall.helpers.models import Booking
from hall.helpers.queries import BookingView
from hall.helpers.states import LIVE
from hall.printing import queries
from hall.printing.actions import PrintSlip, make_room, printer_for, queue
from hall.printing.models import PrintJob
from hall.printing.queries import SlipView
from hall.printing.rules import KIOSK_REPRINTS, is_reprint
from hall.printing.states import WAITING

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from hall.accounts.models import Device
    from hall.unit_of_work import Work


@dataclass(frozen=True, slots=True)
class Booked:
    """A booking just made and its slip: None where the one who books has no printer."""

    booking: BookingView
    slip: SlipView | None


def confirm(work: Work, command: Confirm) -> Booked:
    """Book what is held; a kiosk with a printer queues the slip with it. Raises as helpers' `confirm` does."""
    view = booking.confirm(work, command)
    device = work.actor.kind is ActorKind.DEVICE
    printer = queries.printer_of_kiosk(work.session, work.actor.id) if device else None
    if printer is None:
        return Booked(view, None)
    job = queue(work, printer, {"booking_id": view.id})
    return Booked(view, queries.slip_view(job, printer, work.now))


def print_booking(work: Work, command: PrintSlip) -> SlipView:
    """Queue a booking's slip, first or again; a kiosk once again, staff as often as needed.

    Raises NotFound, Refused (`other_site`, `reprint_over`), Invalid (`choose_printer`), Conflict (`booking_over`,
    `already_printing`, `no_printer`).
    """
    found, site = booking.locked(
        work, command.nonce
    )  # of two who ask at once the second sees the first's slip
    of_site(work.actor, site.id)
    if found.state not in LIVE:
        raise Conflict(_l("This booking is over: there is nothing to print."), code="booking_over")
    printer: Device = printer_for(work, command.printer_id, site.id)
    earlier = _jobs_of(work.session, found.id)
    for job in earlier:
        if job.state == WAITING:
            make_room(work, job, printer)
    again = is_reprint([job.state for job in earlier])
    kiosk = work.actor.kind is ActorKind.DEVICE
    if again and kiosk and sum(job.reprint for job in earlier) >= KIOSK_REPRINTS:
        raise Refused(
            _l("This slip was printed again already. The reception desk prints another one."),
            code="reprint_over",
        )
    copy = earlier[-1].copy + 1 if earlier else 0
    job = queue(work, printer, {"booking_id": found.id}, copy=copy, reprint=again)
    return queries.slip_view(job, printer, work.now)


def _jobs_of(session: Session, booking_id: int) -> list[PrintJob]:
    """All slips of a booking so far, the first one first."""
    found = select(PrintJob).where(PrintJob.booking_id == booking_id).order_by(PrintJob.copy)
    return list(session.scalars(found))


def latest(session: Session, booking_id: int, now: datetime) -> tuple[SlipView, datetime] | None:
    """The newest slip of a booking and when it was asked for; None where none was."""
    jobs = _jobs_of(session, booking_id)
    if not jobs:
        return None
    printer = queries.printer_row(session, jobs[-1].printer_id)
    return queries.slip_view(jobs[-1], printer, now), jobs[-1].queued_at


def in_use(session: Session, booking_id: int) -> bool:
    """Whether somebody may still need the paper of this booking."""
    return session.get_one(Booking, booking_id).state in LIVE
