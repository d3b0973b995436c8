"""A citizen books a quarter hour of a head, and gives it up again (M6): one verb a function."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select

from hall import tokens
from hall.accounts.roles import Can
from hall.applicants.traces import meet
from hall.clock import business_date
from hall.errors import Conflict, Invalid, NotFound
from hall.rota.matters import facts, people, queries, rules
from hall.rota.matters.models import HardMatter
from hall.rota.matters.offers import offers
from hall.rota.matters.people import Person
from hall.rota.matters.states import MATTER_MOVES, Hard, Source
from hall.rota.models import Rota, RotaSession
from hall.sites import Site

if TYPE_CHECKING:
    from hall.actor import Actor
    from hall.applicants.vault import Vault
    from hall.rota.matters.offers import Offer
    from hall.rota.matters.queries import MatterView
    from hall.unit_of_work import Work

NEAREST = 3
NEXT_REVISION = HardMatter.revision + 1


@dataclass(frozen=True, slots=True)
class Book:
    """A quarter hour of the head of a body in a session, for somebody who says what it is about."""

    site_id: int
    session_id: int
    body_id: int
    starts_at: datetime
    vault: Vault
    person: Person


def at_desk(actor: Actor) -> bool:
    """Whether this caller books for people who stand at the desk: no telephone is needed."""
    return Can.DESK_WORK in actor.can


def book(work: Work, command: Book) -> MatterView:
    """First come, first served. Raises Conflict (`slot_taken`, `not_received`, `already_booked`), Invalid."""
    desk = at_desk(work.actor)
    columns = people.sealed(command.person, command.vault, needed=not desk)
    meet(work, columns["phone_trace"])
    site, serial, year = next_number(work, command.site_id)
    offer = received(work, site, command.session_id, command.body_id)
    _is_free(offer, command.starts_at, work.now)
    _is_first(work, command.body_id, columns["phone_trace"])
    row = add(
        work, site, (year, serial), offer, Source.BOOKED, Hard.BOOKED, starts_at=command.starts_at, **columns
    )
    record(work, facts.MatterBooked, row, "desk" if desk else "phone")
    return view(work, row)


def view(work: Work, row: HardMatter) -> MatterView:
    """A matter as it stands now, for the answer."""
    site = work.session.get_one(Site, row.site_id)
    return queries.views(work.session, site, [row], work.now)[0]


def next_number(work: Work, site_id: int) -> tuple[Site, int, int]:
    """The hall with its next running number and the year; who numbers at the same moment waits for the hall's row."""
    site = work.session.scalar(select(Site).where(Site.id == site_id).with_for_update(key_share=True))
    if site is None:
        raise NotFound(_l("There is no such hall."), code="unknown_site")
    year = business_date(site.zone, work.now).year
    last = select(func.max(HardMatter.serial)).where(HardMatter.site_id == site_id, HardMatter.year == year)
    return site, (work.session.scalar(last) or 0) + 1, year


def received(work: Work, site: Site, session_id: int, body_id: int) -> Offer:
    """Who receives for this body on that day, the session kept from others. Raises Conflict (`not_received`)."""
    work.session.execute(select(RotaSession.id).where(RotaSession.id == session_id).with_for_update())
    for offer in offers(work.session, site, work.now, session_id):
        if offer.body == body_id:
            return offer
    raise Conflict(
        _l("This department does not receive on that day (any more). Please choose another time."),
        code="not_received",
    )


def _is_free(offer: Offer, starts_at: datetime, now: datetime) -> None:
    if starts_at not in offer.slots:
        raise Invalid(_l("Please choose one of the times that are offered."), code="no_time")
    if starts_at not in offer.free:
        near = sorted(sorted(offer.free, key=lambda at: abs(at - starts_at))[:NEAREST])
        said = (
            _l("This time has passed. Please choose another one.")
            if starts_at <= now
            else _l("Somebody has just booked this time. Please choose another one.")
        )
        raise Conflict(said, code="slot_taken", more={"nearest": [at.isoformat() for at in near]})


def _is_first(work: Work, body_id: int, trace: bytes | None) -> None:
    """One open booking a telephone and department; the other one is not told."""
    other = trace and work.session.scalar(
        select(HardMatter.id).where(
            HardMatter.body_id == body_id,
            HardMatter.phone_trace == trace,
            HardMatter.state == Hard.BOOKED.value,
        )
    )
    if other:
        raise Conflict(
            _l(
                "With this telephone a time with this department is booked already. Give that one up first, or ask at "
                "the desk."
            ),
            code="already_booked",
        )


def add(  # noqa: PLR0917 - what a matter begins with
    work: Work,
    site: Site,
    count: tuple[int, int],
    offer: Offer,
    source: Source,
    state: Hard,
    **columns: object,
) -> HardMatter:
    """A new matter with its number. The constraints keep a quarter hour from being double."""
    year, serial = count
    held = work.session.get_one(RotaSession, offer.session)
    row = HardMatter(
        site_id=site.id,
        rota_id=held.rota_id,
        session_id=held.id,
        body_id=offer.body,
        nonce=tokens.new_nonce(),
        year=year,
        serial=serial,
        number=rules.number(year, serial),
        state=state.value,
        source=source.value,
        made_at=work.now,
        made_by=work.actor.id,
        **columns,
    )
    work.session.add(row)
    work.session.flush()
    return row


def withdraw(work: Work, nonce: bytes | None) -> MatterView:
    """Give a booking up, by its token: free for others again; pressed twice it is once. Raises Conflict, NotFound."""
    row = locked(work, nonce)
    if row.state == Hard.WITHDRAWN:
        return view(work, row)
    if row.state != Hard.BOOKED:
        raise Conflict(_l("This matter has been taken up already, or is over."), code="not_booked")
    work.move(
        MATTER_MOVES,
        row,
        "withdraw",
        ended_at=work.now,
        ended_by=work.actor.id,
        revision=NEXT_REVISION,
    )
    record(work, facts.MatterWithdrawn, row, "desk" if at_desk(work.actor) else "holder")
    return view(work, row)


def locked(work: Work, nonce: bytes | None) -> HardMatter:
    """The matter of a token, kept from others until this is done. Raises NotFound."""
    found = nonce and work.session.scalar(
        select(HardMatter).where(HardMatter.nonce == nonce).with_for_update()
    )
    if not found:
        raise NotFound(_l("We know no such booking."), code="unknown_matter")
    return found


def record(
    work: Work,
    kind: type[facts.MatterFact],
    row: HardMatter,
    reason: str | None = None,
    **more: str,
) -> None:
    """Say what happened to a matter."""
    site = work.session.get_one(Site, row.site_id)
    held = work.session.get_one(RotaSession, row.session_id)
    work.record(
        kind(
            site_id=site.id,
            site=site.code,
            rota=work.session.get_one(Rota, row.rota_id).code,
            number=row.number,
            body_id=row.body_id,
            day=str(held.held_on or held.due_on),
            reason=reason,
            **more,
        )
    )
