"""Pages of the tablet that signatures are drawn on, and the clerk's page that joins one to the window."""

from __future__ import annotations

from flask import Blueprint, Response, current_app, flash, g, redirect, render_template, request
from flask_babel import gettext as _
from markupsafe import Markup
from werkzeug.wrappers import Response as Sent

from hall import tokens
from hall.accounts.access import allow, of_site
from hall.accounts.limits import codes_by_address
from hall.accounts.roles import PUBLIC, Can
from hall.catalog.models import Window
from hall.database import db
from hall.errors import Conflict, NotFound
from hall.intake.signing import actions, queries, signatures
from hall.intake.signing.api import nonce_of, pad_state, token_of
from hall.intake.signing.models import SigningPad
from hall.qr import qr_svg
from hall.sites import Site
from hall.unit_of_work import perform

pages = Blueprint("signing_pages", __name__)


@pages.get("/issuing/tablet")
@allow(Can.INTAKE_ISSUE)
def tablet() -> str:
    """How a tablet is joined to the clerk's window; a joined one shows its code again."""
    session = db.session()
    found, window = queries.pad_of(session, g.actor), queries.window_of(session, g.actor)
    token = token_of("pad", found.nonce) if found else ""
    address = f"{request.host_url}pad/{token}"
    return render_template(
        "signing/join.html",
        window=window,
        joined=found,
        home=f"{request.host_url}pad",
        code=tokens.short_code(_key(), "pad", found.nonce) if found else "",
        qr=Markup(qr_svg(address)) if found else "",  # noqa: S704 - our own picture of our own address
    )


@pages.post("/issuing/tablet")
@allow(Can.INTAKE_ISSUE)
def join() -> Sent:
    """A new code: the tablet before is cut off."""
    try:
        perform(g.actor, actions.join, None)
        flash(_("Join the tablet with this code."), "good")
    except Conflict as problem:
        flash(str(problem.message), "bad")
    return redirect("/issuing/tablet", 303)


@pages.get("/signings/<token>/signature.png")
@allow(Can.INTAKE_ISSUE)
def drawn(token: str) -> Response:
    """What was drawn on the tablet, for the clerk to compare."""
    session = db.session()
    row = queries.signing_by_nonce(session, nonce_of("signing", token))
    of_site(g.actor, session.get_one(SigningPad, row.pad_id).site_id)
    picture = signatures.read(current_app.config["HALL"].data, row.signature)
    return Response(picture, content_type="image/png", headers={"Content-Disposition": "inline"})


@pages.get("/pad")
@allow(PUBLIC)
def code() -> str:
    """A tablet without a window: type the code that the clerk's page shows."""
    return render_template("signing/code.html", code="", problem="")


@pages.post("/pad")
@allow(PUBLIC)
@codes_by_address
def enter() -> Sent | tuple[str, int]:
    """Go on with the tablet's own page."""
    given = request.form.get("code", "")[:40]
    try:
        found = queries.pad_by_code(db.session(), _key(), given)
    except NotFound as problem:
        return render_template("signing/code.html", code=given, problem=problem.message), problem.status
    return redirect(f"/pad/{token_of('pad', found.nonce)}", 303)


@pages.get("/pad/<token>")
@allow(PUBLIC)
def pad(token: str) -> str | tuple[str, int]:
    """The tablet: what is signed for, and the field to sign in."""
    session = db.session()
    try:
        found = queries.pad_by_nonce(session, nonce_of("pad", token))
    except NotFound as problem:
        return render_template("signing/code.html", code="", problem=problem.message), problem.status
    return render_template(
        "signing/pad.html",
        site=session.get_one(Site, found.site_id),
        window=session.get_one(Window, found.window_id),
        token=token,
        state=pad_state(token),
    )


def _key() -> bytes:
    key: bytes = current_app.config["HALL"].keys.tokens
    return key
