"""Machine interface of what changes a published turn: swaps, stand-ins, leaves (M4)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from apiflask import APIBlueprint

from hall.accounts.access import allow
from hall.accounts.roles import Can
from hall.http import command
from hall.rota import exchanging, schemas, wishing
from hall.rota.api import answer

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Response

    from hall.rota.wish_models import Swap, Wish
    from hall.unit_of_work import Answer

changes = APIBlueprint("rota_changes", __name__, url_prefix="/api/v1", tag="Receptions")


def _asked(row: Swap | Wish) -> Answer:
    return answer(200, {"id": row.id, "state": row.state})


@changes.post("/duties/<int:key>/swap")
@changes.input(schemas.SwapIn, arg_name="body")
@changes.output(schemas.AskedOut)
@allow(Can.ROTA_SIGN)
def ask_swap(key: int, body: schemas.SwapIn) -> Response:
    """Ask another department to change seats."""
    return command(exchanging.ask_swap, exchanging.AskSwap(key, body.other, body.note), _asked)


@changes.post("/duties/<int:key>/stand-in")
@changes.input(schemas.StandInIn, arg_name="body")
@changes.output(schemas.AskedOut)
@allow(Can.ROTA_SIGN)
def ask_stand_in(key: int, body: schemas.StandInIn) -> Response:
    """Ask that a deputy or chief officer sits: at most once a quarter and department."""
    given = wishing.AskStandIn(key, body.person, body.reason, body.note)
    return command(wishing.ask_stand_in, given, _asked)


@changes.post("/duties/<int:key>/leave")
@changes.input(schemas.LeaveIn, arg_name="body")
@changes.output(schemas.AskedOut)
@allow(Can.ROTA_SIGN)
def ask_leave(key: int, body: schemas.LeaveIn) -> Response:
    """Ask for leave, which owes a turn."""
    return command(wishing.ask_leave, wishing.AskLeave(key, body.reason, body.note), _asked)


def _answering(verb: str) -> Callable[..., Response]:
    def view(key: int) -> Response:
        return command(exchanging.answer_swap, exchanging.AnswerSwap(key, verb), _asked)

    return view


def _deciding(verb: str) -> Callable[..., Response]:
    def view(key: int) -> Response:
        return command(wishing.decide_wish, wishing.DecideWish(key, verb), _asked)

    return view


@changes.post("/duty-wishes/<int:key>/approve-beyond")
@changes.input(schemas.BeyondIn, arg_name="body")
@changes.output(schemas.AskedOut)
@allow(Can.ROTA_MANAGE)
def approve_beyond(key: int, body: schemas.BeyondIn) -> Response:
    """Approve a leave beyond the limit, for the county leadership or flood duty alone, and say why."""
    return command(wishing.decide_wish, wishing.DecideWish(key, "approve", body.why), _asked)


SWAPS = {
    "accept": ("Say yes to a swap.", Can.ROTA_SIGN),
    "refuse": ("Say no to a swap.", Can.ROTA_SIGN),
    "take-back": ("Take back what one asked.", Can.ROTA_SIGN),
    "approve": ("Approve a swap: both seats change in one step.", Can.ROTA_MANAGE),
}
WISHES = {
    "approve": ("Approve a stand-in or a leave.", Can.ROTA_MANAGE),
    "refuse": ("Refuse a stand-in or a leave.", Can.ROTA_MANAGE),
    "take-back": ("Take back what one asked.", Can.ROTA_SIGN),
}


def _register() -> None:
    for path, table, make in (("swaps", SWAPS, _answering), ("duty-wishes", WISHES, _deciding)):
        for word, (said, permission) in table.items():
            view = make(word.replace("-", "_"))
            view.__name__, view.__doc__ = f"{path.replace('-', '_')}_{word.replace('-', '_')}", said
            described = changes.output(schemas.AskedOut)(allow(permission)(view))
            changes.post(f"/{path}/<int:key>/{word}")(described)


_register()
