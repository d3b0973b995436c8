"""The queue's machine interface (contract, Queue): lines, board and tickets; drawing is in hall/printing/api.py."""

from __future__ import annotations

from apiflask import APIBlueprint
from flask import Response, g
from sqlalchemy import select

from hall import clock
from hall.accounts.access import allow, of_site
from hall.accounts.roles import PUBLIC, Can
from hall.database import db
from hall.facts import board as board_topic
from hall.http import command, respond
from hall.queueing import actions, payloads, priority, queries
from hall.queueing.actions import ByNumber
from hall.queueing.history import history_of
from hall.queueing.models import TopicVersion
from hall.queueing.presenting import nonce, shown, ticket_answer, token_key
from hall.queueing.queries import TicketView
from hall.queueing.schemas import HistoryOut, LaterIn, PriorityIn, RejoinedOut, RejoinIn, TicketOut
from hall.sites import site_by_code
from hall.unit_of_work import Answer

api = APIBlueprint("queueing_api", __name__, url_prefix="/api/v1", tag="Queue")


@api.get("/sites/<site>/lines")
@allow(PUBLIC)
def lines(site: str) -> Response:
    """Lines of a site: open or not, people waiting, windows open, wait if known."""
    found = site_by_code(db.session(), site)
    return respond(Answer.of(payloads.line_list(db.session(), found, clock.now())))


@api.get("/sites/<site>/board")
@allow(PUBLIC)
def board(site: str) -> Response:
    """Last calls (newest first), waiting by prefix, running notices."""
    state = payloads.board(db.session(), site)
    topic = board_topic(site)
    version = db.session.scalar(select(TopicVersion.version).where(TopicVersion.topic == topic)) or 0
    return respond(Answer.of({"version": version, **state}))


@api.get("/tickets/<token>")
@api.output(TicketOut)
@allow(PUBLIC)
def read_ticket(token: str) -> Response:
    """One ticket, for the holder of its token."""
    session = db.session()
    found = queries.ticket_by_nonce(session, nonce(token))
    return respond(Answer.of(shown(queries.ticket_view(session, found))))


@api.post("/tickets/<token>/abandon")
@api.output(TicketOut)
@allow(PUBLIC)
def abandon(token: str) -> Response:
    """Leave the queue."""
    return command(actions.abandon, actions.ByHolder(nonce(token)), ticket_answer)


@api.post("/tickets/<token>/rejoin")
@api.output(TicketOut)
@allow(PUBLIC)
def rejoin(token: str) -> Response:
    """Back in line after having been passed (Q6)."""
    return command(actions.rejoin, actions.ByHolder(nonce(token)), ticket_answer)


@api.post("/tickets/rejoin")
@api.input(RejoinIn, arg_name="body")
@api.output(RejoinedOut)
@allow(Can.QUEUEING_ISSUE)
def rejoin_by_number(body: RejoinIn) -> Response:
    """Back in line by today's number, at a kiosk (Q6). A number can be read by others: no token is answered."""
    number = ByNumber(int(g.actor.site_id or 0), body.number)
    return command(actions.rejoin_by_number, number, _rejoined)


def _rejoined(view: TicketView) -> Answer:
    return Answer.of({"number": view.number, "line": view.line, "ahead": view.ahead})


@api.post("/tickets/<token>/later")
@api.input(LaterIn, arg_name="body")
@api.output(TicketOut)
@allow(PUBLIC)
def later(token: str, body: LaterIn) -> Response:
    """Let 1 to 20 others go first."""
    return command(actions.later, actions.ByHolder(nonce(token), body.places), ticket_answer)


@api.post("/tickets/<token>/priority")
@api.input(PriorityIn, arg_name="body")
@api.output(TicketOut)
@allow(Can.QUEUEING_PRIORITY)
def give_priority(token: str, body: PriorityIn) -> Response:
    """Priority lane given after the ticket was drawn (Q4)."""
    return command(priority.give_priority, priority.GivePriority(nonce(token), body.reason), ticket_answer)


@api.get("/tickets/<token>/history")
@api.output(HistoryOut)
@allow(Can.QUEUEING_EXPLAIN)
def ticket_history(token: str) -> Response:
    """What happened to a ticket and why it has its place, in plain words, for staff of its hall (Q7)."""
    session = db.session()
    found = queries.ticket_by_nonce(session, nonce(token))
    of_site(g.actor, found.site_id)
    return respond(Answer.of(payloads.history(history_of(session, found), token_key())))
