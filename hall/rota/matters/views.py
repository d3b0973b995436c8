"""Pages of a department's hard matters: before it, taken up, promised, kept (M6). Opening one is recorded (E2)."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from flask import Blueprint, g, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from hall import clock, topics
from hall.accounts.access import allow
from hall.accounts.roles import Can
from hall.clock import business_date
from hall.database import db
from hall.errors import DomainError, NotFound
from hall.rota.findings import words as finding_words
from hall.rota.findings.origins import became
from hall.rota.findings.states import OF_MATTERS
from hall.rota.matters import payloads, queries, reading, rules, taking, words
from hall.rota.matters.models import HardMatter
from hall.rota.matters.offers import offers
from hall.rota.matters.people import Person
from hall.sites import Site
from hall.unit_of_work import perform

if TYPE_CHECKING:
    from collections.abc import Callable

    from hall.rota.matters.queries import MatterView
    from hall.rota.models import RotaBody

pages = Blueprint("matter_pages", __name__, url_prefix="/mondays")
Page = Response | str | tuple[str, int]


@pages.get("/matters")
@allow(Can.ROTA_SIGN)
def matters() -> Page:
    """What the caller's departments have before them; with `?part=1` only what changes."""
    return _matters()


def _matters(problem: DomainError | None = None, given: dict[str, str] | None = None) -> Page:
    session, site, now = db.session(), _here(), clock.now()
    bodies = _bodies()
    keys, today = [body.id for body in bodies], business_date(site.zone, now)
    sitting = {one.body for one in offers(session, site, now) if one.day == today}
    lists = (
        queries.coming(session, keys, today),
        queries.promised(session, keys),
        queries.ended(session, keys),
    )
    views = queries.views(session, site, [row for rows in lists for row in rows], now)
    part = request.args.get("part") == "1"
    page = render_template(
        "receptions/_matters.html" if part else "receptions/matters.html",
        coming=_shown(views, lists[0]),
        promised=_shown(views, lists[1]),
        ended=_shown(views, lists[2]),
        today=today,
        topic=topics.monday(site.code),
        bodies=[(body.id, body.name) for body in bodies if body.id in sitting],
        errors=(problem.errors or {"": [problem.message]}) if problem else None,
        given=given or {},
        words=words,
    )
    return (page, problem.status) if problem else page


def _shown(views: list[MatterView], rows: list[HardMatter]) -> list[tuple[str, MatterView, str]]:
    """Each of these with its token, and a masked hint of what is asked; the words are read on its own page."""
    keys = {row.id for row in rows}
    return [
        (payloads.token_of(view.row.nonce), view, _hint(view.row)) for view in views if view.row.id in keys
    ]


def _hint(row: HardMatter) -> str:
    seals = payloads.vault()
    asked = seals.open(row.asked_sealed)
    return rules.hint(asked, seals.open(row.name_sealed)) if asked else ""


@pages.post("/matters")
@allow(Can.ROTA_SIGN)
def bring() -> Page:
    """Take up what comes from the floor or the window."""
    given = {
        name: request.form.get(name, "").strip()[:300]
        for name in ("source", "name", "phone", "asked", "body")
    }
    command = taking.Bring(
        _here().id,
        _key(given["body"]),
        given["source"],
        payloads.vault(),
        Person(given["name"], given["phone"], given["asked"]),
    )
    try:
        done = perform(g.actor, taking.bring, command)
    except DomainError as problem:
        db.session.rollback()
        return _matters(problem, given)
    return redirect(url_for("matter_pages.matter", token=payloads.token_of(done.row.nonce)), 303)


@pages.get("/matters/<token>")
@allow(Can.ROTA_SIGN)
def matter(token: str) -> Page:
    """One matter with what can be done about it."""
    return _matter(token)


def _matter(
    token: str, problem: DomainError | None = None, given: dict[str, str] | None = None, **more: object
) -> Page:
    session = db.session()
    row = queries.by_nonce(session, payloads.nonce_of(token))
    if row.body_id not in {body.id for body in _bodies()}:
        raise NotFound(_("There is no such matter in your department."), code="unknown_matter")
    told = reading.words(session, g.actor, row, payloads.vault(), clock.now())
    site = session.get_one(Site, row.site_id)
    (view,) = queries.views(session, site, [row], clock.now())
    page = render_template(
        "receptions/matter.html",
        view=view,
        token=token,
        told=told,
        starts=row.starts_at.astimezone(site.zone) if row.starts_at else None,
        people=[
            (one.id, f"{one.name} {one.title}".strip()) for one in queries.people_of(session, row.body_id)
        ],
        today=business_date(site.zone, clock.now()),
        became=became(session, g.actor, row),
        finding_words=finding_words,
        of_matters=OF_MATTERS,
        errors=(problem.errors or {"": [problem.message]}) if problem else None,
        given=given or {},
        words=words,
        **more,
    )
    return (page, problem.status) if problem else page


@pages.post("/matters/<token>/arrive")
@allow(Can.ROTA_SIGN)
def arrive(token: str) -> Page:
    """Whose it is has come."""
    return _do(token, taking.arrive, payloads.nonce_of(token))


@pages.post("/matters/<token>/take-up")
@allow(Can.ROTA_SIGN)
def take_up(token: str) -> Page:
    """The head hears it."""
    return _do(token, taking.take_up, payloads.nonce_of(token))


@pages.post("/matters/<token>/miss")
@allow(Can.ROTA_SIGN)
def miss(token: str) -> Page:
    """Nobody came."""
    return _do(token, taking.miss, payloads.nonce_of(token))


@pages.post("/matters/<token>/promise")
@allow(Can.ROTA_SIGN)
def promise(token: str) -> Page:
    """What, by when, who answers."""
    given = {
        name: request.form.get(name, "").strip()[:600] for name in ("what", "due_on", "answers", "lawful")
    }
    command = taking.Promise(
        payloads.nonce_of(token),
        payloads.vault(),
        given["what"],
        _day(given["due_on"]),
        _key(given["answers"]),
        given["lawful"] == "1",
    )
    return _do(token, taking.promise, command, given)


@pages.post("/matters/<token>/end")
@allow(Can.ROTA_SIGN)
def end(token: str) -> Page:
    """Kept, not kept, or pointed to the petition office."""
    given = {name: request.form.get(name, "").strip()[:600] for name in ("how", "outcome")}
    command = taking.End(payloads.nonce_of(token), given["how"], payloads.vault(), given["outcome"])
    return _do(token, taking.end, command, given)


def _do(
    token: str, action: Callable[[Any, Any], Any], command: object, given: dict[str, str] | None = None
) -> Page:
    """Perform, and show the matter again; what was typed stays where it cannot be used."""
    try:
        perform(g.actor, action, command)
    except NotFound:
        raise
    except DomainError as problem:
        db.session.rollback()
        return _matter(token, problem, given)
    return redirect(url_for("matter_pages.matter", token=token), 303)


@pages.post("/matters/<token>/reveal")
@allow(Can.ROTA_SIGN)
def reveal(token: str) -> Page:
    """Name and telephone in full, once; the journal keeps that they were opened (E2)."""
    row = db.session.get_one(HardMatter, perform(g.actor, reading.reveal, payloads.nonce_of(token)))
    seals = payloads.vault()
    return _matter(token, opened=(seals.open(row.name_sealed), seals.open(row.phone_sealed)))


def _bodies() -> list[RotaBody]:
    """Those that the caller acts for."""
    every = Can.ROTA_MANAGE in g.actor.can
    return queries.bodies_of(db.session(), _here().id, g.actor.id, every=every)


def _here() -> Site:
    return db.session.get_one(Site, g.actor.site_id)


def _key(said: str) -> int:
    return int(said) if said.isascii() and said.isdecimal() and len(said) < 10 else 0  # noqa: PLR2004 - keys are shorter


def _day(said: str) -> date | None:
    try:
        return clock.day_said(said)
    except ValueError:
        return None
