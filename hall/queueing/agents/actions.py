"""Registering agents and ending it: what a manager does after seeing their papers (Q8)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _l
from sqlalchemy import delete, select

from hall import clock
from hall.accounts.access import of_site
from hall.applicants import rules as numbers
from hall.applicants.traces import meet
from hall.errors import Conflict, Invalid, NotFound
from hall.queueing.agents import facts
from hall.queueing.agents.models import AgentKey, RegisteredAgent
from hall.queueing.person import known_by
from hall.sites import Site

if TYPE_CHECKING:
    from hall.keyring import Keys
    from hall.unit_of_work import Work

NAME, TICKETS, CASES = 60, 200, 50


@dataclass(frozen=True, slots=True)
class Register:
    """Who, known by an ID number, a phone, or both; how many numbers a day, and matters a number."""

    site_id: int
    name: str
    id_number: str
    phone: str
    tickets_a_day: int
    cases_a_ticket: int
    keys: Keys


def register(work: Work, command: Register) -> int:
    """Register; answers the key. Raises Invalid by field, Conflict (`known`), Refused for another hall."""
    of_site(work.actor, command.site_id)
    site = work.session.get_one(Site, command.site_id)
    name, id_number, phone = " ".join(command.name.split()), command.id_number.strip(), command.phone.strip()
    errors = _wrong(work, site, command, name)
    if errors:
        raise Invalid(_l("Some of this cannot be used. Please check it."), errors=errors)
    hashes = [
        known_by(command.keys, kind, value) for kind, value in (("id", id_number), ("phone", phone)) if value
    ]
    meet(work, *hashes)
    taken = select(AgentKey.agent_id).where(AgentKey.site_id == site.id, AgentKey.person.in_(hashes))
    if work.session.scalar(taken.limit(1)) is not None:
        raise Conflict(_l("Somebody is registered with this number already."), code="known")
    shown = [numbers.masked(numbers.normalised(id_number))] if id_number else []
    shown += [numbers.masked_phone(numbers.phone(phone) or "")] if phone else []
    agent = RegisteredAgent(
        site_id=site.id,
        name=name,
        shown=" · ".join(shown),
        tickets_a_day=command.tickets_a_day,
        cases_a_ticket=command.cases_a_ticket,
        registered_at=work.now,
        registered_by=work.actor.id,
    )
    work.session.add(agent)
    work.session.flush()
    work.session.add_all(AgentKey(site_id=site.id, person=one, agent_id=agent.id) for one in hashes)
    work.record(
        facts.AgentRegistered(
            site_id=site.id,
            site=site.code,
            agent=agent.id,
            tickets=agent.tickets_a_day,
            cases=agent.cases_a_ticket,
        )
    )
    return agent.id


def _wrong(work: Work, site: Site, command: Register, name: str) -> dict[str, list[object]]:
    errors: dict[str, list[object]] = {}
    if not 0 < len(name) <= NAME or not name.isprintable():
        errors["name"] = [_l("Give a name of at most 60 characters.")]
    if not command.id_number.strip() and not command.phone.strip():
        errors["id_number"] = [_l("Give the ID number or the phone by which the agent draws.")]
    if command.id_number.strip():
        today = clock.business_date(site.zone, work.now)
        checked = numbers.check(numbers.Party.PERSON, numbers.NumberKind.ID_CARD, command.id_number, today)
        if isinstance(checked, numbers.Fault):
            errors["id_number"] = [_l("This is not a valid ID number. Please compare it with the card.")]
    if command.phone.strip() and numbers.phone(command.phone) is None:
        errors["phone"] = [_l("This is not a mobile number.")]
    if not 1 <= command.tickets_a_day <= TICKETS:
        errors["tickets_a_day"] = [_l("From 1 to %(most)s.", most=TICKETS)]
    if not 1 <= command.cases_a_ticket <= CASES:
        errors["cases_a_ticket"] = [_l("From 1 to %(most)s.", most=CASES)]
    return errors


def retire(work: Work, agent_id: int) -> None:
    """An agent is an ordinary person again; what was drawn stays. Raises NotFound, Refused, Conflict (`retired`)."""
    agent = work.session.scalar(
        select(RegisteredAgent).where(RegisteredAgent.id == agent_id).with_for_update()
    )
    if agent is None:
        raise NotFound(_l("There is no such agent."), code="unknown_agent")
    of_site(work.actor, agent.site_id)
    if agent.retired_at is not None:
        raise Conflict(_l("This agent was taken off the list already."), code="retired")
    agent.retired_at = work.now
    work.session.execute(delete(AgentKey).where(AgentKey.agent_id == agent.id))
    site = work.session.get_one(Site, agent.site_id)
    work.record(facts.AgentRetired(site_id=site.id, site=site.code, agent=agent.id))
