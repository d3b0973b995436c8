"""The queue's machine interface (contract, Queue)."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any

from apiflask import APIBlueprint
from flask import Response, current_app, g
from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from hall import clock, tokens
from hall.accounts.access import allow, of_site
from hall.accounts.roles import PUBLIC, Can
from hall.actor import ActorKind
from hall.catalog.models import Line, Window
from hall.database import db
from hall.errors import Invalid, NotFound
from hall.facts import board as board_topic
from hall.http import command
from hall.queueing import (
    actions,
    at_window,
    calling,
    drawing,
    handing_over,
    leaving,
    payloads,
    priority,
    queries,
    staffing,
    window_queries,
)
from hall.queueing.actions import ByNumber
from hall.queueing.history import history_of
from hall.queueing.models import TopicVersion
from hall.queueing.queries import TicketView
from hall.queueing.schemas import (
    CallIn,
    DrawIn,
    FinishIn,
    HandOverIn,
    HistoryOut,
    HoldIn,
    LaterIn,
    MatterIn,
    OpenWindowIn,
    PriorityIn,
    ReasonIn,
    RejoinedOut,
    RejoinIn,
    ResumeIn,
    TicketOut,
    TransferIn,
    WindowOut,
)
from hall.queueing.window_queries import WindowView
from hall.sites import Site, site_by_code
from hall.unit_of_work import Answer

api = APIBlueprint("queueing_api", __name__, url_prefix="/api/v1", tag="Queue")


WHY_WAITING = {"priority": _l("Priority by rule"), "returned": _l("Back with missing papers")}


def token_key() -> bytes:
    """The key of public tokens."""
    key: bytes = current_app.config["HALL"].keys.tokens
    return key


def shown(view: TicketView) -> dict[str, Any]:
    """A ticket as its holder and staff read it, words in the caller's language."""
    state = payloads.ticket_state(view, token_key(), current_app.config["HALL"].public_url)
    state["why_waiting"] = str(WHY_WAITING[view.why]) if view.why in WHY_WAITING else None
    return state


def _ticket(status: int = 200) -> Callable[[TicketView | None], Answer]:
    def present(view: TicketView | None) -> Answer:
        return Answer(204, None) if view is None else Answer(status, _json(shown(view)))

    return present


def _window(view: WindowView) -> Answer:
    site = db.session.scalar(select(Site).where(Site.code == view.site))
    if site is None:
        raise NotFound(view.site)
    state = payloads.window_state(view, site.zone, token_key())
    if view.current:
        state["current"] = shown(view.current)
    return Answer(200, _json(state))


def _json(state: object) -> str:
    return json.dumps(state, ensure_ascii=False, separators=(",", ":"))


@api.get("/sites/<site>/lines")
@allow(PUBLIC)
def lines(site: str) -> Response:
    """Lines of a site: open or not, people waiting, windows open, wait if known."""
    found = site_by_code(db.session(), site)
    return _respond(payloads.line_list(db.session(), found, clock.now()))


@api.get("/sites/<site>/board")
@allow(PUBLIC)
def board(site: str) -> Response:
    """Last calls (newest first), waiting by prefix, running notices."""
    state = payloads.board(db.session(), site)
    topic = board_topic(site)
    version = db.session.scalar(select(TopicVersion.version).where(TopicVersion.topic == topic)) or 0
    return _respond({"version": version, **state})


def _matter(body: MatterIn) -> drawing.Matter:
    return drawing.Matter(body.line, body.item, body.bundle)


def _site_of(matters: tuple[drawing.Matter, ...]) -> int:
    """Where to draw: the caller's own hall; for those of every hall, the hall of the line."""
    actor = g.actor
    if not actor.every_site and actor.site_id is not None:
        return int(actor.site_id)
    code = matters[0].line
    site_id = db.session.scalar(select(Line.site_id).where(Line.code == code))
    if site_id is None:
        said = _l("This is not on offer here. Choose another matter, or ask at the desk.")
        raise Invalid(said, code="unknown_line", errors={"line": [said]})
    return site_id


def issue_command(body: DrawIn, wanted: Sequence[MatterIn]) -> drawing.Issue:
    """What the caller wants to draw, as a command; who draws is known by a keyed hash only (Q8)."""
    matters = tuple(_matter(matter) for matter in wanted)
    site_id = _site_of(matters)
    person = None
    if body.person and (body.person.id_number or body.person.phone):
        kind, value = ("id", body.person.id_number) if body.person.id_number else ("phone", body.person.phone)
        plain = "".join(sign for sign in (value or "").upper() if sign.isalnum())
        person = tokens.person_digest(current_app.config["HALL"].keys.personal, f"claim-{kind}", plain)
    return drawing.Issue(
        site_id=site_id,
        matters=matters,
        channel="kiosk" if g.actor.kind is ActorKind.DEVICE else "desk",
        lane=body.lane,
        reason=body.reason,
        person=person,
        heads=body.heads,
        lang=body.lang,
        test=body.test,
    )


def nonce(token: str) -> bytes | None:
    """The stored half of a ticket's token, or None for a false one."""
    return tokens.nonce_of(token_key(), "ticket", token)


@api.get("/tickets/<token>")
@api.output(TicketOut)
@allow(PUBLIC)
def read_ticket(token: str) -> Response:
    """One ticket, for the holder of its token."""
    session = db.session()
    return _respond(shown(queries.ticket_view(session, queries.ticket_by_nonce(session, nonce(token)))))


@api.post("/tickets/<token>/abandon")
@api.output(TicketOut)
@allow(PUBLIC)
def abandon(token: str) -> Response:
    """Leave the queue."""
    return command(actions.abandon, actions.ByHolder(nonce(token)), _ticket())


@api.post("/tickets/<token>/rejoin")
@api.output(TicketOut)
@allow(PUBLIC)
def rejoin(token: str) -> Response:
    """Back in line after having been passed (Q6)."""
    return command(actions.rejoin, actions.ByHolder(nonce(token)), _ticket())


@api.post("/tickets/rejoin")
@api.input(RejoinIn, arg_name="body")
@api.output(RejoinedOut)
@allow(Can.QUEUEING_ISSUE)
def rejoin_by_number(body: RejoinIn) -> Response:
    """Back in line by today's number, at a kiosk (Q6). A number can be read by others: no token is answered."""
    number = ByNumber(int(g.actor.site_id or 0), body.number)
    return command(actions.rejoin_by_number, number, _rejoined)


def _rejoined(view: TicketView) -> Answer:
    return Answer(200, _json({"number": view.number, "line": view.line, "ahead": view.ahead}))


@api.post("/tickets/<token>/later")
@api.input(LaterIn, arg_name="body")
@api.output(TicketOut)
@allow(PUBLIC)
def later(token: str, body: LaterIn) -> Response:
    """Let 1 to 20 others go first."""
    return command(actions.later, actions.ByHolder(nonce(token), body.places), _ticket())


@api.post("/tickets/<token>/priority")
@api.input(PriorityIn, arg_name="body")
@api.output(TicketOut)
@allow(Can.QUEUEING_PRIORITY)
def give_priority(token: str, body: PriorityIn) -> Response:
    """Priority lane given after the ticket was drawn (Q4)."""
    return command(priority.give_priority, priority.GivePriority(nonce(token), body.reason), _ticket())


@api.get("/tickets/<token>/history")
@api.output(HistoryOut)
@allow(Can.QUEUEING_EXPLAIN)
def ticket_history(token: str) -> Response:
    """What happened to a ticket and why it has its place, in plain words, for staff of its hall (Q7)."""
    session = db.session()
    found = queries.ticket_by_nonce(session, nonce(token))
    of_site(g.actor, found.site_id)
    return _respond(payloads.history(history_of(session, found), token_key()))


@api.get("/windows/<window>")
@api.output(WindowOut)
@allow(Can.QUEUEING_CALL)
def read_window(window: str) -> Response:
    """A window as its clerk sees it."""
    row = db.session.scalar(select(Window).where(Window.code == window))
    if row is None:
        raise NotFound(_l("There is no such window."), code="unknown_window")
    of_site(g.actor, row.site_id)
    staffing.own_window(g.actor, row)
    site = db.session.get_one(Site, row.site_id)
    answer = _window(window_queries.window_view(db.session(), row, site, clock.now()))
    return Response(answer.body, content_type=answer.content_type)


def _at(window: str, **more: Any) -> staffing.AtWindow:  # noqa: ANN401 - the command's fields
    return staffing.AtWindow(window, **more)


@api.post("/windows/<window>/open")
@api.input(OpenWindowIn, arg_name="body")
@api.output(WindowOut)
@allow(Can.QUEUEING_CALL)
def open_window(window: str, body: OpenWindowIn) -> Response:
    """Open the window, come back from a pause, or take over from one's own other browser."""
    return command(staffing.open_window, _at(window, seat=body.seat), _window)


@api.post("/windows/<window>/pause")
@api.input(ReasonIn, arg_name="body")
@api.output(WindowOut)
@allow(Can.QUEUEING_CALL)
def pause_window(window: str, body: ReasonIn) -> Response:
    """Pause with a reason."""
    return command(staffing.pause, _at(window, reason=body.reason), _window)


@api.post("/windows/<window>/close")
@api.output(WindowOut)
@allow(Can.QUEUEING_CALL)
def close_window(window: str) -> Response:
    """Close the window."""
    return command(staffing.close, _at(window), _window)


@api.post("/windows/<window>/hand-over")
@api.input(HandOverIn, arg_name="body")
@api.output(WindowOut)
@allow(Can.QUEUEING_CALL)
def hand_over(window: str, body: HandOverIn) -> Response:
    """Give everything on hold here to another staffed window (Q14)."""
    given = _at(window, to_window=body.to_window, note=body.note)
    return command(handing_over.hand_over, given, _window)


@api.post("/windows/<window>/call-next")
@api.output(TicketOut)
@allow(Can.QUEUEING_CALL)
def call_next(window: str) -> Response:
    """Call the next in order; 204 when nobody waits."""
    return command(calling.call_next, _at(window), _ticket())


@api.post("/windows/<window>/call")
@api.input(CallIn, arg_name="body")
@api.output(TicketOut)
@allow(Can.QUEUEING_CALL)
def call_chosen(window: str, body: CallIn) -> Response:
    """Call out of order, with a reason (Q7)."""
    given = _at(window, ticket=body.ticket, reason=body.reason, note=body.note)
    return command(calling.call_chosen, given, _ticket())


@api.post("/windows/<window>/recall")
@api.output(TicketOut)
@allow(Can.QUEUEING_CALL)
def recall(window: str) -> Response:
    """Announce again."""
    return command(at_window.recall, _at(window), _ticket())


@api.post("/windows/<window>/start")
@api.output(TicketOut)
@allow(Can.QUEUEING_CALL)
def start(window: str) -> Response:
    """The person is here."""
    return command(at_window.start, _at(window), _ticket())


@api.post("/windows/<window>/pass")
@api.output(TicketOut)
@allow(Can.QUEUEING_CALL)
def pass_over(window: str) -> Response:
    """Nobody came (Q6)."""
    return command(leaving.pass_over, _at(window), _ticket())


@api.post("/windows/<window>/undo-pass")
@api.output(TicketOut)
@allow(Can.QUEUEING_CALL)
def undo_pass(window: str) -> Response:
    """Take the last pass back within a minute."""
    return command(leaving.undo_pass, _at(window), _ticket())


@api.post("/windows/<window>/hold")
@api.input(HoldIn, arg_name="body")
@api.output(TicketOut)
@allow(Can.QUEUEING_CALL)
def hold(window: str, body: HoldIn) -> Response:
    """Set aside with a reason."""
    return command(at_window.hold, _at(window, reason=body.reason, note=body.note), _ticket())


@api.post("/windows/<window>/resume")
@api.input(ResumeIn, arg_name="body")
@api.output(TicketOut)
@allow(Can.QUEUEING_CALL)
def resume(window: str, body: ResumeIn) -> Response:
    """Take up a held ticket."""
    return command(at_window.resume, _at(window, ticket=body.ticket), _ticket())


@api.post("/windows/<window>/transfer")
@api.input(TransferIn, arg_name="body")
@api.output(TicketOut)
@allow(Can.QUEUEING_CALL)
def transfer(window: str, body: TransferIn) -> Response:
    """To another line or window; place and number kept."""
    given = _at(window, line=body.line, to_window=body.window, note=body.note)
    return command(leaving.transfer, given, _ticket())


@api.post("/windows/<window>/finish")
@api.input(FinishIn, arg_name="body")
@api.output(TicketOut)
@allow(Can.QUEUEING_CALL)
def finish(window: str, body: FinishIn) -> Response:
    """Service ended."""
    items = tuple((item.code, item.count) for item in body.items)
    return command(leaving.finish, _at(window, outcome=body.outcome, items=items), _ticket())


def _respond(state: object) -> Response:
    return Response(_json(state), content_type="application/json")
