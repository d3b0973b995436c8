"""Machine interface of the ledger of findings (docs/rota.md)."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from apiflask import APIBlueprint
from flask import Response, current_app, g, request
from flask_babel import lazy_gettext as _l

from hall import clock
from hall.accounts.access import allow, of_site
from hall.accounts.roles import Can
from hall.applicants.rules import phone
from hall.applicants.vault import Vault
from hall.aside import aside
from hall.database import db
from hall.errors import Invalid
from hall.http import command, respond, takes_up_to
from hall.rota import queries as rotas
from hall.rota.api import answer
from hall.rota.findings import files, origins, queries, recording, schemas
from hall.rota.findings.at_hand import finding_of
from hall.rota.findings.origins import From
from hall.rota.findings.rules import LARGEST, finding_number, masked_name
from hall.rota.matters import payloads as matters
from hall.rota.walks import payloads as walks
from hall.sites import Site, site_by_code
from hall.unit_of_work import perform

if TYPE_CHECKING:
    from hall.rota.findings.models import Finding, FindingEvidence
    from hall.rota.findings.origins import Told
    from hall.unit_of_work import Answer, Work

api = APIBlueprint("findings_api", __name__, url_prefix="/api/v1", tag="Receptions")


def _here(site: str) -> Site:
    found = site_by_code(db.session(), site)
    of_site(g.actor, found.id)
    return found


def told(row: Finding) -> Answer:
    """A finding after a step."""
    return answer(
        200,
        {
            "finding": row.id,
            "number": finding_number(row.year, row.serial),
            "state": row.state,
            "due_on": row.due_on,
            "revision": row.revision,
        },
    )


def citizen(name: str, number: str) -> recording.Citizen | None:
    """Whom it concerns, checked and sealed; None where nobody is named. Raises Invalid by field."""
    name, digits = " ".join(name.split())[:60], phone(number) if number.strip() else ""
    if not name and digits == "":
        return None
    if not digits:
        said = _l("Please give a mobile number, or a landline with its area code.")
        raise Invalid(said, errors={"phone": [said]})
    vault = Vault(current_app.config["HALL"].keys)
    return recording.Citizen(vault.seal(name), masked_name(name), vault.seal(digits))


def origin_of(walk: str, step: int | None, matter: str) -> From | None:
    """What a finding is made of, by the tokens of a walk or of a hard matter; None where neither is named.

    Raises Invalid where both are.
    """
    if walk and matter:
        raise Invalid(_l("A finding is made of a walk or of a matter, not of both."))
    if walk:
        return From("walk", walks.nonce_of(walk), step)
    return From("do", matters.nonce_of(matter)) if matter else None


@api.get("/sites/<site>/findings")
@api.input(schemas.LedgerIn, location="query", arg_name="wish")
@api.output(schemas.LedgerOut)
@allow(Can.ROTA_FINDINGS)
def ledger(site: str, wish: schemas.LedgerIn) -> Response:
    """The ledger: all for the manager, else what one found and what one's department puts right."""
    here = _here(site)
    today = clock.business_date(here.zone, clock.now())
    found = queries.ledger(db.session(), g.actor, here.id, today, wish=wish.state, page=wish.page)
    return respond(answer(200, asdict(found)))


@api.post("/sites/<site>/rotas/<code>/findings")
@api.input(schemas.NewFindingIn, arg_name="body")
@api.output(schemas.FindingOut)
@allow(Can.ROTA_SIGN)
def find(site: str, code: str, body: schemas.NewFindingIn) -> Response:
    """A problem enters the ledger (M7); made of a walk or matter, it is of that one's reception and session."""
    rota = rotas.rota_by_code(db.session(), _here(site).id, code)
    whom, origin = citizen(body.citizen, body.phone), origin_of(body.walk, body.step, body.matter)
    given = recording.Find(rota.id, body.title, body.detail, body.source, body.day, whom, origin)
    return command(recording.find, given, told)


@api.get("/findings/<int:key>")
@api.output(schemas.WholeOut)
@allow(Can.ROTA_FINDINGS)
def read(key: int) -> Response:
    """One finding with its history."""
    site = db.session.get_one(Site, g.actor.site_id)
    today = clock.business_date(site.zone, clock.now())
    session = db.session()
    found = queries.whole(session, g.actor, key, today)
    return respond(answer(200, {**asdict(found), "origin": _came(origins.source_of(session, g.actor, key))}))


def token_of(came: Told) -> str:
    """The token that opens the walk or matter, for whose department it is; else nothing."""
    return (walks if came.what == "walk" else matters).token_of(came.nonce) if came.ours else ""


def _came(came: Told | None) -> dict[str, Any] | None:
    """Where a finding came from."""
    if came is None:
        return None
    said = {name: value for name, value in asdict(came).items() if name not in {"nonce", "ours"}}
    return {**said, "token": token_of(came)}


@api.post("/findings/<int:key>/evidence")
@api.input(schemas.NameIn, location="query", arg_name="wish")
@api.output(schemas.EvidenceOut)
@takes_up_to(LARGEST + 1)  # a body without a length is read up to the limit: one more is too many
@allow(Can.ROTA_SIGN)
def add_evidence(key: int, wish: schemas.NameIn) -> Response:
    """Add a photo or document, which is the body itself; 8 MB at the most, checked by its content."""
    row = keep_evidence(key, request.get_data(), wish.name)
    return respond(answer(200, {"evidence": row.id, "sort": row.sort, "size": row.size}))


def keep_evidence(key: int, content: bytes, name: str) -> FindingEvidence:
    """Check and keep a file for a finding that concerns the caller. Raises Conflict, Invalid, NotFound, TooLarge."""
    perform(g.actor, _concerned, key)  # nobody leaves files here for what is not theirs
    kept, drawn = aside(files.checked, content)
    given = recording.AddEvidence(key, kept, name)
    perform(g.actor, recording.takes, given)  # nor what it takes no more
    files.write(current_app.config["HALL"].data, kept, drawn)
    added = perform(g.actor, recording.add_evidence, given)
    files.write(current_app.config["HALL"].data, kept, drawn)  # it may just have gone with another finding
    return added


def _concerned(work: Work, key: int) -> None:
    finding_of(work, key)
