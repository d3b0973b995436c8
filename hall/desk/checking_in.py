"""Checking in for a booking, at a kiosk or the desk: the helper is told, and the queue joined (H4, Q3)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from hall import tokens
from hall.catalog.models import Line, Window
from hall.desk import by_digits
from hall.errors import Conflict
from hall.helpers import cells, queries, rules
from hall.helpers.facts import BookingArrived
from hall.helpers.models import Booking
from hall.helpers.payloads import BOOKING
from hall.helpers.queries import BookingView
from hall.helpers.states import BOOKING_MOVES, Booked, Kind
from hall.printing.actions import Drawn, first_slip
from hall.queueing import drawing
from hall.queueing.models import Ticket
from hall.queueing.queries import ahead_of, view_of
from hall.queueing.states import State
from hall.sites import Site

if TYPE_CHECKING:
    from flask_babel.speaklater import LazyString

    from hall.unit_of_work import Work


@dataclass(frozen=True, slots=True)
class CheckIn:
    """What was scanned or typed: the booking's code, or the last four digits of its telephone; kiosk or desk."""

    site_id: int
    key: bytes
    channel: str
    code: str = ""
    last_digits: str = ""


@dataclass(frozen=True, slots=True)
class CheckedIn:
    """The booking, and the number with its slip where a window is needed."""

    booking: BookingView
    drawn: Drawn | None


def check_in(work: Work, command: CheckIn) -> CheckedIn:
    """Somebody is here (H4). Raises NotFound (`unknown_booking`) and Conflict.

    `several_bookings`, `another_day`, `not_confirmed`, `already_here`, `booking_cancelled`, `booking_over`, `at_home`,
    `too_early`, `too_late`, and as drawing does where the line gives out no numbers.
    """
    site = work.session.get_one(Site, command.site_id)
    booking = (
        _by_code(work, site, command) if command.code else by_digits.find(work, site, command.last_digits)
    )
    work.session.refresh(booking, with_for_update=True)
    _in_time(work, site, booking)
    drawn = _draw(work, site, booking, command.channel) if booking.kind == Kind.ASSIST else None
    how = "desk" if command.channel == "desk" else "code" if command.code else "phone"
    work.move(
        BOOKING_MOVES,
        booking,
        "arrive",
        arrived_at=work.now,
        arrived_by=how,
        ticket_id=drawn.tickets[0].id if drawn else None,
        revision=cells.NEXT_REVISION,
    )
    cells.record(work, BookingArrived, booking, reason=how)
    return CheckedIn(queries.view_of(work.session, booking, work.now, desk=True), drawn)


def code_in(given: str) -> str:
    """The code in a scanned address (`…?booked=CODE`), or what was typed."""
    return given.strip().rpartition("booked=")[2]


def _by_code(work: Work, site: Site, command: CheckIn) -> Booking:
    code = code_in(command.code)
    span = tokens.code_span(code)
    rows = work.session.scalars(select(Booking).where(Booking.nonce.between(*span))).all() if span else ()
    for booking in rows:
        if tokens.is_short_code(command.key, BOOKING, booking.nonce, code):
            if booking.site_id != site.id:
                other = work.session.get_one(Site, booking.site_id)
                raise Conflict(
                    _l("This booking is for another hall: %(hall)s.", hall=other.name), code="other_hall"
                )
            return booking
    raise by_digits.unknown()


def _in_time(work: Work, site: Site, booking: Booking) -> None:
    """Whether this booking can be checked in now. Raises Conflict."""
    if booking.state in {Booked.ARRIVED, Booked.STARTED}:
        raise Conflict(_where(work, booking), code="already_here")
    if booking.state == Booked.HELD:
        raise Conflict(_l("This time is only held. Please confirm it first."), code="not_confirmed")
    if booking.state == Booked.NO_SHOW:
        raise _too_late()
    if booking.state == Booked.CANCELLED:
        said = _l("This booking was cancelled. Please draw an ordinary ticket, or ask at the desk.")
        raise Conflict(said, code="booking_cancelled")
    if booking.state == Booked.EXPIRED:
        said = _l("This time was only held, and never confirmed. Please draw a ticket, or ask at the desk.")
        raise Conflict(said, code="not_confirmed")
    if booking.state != Booked.CONFIRMED:
        raise Conflict(_l("This booking is over."), code="booking_over")
    if booking.kind == Kind.HOME_VISIT:
        raise Conflict(_l("The helper comes to you: there is nothing to check in here."), code="at_home")
    early = site.settings.check_in_early_min
    problem = rules.may_arrive(booking.starts_at, booking.ends_at, work.now, early)
    if problem == "too_early":
        local = booking.starts_at.astimezone(site.zone)
        raise Conflict(
            _l(
                "Your booking is for %(day)s at %(time)s. Checking in is possible %(minutes)s minutes before.",
                day=f"{local:%Y-%m-%d}",
                time=f"{local:%H:%M}",
                minutes=early,
            ),
            code="too_early",
        )
    if problem == "too_late":
        raise _too_late()


def _where(work: Work, booking: Booking) -> LazyString:
    """Where somebody stands who has checked in already: their number, and how many are ahead or which window calls."""
    ticket = work.session.get(Ticket, booking.ticket_id) if booking.ticket_id else None
    if ticket is None:
        return _l("You have checked in already. The helper knows that you are here.")
    number = ticket.number
    if ticket.state == State.WAITING:
        ahead = ahead_of(work.session, ticket).people
        return _l(
            "You have checked in already. Your number is %(number)s, people ahead of you: %(ahead)s.",
            number=number,
            ahead=ahead,
        )
    window = work.session.get(Window, ticket.window_id) if ticket.window_id else None
    if window is not None and ticket.state in {State.CALLED, State.SERVING}:
        return _l(
            "You have checked in already. Your number is %(number)s. Please go to %(window)s.",
            number=number,
            window=window.name,
        )
    return _l("You have checked in already. Your number is %(number)s.", number=number)


def _too_late() -> Conflict:
    return Conflict(
        _l("The time of this booking is over. Please draw an ordinary ticket, or ask at the desk."),
        code="too_late",
    )


def _draw(work: Work, site: Site, booking: Booking, channel: str) -> Drawn:
    """A number at the booked place; who comes more than 15 minutes late waits from now on (Q3)."""
    named = queries.view_of(work.session, booking, work.now, desk=True)
    matter = drawing.Matter(**{named.matter_kind: named.matter.code})
    drawn = drawing.issue(
        work, drawing.Issue(site_id=site.id, matters=(matter,), channel=channel, lang=booking.lang)
    )[0]
    ticket = work.session.get_one(Ticket, drawn.id)
    place, basis = rules.arrival_place(
        booking.starts_at,
        ticket.issued_at,
        grace_min=site.settings.booked_grace_min,
        head_start_min=site.settings.booked_head_start_min,
    )
    ticket.place, ticket.basis = place, basis
    work.session.flush()
    line = work.session.get_one(Line, ticket.line_id)
    view = view_of(work.session, ticket, site, line, None)
    return Drawn((view,), first_slip(work, view))
