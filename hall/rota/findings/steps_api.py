"""Machine interface of the steps of a finding, from assigned to closed out (M7): one table, a path for each verb."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from hall.accounts.access import allow
from hall.accounts.roles import Can
from hall.http import command
from hall.rota.findings import actions, ending, schemas
from hall.rota.findings.api import api, told

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Response

    from hall.rota.findings.models import Finding
    from hall.unit_of_work import Work

__all__ = ["api"]


@dataclass(frozen=True, slots=True)
class Step:
    """What a path does, who may, the body that it takes, and the command that its action is given."""

    said: str
    can: Can
    body: type[schemas.StepIn]
    action: Callable[[Work, Any], Finding]
    given: Callable[[int, Any], object]


def _tell(key: int, body: schemas.TellIn) -> actions.Tell:
    return actions.Tell(key, body.note, body.revision)


def _telling(said: str, action: Callable[[Work, actions.Tell], Finding], can: Can = Can.ROTA_MANAGE) -> Step:
    return Step(said, can, schemas.TellIn, action, _tell)


STEPS = {
    "assign": Step(
        "Give it to a department and a person there, with a deadline in working days.",
        Can.ROTA_MANAGE,
        schemas.AssignIn,
        actions.assign,
        lambda key, body: actions.Assign(key, body.owner, body.days, body.revision, body.reason),
    ),
    "extend": Step(
        "A later deadline, with its reason.",
        Can.ROTA_MANAGE,
        schemas.ExtendIn,
        actions.extend,
        lambda key, body: actions.Extend(key, body.days, body.reason, body.revision),
    ),
    "rectify": _telling(
        "The department says what was done; evidence is there already.", actions.rectify, Can.ROTA_SIGN
    ),
    "verify": _telling("Another person looked, and it is put right.", actions.verify, Can.ROTA_OVERSEE),
    "send-back": _telling("What was shown is not enough.", actions.send_back, Can.ROTA_OVERSEE),
    "call-back": Step(
        "Write down that the citizen concerned was called, and how it ended.",
        Can.ROTA_MANAGE,
        schemas.CallBackIn,
        ending.call_back,
        lambda key, body: ending.CallBack(key, body.reached, body.note, body.revision),
    ),
    "close": _telling("Close it out.", ending.close),
}


def _taking(step: Step) -> Callable[..., Response]:
    def view(key: int, body: schemas.StepIn) -> Response:
        return command(step.action, step.given(key, body), told)

    return view


def _register() -> None:
    for word, step in STEPS.items():
        view = _taking(step)
        view.__name__, view.__doc__ = word.replace("-", "_"), step.said
        described = api.output(schemas.FindingOut)(allow(step.can)(view))
        api.post(f"/findings/<int:key>/{word}")(api.input(step.body, arg_name="body")(described))


_register()
