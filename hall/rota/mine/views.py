"""`/mondays`: one phone page to sign up in three taps, swap, ask for a stand-in or leave; live (M2–M4)."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from flask import Blueprint, g, render_template, request
from sqlalchemy import select

from hall import clock, topics
from hall.accounts.access import allow
from hall.accounts.roles import Can
from hall.database import db
from hall.rota import queries as lists
from hall.rota.feeds.queries import feeds_of
from hall.rota.mine import queries, words
from hall.rota.mine.rules import columns
from hall.rota.presence import queries as presence
from hall.rota.presence import words as presence_words
from hall.sites import Site

if TYPE_CHECKING:
    from datetime import date

    from hall.rota.models import Rota
    from hall.rota.presence.queries import Mark

pages = Blueprint("mondays", __name__)
SAID_SHOWN = timedelta(weeks=1)
"""So long it stands on top of the page that the hall says when one left."""


@pages.get("/mondays")
@allow(Can.ROTA_SIGN)
def mondays() -> str:
    """The page of one reception (`?rota=`); with `?part=1` only what changes."""
    session, site = db.session(), _site()
    name = "rota/_mondays.html" if request.args.get("part") == "1" else "rota/mondays.html"
    if site is None:
        return render_template(name, rota=None, rotas=[], words=words, topic="", address="/mondays")
    rotas = queries.rotas_of(session, site.id, g.actor.id)
    rota = _chosen(rotas)
    shown = {
        "rotas": rotas,
        "rota": rota,
        "words": words,
        "topic": topics.monday(site.code),
        "hall_site": site,
    }
    if rota is None:
        return render_template(name, **shown, address="/mondays")
    today = clock.business_date(site.zone, clock.now())
    page = queries.page(session, rota, g.actor.id, today, site.zone)
    asked = request.args.get("quarter", "")
    quarter = asked if asked in page.quarters else page.quarters[0]
    standings = lists.standings(session, rota.id, quarter)
    return render_template(
        name,
        **shown,
        page=page,
        said=_said(site, page.bodies, today),
        presence=presence_words,
        today=today,
        quarter=quarter,
        names=queries.names(session, rota.id, english=words.english()),
        standings=sorted(standings, key=lambda one: (-one.turns, one.name)),
        columns=columns(standings, page.bodies),
        feeds=feeds_of(session, rota.id, g.actor.id),
        address=f"/mondays?rota={rota.code}&quarter={quarter}",
    )


def _said(site: Site, bodies: frozenset[int], today: date) -> list[Mark]:
    """What the hall says of when one left, while nobody has objected to it."""
    if not bodies:
        return []
    found = presence.said_of(db.session(), site.id, bodies, today - SAID_SHOWN)
    return [mark for mark in found if not mark.objection]


def _site() -> Site | None:
    """The caller's hall; of a county's account the first."""
    session = db.session()
    if g.actor.site_id is not None:
        return session.get_one(Site, g.actor.site_id)
    return session.scalar(select(Site).where(Site.retired_at.is_(None)).order_by(Site.id))


def _chosen(rotas: list[Rota]) -> Rota | None:
    asked = request.args.get("rota", "")
    return next((rota for rota in rotas if rota.code == asked), rotas[0] if rotas else None)
