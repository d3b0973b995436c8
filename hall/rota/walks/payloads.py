"""A walk as the interface tells it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import current_app

from hall import tokens

if TYPE_CHECKING:
    from hall.rota.walks.queries import WalkView

WALK = "walk"


def _key() -> bytes:
    key: bytes = current_app.config["HALL"].keys.tokens
    return key


def token_of(nonce: bytes) -> str:
    """The token that names a walk."""
    return tokens.token_of(_key(), WALK, nonce)


def nonce_of(token: str) -> bytes | None:
    """The nonce of a token, None for a forged one."""
    return tokens.nonce_of(_key(), WALK, token)


def walk(view: WalkView) -> dict[str, Any]:
    """Steps with their seconds; the comparison once it has ended."""
    return {
        "token": token_of(view.row.nonce),
        "state": view.row.state,
        "item": view.item.code,
        "item_name": view.item.name,
        "body": view.row.body_id,
        "begun_at": view.row.begun_at.isoformat(),
        "ended_at": view.row.ended_at.isoformat() if view.row.ended_at else None,
        "steps": [
            {
                "number": step.number,
                "name": step.name,
                "remark": step.remark,
                "started_at": step.started_at.isoformat(),
                "seconds": int((step.ended_at - step.started_at).total_seconds()) if step.ended_at else None,
            }
            for step in view.steps
        ],
        "compared": [
            {"what": line.what, "promised": line.promised, "found": line.found, "verdict": line.verdict}
            for line in view.lines
        ],
        "conclusion": view.row.conclusion,
    }
