"""Machine interface of cases: the commands, one address a verb (docs/intake.md)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from apiflask import APIBlueprint

from hall.accounts.access import allow
from hall.accounts.roles import Can
from hall.http import command
from hall.intake.review import (
    accepting,
    actions,
    clock_stops,
    deciding,
    deferrals,
    notices,
    schemas,
    supplements,
)
from hall.intake.review.api import case_token, packed, plain, which
from hall.intake.review.schemas import StandsOut
from hall.unit_of_work import Answer

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Response

    from hall.intake.models import Case
    from hall.intake.review.schemas import SeenIn

commands = APIBlueprint("review_commands", __name__, url_prefix="/api/v1/cases/<token>", tag="Intake")


def stands(done: Case) -> Answer:
    """What a command answers: where the case stands now; the whole of it is a look away."""
    said = {
        "token": case_token(done.nonce),
        "number": done.number,
        "state": done.state,
        "revision": done.revision,
        "due_days": done.due_days,
        "due_on": done.due_on,
        "open_deferrals": done.open_deferrals,
    }
    return Answer(200, packed(plain(said)))


def _do(action: Callable[..., Case], kind: Callable[..., Any], token: str, body: SeenIn) -> Response:
    """Give a command: the body's fields are the command's."""
    fields = body.model_dump(exclude={"revision"})
    return command(action, kind(which(token, body.revision), **fields), stands)


def _only(action: Callable[..., Case], token: str, body: SeenIn) -> Response:
    return command(action, which(token, body.revision), stands)


@commands.post("/claim")
@commands.input(schemas.ClaimIn, arg_name="body")
@commands.output(StandsOut)
@allow(Can.INTAKE_REVIEW)
def claim(token: str, body: schemas.ClaimIn) -> Response:
    """Take a case up; from a colleague only with a note."""
    return _do(actions.claim, actions.Claim, token, body)


@commands.post("/note")
@commands.input(schemas.CaseNoteIn, arg_name="body")
@commands.output(StandsOut)
@allow(Can.INTAKE_CASES)
def note(token: str, body: schemas.CaseNoteIn) -> Response:
    """Keep a note for colleagues."""
    return _do(actions.add_note, actions.Note, token, body)


@commands.post("/accept")
@commands.input(schemas.AcceptIn, arg_name="body")
@commands.output(StandsOut)
@allow(Can.INTAKE_CASES)
def accept(token: str, body: schemas.AcceptIn) -> Response:
    """Accept (受理): the clock begins."""
    return _do(accepting.accept, accepting.Accept, token, body)


@commands.post("/notice")
@commands.input(schemas.OneTimeNoticeIn, arg_name="body")
@commands.output(StandsOut)
@allow(Can.INTAKE_CASES)
def notice(token: str, body: schemas.OneTimeNoticeIn) -> Response:
    """Send the one-time notice: everything missing, once (I4)."""
    lines = tuple(notices.Asked(**line.model_dump()) for line in body.lines)
    fields = body.model_dump(exclude={"revision", "lines"})
    return command(notices.notice, notices.Notice(which(token, body.revision), lines, **fields), stands)


@commands.post("/supplement")
@commands.input(schemas.SupplementIn, arg_name="body")
@commands.output(StandsOut)
@allow(Can.INTAKE_CASES)
def supplement(token: str, body: schemas.SupplementIn) -> Response:
    """Papers came in."""
    found = {paper.id: paper.state for paper in body.papers}
    notes = {paper.id: paper.note for paper in body.papers if paper.note.strip()}
    lines = {line.id: line.came for line in body.lines}
    given = supplements.Supplement(which(token, body.revision), found, notes, lines)
    return command(supplements.supplement, given, stands)


@commands.post("/turn-back")
@commands.input(schemas.TurnBackIn, arg_name="body")
@commands.output(StandsOut)
@allow(Can.INTAKE_CASES)
def turn_back(token: str, body: schemas.TurnBackIn) -> Response:
    """What came in is not what the notice asked for: it is asked for again, under the same notice (I4)."""
    lines = {line.id: line.note for line in body.lines}
    return command(supplements.turn_back, supplements.TurnBack(which(token, body.revision), lines), stands)


@commands.post("/decline")
@commands.input(schemas.DeclineIn, arg_name="body")
@commands.output(StandsOut)
@allow(Can.INTAKE_CASES)
def decline(token: str, body: schemas.DeclineIn) -> Response:
    """Do not accept (不予受理)."""
    return _do(accepting.decline, accepting.Decline, token, body)


@commands.post("/stop-clock")
@commands.input(schemas.StopClockIn, arg_name="body")
@commands.output(StandsOut)
@allow(Can.INTAKE_REVIEW)
def stop_clock(token: str, body: schemas.StopClockIn) -> Response:
    """Stop the clock for a special procedure of the item."""
    return _do(clock_stops.stop_clock, clock_stops.StopClock, token, body)


@commands.post("/resume-clock")
@commands.input(schemas.SeenIn, arg_name="body")
@commands.output(StandsOut)
@allow(Can.INTAKE_REVIEW)
def resume_clock(token: str, body: schemas.SeenIn) -> Response:
    """Let the clock run again."""
    return _only(clock_stops.resume_clock, token, body)


@commands.post("/extend")
@commands.input(schemas.CaseReasonIn, arg_name="body")
@commands.output(StandsOut)
@allow(Can.INTAKE_REVIEW)
def extend(token: str, body: schemas.CaseReasonIn) -> Response:
    """Approve the one extension of ten working days."""
    return _do(clock_stops.extend, clock_stops.Extend, token, body)


@commands.post("/decide")
@commands.input(schemas.DecideIn, arg_name="body")
@commands.output(StandsOut)
@allow(Can.INTAKE_REVIEW)
def decide(token: str, body: schemas.DecideIn) -> Response:
    """Decide, or propose where a second pair of eyes is due."""
    return _do(deciding.decide, deciding.Decide, token, body)


@commands.post("/confirm")
@commands.input(schemas.SeenIn, arg_name="body")
@commands.output(StandsOut)
@allow(Can.INTAKE_REVIEW)
def confirm(token: str, body: schemas.SeenIn) -> Response:
    """The second pair of eyes agrees."""
    return _only(deciding.confirm, token, body)


@commands.post("/send-back")
@commands.input(schemas.CaseReasonIn, arg_name="body")
@commands.output(StandsOut)
@allow(Can.INTAKE_REVIEW)
def send_back(token: str, body: schemas.CaseReasonIn) -> Response:
    """The second pair of eyes does not agree."""
    return _do(deciding.send_back, deciding.SendBack, token, body)


@commands.post("/make-ready")
@commands.input(schemas.MakeReadyIn, arg_name="body")
@commands.output(StandsOut)
@allow(Can.INTAKE_REVIEW)
def make_ready(token: str, body: schemas.MakeReadyIn) -> Response:
    """The result lies at the issue window."""
    return _do(deciding.make_ready, deciding.MakeReady, token, body)


@commands.post("/hand-in")
@commands.input(schemas.HandInIn, arg_name="body")
@commands.output(StandsOut)
@allow(Can.INTAKE_CASES)
def hand_in(token: str, body: schemas.HandInIn) -> Response:
    """A deferred paper arrived."""
    return _do(deferrals.hand_in, deferrals.HandIn, token, body)


@commands.post("/force-majeure")
@commands.input(schemas.ForceMajeureIn, arg_name="body")
@commands.output(StandsOut)
@allow(Can.INTAKE_REVIEW)
def force_majeure(token: str, body: schemas.ForceMajeureIn) -> Response:
    """More time for a deferred paper."""
    return _do(deferrals.force_majeure, deferrals.ForceMajeure, token, body)


@commands.post("/terminate")
@commands.input(schemas.TerminateIn, arg_name="body")
@commands.output(StandsOut)
@allow(Can.INTAKE_REVIEW)
def terminate(token: str, body: schemas.TerminateIn) -> Response:
    """Sign the termination that the job proposed."""
    return _do(deferrals.terminate, deferrals.Terminate, token, body)


@commands.post("/withdraw")
@commands.input(schemas.CaseReasonIn, arg_name="body")
@commands.output(StandsOut)
@allow(Can.INTAKE_CASES)
def withdraw(token: str, body: schemas.CaseReasonIn) -> Response:
    """The applicant takes the case back."""
    return _do(actions.withdraw, actions.Withdraw, token, body)


@commands.post("/owner")
@commands.input(schemas.OwnerIn, arg_name="body")
@commands.output(StandsOut)
@allow(Can.INTAKE_CASES)
def owner(token: str, body: schemas.OwnerIn) -> Response:
    """Move the first contact to a colleague, with a note."""
    return _do(actions.change_owner, actions.ChangeOwner, token, body)


@commands.post("/look")
@commands.input(schemas.SeenIn, arg_name="body")
@commands.output(StandsOut)
@allow(Can.INTAKE_REVIEW)
def look(token: str, body: schemas.SeenIn) -> Response:
    """A sampled case was looked at by another."""
    return _only(deciding.look_at_sample, token, body)
