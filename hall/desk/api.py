"""The desk's machine interface: look up, explain, put right. Drawing is `/tickets` and `/visits`."""

from __future__ import annotations

from datetime import date

from apiflask import APIBlueprint
from flask import Response, request
from flask_babel import lazy_gettext as _l

from hall import clock
from hall.accounts.access import allow
from hall.accounts.roles import Can
from hall.database import db
from hall.desk import actions, queries
from hall.desk.presenting import explained, found_answer, here, line_names, shown, slip_answer
from hall.desk.schemas import (
    CompareBody,
    ConfirmedBody,
    ExplainedOut,
    FoundOut,
    HandedOut,
    PriorityBody,
    ReprintBody,
    ReturnBody,
)
from hall.errors import Invalid
from hall.http import command, respond
from hall.queueing.payloads import local
from hall.unit_of_work import Answer

api = APIBlueprint("desk_api", __name__, url_prefix="/api/v1/desk", tag="Desk")


@api.get("/tickets/<number>")
@api.output(FoundOut)
@allow(Can.DESK_WORK)
def read_ticket(number: str) -> Response:
    """A ticket by its number, of today or of `?date=`; with its story and what may be done with it. No token."""
    session, site, now = db.session(), here(), clock.now()
    ticket = queries.ticket_at_desk(session, site, number, _day(request.args.get("date")), now)
    said = [{"at": local(step.at, site.zone), "text": step.text} for step in queries.story(session, ticket)]
    return respond(Answer.of({**shown(queries.found(session, ticket, site, now)), "story": said}))


@api.post("/compare")
@api.input(CompareBody, arg_name="body")
@api.output(ExplainedOut)
@allow(Can.DESK_WORK)
def compare(body: CompareBody) -> Response:
    """Why was that one first? For the one who asks, and for the desk (Q7); the journal keeps the question."""
    given = actions.Compare(here().id, body.asked, body.other)
    return command(actions.explain, given, explained(line_names()))


@api.post("/tickets/<number>/priority")
@api.input(PriorityBody, arg_name="body")
@api.output(FoundOut)
@allow(Can.QUEUEING_PRIORITY)
def give_priority(number: str, body: PriorityBody) -> Response:
    """Priority lane, given after the number was drawn (Q4)."""
    return command(actions.give_priority, _by(number, reason=body.reason), found_answer)


@api.post("/tickets/<number>/rejoin")
@api.output(FoundOut)
@allow(Can.DESK_WORK)
def rejoin(number: str) -> Response:
    """Back in line after having been passed (Q6)."""
    return command(actions.rejoin, _by(number), found_answer)


@api.post("/tickets/<number>/leave")
@api.output(FoundOut)
@allow(Can.DESK_WORK)
def leave(number: str) -> Response:
    """Give the number up for its holder."""
    return command(actions.leave, _by(number), found_answer)


@api.post("/tickets/<number>/return")
@api.input(ReturnBody, arg_name="body")
@api.output(HandedOut, 201)
@allow(Can.DESK_WORK)
def come_back(number: str, body: ReturnBody) -> Response:
    """Back with missing papers (Q3): a new number at the old place, once a notice."""
    return command(actions.come_back, _by(number, _day(body.date)), slip_answer(201))


@api.post("/tickets/<number>/reprint")
@api.input(ReprintBody, arg_name="body")
@api.output(HandedOut)
@allow(Can.DESK_WORK)
def reprint(number: str, body: ReprintBody) -> Response:
    """A further slip; it is counted."""
    return command(actions.reprint, _by(number, printer=body.printer), slip_answer())


@api.post("/tickets/<number>/address")
@api.input(ConfirmedBody, arg_name="body")
@api.output(HandedOut)
@allow(Can.DESK_WORK)
def address(number: str, body: ConfirmedBody) -> Response:  # noqa: ARG001 - its one value is its being there
    """The page of a lost ticket, after staff made sure of its holder; the journal keeps it."""
    return command(actions.show_address, _by(number), slip_answer())


def _by(
    number: str, of: date | None = None, *, reason: str = "", printer: int | None = None
) -> actions.ByNumber:
    return actions.ByNumber(here().id, number, of, reason, printer)


def _day(given: str | None) -> date | None:
    """A day as YYYY-MM-DD. Raises Invalid."""
    if not given:
        return None
    try:
        return clock.day_said(given)
    except ValueError:
        said = _l("This is not a date.")
        raise Invalid(said, code="bad_date", errors={"date": [said]}) from None
