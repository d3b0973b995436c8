"""The catalogue's machine interface (contract)."""

from __future__ import annotations

import json
from dataclasses import asdict

from apiflask import APIBlueprint
from flask import Response
from pydantic import BaseModel, RootModel

from hall.accounts.access import allow
from hall.accounts.roles import PUBLIC
from hall.catalog import finding, queries
from hall.database import db
from hall.sites import site_by_code

api = APIBlueprint("catalogue_api", __name__, url_prefix="/api/v1", tag="Catalogue")

MOST = 50
USUAL = 20


class MaterialOut(BaseModel):
    """A paper to bring; `condition` "": everybody brings it."""

    name: str
    name_en: str
    originals: int
    copies: int
    condition: str
    condition_en: str
    source: str
    source_en: str
    deferrable: bool
    e_licence: bool


class ItemOfferOut(BaseModel):
    """An item or a bundle; draw a ticket for it with `{item: code}` or `{bundle: code}`. Days are working days."""

    type: str
    code: str
    name: str
    name_en: str
    line: str
    line_name: str
    line_name_en: str
    department: str
    department_en: str
    kind: str | None
    statutory_days: int | None
    committed_days: int | None
    fee: str
    fee_en: str
    items: list[str]
    materials: list[MaterialOut]


class FindItemIn(BaseModel):
    """What to look for: `q` in Chinese, pinyin, initials, English or a code; at most `limit` (1 to 50) answers."""

    q: str = ""
    limit: str = ""


class ItemOffersOut(RootModel[list[ItemOfferOut]]):
    """What was found, best first."""


@api.get("/sites/<site>/catalogue")
@api.input(FindItemIn, location="query", arg_name="wish")
@api.output(ItemOffersOut)
@allow(PUBLIC)
def catalogue(site: str, wish: FindItemIn) -> Response:
    """Items and bundles by name, pinyin, initials or code (`?q=`, `?limit=` up to 50); without `q` the first ones."""
    session = db.session()
    found = site_by_code(session, site)
    query, limit = wish.q, _limit(wish.limit)
    keys = (
        finding.find(session, found, query, limit)
        if query.strip()
        else queries.first_offers(session, found, limit)
    )
    body = [asdict(offer) for offer in queries.offers(session, keys)]
    return Response(json.dumps(body, ensure_ascii=False), content_type="application/json")


def _limit(said: str) -> int:
    """The number asked for, within bounds; the usual one where it is none."""
    return min(max(int(said), 1), MOST) if said.isascii() and said.isdigit() and len(said) < 4 else USUAL  # noqa: PLR2004
