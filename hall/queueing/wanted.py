"""What a request wants to draw, as a command."""

from __future__ import annotations

from collections.abc import Sequence

from flask import current_app, g
from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from hall.actor import ActorKind
from hall.catalog.models import Line
from hall.database import db
from hall.errors import Invalid
from hall.queueing import drawing
from hall.queueing.person import known_by
from hall.queueing.schemas import DrawIn, MatterIn


def _matter(body: MatterIn) -> drawing.Matter:
    return drawing.Matter(body.line, body.item, body.bundle)


def _site_of(matters: tuple[drawing.Matter, ...]) -> int:
    """Where to draw: the caller's own hall; for those of every hall, the hall of the line."""
    actor = g.actor
    if not actor.every_site and actor.site_id is not None:
        return int(actor.site_id)
    code = matters[0].line
    site_id = db.session.scalar(select(Line.site_id).where(Line.code == code))
    if site_id is None:
        said = _l("This is not on offer here. Choose another matter, or ask at the desk.")
        raise Invalid(said, code="unknown_line", errors={"line": [said]})
    return site_id


def issue_command(body: DrawIn, wanted: Sequence[MatterIn]) -> drawing.Issue:
    """What the caller wants to draw, as a command; who draws is known by a keyed hash only (Q8)."""
    matters = tuple(_matter(matter) for matter in wanted)
    site_id = _site_of(matters)
    person = None
    if body.person and (body.person.id_number or body.person.phone):
        kind, value = ("id", body.person.id_number) if body.person.id_number else ("phone", body.person.phone)
        person = known_by(current_app.config["HALL"].keys, kind, value or "")
    return drawing.Issue(
        site_id=site_id,
        matters=matters,
        channel="kiosk" if g.actor.kind is ActorKind.DEVICE else "desk",
        lane=body.lane,
        reason=body.reason,
        person=person,
        heads=body.heads,
        lang=body.lang,
        test=body.test,
    )
