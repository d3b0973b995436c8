"""Slips over HTTP: as a picture for printers, as a picture, text and code for their holders."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from apiflask import APIBlueprint
from flask import Response, current_app, g, request
from flask_babel import lazy_gettext as _l

from hall import clock
from hall.accounts.access import allow
from hall.accounts.roles import PUBLIC, Can
from hall.database import db
from hall.errors import Invalid, NotFound
from hall.printing import queries as printing
from hall.printing.states import OUT, WAITING
from hall.qr import qr_svg
from hall.queueing import queries
from hall.queueing.models import Ticket
from hall.queueing.presenting import nonce, token_key
from kiosk.booking_picture import render_booking
from kiosk.booking_slips import booking_slip_of
from kiosk.slip import Slip, render_png, render_text
from kiosk.slips import Press, slip_of

api = APIBlueprint("slips", __name__, url_prefix="/api/v1", tag="Printing")

WIDTHS = {"576": 576, "384": 384}
CODE_POLICY = "default-src 'none'"


@api.get("/print-jobs/<job>/slip.png")
@allow(Can.DEVICE_REPORT)
def job_slip(job: str) -> Response:
    """The picture of a slip for its printer's agent, `width` 576 or 384 dots."""
    session = db.session()
    row = printing.job_by_code(session, job, g.actor.id)
    if row.state != WAITING and row.state not in OUT:
        raise NotFound(_l("This slip is not wanted any more."), code="print_job_over")
    if row.booking_id:
        booked = booking_slip_of(session, row.booking_id, _press(), row.queued_at, reprint=row.reprint)
        return _picture(partial(render_booking, booked))
    at = row.queued_at if row.reprint else None
    return _png(slip_of(session, printing.tickets_of(session, row), _press(), reprinted_at=at))


@api.get("/tickets/<token>/slip.png")
@allow(PUBLIC)
def slip_png(token: str) -> Response:
    """The slip of a ticket (of its whole visit) as a picture, 576 dots wide unless `width` says 384."""
    return _png(_slip(token))


@api.get("/tickets/<token>/slip.txt")
@allow(PUBLIC)
def slip_txt(token: str) -> Response:
    """The same as text."""
    return Response(render_text(_slip(token)), content_type="text/plain; charset=utf-8")


@api.get("/tickets/<token>/qr.svg")
@allow(PUBLIC)
def qr(token: str) -> Response:
    """The code that leads a phone to the ticket's page; only where phones can reach the hall (E2)."""
    queries.ticket_by_nonce(db.session(), nonce(token))
    public_url = _press().public_url
    if public_url is None:
        raise NotFound(
            _l("This hall has set no address that phones can reach, so there is no code."),
            code="no_public_address",
        )
    response = Response(qr_svg(f"{public_url}/t/{token}"), content_type="image/svg+xml")
    response.headers["Content-Security-Policy"] = CODE_POLICY
    return response


def tickets_on_slip(token: str) -> list[Ticket]:
    """The tickets that stand on one slip with this one. Raises NotFound."""
    ticket = queries.ticket_by_nonce(db.session(), nonce(token))
    return printing.tickets_together(db.session(), ticket.id, ticket.visit_id)


def _slip(token: str) -> Slip:
    tickets = tickets_on_slip(token)
    at = clock.now() if tickets[0].reprints else None
    return slip_of(db.session(), tickets, _press(), reprinted_at=at)


def _png(slip: Slip) -> Response:
    return _picture(partial(render_png, slip))


def _picture(draw: Callable[[int], bytes]) -> Response:
    width = WIDTHS.get(request.args.get("width", "576"))
    if width is None:
        said = _l("Slips are 576 dots (80 mm paper) or 384 dots (58 mm) wide.")
        raise Invalid(said, code="bad_width", errors={"width": [said]})
    return Response(draw(width), content_type="image/png")


def _press() -> Press:
    return Press(token_key(), current_app.config["HALL"].public_url)
