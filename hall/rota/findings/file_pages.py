"""Photos and documents of a finding through the browser: added, looked at, saved (M7)."""

from __future__ import annotations

from urllib.parse import quote

from flask import Response, current_app, g, request
from flask_babel import gettext as _

from hall.accounts.access import allow
from hall.accounts.roles import Can
from hall.database import db
from hall.errors import DomainError, Invalid, NotFound
from hall.http import refuse_control_signs_in_form, takes_up_to
from hall.rota.findings import files, queries, words
from hall.rota.findings.api import keep_evidence
from hall.rota.findings.frame import Page, done, pages, today
from hall.rota.findings.rules import LARGEST
from hall.rota.findings.showing import show

ROUND_IT = 64 * 1024  # what a form writes around a file
FILE_POLICY = "default-src 'none'; style-src 'unsafe-inline'; sandbox"


@pages.post("/<int:key>/evidence")
@takes_up_to(LARGEST + ROUND_IT)
@allow(Can.ROTA_SIGN)
def add_evidence(key: int) -> Page:
    """Add a photo or document."""
    refuse_control_signs_in_form()
    given = request.files.get("evidence-file")
    try:
        if given is None or not given.filename:
            raise Invalid(_("Choose a file first."), errors={"file": [_("Choose a file first.")]})
        keep_evidence(key, given.read(), given.filename[:200])
    except NotFound:
        raise
    except DomainError as problem:
        return show(key, problem), problem.status
    return done(key, _("The file is added."))


@pages.get("/<int:key>/evidence/<int:number>")
@allow(Can.ROTA_FINDINGS)
def file(key: int, number: int) -> Response:
    """A photo to look at, a document to save; nothing in it is run by the browser."""
    found = queries.whole(db.session(), g.actor, key, today())
    kept = next((one for one in found.evidence if one.evidence == number), None)
    if kept is None or found.forgotten_on is not None:
        raise NotFound(_("There is no such file."), code="no_file")
    content = files.read(current_app.config["HALL"].data, kept.digest)
    end = words.ENDS[kept.sort]
    way = "inline" if kept.sort in files.PICTURES else "attachment"
    plain = f"{found.line.number}-{number}.{end}"
    named = quote(f"{kept.name or found.line.number}.{end}")
    return Response(
        content,
        content_type=files.KINDS[kept.sort],
        headers={
            "Content-Disposition": f"{way}; filename=\"{plain}\"; filename*=UTF-8''{named}",
            "Content-Security-Policy": FILE_POLICY,
        },
    )
