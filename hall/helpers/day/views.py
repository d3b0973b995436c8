"""A helper's pages, made for a phone: the day, one line of the ledger, the mandate on paper."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response, current_app, g, redirect, render_template, request
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from werkzeug.wrappers import Response as Sent

from hall import clock, tokens
from hall.accounts.access import allow
from hall.accounts.roles import Can
from hall.catalog.models import Line
from hall.clock import business_date
from hall.database import db
from hall.errors import Refused
from hall.helpers.calls.queries import helper_of
from hall.helpers.day import payloads, words
from hall.helpers.ledger import actions, queries
from hall.helpers.ledger.api import nonce_of, opened, vault
from hall.helpers.ledger.payloads import record_state
from hall.helpers.ledger.rules import CALL_BACK_DAYS
from hall.helpers.records import HelpHandOver
from hall.intake.signing import signatures
from hall.queueing.models import Ticket
from hall.sites import Site
from hall.unit_of_work import perform

if TYPE_CHECKING:
    from hall.helpers.models import Helper
    from hall.helpers.records import HelpRecord

pages = Blueprint("helper_pages", __name__, url_prefix="/helper")
Page = Sent | str


@pages.get("")
@allow(Can.HELPERS_WORK)
def day() -> str:
    """The day; with `?part=1` only what changes."""
    me = helper_of(db.session(), g.actor)
    return _rendered("day", me, state=payloads.helper(db.session(), me.id, _key()))


@pages.get("/records/<token>")
@allow(Can.HELPERS_WORK)
def record(token: str) -> str:
    """One line of the ledger; what is personal is opened by a press only."""
    row, me = _mine(token)
    session = db.session()
    state = payloads.helper(session, me.id, _key())
    ticket = session.get(Ticket, row.ticket_id) if row.ticket_id else None
    lines = session.scalars(
        select(Line)
        .where(Line.site_id == row.site_id, Line.retired_at.is_(None))
        .order_by(Line.sort, Line.id)
    ).all()
    site = session.get_one(Site, row.site_id)
    today = business_date(site.zone, clock.now())
    return _rendered(
        "record",
        me,
        state=state,
        line=record_state(queries.view(session, row), _key()),
        note=vault().open(row.note_sealed),
        handings=_handings(row),
        lines=lines,
        ticket_topic=f"ticket:{tokens.token_of(_key(), 'ticket', ticket.nonce)}" if ticket else "",
        call_back_on=today + timedelta(days=CALL_BACK_DAYS),
    )


@pages.post("/records/<token>/mandate")
@allow(Can.HELPERS_WORK)
def mandate(token: str) -> str:
    """The mandate (委托书) on A4, with name and number, to be signed; the journal keeps that they were opened."""
    row, me = _mine(token)
    perform(g.actor, actions.reveal, row.nonce)
    session = db.session()
    site = session.get_one(Site, row.site_id)
    return render_template(
        "helpers/mandate.html",
        line=queries.view(session, row),
        person=opened(row),
        me=me,
        hall_site=site,
        today=business_date(site.zone, clock.now()),
        token=token,
    )


@pages.get("/records/<token>/sign")
@allow(Can.HELPERS_WORK)
def sign(token: str) -> Page:
    """The mandate in large words on the helper's phone or tablet, and the field to sign in (H1)."""
    row, me = _mine(token)
    line = queries.view(db.session(), row)
    if line.state != "open" or not line.mandate_scope:
        return redirect(f"/helper/records/{token}")
    return render_template("helpers/sign.html", line=line, token=token, me=me)


@pages.get("/records/<token>/signature.png")
@allow(Can.HELPERS_WORK)
def signature(token: str) -> Response:
    """What was drawn under the mandate, for its helper."""
    row, _me = _mine(token)
    picture = signatures.read(current_app.config["HALL"].data, row.mandate_file)
    return Response(picture, content_type="image/png", headers={"Content-Disposition": "inline"})


def _rendered(page: str, me: Helper, **shown: Any) -> str:  # noqa: ANN401 - what the page shows
    part = request.args.get("part") == "1"
    name = f"helpers/_{page}.html" if part else f"helpers/{page}.html"
    return render_template(name, me=me, topic=f"helper:{me.id}", words=words, **shown)


def _mine(token: str) -> tuple[HelpRecord, Helper]:
    """One's own line. Raises NotFound, Refused."""
    session = db.session()
    row, me = queries.record_by_nonce(session, nonce_of(token)), helper_of(session, g.actor)
    if row.helper_id != me.id:
        raise Refused(_l("Another helper goes on with this."), code="not_yours")
    return row, me


def _handings(row: HelpRecord) -> list[str]:
    """The notes of those who handed it over, oldest first; for the helper who goes on."""
    wanted = (
        select(HelpHandOver.note_sealed).where(HelpHandOver.record_id == row.id).order_by(HelpHandOver.id)
    )
    return [text for sealed in db.session.scalars(wanted) if (text := vault().open(sealed))]


def _key() -> bytes:
    key: bytes = current_app.config["HALL"].keys.tokens
    return key
