"""A window's machine interface (contract, Queue): what a clerk reads and does at it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from apiflask import APIBlueprint
from flask import Response, g
from flask_babel import lazy_gettext as _l
from pydantic import BaseModel
from sqlalchemy import select

from hall import clock
from hall.accounts.access import allow, of_site
from hall.accounts.roles import Can
from hall.catalog.models import Window
from hall.database import db
from hall.errors import NotFound
from hall.http import command, respond
from hall.queueing import at_window, calling, handing_over, leaving, staffing, window_queries
from hall.queueing.presenting import ticket_answer, window_answer
from hall.queueing.schemas import TicketOut
from hall.queueing.staffing import AtWindow
from hall.queueing.window_schemas import (
    CallIn,
    FinishIn,
    HandOverHeldIn,
    HoldTicketIn,
    OpenWindowIn,
    ResumeIn,
    TransferIn,
    WindowBody,
    WindowOut,
    WindowReasonIn,
)
from hall.sites import Site
from hall.unit_of_work import Answer, Work

api = APIBlueprint("window_api", __name__, url_prefix="/api/v1/windows/<window>", tag="Queue")


@api.get("")
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
    return respond(window_answer(window_queries.window_view(db.session(), row, site, clock.now())))


@dataclass(frozen=True, slots=True)
class Kind:
    """What a command is about: the model that describes its answer, and how that answer is made."""

    model: type[BaseModel]
    answer: Callable[[Any], Answer]


TICKET = Kind(TicketOut, ticket_answer)
WINDOW = Kind(WindowOut, window_answer)


@dataclass(frozen=True, slots=True)
class Command:
    """One act at a window: the end of its address, what it does, what it says of itself, and its body, if any."""

    path: str
    act: Callable[[Work, AtWindow], object]
    says: str
    kind: Kind = TICKET
    body: type[WindowBody] | None = None


COMMANDS = (
    Command(
        "open",
        staffing.open_window,
        "Open the window, come back from a pause, or take over from one's own other browser.",
        WINDOW,
        OpenWindowIn,
    ),
    Command("pause", staffing.pause, "Pause with a reason.", WINDOW, WindowReasonIn),
    Command("close", staffing.close, "Close the window.", WINDOW),
    Command(
        "hand-over",
        handing_over.hand_over,
        "Give everything on hold here to another staffed window (Q14).",
        WINDOW,
        HandOverHeldIn,
    ),
    Command("call-next", calling.call_next, "Call the next in order; 204 when nobody waits."),
    Command("call", calling.call_chosen, "Call out of order, with a reason (Q7).", body=CallIn),
    Command("recall", at_window.recall, "Announce again."),
    Command("start", at_window.start, "The person is here."),
    Command("pass", leaving.pass_over, "Nobody came (Q6)."),
    Command("undo-pass", leaving.undo_pass, "Take the last pass back within a minute."),
    Command("hold", at_window.hold, "Set aside with a reason.", body=HoldTicketIn),
    Command("resume", at_window.resume, "Take up a held ticket.", body=ResumeIn),
    Command(
        "transfer", leaving.transfer, "To another line or window; place and number kept.", body=TransferIn
    ),
    Command("finish", leaving.finish, "Service ended.", body=FinishIn),
)


def _offer(offered: Command) -> None:
    """Give a command its address and its description."""

    @allow(Can.QUEUEING_CALL)
    def view(window: str, body: WindowBody | None = None) -> Response:
        given = AtWindow(window, **(body.given() if body else {}))
        return command(offered.act, given, offered.kind.answer)

    view.__name__ = offered.path.replace("-", "_")
    view.__doc__ = offered.says
    described = api.output(offered.kind.model)(view)
    if offered.body:
        described = api.input(offered.body, arg_name="body")(described)
    api.post(f"/{offered.path}")(described)


for _each in COMMANDS:
    _offer(_each)
