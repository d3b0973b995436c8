"""Pages of walks, made for a phone: begin, the running step with its stopwatch, the comparison (M6)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Blueprint, g, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy import select
from werkzeug.wrappers import Response

from hall import clock
from hall.accounts.access import allow
from hall.accounts.roles import Can
from hall.catalog import finding
from hall.catalog.models import ServiceItem
from hall.database import db
from hall.errors import DomainError, NotFound
from hall.rota.findings import words as finding_words
from hall.rota.findings.origins import became
from hall.rota.matters.queries import bodies_of
from hall.rota.walks import actions, payloads, queries, words
from hall.rota.walks.rules import seconds_said
from hall.sites import Site
from hall.unit_of_work import perform

if TYPE_CHECKING:
    from hall.rota.models import RotaBody

pages = Blueprint("walk_pages", __name__, url_prefix="/mondays/walks")
Page = Response | str | tuple[str, int]
FOUND, OFTEN = 12, 8


@pages.get("")
@allow(Can.ROTA_SIGN)
def walks() -> Page:
    """The latest walks of one's departments, and a new one: an item looked for in one's own words."""
    return _list()


def _list(problem: DomainError | None = None, given: dict[str, str] | None = None) -> Page:
    session, site, bodies = db.session(), _here(), _bodies()
    typed = request.form.get("q", "").strip()[:60]
    mine = queries.open_of(session, g.actor.id)
    page = render_template(
        "receptions/walks.html",
        walks=[
            (payloads.token_of(view.row.nonce), view)
            for view in queries.of_bodies(session, [b.id for b in bodies])
        ],
        mine=payloads.token_of(mine.nonce) if mine else "",
        bodies=[(body.id, body.name) for body in bodies],
        items=_items(site, bodies, typed),
        typed=typed,
        errors=(problem.errors or {"": [problem.message]}) if problem else None,
        given=given or {},
        now=clock.now(),
        said=seconds_said,
        words=words,
    )
    return (page, problem.status) if problem else page


def _items(site: Site, bodies: list[RotaBody], typed: str) -> list[tuple[str, str]]:
    """What was looked for; else some items of one's own departments."""
    if typed:
        keys = [key for kind, key in finding.find(db.session(), site, typed, FOUND) if kind == "item"]
        rows = {
            row.id: row for row in db.session.scalars(select(ServiceItem).where(ServiceItem.id.in_(keys)))
        }
        return [(rows[key].code, rows[key].name) for key in keys if key in rows]
    departments = [body.department_id for body in bodies if body.department_id]
    wanted = (
        select(ServiceItem)
        .where(
            ServiceItem.site_id == site.id,
            ServiceItem.department_id.in_(departments),
            ServiceItem.retired_at.is_(None),
        )
        .order_by(ServiceItem.code)
        .limit(OFTEN)
    )
    return [(row.code, row.name) for row in db.session.scalars(wanted)]


@pages.post("")
@allow(Can.ROTA_SIGN)
def begin() -> Page:
    """The stopwatch of the first step starts; `look` only looks for an item, by words that stand in no address."""
    if request.form.get("look"):
        return _list()
    given = _typed("body", "item", "step", "q")
    command = actions.Begin(_whole(given["body"]) or 0, given["item"], given["step"])
    try:
        done = perform(g.actor, actions.begin, command)
    except DomainError as problem:
        db.session.rollback()
        return _list(problem, given)
    return redirect(url_for("walk_pages.walk", token=payloads.token_of(done.row.nonce)), 303)


@pages.get("/<token>")
@allow(Can.ROTA_SIGN)
def walk(token: str) -> Page:
    """The running step with its stopwatch, those before it; in the end the comparison."""
    return _walk(token)


def _walk(token: str, problem: DomainError | None = None, given: dict[str, str] | None = None) -> Page:
    session = db.session()
    row = queries.by_nonce(session, payloads.nonce_of(token))
    if row.body_id not in {body.id for body in _bodies()}:
        raise NotFound(_("There is no such walk."), code="unknown_walk")
    view = queries.view(session, row)
    page = render_template(
        "receptions/walk.html",
        view=view,
        token=token,
        own=row.staff_id == g.actor.id,
        became=became(session, g.actor, row),
        finding_words=finding_words,
        zone=session.get_one(Site, row.site_id).zone,
        now=clock.now(),
        said=seconds_said,
        errors=(problem.errors or {"": [problem.message]}) if problem else None,
        given=given or {},
        words=words,
    )
    return (page, problem.status) if problem else page


@pages.post("/<token>/next")
@allow(Can.ROTA_SIGN)
def next_step(token: str) -> Page:
    """One step ends, the next begins."""
    given = _typed("number", "step", "remark")
    command = actions.Next(
        payloads.nonce_of(token), _whole(given["number"]) or 0, given["step"], given["remark"]
    )
    return _do(token, actions.next_step, command, given)


@pages.post("/<token>/end")
@allow(Can.ROTA_SIGN)
def end(token: str) -> Page:
    """It is over, and what was met with is kept."""
    given = _typed("last", "days", "visits", "papers", "fee", "conclusion")
    command = actions.End(
        payloads.nonce_of(token),
        given["last"],
        _whole(given["days"]),
        _whole(given["visits"]),
        _whole(given["papers"]),
        given["fee"],
        given["conclusion"],
    )
    return _do(token, actions.end, command, {**given, "ending": "1"})


@pages.post("/<token>/give-up")
@allow(Can.ROTA_SIGN)
def give_up(token: str) -> Page:
    """It is not gone to the end."""
    return _do(token, actions.give_up, payloads.nonce_of(token), {})


def _do(token: str, action: Any, command: object, given: dict[str, str]) -> Page:  # noqa: ANN401 - one of the actions
    try:
        perform(g.actor, action, command)
    except NotFound:
        raise
    except DomainError as problem:
        db.session.rollback()
        return _walk(token, problem, given)
    return redirect(url_for("walk_pages.walk", token=token), 303)


def _typed(*names: str) -> dict[str, str]:
    return {name: request.form.get(name, "").strip()[:600] for name in names}


def _whole(said: str) -> int | None:
    """A whole number as typed; None for nothing, -1 (which is refused) for anything else."""
    if not said:
        return None
    return int(said) if said.isascii() and said.isdecimal() and len(said) < 10 else -1  # noqa: PLR2004 - keys and counts are shorter


def _bodies() -> list[RotaBody]:
    every = Can.ROTA_MANAGE in g.actor.can
    return bodies_of(db.session(), _here().id, g.actor.id, every=every)


def _here() -> Site:
    return db.session.get_one(Site, g.actor.site_id)
