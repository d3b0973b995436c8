"""The hall manager's machine interface."""

from __future__ import annotations

from dataclasses import asdict

from apiflask import APIBlueprint
from flask import Response, current_app, g

from hall.accounts.access import allow, of_site
from hall.accounts.roles import Can
from hall.database import db
from hall.floor import actions, payloads, presence, queries, window_queries
from hall.floor.schemas import (
    EndDayIn,
    EndedOut,
    EndLoanIn,
    FloorHereIn,
    FloorHereOut,
    LendIn,
    LineStateOut,
    LoanOut,
    NoticeOut,
    PostNoticeIn,
    StopLineIn,
)
from hall.http import command, respond
from hall.sites import site_by_code
from hall.unit_of_work import Answer

api = APIBlueprint("floor_api", __name__, url_prefix="/api/v1", tag="Floor")


def _loan(view: window_queries.LoanView) -> Answer:
    return Answer.of(payloads.loan_state(view))


def _line(view: queries.StoppedView) -> Answer:
    return Answer.of({"line": view.line, "open": view.open, "stopped_reason": view.reason})


@api.get("/sites/<site>/floor")
@allow(Can.FLOOR_VIEW)
def read_floor(site: str) -> Response:
    """Windows, lines, devices in trouble and notices at a glance."""
    found = site_by_code(db.session(), site)
    of_site(g.actor, found.id)
    return respond(Answer.of(payloads.floor(db.session(), site, current_app.config["HALL"].keys.tokens)))


@api.post("/windows/<window>/lend")
@api.input(LendIn, arg_name="body")
@api.output(LoanOut)
@allow(Can.FLOOR_MANAGE)
def lend(window: str, body: LendIn) -> Response:
    """Lend the window to a line until a set time; it ends by itself (Q5)."""
    return command(actions.lend, actions.Lend(window, body.line, body.until), _loan)


@api.post("/windows/<window>/end-loan")
@api.input(EndLoanIn, arg_name="body")
@api.output(LoanOut)
@allow(Can.FLOOR_MANAGE)
def end_loan(window: str, body: EndLoanIn) -> Response:
    """End a loan before its time."""
    return command(actions.end_loan, actions.Lend(window, body.line), _loan)


@api.post("/lines/<line>/stop")
@api.input(StopLineIn, arg_name="body")
@api.output(LineStateOut)
@allow(Can.FLOOR_MANAGE)
def stop_line(line: str, body: StopLineIn) -> Response:
    """Stop drawing for the rest of the day, with a posted reason (Q10)."""
    return command(actions.stop_line, actions.Stop(line, body.reason), _line)


@api.post("/lines/<line>/reopen")
@api.output(LineStateOut)
@allow(Can.FLOOR_MANAGE)
def reopen_line(line: str) -> Response:
    """Let a stopped line issue again."""
    return command(actions.reopen_line, actions.Stop(line), _line)


@api.post("/sites/<site>/notices")
@api.input(PostNoticeIn, arg_name="body")
@api.output(NoticeOut, 201)
@allow(Can.FLOOR_MANAGE)
def post_notice(site: str, body: PostNoticeIn) -> Response:
    """Run a notice on the screens."""
    given = actions.Post(site, body.text, body.text_en, body.until)
    return command(actions.post_notice, given, lambda view: Answer.of(payloads.notice_state(view), 201))


@api.post("/notices/<int(max=9223372036854775807):notice>/withdraw")
@api.output(NoticeOut)
@allow(Can.FLOOR_MANAGE)
def withdraw_notice(notice: int) -> Response:
    """Take a notice down."""
    return command(actions.withdraw_notice, notice, lambda view: Answer.of(payloads.notice_state(view)))


@api.post("/sites/<site>/end-day")
@api.input(EndDayIn, arg_name="body")
@api.output(EndedOut)
@allow(Can.FLOOR_MANAGE)
def end_day(site: str, body: EndDayIn) -> Response:
    """End the day (Q10): who still waits becomes unserved; who stands at a window is still served."""
    given = actions.End(site, body.business_date, body.stop_reason)
    return command(actions.end_day, given, lambda ended: Answer.of(asdict(ended)))


@api.post("/devices/here")
@api.input(FloorHereIn, arg_name="body")
@api.output(FloorHereOut)
@allow(Can.DEVICE_REPORT)
def device_here(body: FloorHereIn) -> Response:  # noqa: ARG001 - nothing to say beyond who calls
    """A screen or kiosk says that it is at work, once a minute; the floor page names those that fell silent."""
    return command(presence.here, presence.Here(), lambda quiet: Answer.of({"ok": True, "quiet": quiet}))
