"""Machine interface of the page behind a receipt's code (I9): the same for programs."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from apiflask import APIBlueprint
from flask import Response, current_app
from pydantic import BaseModel

from hall import clock, tokens
from hall.accounts.access import allow
from hall.accounts.roles import PUBLIC
from hall.database import db
from hall.http import respond
from hall.intake.following import queries
from hall.unit_of_work import Answer

if TYPE_CHECKING:
    from collections.abc import Iterable

    from hall.intake.following.queries import Following, Missing

api = APIBlueprint("following_api", __name__, url_prefix="/api/v1", tag="Intake")


class WantedOut(BaseModel):
    """A paper that is wanted; `by` null: the date is not known yet."""

    name: str
    wanted: str
    by: str | None
    days: int
    still_wrong: str


class FollowedOut(BaseModel):
    """One case; `due_on` null with `due_days` set: the date is not known yet (I5)."""

    number: str
    item: str
    item_en: str
    department: str
    state: str
    received_at: str
    due_days: int | None
    due_on: str | None
    missing: list[WantedOut]
    deferred: list[WantedOut]


class FollowingOut(BaseModel):
    """All cases of a form, the one asked for first; `windows` hand results out."""

    site: str
    collect: str
    delivery: str
    windows: list[str]
    cases: list[FollowedOut]


@api.get("/public/cases/<token>")
@api.output(FollowingOut)
@allow(PUBLIC)
def follow_case(token: str) -> Response:
    """Where the cases of a receipt stand: nothing beyond what the receipt shows."""
    found = queries.follow(db.session(), case_nonce(token), clock.now())
    return respond(Answer(200, json.dumps(_state(found), ensure_ascii=False)))


def case_nonce(token: str) -> bytes | None:
    """The nonce of a case's token, None for a forged one."""
    return tokens.nonce_of(current_app.config["HALL"].keys.tokens, "case", token)


def _papers(rows: Iterable[Missing]) -> list[dict[str, Any]]:
    return [
        {
            "name": row.name,
            "wanted": row.wanted,
            "by": row.by.isoformat() if row.by else None,
            "days": row.days,
            "still_wrong": row.still_wrong,
        }
        for row in rows
    ]


def _state(found: Following) -> dict[str, Any]:
    return {
        "site": found.site.code,
        "collect": found.collect,
        "delivery": found.delivery,
        "windows": [window.name for window in found.windows],
        "cases": [
            {
                "number": case.number,
                "item": case.item,
                "item_en": case.item_en,
                "department": case.department,
                "state": case.state,
                "received_at": case.received_at.astimezone(found.site.zone).isoformat(timespec="seconds"),
                "due_days": case.due_days,
                "due_on": case.due_on.isoformat() if case.due_on else None,
                "missing": _papers(case.missing),
                "deferred": _papers(case.deferred),
            }
            for case in found.cases
        ],
    }
