"""What is done with slips: ask for one, and say what became of it. One verb a function."""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import lazy_gettext as _l
from sqlalchemy import update

from hall import facts, tokens
from hall.accounts.access import of_site
from hall.accounts.models import Device
from hall.actor import ActorKind
from hall.errors import Conflict, Invalid, Refused
from hall.printing import queries
from hall.printing.models import PrintJob
from hall.printing.queries import SlipView
from hall.printing.rules import KIOSK_REPRINTS, STILL_IN_USE, is_reprint
from hall.printing.states import OUT, PRINT_MOVES, WAITING
from hall.queueing.drawing import Issue, issue
from hall.queueing.models import Ticket
from hall.queueing.queries import TicketView, ticket_by_nonce, today
from hall.sites import Site
from hall.unit_of_work import LostRace, Work


@dataclass(frozen=True, slots=True)
class Drawn:
    """Fresh tickets and their slip: None where the one who drew them has no printer."""

    tickets: tuple[TicketView, ...]
    slip: SlipView | None


def draw(work: Work, command: Issue) -> Drawn:
    """Draw tickets; a kiosk with a printer queues their one slip with them (Q13). Raises as `issue` does."""
    views = issue(work, command)
    return Drawn(views, first_slip(work, views[0]))


def first_slip(work: Work, view: TicketView) -> SlipView | None:
    """The slip of a fresh ticket (of its visit), queued at the kiosk's own printer; None where there is none."""
    device = work.actor.kind is ActorKind.DEVICE
    printer = queries.printer_of_kiosk(work.session, work.actor.id) if device else None
    if printer is None:
        return None
    job = queue(work, printer, of_ticket(view.id, view.visit_id))
    return queries.slip_view(job, printer, work.now)


@dataclass(frozen=True, slots=True)
class PrintSlip:
    """Print the slip of this ticket (of its whole visit). `printer_id` None: the kiosk's own, or the only one."""

    nonce: bytes | None
    printer_id: int | None = None


def print_slip(work: Work, command: PrintSlip) -> SlipView:
    """Queue the slip, first or again; a kiosk once again, staff as often as needed.

    Raises NotFound, Refused (`other_site`, `reprint_over`), Invalid (`choose_printer`), Conflict (`ticket_over`,
    `already_printing`, `no_printer`).
    """
    ticket = ticket_by_nonce(work.session, command.nonce)
    of_site(work.actor, ticket.site_id)
    if ticket.state not in STILL_IN_USE or ticket.business_date != _today(work, ticket):
        raise Conflict(_l("This ticket is over: there is nothing to print."), code="ticket_over")
    printer = printer_for(work, command.printer_id, ticket.site_id)
    earlier = queries.jobs_of(work.session, ticket)
    for job in earlier:
        if job.state == WAITING:
            make_room(work, job, printer)
    again = is_reprint([job.state for job in earlier])
    if again:
        _count_reprint(work, ticket)
    copy = earlier[-1].copy + 1 if earlier else 0
    job = queue(work, printer, of_ticket(ticket.id, ticket.visit_id), copy=copy, reprint=again)
    return queries.slip_view(job, printer, work.now)


def _today(work: Work, ticket: Ticket) -> object:
    return today(work.session.get_one(Site, ticket.site_id), work.now)


def printer_for(work: Work, wanted: int | None, site_id: int) -> Device:
    """The printer to use: a kiosk has its own and no other."""
    if work.actor.kind is ActorKind.DEVICE:
        own = work.session.get_one(Device, work.actor.id).printer_id
        printer = queries.printer_of(work.session, own)
        if printer is None or wanted not in {None, own}:
            raise Conflict(_l("This kiosk has no such printer. Please ask at the desk."), code="no_printer")
        return printer
    printers = queries.printers_of_site(work.session, site_id, work.now)
    chosen = [row.id for row in printers if wanted in {None, row.id}]
    if not chosen:
        raise Conflict(_l("There is no such printer in this hall."), code="no_printer")
    if len(chosen) > 1:
        said = _l("Choose a printer.")
        raise Invalid(said, code="choose_printer", errors={"printer": [said]})
    return work.session.get_one(Device, chosen[0])


def make_room(work: Work, job: PrintJob, printer: Device) -> None:
    """A slip that still waits elsewhere is not wanted there any more; at the same printer it needs no second."""
    if job.printer_id == printer.id:
        raise Conflict(_l("This slip is already waiting for the printer."), code="already_printing")
    end(work, job, "withdraw")


def _count_reprint(work: Work, ticket: Ticket) -> None:
    if work.actor.kind is ActorKind.DEVICE and ticket.reprints >= KIOSK_REPRINTS:
        raise Refused(
            _l("This slip was printed again already. The reception desk prints another one."),
            code="reprint_over",
        )
    which = Ticket.visit_id == ticket.visit_id if ticket.visit_id else Ticket.id == ticket.id
    done = work.session.execute(
        update(Ticket).where(which, Ticket.reprints == ticket.reprints).values(reprints=Ticket.reprints + 1)
    )
    if not done.rowcount:  # type: ignore[attr-defined]
        raise LostRace


def of_ticket(ticket_id: int, visit_id: int | None) -> dict[str, int]:
    """What a slip of this ticket is of: its visit where it has one (Q13)."""
    return {"visit_id": visit_id} if visit_id else {"ticket_id": ticket_id}


def queue(
    work: Work, printer: Device, of: dict[str, int], *, copy: int = 0, reprint: bool = False
) -> PrintJob:
    """A slip of `of` (ticket, visit or booking) that waits for its printer."""
    job = PrintJob(
        site_id=printer.site_id,
        code=tokens.new_nonce().hex(),
        printer_id=printer.id,
        kiosk_id=work.actor.id if work.actor.kind is ActorKind.DEVICE else None,
        copy=copy,
        reprint=reprint,
        queued_at=work.now,
        **of,
    )
    work.session.add(job)
    work.session.flush()
    _record(work, facts.PrintQueued, job, "again" if reprint else "first")
    return job


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a printer's agent says of a slip; `problem` only where it has to wait."""

    job: str
    uncertain: bool = False
    problem: str = ""


def printed(work: Work, command: Outcome) -> None:
    """The slip is out (`uncertain`: nobody saw it come out). Said twice, it happened once. Raises NotFound."""
    job = queries.job_by_code(work.session, command.job, work.actor.id)
    if job.state in OUT:
        return
    end(work, job, "doubt" if command.uncertain else "print")
    what = "uncertain" if command.uncertain else "again" if job.reprint else "first"
    for ticket in queries.tickets_of(work.session, job):
        _remember(work, ticket, what)


def delayed(work: Work, command: Outcome) -> None:
    """The slip waits, and why; nothing changes for one that waits no more. Raises NotFound."""
    job = queries.job_by_code(work.session, command.job, work.actor.id)
    if job.state != WAITING or job.problem == command.problem:
        return
    work.move(PRINT_MOVES, job, "delay", problem=command.problem)
    _record(work, facts.PrintDelayed, job, command.problem)


def end(work: Work, job: PrintJob, verb: str) -> None:
    """Bring a slip to its end: `print`, `doubt`, `withdraw`, `give_up`."""
    work.move(PRINT_MOVES, job, verb, ended_at=work.now)
    work.session.refresh(job)
    _record(work, facts.PrintEnded, job, job.state)


@dataclass(frozen=True, slots=True)
class Report:
    """How a printer is: paper `ok`, `low`, `out`; cover `closed`, `open`."""

    paper: str
    cover: str
    online: bool


def report(work: Work, command: Report) -> None:
    """Keep what a printer's agent tells of it; only a change is a fact."""
    device = work.session.get_one(Device, work.actor.id)
    before = queries.printer_view(device, work.now)
    device.paper, device.cover, device.online = command.paper, command.cover, command.online
    device.seen_at = work.now
    after = queries.printer_view(device, work.now)
    work.session.flush()
    if after != before:
        record_state(work, device, after)


def record_state(work: Work, device: Device, view: queries.PrinterView) -> None:
    """Say how a printer is now, to the floor and to the kiosks that print there."""
    what = view.problem or ("paper_low" if view.low else "ready")
    _tell(work, facts.DeviceReported, device, queries.kiosks_of(work.session, device.id), what=what)


def _remember(work: Work, ticket: Ticket, what: str) -> None:
    """A ticket's own history says what was printed of it."""
    view = queries.line_code(work.session, ticket.line_id)
    site = work.session.get_one(Site, ticket.site_id)
    work.record(
        facts.SlipPrinted(
            site_id=site.id,
            site=site.code,
            ticket_id=ticket.id,
            number=ticket.number,
            line=view,
            reason=what,
        )
    )


def _record(work: Work, kind: type[facts.PrinterFact], job: PrintJob, what: str) -> None:
    printer = work.session.get_one(Device, job.printer_id)
    _tell(work, kind, printer, (job.kiosk_id,) if job.kiosk_id else (), what=what, job=job.code)


def _tell(
    work: Work, kind: type[facts.PrinterFact], printer: Device, kiosks: tuple[int, ...], **more: str
) -> None:
    site = work.session.get_one(Site, printer.site_id)
    account = f"device:{printer.id}"
    work.record(
        kind(site_id=site.id, site=site.code, account=account, device_id=printer.id, kiosks=kiosks, **more)
    )
