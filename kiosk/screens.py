"""What hangs on the wall: the call board of a hall, and the plate over a window.

Both come complete from the server, so that they show without scripts too; then they follow the board's live topic.
They know numbers and windows only (Q11).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, jsonify, render_template
from flask.wrappers import Response
from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from hall import clock
from hall.accounts.access import allow
from hall.accounts.roles import PUBLIC
from hall.catalog.models import Window
from hall.database import db
from hall.errors import NotFound
from hall.facts import board as board_topic
from hall.queueing import payloads, window_queries
from hall.sites import Site, site_by_code

pages = Blueprint("screens", __name__, url_prefix="/screen")

OLDER_CALLS = 5  # below the newest; more could not be read from ten metres


@dataclass(frozen=True, slots=True)
class Plate:
    """What a window's plate says. `number` is empty unless somebody is called or served there."""

    number: str
    state: str
    open: bool


@pages.get("/<site>")
@allow(PUBLIC)
def board(site: str) -> str:
    """Show the main board of a hall."""
    session = db.session()
    found = site_by_code(session, site)
    state = payloads.board(session, found.code)
    return render_template(
        "screens/board.html", site=found, topic=board_topic(found.code), state=state, older=OLDER_CALLS
    )


@pages.get("/window/<window>")
@allow(PUBLIC)
def plate(window: str) -> str:
    """Show the plate of a window."""
    row, site = _window(window)
    return render_template(
        "screens/plate.html", site=site, window=row, topic=board_topic(site.code), plate=_plate(row, site)
    )


@pages.get("/window/<window>/state")
@allow(PUBLIC)
def plate_state(window: str) -> Response:
    """Answer what the plate shows now, as JSON; it asks again whenever its hall's board has changed."""
    row, site = _window(window)
    now = clock.now()
    said: dict[str, Any] = {"as_of": payloads.local(now, site.zone)}
    shown = _plate(row, site)
    said.update(number=shown.number, state=shown.state, open=shown.open)
    return jsonify(said)


def _window(code: str) -> tuple[Window, Site]:
    row = db.session.scalar(select(Window).where(Window.code == code, Window.retired_at.is_(None)))
    if row is None:
        raise NotFound(_l("There is no such window."), code="unknown_window")
    return row, db.session.get_one(Site, row.site_id)


def _plate(row: Window, site: Site) -> Plate:
    view = window_queries.window_view(db.session(), row, site, clock.now())
    current = view.current
    return Plate(
        number=current.number if current else "",
        state=current.state if current else "",
        open=view.state == "open",
    )
