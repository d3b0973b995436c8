"""Machine interface of the day itself: coming and leaving by code, absences and their check, notes (M5)."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import TYPE_CHECKING, Any

from apiflask import APIBlueprint
from flask import Response, current_app, g

from hall.accounts.access import allow
from hall.accounts.limits import presence_by_caller
from hall.accounts.roles import Can
from hall.database import db
from hall.http import command, respond
from hall.qr import qr_svg
from hall.queueing.payloads import local
from hall.rota.api import answer, rota_here, term_asked, today_here
from hall.rota.presence import absences, at_window, deciding, leaving, queries, schemas, showing
from hall.sites import Site

if TYPE_CHECKING:
    from collections.abc import Callable

    from hall.rota.presence.models import Absence, Attendance, AttendanceNote, Leaving, LeavingObjection
    from hall.unit_of_work import Answer

api = APIBlueprint("presence_api", __name__, url_prefix="/api/v1", tag="Receptions")


@api.get("/windows/<window>/presence")
@api.output(schemas.CodeOut)
@allow(Can.QUEUEING_CALL)
def at_this_window(window: str) -> Response:
    """Whose turn it is at this window today, and the code of this minute for them to show that they are here."""
    return respond(answer(200, _shown_at(window)))


@api.get("/windows/<window>/presence.svg")
@allow(Can.QUEUEING_CALL)
def code_to_scan(window: str) -> Response:
    """The same code to be scanned: the phone page with it; 204 without a turn, or where phones cannot reach us."""
    address = _shown_at(window)["address"]
    if address is None:
        return Response(status=204)
    return Response(qr_svg(address), content_type="image/svg+xml", headers={"Cache-Control": "no-store"})


def _shown_at(window: str) -> dict[str, Any]:
    config = current_app.config["HALL"]
    return at_window.shown_at(db.session(), g.actor, window, config.keys.tokens, config.public_url)


@api.post("/duties/<int:key>/presence")
@api.input(schemas.PresenceIn, arg_name="body")
@api.output(schemas.PresenceOut)
@presence_by_caller
@allow(Can.ROTA_SIGN)
def come(key: int, body: schemas.PresenceIn) -> Response:
    """Somebody of the department is at the window: the code on its console says so, once."""
    return command(showing.come, _show(key, body), _shown)


@api.post("/duties/<int:key>/presence/end")
@api.input(schemas.PresenceIn, arg_name="body")
@api.output(schemas.PresenceOut)
@presence_by_caller
@allow(Can.ROTA_SIGN)
def leave(key: int, body: schemas.PresenceIn) -> Response:
    """They leave the window: another code of its console says so."""
    return command(showing.leave, _show(key, body), _shown)


@api.post("/duties/<int:key>/presence/said")
@api.input(schemas.LeftIn, arg_name="body")
@api.output(schemas.LeftOut)
@allow(Can.QUEUEING_CALL)
def say_left(key: int, body: schemas.LeftIn) -> Response:
    """They left without the code: the clerk of their window says when, or the manager."""
    return command(leaving.say_left, leaving.SayLeft(key, body.left, body.reason, body.note), _said)


def _said(row: Leaving) -> Answer:
    told = {"left_at": row.left_at, "early_min": row.early_min, "said_as": row.said_as}
    return answer(200, told)


@api.post("/duties/<int:key>/presence/objection")
@api.input(schemas.DutyNoteIn, arg_name="body")
@api.output(schemas.NotedOut)
@allow(Can.ROTA_SIGN)
def object_to(key: int, body: schemas.DutyNoteIn) -> Response:
    """Who sat, or the liaison, objects to what was said of when they left; the manager sees it."""
    present: Callable[[LeavingObjection], Answer] = lambda row: answer(200, {"id": row.leaving_id})  # noqa: E731
    return command(leaving.object_to, leaving.ObjectTo(key, body.text), present)


def _show(key: int, body: schemas.PresenceIn) -> showing.Show:
    return showing.Show(key, body.code, current_app.config["HALL"].keys.tokens, body.person, body.how)


def _shown(row: Attendance) -> Answer:
    return answer(
        200,
        {
            "duty": row.duty_id,
            "post": row.post,
            "agreed": row.agreed,
            "arrived_at": row.arrived_at,
            "late_min": row.late_min,
            "left_at": row.left_at,
            "early_min": row.early_min,
        },
    )


@api.post("/duties/<int:key>/absence/ask")
@api.output(schemas.AbsenceOut)
@allow(Can.ROTA_MANAGE)
def ask(key: int) -> Response:
    """Ask the department why nobody came."""
    return command(absences.check, absences.Check(key, "ask"), _absence)


@api.post("/duties/<int:key>/absence/confirm")
@api.input(schemas.SaidIn, arg_name="body")
@api.output(schemas.AbsenceOut)
@allow(Can.ROTA_SIGN)
def confirm(key: int, body: schemas.SaidIn) -> Response:
    """The department says that it was so; the manager may write down what it said."""
    return command(absences.check, absences.Check(key, "confirm", said=body.said), _absence)


@api.post("/duties/<int:key>/absence/explain")
@api.input(schemas.AbsenceIn, arg_name="body")
@api.output(schemas.AbsenceOut)
@allow(Can.ROTA_SIGN)
def explain(key: int, body: schemas.AbsenceIn) -> Response:
    """The department says why; the manager, who decides on it, may write down what it said."""
    given = absences.Check(key, "explain", body.reason, body.said, printed=body.printed)
    return command(absences.check, given, _absence)


@api.post("/duties/<int:key>/absence/accept")
@api.input(schemas.DecisionIn, arg_name="body")
@api.output(schemas.AbsenceOut)
@allow(Can.ROTA_MANAGE)
def accept(key: int, body: schemas.DecisionIn) -> Response:
    """Accept what the department said: excused, none in the ranking."""
    return command(deciding.decide, deciding.Decide(key, "accept", body.why), _absence)


@api.post("/duties/<int:key>/absence/uphold")
@api.input(schemas.DecisionIn, arg_name="body")
@api.output(schemas.AbsenceOut)
@allow(Can.ROTA_MANAGE)
def uphold(key: int, body: schemas.DecisionIn) -> Response:
    """It stays an absence: what the department said is not accepted, or it said nothing in its time."""
    return command(deciding.decide, deciding.Decide(key, "uphold", body.why), _absence)


def _absence(row: Absence) -> Answer:
    return answer(200, {"duty": row.duty_id, "state": row.state})


@api.post("/duties/<int:key>/notes")
@api.input(schemas.DutyNoteIn, arg_name="body")
@api.output(schemas.NotedOut)
@allow(Can.ROTA_MANAGE)
def annotate(key: int, body: schemas.DutyNoteIn) -> Response:
    """Add a note to a turn's record, which itself stays as it is."""
    present: Callable[[AttendanceNote], Answer] = lambda row: answer(200, {"id": row.id})  # noqa: E731
    return command(absences.annotate, absences.Annotate(key, body.text), present)


@api.get("/sites/<site>/rotas/<code>/marks")
@api.output(schemas.MarksOut)
@allow(Can.ROTA_MANAGE)
def marks(site: str, code: str) -> Response:
    """What became of the turns from `?from=` to `?to=` (twelve weeks from today unless said)."""
    rota = rota_here(site, code)
    first, last = term_asked(today_here(site))
    zone = db.session.get_one(Site, rota.site_id).zone

    def plain(value: object) -> Any:  # noqa: ANN401 - any value of JSON
        return local(value, zone) if isinstance(value, datetime) else value

    found = queries.marks(db.session(), rota.id, first, last)
    rows = [{name: plain(value) for name, value in asdict(mark).items()} for mark in found]
    return respond(answer(200, {"marks": rows}))
