"""Machine interface of a manager's hand on sessions, bodies and people (docs/rota.md)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from apiflask import APIBlueprint

from hall.accounts.access import allow
from hall.accounts.roles import Can
from hall.http import command
from hall.rota import cancelling, dating, retiring, retiring_whole
from hall.rota.api import answer
from hall.rota.keeping import schemas
from hall.rota.matters import calling_off, payloads

if TYPE_CHECKING:
    from flask import Response

    from hall.rota.models import Rota, RotaBody, RotaPerson, RotaSession
    from hall.unit_of_work import Answer

keeping_api = APIBlueprint("rota_keeping_api", __name__, url_prefix="/api/v1", tag="Receptions")


@keeping_api.post("/rota-sessions/<int:key>/date")
@keeping_api.input(schemas.SessionDayIn, arg_name="body")
@keeping_api.output(schemas.HeldSessionOut)
@allow(Can.ROTA_MANAGE)
def date_session(key: int, body: schemas.SessionDayIn) -> Response:
    """Choose the day of a draft: a working day of a confirmed year that no other session has (M1)."""
    return command(dating.date_by_hand, dating.DateSession(key, body.day), _held)


@keeping_api.post("/rota-sessions/<int:key>/hours")
@keeping_api.output(schemas.HeldSessionOut)
@allow(Can.ROTA_MANAGE)
def take_hours(key: int) -> Response:
    """Turns that are signed have the new hours of their reception, too; not once the list is public."""
    return command(dating.take_new_hours, dating.TakeHours(key), _held)


@keeping_api.post("/rota-sessions/<int:key>/drop")
@keeping_api.output(schemas.HeldSessionOut)
@allow(Can.ROTA_MANAGE)
def drop_session(key: int) -> Response:
    """It is not held; who has signed up is free again. Not once its list is public."""
    return command(dating.drop, dating.DropSession(key), _held)


@keeping_api.post("/rota-sessions/<int:key>/restore")
@keeping_api.output(schemas.HeldSessionOut)
@allow(Can.ROTA_MANAGE)
def restore_session(key: int) -> Response:
    """It is held after all: a draft, whose day is chosen or comes with the next making of its term."""
    return command(dating.restore, dating.RestoreSession(key), _held)


@keeping_api.post("/rotas/<int:key>/<any(retire, take_back):verb>")
@keeping_api.output(schemas.RetiredOut)
@allow(Can.ROTA_MANAGE)
def retire_rota(key: int, verb: str) -> Response:
    """A reception ends, or is held again; it does not end while something of it is to come or open."""
    if verb == "retire":
        return command(retiring_whole.retire_rota, retiring_whole.RetireRota(key), _retired)
    return command(retiring_whole.take_back, retiring_whole.TakeBackRota(key), _retired)


@keeping_api.post("/rota-sessions/<int:key>/cancel")
@keeping_api.input(schemas.CancelSessionIn, arg_name="body")
@keeping_api.output(schemas.HeldSessionOut)
@allow(Can.ROTA_MANAGE)
def cancel_session(key: int, body: schemas.CancelSessionIn) -> Response:
    """A published day is not held, before it has begun: its turns are given back, bookings are to be called (M3)."""
    return command(cancelling.cancel, cancelling.CancelSession(key, body.because), _held)


@keeping_api.post("/receptions/bookings/<token>/call-off")
@keeping_api.output(schemas.CalledOut)
@allow(Can.ROTA_MANAGE)
def call_off(token: str) -> Response:
    """Whoever booked a cancelled day, or a head who comes no longer at that time, was called."""
    return command(
        calling_off.call_off,
        payloads.nonce_of(token),
        lambda view: answer(200, {"number": view.row.number, "state": view.row.state}),
    )


@keeping_api.post("/rota-bodies/<int:key>/retire")
@keeping_api.output(schemas.RetiredOut)
@allow(Can.ROTA_MANAGE)
def retire_body(key: int) -> Response:
    """A department takes part no longer; not while it has turns to come."""
    return command(retiring.retire_body, retiring.RetireBody(key), _retired)


@keeping_api.post("/rota-people/<int:key>/retire")
@keeping_api.output(schemas.RetiredOut)
@allow(Can.ROTA_MANAGE)
def retire_person(key: int) -> Response:
    """Somebody is no longer on the list; turns to come pass to the new head, and without one it is refused."""
    return command(retiring.retire_person, retiring.RetirePerson(key), _retired)


def _held(row: RotaSession) -> Answer:
    body = {
        "session": row.id,
        "state": row.state,
        "held_on": row.held_on,
        "signup_until": row.signup_until,
        "publish_on": row.publish_on,
    }
    return answer(200, body)


def _retired(row: Rota | RotaBody | RotaPerson) -> Answer:
    return answer(200, {"id": row.id, "name": row.name})
