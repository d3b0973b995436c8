"""What becomes of a matter at the reception and after it: here, taken up, promised, kept (M6)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _l

from hall.accounts.access import of_site
from hall.applicants.traces import meet
from hall.clock import business_date
from hall.errors import Conflict, Invalid
from hall.rota.at_hand import acts_for
from hall.rota.matters import facts, people, rules
from hall.rota.matters.booking import NEXT_REVISION, add, at_desk, locked, next_number, record, view
from hall.rota.matters.models import HardMatter
from hall.rota.matters.offers import offers
from hall.rota.matters.people import Person
from hall.rota.matters.states import MATTER_MOVES, Hard, Source
from hall.rota.matters.unheld import unheld
from hall.rota.models import RotaBody, RotaPerson
from hall.sites import Site

if TYPE_CHECKING:
    from hall.applicants.vault import Vault
    from hall.rota.matters.queries import MatterView
    from hall.unit_of_work import Work


LONGEST = 500


@dataclass(frozen=True, slots=True)
class Bring:
    """A matter from the floor or the window, for a body that sits today."""

    site_id: int
    body_id: int
    source: str
    vault: Vault
    person: Person


@dataclass(frozen=True, slots=True)
class Promise:
    """What is promised, by which day, who of the body answers for it; `lawful`: within what the law allows."""

    nonce: bytes | None
    vault: Vault
    what: str
    due_on: date | None
    answers_id: int | None
    lawful: bool


@dataclass(frozen=True, slots=True)
class End:
    """How it ended: `keep` with what was done, `fail` with why not, `point` with what its owner was told."""

    nonce: bytes | None
    verb: str
    vault: Vault
    outcome: str


def bring(work: Work, command: Bring) -> MatterView:
    """Taken up as it comes, by a department that receives today. Raises Conflict (`not_today`), Invalid, Refused."""
    body = work.session.get(RotaBody, command.body_id)
    if body is None or command.source not in {Source.FLOOR, Source.WINDOW}:
        raise Invalid(_l("Please choose the department, and where the matter comes from."))
    acts_for(work, body)
    columns = people.sealed(command.person, command.vault, needed=False)
    meet(work, columns["phone_trace"])
    site, serial, year = next_number(work, command.site_id)
    today = business_date(site.zone, work.now)
    offer = next(
        (one for one in offers(work.session, site, work.now) if (one.body, one.day) == (body.id, today)),
        None,
    )
    if offer is None:
        raise Conflict(_l("This department does not receive today."), code="not_today")
    row = add(
        work,
        site,
        (year, serial),
        offer,
        Source(command.source),
        Hard.TAKEN_UP,
        arrived_at=work.now,
        taken_at=work.now,
        taken_by=work.actor.id,
        **columns,
    )
    record(work, facts.MatterBrought, row, command.source)
    return view(work, row)


def arrive(work: Work, nonce: bytes | None) -> MatterView:
    """Whose it is has come, on its day; the desk or the department says so. Pressed twice it is once."""
    row = _at_work(work, nonce)
    if row.state == Hard.ARRIVED:
        return view(work, row)
    _is_today(work, row)
    work.move(MATTER_MOVES, row, "arrive", arrived_at=work.now, revision=NEXT_REVISION)
    record(work, facts.MatterArrived, row)
    return view(work, row)


def miss(work: Work, nonce: bytes | None) -> MatterView:
    """Nobody came, and their time is over; or who was here went unheard, and the day is over.

    Raises Conflict (`too_early`, `cancelled`).
    """
    row = _at_work(work, nonce)
    if row.state == Hard.NOT_COME:
        return view(work, row)
    if unheld(work.session, [row]):
        raise Conflict(
            _l("The department does not receive at this time any more. Call whoever booked it."),
            code="cancelled",
        )
    if row.state == Hard.ARRIVED and _on_its_day(work, row):
        raise Conflict(_l("They are here: take the matter up today."), code="too_early")
    if row.starts_at is not None and work.now < row.starts_at + rules.SLOT:
        raise Conflict(_l("Their time is not over yet."), code="too_early")
    work.move(MATTER_MOVES, row, "miss", ended_at=work.now, ended_by=work.actor.id, revision=NEXT_REVISION)
    record(work, facts.MatterMissed, row)
    return view(work, row)


def take_up(work: Work, nonce: bytes | None) -> MatterView:
    """The head hears it. Raises Conflict, Refused."""
    row = own(work, nonce)
    if row.state == Hard.TAKEN_UP:
        return view(work, row)
    if row.state == Hard.BOOKED:  # who came on their day is heard later, too
        _is_today(work, row)
    here = row.arrived_at or work.now
    work.move(
        MATTER_MOVES,
        row,
        "take_up",
        arrived_at=here,
        taken_at=work.now,
        taken_by=work.actor.id,
        revision=NEXT_REVISION,
    )
    record(work, facts.MatterTakenUp, row)
    return view(work, row)


def promise(work: Work, command: Promise) -> MatterView:
    """What, by when, who answers; only what the law allows. Raises Invalid at each field that is at fault."""
    row = own(work, command.nonce)
    site = work.session.get_one(Site, row.site_id)
    what = " ".join(command.what.split())
    answers = work.session.get(RotaPerson, command.answers_id) if command.answers_id else None
    wrong: dict[str, list[object]] = {}
    if not 0 < len(what) <= LONGEST:
        wrong["what"] = [_l("Please say what is promised, in %(count)s signs at the most.", count=LONGEST)]
    if command.due_on is None or not rules.can_be_due(command.due_on, business_date(site.zone, work.now)):
        wrong["due_on"] = [_l("Please give the day by which it is done: today or later, within a year.")]
    if answers is None or answers.body_id != row.body_id or answers.retired_at is not None:
        wrong["answers"] = [_l("Please choose who of the department answers for it.")]
    if not command.lawful:
        wrong["lawful"] = [_l("Promise only what the law allows and the department can do, and say so here.")]
    if wrong:
        raise Invalid(_l("Some of this cannot be used. Please check it."), errors=wrong)
    work.move(
        MATTER_MOVES,
        row,
        "promise",
        promise_sealed=command.vault.seal(what),
        due_on=command.due_on,
        answers_id=command.answers_id,
        promised_at=work.now,
        promised_by=work.actor.id,
        revision=NEXT_REVISION,
    )
    record(work, facts.MatterPromised, row, due_on=str(command.due_on))
    return view(work, row)


ENDINGS = {"keep": facts.MatterKept, "fail": facts.MatterNotKept, "point": facts.MatterPointed}


def end(work: Work, command: End) -> MatterView:
    """Kept, not kept, or a petition that is pointed to its office. Raises Invalid, Conflict, Refused."""
    row = own(work, command.nonce)
    outcome = " ".join(command.outcome.split())
    if command.verb not in ENDINGS:
        raise Invalid(_l("Please choose one of what is offered."))
    if command.verb != "point" and not 0 < len(outcome) <= LONGEST:
        said = _l(
            "Please say what was done, or why it was not, in %(count)s signs at the most.", count=LONGEST
        )
        raise Invalid(said, errors={"outcome": [said]})
    work.move(
        MATTER_MOVES,
        row,
        command.verb,
        outcome_sealed=command.vault.seal(outcome[:LONGEST]),
        ended_at=work.now,
        ended_by=work.actor.id,
        revision=NEXT_REVISION,
    )
    record(work, ENDINGS[command.verb], row)
    return view(work, row)


def own(work: Work, nonce: bytes | None) -> HardMatter:
    """A matter of the caller's department, kept from others. Raises NotFound, Refused."""
    row = locked(work, nonce)
    of_site(work.actor, row.site_id)
    acts_for(work, work.session.get_one(RotaBody, row.body_id))
    return row


def _at_work(work: Work, nonce: bytes | None) -> HardMatter:
    """The same, for the desk of the hall as well."""
    if not at_desk(work.actor):
        return own(work, nonce)
    row = locked(work, nonce)
    of_site(work.actor, row.site_id)
    return row


def _is_today(work: Work, row: HardMatter) -> None:
    if not _on_its_day(work, row):
        raise Conflict(_l("This is booked for another day."), code="not_today")


def _on_its_day(work: Work, row: HardMatter) -> bool:
    zone = work.session.get_one(Site, row.site_id).zone
    return row.starts_at is None or business_date(zone, row.starts_at) == business_date(zone, work.now)
