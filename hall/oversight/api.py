"""The journal's machine interface (contract): read-only, sealed entries only."""

from __future__ import annotations

import json
from datetime import UTC
from typing import Any

from apiflask import APIBlueprint
from flask import Response, g
from flask_babel import lazy_gettext as _l
from pydantic import BaseModel

from hall.accounts.access import allow
from hall.accounts.roles import Can
from hall.database import db
from hall.errors import Invalid
from hall.http import respond
from hall.oversight.queries import Entry, Wish, entries
from hall.unit_of_work import Answer

api = APIBlueprint("oversight_api", __name__, url_prefix="/api/v1", tag="Journal")
USUAL, MOST = 200, 1000
LARGEST = 2**63 - 1
TOPIC_LENGTH = 120


class JournalIn(BaseModel):
    """Entries after this sequence number; of a topic (subject, its kind, or fact); at most `limit` (1 to 1000)."""

    after: str = ""
    topic: str = ""
    limit: str = ""


class EntryOut(BaseModel):
    """One entry; each hash covers the one before, so that nothing can be changed unseen."""

    seq: int
    at: str
    actor: str
    fact: str
    subject: str
    site_id: int | None
    data: dict[str, Any]
    hash: str
    previous: str


class JournalOut(BaseModel):
    """Entries in the order of the chain; `next` is the `after` of the next page, null at the end."""

    entries: list[EntryOut]
    next: int | None


@api.get("/journal")
@api.input(JournalIn, location="query", arg_name="wish")
@api.output(JournalOut)
@allow(Can.JOURNAL_READ)
def journal(wish: JournalIn) -> Response:
    """Sealed entries of the caller's hall, oldest first (`?after=`, `?topic=`, `?limit=`)."""
    limit = min(max(whole(wish.limit, "limit") or USUAL, 1), MOST)
    given = Wish(topic=wish.topic[:TOPIC_LENGTH], after=whole(wish.after, "after") or 0, limit=limit)
    found = entries(db.session(), g.actor, given)
    body = {
        "entries": [entry_state(entry) for entry in found],
        "next": found[-1].seq if len(found) == limit else None,
    }
    return respond(Answer(200, json.dumps(body, ensure_ascii=False)))


def whole(said: str, field: str) -> int | None:
    """A whole number from 0, or None where nothing was said. Raises Invalid."""
    if not said:
        return None
    if not (said.isascii() and said.isdigit() and len(said) < 20 and int(said) <= LARGEST):  # noqa: PLR2004
        wrong = _l("Give a whole number from 0.")
        raise Invalid(wrong, code="bad_number", errors={field: [wrong]})
    return int(said)


def entry_state(entry: Entry) -> dict[str, Any]:
    """An entry with its time in UTC, exactly as it went into the hash."""
    return {
        "seq": entry.seq,
        "at": entry.at.astimezone(UTC).isoformat(),
        "actor": entry.actor,
        "fact": entry.fact,
        "subject": entry.subject,
        "site_id": entry.site_id,
        "data": entry.data,
        "hash": entry.hash,
        "previous": entry.previous,
    }
