"""Rows of a site as the actions of this room find, check and announce them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TypeVar

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from hall import facts
from hall.accounts.access import of_site
from hall.catalog.models import Line, Window
from hall.errors import Conflict, Invalid, NotFound
from hall.sites import Site
from hall.unit_of_work import Work

R = TypeVar("R", Line, Window)
CODE = re.compile(r"[a-z0-9][a-z0-9-]{1,59}")


@dataclass(frozen=True, slots=True)
class Retire:
    """A line or window of a site to retire, or (`back`) to bring back."""

    site_id: int
    key: int
    back: bool = False


def site_for(work: Work, site_id: int) -> Site:
    """The site, if the actor may change it. Raises Refused."""
    of_site(work.actor, site_id)
    return work.session.get_one(Site, site_id)


def changed(work: Work, site: Site, what: str) -> None:
    """Say so: lines, board and floor are sent anew."""
    work.record(facts.SiteChanged(site_id=site.id, site=site.code, what=what))


def of_site_row(work: Work, site: Site, kind: type[R], key: int) -> R:
    """The line or window with this id. Raises NotFound where it is not this site's."""
    row = work.session.get(kind, key)
    if row is None or row.site_id != site.id:
        raise NotFound(_l("This does not exist here."), code="not_found")
    return row


def refuse(name: str, said: object) -> None:
    """Raise Conflict with the message at its field."""
    raise Conflict(said, code="taken", errors={name: [said]})


def raise_all(errors: dict[str, list[object]]) -> None:
    """Raise Invalid where there is something to say."""
    if errors:
        raise Invalid(_l("Some of this cannot be used. Please check it."), errors=errors)


def slug(work: Work, kind: type[Line | Window], wanted: str, usual: str) -> str:
    """A global slug: the one asked for, or the usual one, with a count behind it where it is taken."""
    if wanted and not CODE.fullmatch(wanted):
        said = _l("Small letters, digits and hyphens.")
        raise Invalid(said, code="bad_code", errors={"code": [said]})
    base, code, count = wanted or usual, wanted or usual, 1
    while work.session.scalar(select(kind.id).where(kind.code == code)):
        if wanted:
            refuse("code", _l("This code is already in use."))
        count += 1
        code = f"{base}-{count}"
    return code
