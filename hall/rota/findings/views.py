"""Pages of the ledger of findings: the list, a new one, and one finding with what can be done now (M7)."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from flask import Blueprint, Response, current_app, flash, g, redirect, render_template, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response as Sent

from hall import clock
from hall.accounts.access import allow
from hall.accounts.roles import Can
from hall.applicants.vault import Vault
from hall.database import db
from hall.errors import DomainError, Invalid, NotFound
from hall.http import refuse_control_signs_in_form, takes_up_to
from hall.rota import queries as rotas
from hall.rota.findings import actions, files, queries, recording, words
from hall.rota.findings.api import citizen, keep_evidence
from hall.rota.findings.at_hand import bodies_of, manages
from hall.rota.findings.rules import LARGEST, MEGABYTE
from hall.signs import refuse_turning_signs
from hall.sites import Site
from hall.unit_of_work import perform

if TYPE_CHECKING:
    from collections.abc import Callable

    from hall.rota.findings.queries import Whole

pages = Blueprint("findings", __name__, url_prefix="/receptions/findings")
Page = Sent | str | tuple[str, int]
ROUND_IT = 64 * 1024  # what a form writes around a file
FILE_POLICY = "default-src 'none'; style-src 'unsafe-inline'; sandbox"


@pages.get("")
@allow(Can.ROTA_SIGN)
def ledger() -> str:
    """The ledger, overdue ones first."""
    wish, page = request.args.get("state", ""), request.args.get("page", "")
    found = queries.ledger(
        db.session(),
        g.actor,
        _site().id,
        _today(),
        wish=wish if wish in queries.FILTERS else "",
        page=int(page) if page.isascii() and page.isdigit() and len(page) < 6 else 1,  # noqa: PLR2004
    )
    return render_template(
        "rota/findings.html", found=found, wish=wish, words=words, manages=manages(g.actor, _site().id)
    )


@pages.get("/new")
@allow(Can.ROTA_SIGN)
def new() -> str:
    """The form of a new finding."""
    return _new({"source": "sit"})


@pages.post("/new")
@allow(Can.ROTA_SIGN)
def find() -> Page:
    """Enter it."""
    refuse_turning_signs(request.form)
    given = {name: value[:1100] for name, value in request.form.items()}
    try:
        row = perform(g.actor, recording.find, _found(given))
    except DomainError as problem:
        return _new(given, problem), problem.status
    flash(_("The finding is in the ledger. A photo of the problem can be added."), "good")
    return redirect(f"/receptions/findings/{row.id}", 303)


def _found(given: dict[str, str]) -> recording.Find:
    rota = rotas.rota_by_code(db.session(), _site().id, given.get("rota", ""))
    source = given.get("source", "")
    day: date | None = None
    if given.get("day", ""):
        try:
            day = date.fromisoformat(given["day"])
        except ValueError:
            raise Invalid(_("Choose a date."), errors={"day": [_("Choose a date.")]}) from None
    return recording.Find(
        rota.id,
        given.get("title", ""),
        given.get("detail", "").replace("\r", ""),
        source if source in words.SOURCES else "other",
        day,
        citizen(given.get("citizen", ""), given.get("phone", "")),
    )


def _new(given: dict[str, str], problem: DomainError | None = None) -> str:
    found = rotas.rotas(db.session(), _site().id)
    return render_template(
        "rota/finding_new.html",
        given=given,
        rotas=found,
        words=words,
        problem=problem,
        errors=_errors(problem),
    )


def _errors(problem: DomainError | None, verb: str = "") -> dict[str, list[object]] | None:
    """Messages by field; several forms stand on a page, so a field's name begins with what its form does."""
    if problem is None:
        return None
    named = {f"{verb}-{name}" if verb else name: said for name, said in (problem.errors or {}).items()}
    return named or {"": [problem.message]}


@pages.get("/<int:key>")
@allow(Can.ROTA_SIGN)
def one(key: int) -> str:
    """One finding: what is known, its history, and what can be done now."""
    return _one(key)


def _one(key: int, problem: DomainError | None = None, shown: tuple[str, str] | None = None) -> str:
    session = db.session()
    found = queries.whole(session, g.actor, key, _today())
    managing = manages(g.actor, _site().id)
    people = rotas.people(session, found.rota_id, g.actor.id) if managing else []
    return render_template(
        "rota/finding.html",
        found=found,
        offered=_offered(found, managing=managing),
        managing=managing,
        people=people,
        words=words,
        errors=_errors(problem, request.form.get("verb", "") if problem else ""),
        typed=request.form if problem else {},
        shown=shown,
        most=LARGEST // MEGABYTE,
        most_bytes=LARGEST,
    )


def _offered(found: Whole, *, managing: bool) -> tuple[str, ...]:
    """What the caller can do now, the nearest first."""
    state, ours = found.line.state, found.body_id in bodies_of(db.session(), g.actor)
    checks = managing and not ours and found.rectified_by != g.actor.id
    call = managing and found.has_citizen
    offers = {
        "found": (managing and "assign", "evidence"),
        "assigned": (
            (ours or managing) and "evidence",
            (ours or managing) and "rectify",
            managing and "extend",
            managing and "assign",
        ),
        "rectified": (checks and "verify", checks and "send-back", call and "call-back"),
        "verified": (call and found.reached is None and "call-back", managing and "close"),
        "closed": (),
    }
    return tuple(str(verb) for verb in offers[state] if verb)


@pages.post("/<int:key>/evidence")
@takes_up_to(LARGEST + ROUND_IT)
@allow(Can.ROTA_SIGN)
def add_evidence(key: int) -> Page:
    """Add a photo or document."""
    refuse_control_signs_in_form()
    file = request.files.get("evidence-file")
    try:
        if file is None or not file.filename:
            raise Invalid(_("Choose a file first."), errors={"file": [_("Choose a file first.")]})
        keep_evidence(key, file.read(), file.filename[:200])
    except NotFound:
        raise
    except DomainError as problem:
        return _one(key, problem), problem.status
    return _done(key, _("The file is added."))


@pages.get("/<int:key>/evidence/<int:number>")
@allow(Can.ROTA_SIGN)
def file(key: int, number: int) -> Response:
    """A photo to look at, a document to save; nothing in it is run by the browser."""
    found = queries.whole(db.session(), g.actor, key, _today())
    kept = next((one for one in found.evidence if one.evidence == number), None)
    if kept is None:
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


@pages.post("/<int:key>/citizen")
@allow(Can.ROTA_MANAGE)
def show_citizen(key: int) -> str:
    """Name and telephone, to call back; the journal keeps who had them shown."""
    sealed, number = perform(g.actor, actions.show_citizen, key)
    vault = Vault(current_app.config["HALL"].keys.personal)
    return _one(key, shown=(vault.open(sealed), vault.open(number)))


@pages.post("/<int:key>/rectify")
@allow(Can.ROTA_SIGN)
def rectify(key: int) -> Page:
    """It is put right."""
    return _act(key, actions.rectify, actions.Tell(key, _text("rectify-note"), _whole("revision")))


@pages.post("/<int:key>/<any('assign', 'extend', 'verify', 'send-back', 'call-back', 'close'):verb>")
@allow(Can.ROTA_MANAGE)
def act(key: int, verb: str) -> Page:
    """A step of the manager."""
    revision = _whole("revision")
    note, days = _text(f"{verb}-note"), _whole(f"{verb}-days") or 0
    tell = actions.Tell(key, note, revision)
    steps: dict[str, tuple[Callable[..., object], object]] = {
        "assign": (actions.assign, actions.Assign(key, _whole("assign-owner") or 0, days, revision)),
        "extend": (actions.extend, actions.Extend(key, days, _text("extend-reason"), revision)),
        "verify": (actions.verify, tell),
        "send-back": (actions.send_back, tell),
        "call-back": (actions.call_back, actions.CallBack(key, _text("call-back-reached"), note, revision)),
        "close": (actions.close, tell),
    }
    return _act(key, *steps[verb])


def _act(key: int, action: Callable[..., Any], command: object) -> Page:
    refuse_turning_signs(request.form)
    try:
        perform(g.actor, action, command)
    except NotFound:
        raise
    except DomainError as problem:
        return _one(key, problem), problem.status
    return _done(key, _("Done."))


def _done(key: int, said: str) -> Sent:
    flash(said, "good")
    return redirect(f"/receptions/findings/{key}", 303)


def _text(name: str) -> str:
    return request.form.get(name, "").replace("\r", "")


def _whole(name: str) -> int | None:
    given = request.form.get(name, "").strip()
    return int(given) if given.isascii() and given.isdigit() and len(given) < 18 else None  # noqa: PLR2004


def _site() -> Site:
    return db.session.get_one(Site, g.actor.site_id)


def _today() -> date:
    return clock.business_date(_site().zone, clock.now())
