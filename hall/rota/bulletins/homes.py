"""Whose bulletins a page shows: of the hall of its address, of the reader's own, of the only one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Blueprint, g, render_template
from flask_babel import gettext as _

from hall.database import db
from hall.errors import NotFound
from hall.rota.halls import choices, hall_of, several

if TYPE_CHECKING:
    from hall.sites import Site

of_hall = Blueprint("hall_bulletins", __name__, url_prefix="/receptions/<site>/bulletins")
"""The public pages by the hall of their address, in a county with several halls."""


@of_hall.url_value_preprocessor
def _named(_endpoint: str | None, values: dict[str, Any] | None) -> None:
    g.hall_code = values.pop("site") if values else ""


def choosing() -> str | None:
    """The page that asks which hall; None where that is known, or there is none to choose."""
    session = db.session()
    if hall_of(session, g.actor, g.get("hall_code", "")) is not None or not several(session):
        return None
    return render_template("receptions/halls.html", choices=choices(session), to="hall_bulletins.listed")


def site() -> Site:
    """The hall; the first one for an address of before there were several. Raises NotFound."""
    session = db.session()
    found = hall_of(session, g.actor, g.get("hall_code", ""))
    found = found or next((one.site for one in choices(session)), None)
    if found is None:
        raise NotFound(_("There is no hall here yet."))
    return found


def home(of: Site) -> str:
    """Where a hall's bulletins stand for this reader."""
    own = g.actor.site_id == of.id or not several(db.session())
    return "/receptions/bulletins" if own else f"/receptions/{of.code}/bulletins"
