"""The page of one finding: what is known, where it came from, its history, what its reader can do now (M7)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import g, render_template, request

from hall.accounts.overseeing import overseers
from hall.accounts.roles import Can
from hall.database import db
from hall.rota import queries as rotas
from hall.rota.findings import origins, queries, words
from hall.rota.findings.api import token_of
from hall.rota.findings.at_hand import bodies_of, manages, members_of, oversees
from hall.rota.findings.frame import errors_of, here, today
from hall.rota.findings.rules import LARGEST, MEGABYTE, TRIES, WORDS_KEPT
from hall.rota.findings.states import Reached

if TYPE_CHECKING:
    from hall.errors import DomainError
    from hall.rota.findings.queries import Whole


def show(key: int, problem: DomainError | None = None, shown: tuple[str, str] | None = None) -> str:
    """One finding; with what was refused at its field, or with the citizen's name and telephone for once."""
    session = db.session()
    found = queries.whole(session, g.actor, key, today())
    managing = manages(g.actor, here().id)
    origin = origins.source_of(session, g.actor, key)
    return render_template(
        "rota/finding.html",
        found=found,
        origin=origin,
        origin_token=token_of(origin) if origin else "",
        offered=_offered(found, managing=managing),
        nobody_else=managing and found.line.state == "rectified" and not _somebody_else(found),
        managing=managing,
        people=rotas.people(session, found.rota_id, g.actor.id) if managing else [],
        words=words,
        errors=errors_of(problem, request.form.get("verb", "") if problem else ""),
        typed=request.form if problem else {},
        shown=shown,
        needed=TRIES,
        kept_years=WORDS_KEPT.days // 365,
        most=LARGEST // MEGABYTE,
        most_bytes=LARGEST,
    )


def _somebody_else(found: Whole) -> bool:
    """Whether anybody of the hall can look whether it is put right."""
    others = overseers(db.session(), here().id) - {found.rectified_by}
    return bool(others - members_of(db.session(), found.body_id))


def _offered(found: Whole, *, managing: bool) -> tuple[str, ...]:
    """What the caller can do now, the nearest first."""
    state, ours = found.line.state, found.body_id in bodies_of(db.session(), g.actor)
    signs = Can.ROTA_SIGN in g.actor.can
    cures = signs and (ours or managing)
    checks = oversees(g.actor, here().id) and not ours and found.rectified_by != g.actor.id
    unhappy = checks and found.reached == Reached.NOT_CONTENT
    call = managing and found.has_citizen
    offers = {
        "found": (managing and "assign", signs and "evidence"),
        "assigned": (
            cures and "evidence",
            cures and "rectify",
            managing and "extend",
            managing and "assign",
        ),
        "rectified": (checks and "verify", checks and "send-back", call and "call-back"),
        "verified": (
            call and not found.called_back and "call-back",
            unhappy and "send-back",
            managing and "close",
            checks and not unhappy and "send-back",
        ),
        "closed": (),
    }
    return tuple(str(verb) for verb in offers[state] if verb)
