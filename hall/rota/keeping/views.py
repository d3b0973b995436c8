"""Pages of receptions for the manager: all of them, a new one, one in its quarter, its term, who is on its list."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from flask import flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _

from hall import topics
from hall.accounts.access import allow
from hall.accounts.roles import Can
from hall.database import db
from hall.errors import DomainError, Invalid
from hall.rota import generating, publishing, setting
from hall.rota import queries as rota_queries
from hall.rota.keeping import body_pages, queries, session_pages, typed
from hall.rota.keeping.frame import (
    Page,
    day,
    done,
    errors_of,
    pages,
    rota_called,
    site,
    today,
    tried,
)
from hall.rota.matters.calling_off import to_call
from hall.rota.rules import quarter
from hall.rota.states import Held
from hall.unit_of_work import perform

if TYPE_CHECKING:
    from collections.abc import Mapping

    from hall.rota.models import Rota

__all__ = ["body_pages", "pages", "session_pages"]

MONTHS = 3


@pages.get("")
@allow(Can.ROTA_MANAGE)
def listed() -> str:
    """All receptions of the hall with what comes next."""
    rows = queries.glances(db.session(), site().id, today())
    ended = queries.ended(db.session(), site().id)
    return render_template("rota/keeping/receptions.html", rows=rows, ended=ended, kinds=typed.KIND_WORDS)


@pages.get("/new")
@allow(Can.ROTA_MANAGE)
def new() -> str:
    """The form of a new reception, filled in by kind (`?kind=`)."""
    kind = typed.KINDS.get(request.args.get("kind", ""), {"weekday": 0})
    return _form({**typed.USUAL, **kind, "places": set()})


@pages.post("/new")
@allow(Can.ROTA_MANAGE)
def add() -> Page:
    """Make it; a code that is there already is refused, not overwritten."""
    form = typed.rota_form()
    try:
        if any(one.code == form["code"] for one in rota_queries.rotas(db.session(), site().id)):
            told = _("Another reception of this hall has this code.")
            raise Invalid(told, errors={"code": [told]})
        where = url_for("rota_keeping.listed")
        return done(
            setting.set_rota,
            typed.set_rota(site().id, ""),
            _("The reception is made. Enter who takes part."),
            where,
        )
    except DomainError as problem:
        return _form(form, problem=problem), problem.status


@pages.get("/<code>/settings")
@allow(Can.ROTA_MANAGE)
def settings(code: str) -> str:
    """A reception's days, hours and seats."""
    rota = rota_called(code)
    return _form({**vars(rota), "places": queries.places(db.session(), rota)}, rota)


@pages.post("/<code>/settings")
@allow(Can.ROTA_MANAGE)
def save(code: str) -> Page:
    """Change it. Hours follow where nobody has signed up; the rest stays until a term is made again."""
    rota = rota_called(code)
    try:
        told = _(
            "Saved. New hours hold at once where nobody has signed up; days and seats when the term is made again."
        )
        where = url_for("rota_keeping.reception", code=code)
        return done(setting.set_rota, typed.set_rota(rota.site_id, rota.code), told, where)
    except DomainError as problem:
        return _form({**typed.rota_form(), "code": code}, rota, problem), problem.status


def _form(form: Mapping[str, Any], rota: Rota | None = None, problem: DomainError | None = None) -> str:
    return render_template(
        "rota/keeping/settings.html",
        form=form,
        rota=rota,
        windows=queries.windows(db.session(), site().id),
        errors=errors_of(problem),
        kinds=typed.KIND_WORDS,
    )


@pages.get("/<code>")
@allow(Can.ROTA_MANAGE)
def reception(code: str) -> str:
    """One quarter of a reception (`?quarter=2026-4`): what waits, its sessions, and how the departments stand."""
    rota = rota_called(code)
    first, last = _quarter(request.args.get("quarter", ""))
    name, session = quarter(first), db.session()
    sessions = rota_queries.sessions(session, rota.id, first, last)
    standings = rota_queries.standings(session, rota.id, name)
    return render_template(
        "rota/keeping/_reception.html" if "part" in request.args else "rota/keeping/reception.html",
        topic=topics.monday(site().code),
        rota=rota,
        quarter=name,
        before=quarter(first - timedelta(days=1)),
        after=quarter(last + timedelta(days=1)),
        sessions=sessions,
        past=[one for one in sessions if one.held_on and one.held_on < today()],
        coming=[one for one in sessions if not one.held_on or one.held_on >= today()],
        standings=sorted(standings, key=lambda one: (one.turns, one.name)),
        names=queries.names(session, rota.id),
        most=max((one.turns for one in standings), default=0),
        asked=queries.asked(session, rota.id),
        to_call=to_call(session, rota.id),
        to_propose=0 if rota.retired_at else sum(_left(one) for one in sessions),
    )


def _left(one: rota_queries.SessionView) -> int:
    """Free seats that can be proposed now: sign-up is over, the day is to come."""
    now = today()
    if one.state != Held.OPEN or not one.signup_until or not one.held_on:
        return 0
    if one.signup_until >= now or one.held_on <= now:
        return 0
    return sum(seat.sitting is None for seat in one.seats)


def _quarter(wanted: str) -> tuple[date, date]:
    """First and last day of a quarter; this one for anything that is none."""
    year, _dash, number = wanted.partition("-")
    now = today()
    try:
        first = date(int(year), MONTHS * int(number) - 2, 1)
        date(first.year - 1, 1, 1), date(first.year + 1, 1, 1)
    except (ValueError, OverflowError):
        first = date(now.year, MONTHS * ((now.month - 1) // MONTHS) + 1, 1)
    later = first + timedelta(days=100)
    return first, date(later.year, MONTHS * ((later.month - 1) // MONTHS) + 1, 1) - timedelta(days=1)


@pages.post("/<code>/propose")
@allow(Can.ROTA_MANAGE)
def propose(code: str) -> Page:
    """Propose the seats left where sign-up is over, each with its reason."""
    rota = rota_called(code)
    where = url_for("rota_keeping.reception", code=code, quarter=request.form.get("quarter", "")[:6])
    told = _("The seats left are proposed. Look at each reason, then publish.")
    return tried(publishing.propose_rest, publishing.Propose(rota.id), told, where)


@pages.get("/<code>/term")
@allow(Can.ROTA_MANAGE)
def term(code: str) -> Page:
    """What making a term would do (`?first=`, `?last=`; the coming half year unless said)."""
    rota = rota_called(code)
    first, last = _quarter("")
    form = {
        "first": max(first, today()).isoformat(),
        "last": _quarter(quarter(last + timedelta(days=1)))[1].isoformat(),
    }
    form |= {name: request.args[name][:10] for name in form if name in request.args}
    try:
        return _term(rota, form, _to_be(rota, form))
    except DomainError as problem:
        return _term(rota, form, [], problem), problem.status


def _to_be(rota: Rota, form: Mapping[str, str]) -> list[queries.ToBe]:
    """Raises Invalid for days that are none, or a term that cannot be."""
    try:
        first, last = date.fromisoformat(form["first"]), date.fromisoformat(form["last"])
        return queries.term(db.session(), rota, max(first, today()) if first <= last else first, last)
    except ValueError:
        told = _("Choose a term that ends after it begins, a year at the most.")
        raise Invalid(told, errors={"last": [told]}) from None


def _term(
    rota: Rota, form: Mapping[str, str], days: list[queries.ToBe], problem: DomainError | None = None
) -> str:
    return render_template(
        "rota/keeping/term.html", rota=rota, form=form, days=days, errors=errors_of(problem)
    )


@pages.post("/<code>/term")
@allow(Can.ROTA_MANAGE)
def make_term(code: str) -> Page:
    """Make it: what is missing comes, what is signed stays."""
    rota = rota_called(code)
    form = {name: request.form.get(name, "")[:10] for name in ("first", "last")}
    try:
        first, last = day("first"), day("last")
        made = perform(g.actor, generating.generate, generating.Generate(rota.id, first, last))
    except DomainError as problem:
        return _term(rota, form, [], problem), problem.status
    told = _(
        "%(new)s sessions made, %(dated)s dated, %(kept)s left as they were.",
        new=made.new,
        dated=made.dated,
        kept=made.kept,
    )
    flash(told, "good")
    if made.differences:
        flash(_("What differs from what is signed is told below and stays."), "care")
    return redirect(url_for("rota_keeping.term", code=code, first=form["first"], last=form["last"]), 303)
