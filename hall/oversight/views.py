"""The journal as a page: filters, newest first, and whether the chain holds."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from flask import Blueprint, g, render_template, request

from hall import journal
from hall.accounts.access import allow
from hall.accounts.roles import Can
from hall.database import db
from hall.oversight import labels, words
from hall.oversight.api import TOPIC_LENGTH, whole
from hall.oversight.queries import Wish, entries
from hall.sites import Site

if TYPE_CHECKING:
    from werkzeug.datastructures import MultiDict

pages = Blueprint("oversight_pages", __name__)
PAGE = 50
CHECKED = 1000


@pages.get("/journal")
@allow(Can.JOURNAL_READ)
def journal_page() -> str:
    """Entries by fact, subject, day and actor, as our own links name them."""
    return _page(request.args)


@pages.post("/journal")
@allow(Can.JOURNAL_READ)
def find() -> str:
    """The same by what somebody typed, which stands in no address: it may be a name. Nothing is changed."""
    return _page(request.form)


def _page(given: MultiDict[str, str]) -> str:
    """The page; the newest thousand entries are checked at each look."""
    session = db.session()
    asked = {name: given.get(name, "").strip()[:TOPIC_LENGTH] for name in ("fact", "subject", "actor")}
    if asked["actor"].isdecimal():
        asked["actor"] = f"staff:{asked['actor']}"  # as the list says it: staff, and a number
    day = _day(given.get("date", ""))
    wish = Wish(
        topic=asked["subject"] or asked["fact"],
        actor=asked["actor"],
        day=day,
        before=whole(given.get("before", ""), "before"),
        limit=PAGE + 1,
        newest_first=True,
    )
    found = entries(session, g.actor, wish)
    shown = journal.verify_tail(session, CHECKED)
    return render_template(
        "oversight/journal.html",
        entries=found[:PAGE],
        labels=labels.labels(session, found[:PAGE]),
        codes=labels.CODES,
        asked={**asked, "date": day.isoformat() if day else ""},
        older=found[PAGE - 1].seq if len(found) > PAGE else None,
        first=wish.before is not None,
        verdict=shown,
        checked=min(CHECKED, shown.sealed),
        words=words,
        zone=session.get_one(Site, g.actor.site_id).zone,
    )


def _day(text: str) -> date | None:
    """The day of a filter; one that is none filters nothing."""
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return None
    return found if 2000 <= found.year <= 2100 else None  # noqa: PLR2004 - years that a calendar here can know
