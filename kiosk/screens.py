"""What hangs on the wall: the call board of a hall, and the plate over a window.

Both come complete from the server, so that they show without scripts too; then each follows its live topic.
They know numbers and windows only (Q11).
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, jsonify, redirect, render_template, request, url_for
from flask_babel import force_locale, get_locale
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from werkzeug.wrappers import Response

from hall import clock, tokens
from hall.accounts import sessions
from hall.accounts.access import DEVICE_COOKIE, allow, remember_device
from hall.accounts.models import Device
from hall.accounts.roles import PUBLIC, Role
from hall.catalog.models import Window
from hall.database import db
from hall.errors import NotFound
from hall.facts import board as board_topic
from hall.queueing import payloads, window_payloads
from hall.sites import Site, site_by_code
from hall.topics import plate as plate_topic

pages = Blueprint("screens", __name__, url_prefix="/screen")

SWITCHES = ("sound", "lang")
OLDER_CALLS = 5  # below the newest; more could not be read from ten metres


@pages.get("")
@allow(PUBLIC)
def start() -> Response:
    """Lead an enrolled screen to its own hall's board, with its switches; others choose a hall, or get the only one."""
    return to_own_hall("screens.board")


def to_own_hall(endpoint: str) -> Response:
    """The page of this screen's own hall, or of the only one; else a hall is chosen."""
    device = enrolled_as()
    halls = list(db.session.scalars(select(Site).where(Site.retired_at.is_(None)).order_by(Site.id)))
    own = [hall for hall in halls if device is not None and hall.id == device.site_id] or halls
    if len(own) == 1:
        kept = urlencode({name: request.args[name] for name in SWITCHES if name in request.args})
        return redirect(url_for(endpoint, site=own[0].code) + (f"?{kept}" if kept else ""))
    page = render_template("screens/start.html", halls=halls, endpoint=endpoint)
    return Response(page, content_type="text/html; charset=utf-8")


@pages.get("/<site>")
@allow(PUBLIC)
def board(site: str) -> Response:
    """Show the main board of a hall. Quiet by its device, or by `sound=0`; `lang` is the language of its headings."""
    session = db.session()
    found = site_by_code(session, site)
    state = payloads.board(session, found.code)
    device = enrolled_as()
    spoken = request.args.get("sound") != "0" and not (device is not None and device.quiet)
    return screen_page(
        "board", found, state=state, older=OLDER_CALLS, spoken=spoken, topic=board_topic(found.code)
    )


@pages.get("/window/<window>")
@allow(PUBLIC)
def plate(window: str) -> Response:
    """Show the plate of a window. `lang` as on the board."""
    row, site = _window(window)
    shown = window_payloads.plate(db.session(), row.code)
    return screen_page("plate", site, window=row, topic=plate_topic(row.code), plate=shown)


def screen_page(surface: str, site: Site, **shown: Any) -> Response:  # noqa: ANN401 - what a template is given
    """A screen's page. On an enrolled screen it reports that it is at work, and each visit renews its cookie."""
    device = enrolled_as()
    asked = request.args.get("lang", "")
    lang = asked if asked in {"zh", "en"} else str(get_locale() or "zh")
    with force_locale(lang):
        page = render_template(
            f"screens/{surface}.html",
            site=site,
            lang=lang,
            enrolled=device is not None,
            quiet=device is not None and device.quiet,
            now_local=clock.now().astimezone(site.zone),
            **shown,
        )
    response = Response(page, content_type="text/html; charset=utf-8")
    if device is not None:
        remember_device(response, request.cookies[DEVICE_COOKIE])
    return response


def enrolled_as() -> Device | None:
    """The screen that this browser was enrolled as, or None."""
    token = request.cookies.get(DEVICE_COOKIE, "")
    if not token:
        return None
    found = db.session.scalar(
        select(Device).where(Device.token_digest == tokens.digest(token), Device.role == Role.SCREEN.value)
    )
    return found if found is not None and sessions.counts(found) else None


@pages.get("/window/<window>/state")
@allow(PUBLIC)
def plate_state(window: str) -> Response:
    """Answer what the plate shows now, as JSON: what its live topic tells."""
    return jsonify(window_payloads.plate(db.session(), window))


def _window(code: str) -> tuple[Window, Site]:
    row = db.session.scalar(select(Window).where(Window.code == code, Window.retired_at.is_(None)))
    if row is None:
        raise NotFound(_l("There is no such window."), code="unknown_window")
    return row, db.session.get_one(Site, row.site_id)
