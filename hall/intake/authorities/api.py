"""Machine interface of authorities (docs/intake.md)."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from apiflask import APIBlueprint
from flask import Response, g, request
from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from hall.accounts.access import allow, of_site
from hall.accounts.models import Staff
from hall.accounts.roles import Can
from hall.database import db
from hall.errors import Invalid
from hall.http import command, respond
from hall.intake.authorities import actions, queries
from hall.intake.authorities.schemas import (
    AuthoritiesIn,
    AuthoritiesOut,
    AuthorityOut,
    GrantedOut,
    GrantIn,
    RevokeIn,
)
from hall.sites import site_by_code
from hall.unit_of_work import Answer

if TYPE_CHECKING:
    from collections.abc import Mapping

api = APIBlueprint("authorities_api", __name__, url_prefix="/api/v1", tag="Intake")


@api.get("/sites/<site>/authorities")
@api.output(AuthoritiesOut)
@allow(Can.ACCOUNTS_MANAGE)
def listed(site: str) -> Response:
    """Who may accept, and decide where one desk may, which items: `?q=` (item or document), `?revoked=1`, `?page=`."""
    return _found(site, asked(request.args, by_person=False))


@api.post("/sites/<site>/authorities")
@api.input(AuthoritiesIn, arg_name="body")
@api.output(AuthoritiesOut)
@allow(Can.ACCOUNTS_MANAGE)
def find(site: str, body: AuthoritiesIn) -> Response:
    """The same, with `q` of a person, too: names go in a body alone. It changes nothing."""
    return _found(site, queries.Search(body.q.strip(), body.revoked, body.page))


def _found(site: str, search: queries.Search) -> Response:
    session = db.session()
    found_site = site_by_code(session, site)
    of_site(g.actor, found_site.id)
    found = queries.authorities(session, found_site.id, search)
    body = {
        "authorities": [_said(row) for row in found.rows],
        "count": found.count,
        "page": found.page,
        "pages": found.pages,
    }
    return respond(Answer(200, json.dumps(body, ensure_ascii=False)))


def asked(given: Mapping[str, str], *, by_person: bool = True) -> queries.Search:
    """What an address or a form asks of a list; `by_person` where `q` may be somebody's name."""
    page = given.get("page", "1")
    return queries.Search(
        text=given.get("q", "").strip()[:60],
        revoked=given.get("revoked") == "1",
        by_person=by_person,
        page=int(page) if page.isascii() and page.isdigit() and len(page) <= 6 else 1,  # noqa: PLR2004 - six digits
    )


def _said(row: queries.AuthorityView) -> dict[str, Any]:
    return {
        "id": row.id,
        "staff": row.user,
        "item": row.item,
        "item_name": row.item_name,
        "mode": row.mode,
        "document": row.document,
        "dated": row.dated.isoformat() if row.dated else None,
        "reason": row.reason,
        "granted_at": row.granted_at.isoformat(),
        "revoked_at": row.revoked_at.isoformat() if row.revoked_at else None,
        "revoked_reason": row.revoked_reason,
    }


@api.post("/authorities")
@api.input(GrantIn, arg_name="body")
@api.output(GrantedOut)
@allow(Can.ACCOUNTS_MANAGE)
def grant(body: GrantIn) -> Response:
    """Enter the authorities of one document: all of them, or none."""
    staff_id = db.session.scalar(select(Staff.id).where(Staff.user == body.staff))
    if staff_id is None:
        said = _l("Choose who is authorised.")
        raise Invalid(said, code="unknown_user", errors={"staff": [said]})
    given = actions.Grant(staff_id, body.items, body.document, body.dated, body.reason)
    return command(actions.grant, given, lambda keys: Answer(200, json.dumps({"granted": list(keys)})))


@api.post("/authorities/<int:key>/revoke")
@api.input(RevokeIn, arg_name="body")
@api.output(AuthorityOut)
@allow(Can.ACCOUNTS_MANAGE)
def revoke(key: int, body: RevokeIn) -> Response:
    """End an authority; what was done under it stays."""
    return command(
        actions.revoke,
        actions.Revoke(key, body.reason),
        lambda row: Answer(200, json.dumps(_said(row), ensure_ascii=False)),
    )
