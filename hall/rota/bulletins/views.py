"""Pages of bulletins: the list and each frozen one for everybody, drafts for the manager (M8)."""

from __future__ import annotations

import hashlib
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response, current_app, flash, g, redirect, render_template, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response as Sent

from hall import clock
from hall.accounts.access import allow, of_site
from hall.accounts.overseeing import overseers
from hall.accounts.roles import PUBLIC, Can
from hall.database import db
from hall.errors import DomainError, Invalid, NotFound
from hall.rota import queries as rotas
from hall.rota.bulletins import (
    actions,
    document,
    drafting,
    homes,
    papers,
    queries,
    rules,
    signing_off,
    tables,
    words,
)
from hall.rota.bulletins.accounts import Span
from hall.rota.bulletins.drafting import called, chinese_day
from hall.rota.bulletins.gathering import gather
from hall.rota.findings.at_hand import manages, oversees
from hall.rota.models import Rota
from hall.signs import refuse_turning_signs
from hall.sites import Site
from hall.unit_of_work import perform

if TYPE_CHECKING:
    from collections.abc import Callable

    from hall.rota.bulletins.queries import DraftView, Frozen

pages = Blueprint("bulletins", __name__, url_prefix="/receptions/bulletins")
Page = Sent | str | tuple[str, int]
USUAL = timedelta(days=6)


def _writes(site: Site) -> bool:
    """New bulletins are drafted at home: the form leads to the reader's own hall."""
    return Can.ROTA_MANAGE in g.actor.can and g.actor.site_id in {None, site.id}


@pages.get("")
@allow(PUBLIC)
def listed() -> str:
    """Frozen bulletins; for the manager drafts, and the form of a new one, too. Among several halls one is chosen."""
    return homes.choosing() or _list()


def _list(given: dict[str, str] | None = None, problem: DomainError | None = None) -> str:
    site = homes.site()
    writes = _writes(site)
    last = clock.business_date(site.zone, clock.now())
    usual = {"first": (last - USUAL).isoformat(), "last": last.isoformat()}
    return render_template(
        "rota/bulletins.html",
        found=queries.frozen(db.session(), site.id),
        drafts=queries.drafts(db.session(), site.id) if oversees(g.actor, site.id) else (),
        rotas=rotas.rotas(db.session(), site.id) if writes else (),
        writes=writes,
        given=given or usual,
        errors=_errors(problem),
        called=called,
        site=site,
        home=homes.home(site),
    )


def _errors(problem: DomainError | None) -> dict[str, list[object]] | None:
    return None if problem is None else problem.errors or {"": [problem.message]}


@pages.post("")
@allow(Can.ROTA_MANAGE)
def draft() -> Page:
    """A new draft of these days."""
    given = {name: value[:60] for name, value in request.form.items()}
    try:
        rota = rotas.rota_by_code(db.session(), homes.site().id, given.get("rota", ""))
        row = perform(
            g.actor, actions.draft, actions.Draft(rota.id, _day(given, "first"), _day(given, "last"))
        )
    except NotFound:
        raise
    except DomainError as problem:
        return _list(given, problem), problem.status
    return redirect(f"/receptions/bulletins/drafts/{row.id}", 303)


def _day(given: dict[str, str], name: str) -> date:
    try:
        return clock.day_said(given.get(name, ""))
    except ValueError:
        raise Invalid(_("Choose a date."), errors={name: [_("Choose a date.")]}) from None


@pages.get("/drafts/<int:key>")
@allow(Can.ROTA_OVERSEE)
def read(key: int) -> str:
    """One draft: words to edit, figures to read, what stands in the way of the signature."""
    return _draft(key)


def _found(key: int) -> DraftView:
    found = queries.draft(db.session(), key)
    of_site(g.actor, found.site_id)
    return found


def _draft(key: int, problem: DomainError | None = None) -> str:
    found = _found(key)
    site, rota = db.session.get_one(Site, found.site_id), db.session.get_one(Rota, found.rota_id)
    now = gather(db.session(), site, rota, Span(found.first, found.last, clock.now()))
    return render_template(
        "rota/bulletin_draft.html",
        found=found,
        rota=rota,
        figures=found.figures,
        now=now,
        changed=rules.differences(found.figures, now.figures),
        plain=found.text == drafting.text_of(found.figures)[: actions.TEXT],
        another=g.actor.id not in {found.drafted_id, found.edited_id},
        nobody_else=not overseers(db.session(), site.id) - {found.drafted_id, found.edited_id},
        writes=manages(g.actor, site.id),
        typed=request.form if problem else {},
        errors=_errors(problem),
        **_shared(),
    )


def _shared() -> dict[str, Any]:
    return {
        "words": words,
        "called": called,
        "method": tables.method,
        "explained": drafting.explained,
        "day": chinese_day,
    }


@pages.post("/drafts/<int:key>/edit")
@allow(Can.ROTA_MANAGE)
def edit(key: int) -> Page:
    """Other words."""
    refuse_turning_signs(request.form)
    given = actions.Edit(key, request.form.get("title", ""), request.form.get("text", ""), _revision())
    return _act(key, actions.edit, given, _("Saved."))


@pages.post("/drafts/<int:key>/<any('anew', 'drop'):verb>")
@allow(Can.ROTA_MANAGE)
def act(key: int, verb: str) -> Page:
    """Words anew, or dropped."""
    given = actions.Revised(key, _revision())
    if verb == "anew":
        return _act(key, actions.write_anew, given, _("The text is written from the figures again."))
    return _act(key, actions.drop, given, _("The draft is dropped."), "/receptions/bulletins")


@pages.post("/drafts/<int:key>/<any('figures', 'sign-off'):verb>")
@allow(Can.ROTA_OVERSEE)
def check(key: int, verb: str) -> Page:
    """Figures anew, or signed off, by another than who wrote it."""
    given = actions.Revised(key, _revision())
    if verb == "figures":
        return _act(key, actions.take_figures, given, _("The figures are taken from the records again."))
    return _act(key, signing_off.sign_off, given, _("Signed off: numbered, frozen and public."), "signed")


def _act(key: int, action: Callable[..., Any], given: object, said: str, to: str = "") -> Page:
    try:
        row = perform(g.actor, action, given)
    except NotFound:
        raise
    except DomainError as problem:
        if problem.code == "frozen":
            raise
        return _draft(key, problem), problem.status
    flash(said, "good")
    if to == "signed":
        rota = db.session.get_one(Rota, row.rota_id)
        home = homes.home(db.session.get_one(Site, rota.site_id))
        to = f"{home}/{rota.code}/{row.year}/{row.number}"
    return redirect(to or f"/receptions/bulletins/drafts/{key}", 303)


def _revision() -> int:
    given = request.form.get("revision", "")
    return int(given) if given.isascii() and given.isdigit() and len(given) < 10 else 0  # noqa: PLR2004


def _one(code: str, year: int, number: int) -> Frozen:
    rota = rotas.rota_by_code(db.session(), homes.site().id, code)
    return queries.one(db.session(), rota, year, number)


@pages.get("/<code>/<int:year>/<int:number>")
@allow(PUBLIC)
def one(code: str, year: int, number: int) -> str:
    """A frozen bulletin, for everybody."""
    found, site = _one(code, year, number), homes.site()
    return render_template(
        "rota/bulletin.html",
        found=found,
        figures=found.sheet["figures"],
        writes=_writes(site),
        site=site,
        home=homes.home(site),
        **_shared(),
    )


@pages.post("/<code>/<int:year>/<int:number>/correct")
@allow(Can.ROTA_MANAGE)
def correct(code: str, year: int, number: int) -> Page:
    """Draft a correction; the bulletin itself stays as it is."""
    row = perform(g.actor, actions.correct, _one(code, year, number).bulletin)
    flash(_("The correction is drafted. Write what was wrong, and what is right."), "good")
    return redirect(f"/receptions/bulletins/drafts/{row.id}", 303)


@pages.get("/<code>/<int:year>/<int:number>.docx")
@allow(PUBLIC)
def word(code: str, year: int, number: int) -> Response:
    """The bulletin as a Word document in the official layout, the same file for everybody and for good."""
    found = _one(code, year, number)
    content = papers.paper(current_app.config["HALL"].data, found)
    return _file(content, document.KIND, f"bulletin-{found.rota}-{year}-{number}.docx")


def _file(content: bytes, kind: str, name: str) -> Response:
    """To be saved; whoever has these very bytes already is told so (304)."""
    answer = Response(
        content, content_type=kind, headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )
    answer.set_etag(hashlib.sha256(content).hexdigest())
    answer.headers["Cache-Control"] = "no-cache"
    answer.make_conditional(request)
    return answer


@pages.get("/<code>/<int:year>/<int:number>.json")
@allow(PUBLIC)
def written(code: str, year: int, number: int) -> Response:
    """The very bytes whose SHA-256 the bulletin names."""
    found = _one(code, year, number)
    return _file(found.written.encode(), "application/json", f"bulletin-{found.rota}-{year}-{number}.json")


for address, page in (
    ("", listed),
    ("/<code>/<int:year>/<int:number>", one),
    ("/<code>/<int:year>/<int:number>.docx", word),
    ("/<code>/<int:year>/<int:number>.json", written),
):
    homes.of_hall.get(address)(page)
