"""Machine interface of drawing with a slip, and of printers' agents (docs/printing.md)."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from apiflask import APIBlueprint
from flask import Response, g
from flask_babel import lazy_gettext as _l

from hall import clock
from hall.accounts.access import allow, of_site
from hall.accounts.draws import bounded
from hall.accounts.roles import Can, Role
from hall.actor import ActorKind
from hall.database import db
from hall.errors import Refused
from hall.helpers.api import nonce_of
from hall.http import command, respond
from hall.printing import actions, bookings, queries
from hall.printing.schemas import (
    DrawnTicketOut,
    DrawnVisitOut,
    FailedIn,
    JobsOut,
    PrintedIn,
    PrintersOut,
    PrintSlipIn,
    SlipOut,
    StatusIn,
)
from hall.queueing.presenting import nonce, shown
from hall.queueing.schemas import TicketIn, VisitIn
from hall.queueing.wanted import issue_command
from hall.sites import site_by_code
from hall.unit_of_work import Answer

api = APIBlueprint("printing_api", __name__, url_prefix="/api/v1", tag="Printing")


@api.post("/tickets")
@api.doc(tags=["Queue"])
@api.input(TicketIn, arg_name="body")
@api.output(DrawnTicketOut, 201)
@bounded
@allow(Can.QUEUEING_ISSUE)
def draw_ticket(body: TicketIn) -> Response:
    """Draw one ticket; at a kiosk with a printer its slip is queued with it. Needs an Idempotency-Key."""

    def present(drawn: actions.Drawn) -> Answer:
        return Answer.of({**shown(drawn.tickets[0]), "slip": _slip(drawn.slip)}, 201)

    return command(actions.draw, issue_command(body, [body]), present, key_required=True)


@api.post("/visits")
@api.doc(tags=["Queue"])
@api.input(VisitIn, arg_name="body")
@api.output(DrawnVisitOut, 201)
@bounded
@allow(Can.QUEUEING_ISSUE)
def draw_visit(body: VisitIn) -> Response:
    """Draw for up to five lines on one slip (Q13)."""

    def present(drawn: actions.Drawn) -> Answer:
        return Answer.of({"tickets": [shown(view) for view in drawn.tickets], "slip": _slip(drawn.slip)}, 201)

    return command(actions.draw, issue_command(body, body.matters), present)


@api.post("/tickets/<token>/print")
@api.input(PrintSlipIn, arg_name="body")
@api.output(SlipOut, 201)
@allow(Can.QUEUEING_ISSUE)
def print_slip(token: str, body: PrintSlipIn) -> Response:
    """Print the ticket's slip, first or again: a kiosk once again on its own printer, staff on any."""
    given = actions.PrintSlip(nonce(token), body.printer)
    return command(actions.print_slip, given, lambda slip: Answer.of(_slip(slip), 201))


@api.post("/bookings/<token>/print")
@api.input(PrintSlipIn, arg_name="body")
@api.output(SlipOut, 201)
@allow(Can.QUEUEING_ISSUE)
def print_booking(token: str, body: PrintSlipIn) -> Response:
    """Print a booking's slip, first or again: a kiosk once again on its own printer, staff on any."""
    given = actions.PrintSlip(nonce_of(token), body.printer)
    return command(bookings.print_booking, given, lambda slip: Answer.of(_slip(slip), 201))


@api.get("/sites/<site>/printers")
@api.output(PrintersOut)
@allow(Can.QUEUEING_ISSUE)
def printers(site: str) -> Response:
    """The printers of a site and how they are."""
    found = site_by_code(db.session(), site)
    of_site(g.actor, found.id)
    rows = queries.printers_of_site(db.session(), found.id, clock.now())
    return respond(Answer.of({"printers": [asdict(row) for row in rows]}))


@api.get("/devices/<device>/print-jobs")
@api.output(JobsOut)
@allow(Can.DEVICE_REPORT)
def print_jobs(device: str) -> Response:
    """The slips that wait for this printer, oldest first."""
    return respond(Answer.of(queries.printer_state(db.session(), own_printer(device))))


@api.post("/devices/<device>/status")
@api.input(StatusIn, arg_name="body")
@allow(Can.DEVICE_REPORT)
def status(device: str, body: StatusIn) -> Response:
    """How this printer is: paper, cover, connection."""
    own_printer(device)
    return command(actions.report, actions.Report(body.paper, body.cover, body.online), _done)


@api.post("/print-jobs/<job>/printed")
@api.input(PrintedIn, arg_name="body")
@allow(Can.DEVICE_REPORT)
def printed(job: str, body: PrintedIn) -> Response:
    """The slip is out; `uncertain` where nobody saw it come out."""
    return command(actions.printed, actions.Outcome(job, uncertain=body.uncertain), _done)


@api.post("/print-jobs/<job>/failed")
@api.input(FailedIn, arg_name="body")
@allow(Can.DEVICE_REPORT)
def failed(job: str, body: FailedIn) -> Response:
    """The slip has to wait, and why; it stays in the list."""
    return command(actions.delayed, actions.Outcome(job, problem=body.problem), _done)


def own_printer(device: str) -> int:
    """The caller's own id, if that is the printer meant. Raises Refused."""
    actor = g.actor
    printer = queries.printer_of(db.session(), actor.id) if actor.kind is ActorKind.DEVICE else None
    if printer is None or printer.role != Role.PRINTER.value or device != str(printer.id):
        raise Refused(_l("This is another device's."), code="other_device")
    return printer.id


def _slip(view: queries.SlipView | None) -> dict[str, Any] | None:
    return asdict(view) if view else None


def _done(_result: None) -> Answer:
    return Answer.of({})
