"""A short code for a token, asked by a print agent (machine interface) or by a kiosk's or screen's browser (page)."""

from __future__ import annotations

from flask import current_app

from hall import tokens
from hall.accounts import actions
from hall.accounts.roles import DEVICE_ROLES, Role
from hall.actor import PUBLIC_ACTOR
from hall.unit_of_work import perform


def trade(
    code: str, key: str | None = None, roles: tuple[Role, ...] = DEVICE_ROLES
) -> tuple[actions.Enrolled, str]:
    """Enrol the device of a code, if it is of one of these kinds; answers it with its token. Raises NotFound.

    No answer is stored that holds the token: with an idempotency key it is worked out again from key and code.
    """
    secret: bytes = current_app.config["HALL"].keys.tokens
    digits = "".join(code.split())
    token = tokens.secret_token() if key is None else tokens.repeatable_token(secret, f"{key}\0{digits}")
    command = actions.Enrol(
        tokens.code_digest(secret, digits), tokens.digest(token), tuple(role.value for role in roles)
    )
    return perform(PUBLIC_ACTOR, actions.enrol, command), token
