"""A hard matter as the interface tells it; what is sealed stays sealed, but for whom it is theirs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import current_app

from hall import tokens
from hall.applicants.vault import Vault
from hall.queueing.payloads import local

if TYPE_CHECKING:
    from collections.abc import Iterable
    from zoneinfo import ZoneInfo

    from hall.rota.matters.offers import Offer
    from hall.rota.matters.queries import MatterView

MATTER = "matter"


def token_key() -> bytes:
    """The key of public tokens."""
    key: bytes = current_app.config["HALL"].keys.tokens
    return key


def vault() -> Vault:
    """The hall's vault of personal data."""
    return Vault(current_app.config["HALL"].keys)


def token_of(nonce: bytes) -> str:
    """The token that opens a matter's page."""
    return tokens.token_of(token_key(), MATTER, nonce)


def code_of(nonce: bytes) -> str:
    """What its holder says at the desk."""
    return tokens.short_code(token_key(), MATTER, nonce)


def nonce_of(token: str) -> bytes | None:
    """The nonce of a token, None for a forged one."""
    return tokens.nonce_of(token_key(), MATTER, token)


def offers(found: Iterable[Offer], zone: ZoneInfo) -> list[dict[str, Any]]:
    """Who can be booked, and when."""
    return [
        {
            "session": one.session,
            "body": one.body,
            "rota": one.rota,
            "day": one.day.isoformat(),
            "part": one.part.name,
            "body_name": one.name,
            "body_name_en": one.name_en,
            "person_name": one.stand_in or one.person_name,
            "title": one.stand_in_title if one.stand_in else one.title,
            "window_name": one.window_name,
            "window_name_en": one.window_name_en,
            "matters": one.matters,
            "free": [local(at, zone) for at in one.free],
        }
        for one in found
    ]


def matter(view: MatterView) -> dict[str, Any]:
    """One matter; names and telephones masked."""
    row = view.row
    return {
        "token": token_of(row.nonce),
        "code": code_of(row.nonce),
        "number": row.number,
        "state": row.state,
        "source": row.source,
        "body": row.body_id,
        "body_name": view.body.name,
        "day": str(view.session.held_on or view.session.due_on),
        "starts_at": local(row.starts_at, view.zone),
        "received": view.offer is not None,
        "name": row.name_shown,
        "phone": row.phone_shown,
        "due_on": row.due_on.isoformat() if row.due_on else None,
        "answers": view.answers,
        "overdue": view.overdue,
    }
