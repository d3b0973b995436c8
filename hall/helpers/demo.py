"""The demo hall's helpers: eight people, what each knows, and their weeks."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select

from hall import tokens
from hall.accounts.models import Staff
from hall.accounts.passwords import hash_password
from hall.accounts.roles import Role
from hall.catalog.models import ServiceItem
from hall.helpers.models import Helper, HelperSkill, HelperWeek, HelpExclusion
from hall.helpers.rules import kinds_left_out

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from hall.sites import Site

OFFICE = (("08:30", "12:00"), ("14:30", "17:30"))
EARLY = (("08:00", "12:00"), ("13:30", "16:30"))
LATE = (("10:00", "13:00"), ("14:00", "18:00"))
WORKDAYS = range(5)


@dataclass(frozen=True, slots=True)
class DemoHelper:
    """One helper; `kept_back` are weekdays whose first stretch only the desk gives away."""

    name: str
    skills: tuple[str, ...]
    stretches: tuple[tuple[str, str], ...] = OFFICE
    days: tuple[int, ...] = tuple(WORKDAYS)
    agency: bool = True
    home_visits: bool = False
    kept_back: tuple[int, ...] = ()


TEAM = (
    DemoHelper("沈晴", ("dialect", "bundle:xixian-company-start", "bundle:xixian-company-close")),
    DemoHelper("顾安", ("english", "bundle:xixian-company-start", "bundle:xixian-restaurant")),
    DemoHelper("梁秋", ("sign", "dialect", "bundle:xixian-disability"), home_visits=True),
    DemoHelper("冯远", ("dialect", "bundle:xixian-home-transfer", "bundle:xixian-marriage"), EARLY),
    DemoHelper("邵敏", ("bundle:xixian-newborn", "bundle:xixian-retirement"), LATE, kept_back=(0, 2)),
    DemoHelper("谢宁", ("dialect", "bundle:xixian-farewell", "bundle:xixian-veteran"), home_visits=True),
    DemoHelper("尹夏", ("dialect", "english"), days=(0, 2, 4, 5, 6), agency=False),
    DemoHelper("祝平", ("sign", "dialect"), days=(1, 3, 5, 6), agency=False),
)


LEFT_OUT = (("411528-ZRZY-007", "secret", ""), ("411528-MZJ-002", "in_person", "agency"))
"""Other people's property is nobody else's business; who divorces does so in person."""


def add_exclusions(session: Session, site: Site) -> None:
    """Matters with which the demo's helpers may not help, or not as agents (H1)."""
    for code, reason, kind in LEFT_OUT:
        wanted = select(ServiceItem.id).where(ServiceItem.site_id == site.id, ServiceItem.code == code)
        item = session.scalars(wanted).one()
        session.add_all(
            HelpExclusion(site_id=site.id, item_id=item, kind=one, reason=reason)
            for one in kinds_left_out(reason, kind)
        )
    session.flush()


def add_helpers(session: Session, site: Site) -> None:
    """Accounts, skills and weeks of the demo's helpers."""
    hashed = hash_password(secrets.token_urlsafe(12))
    for number, one in enumerate(TEAM, 1):
        person = Staff(
            site_id=site.id,
            user=f"helper{number:02d}",
            name=one.name,
            role=Role.HELPER.value,
            password_hash=hashed,
            demo=True,
            session_nonce=tokens.new_nonce(),
        )
        session.add(person)
        session.flush()
        helper = Helper(
            site_id=site.id,
            staff_id=person.id,
            badge=f"B{number:02d}",
            does_agency=one.agency,
            does_home_visits=one.home_visits,
        )
        session.add(helper)
        session.flush()
        session.add_all(HelperSkill(helper_id=helper.id, skill=skill) for skill in one.skills)
        session.add_all(
            HelperWeek(
                helper_id=helper.id,
                weekday=weekday,
                starts=starts,
                ends=ends,
                kept_back=weekday in one.kept_back and at == 0,
            )
            for weekday in one.days
            for at, (starts, ends) in enumerate(one.stretches)
        )
    session.flush()
