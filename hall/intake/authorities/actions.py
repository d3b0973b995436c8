"""Granting and revoking written authorities: what a manager enters from the department's document (I1, I3)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from hall import clock
from hall.accounts.access import of_site
from hall.accounts.models import Staff
from hall.accounts.roles import ROLES, Can, Role
from hall.catalog.models import ServiceItem
from hall.errors import Conflict, Invalid, NotFound
from hall.intake import facts
from hall.intake.authorities import queries
from hall.intake.models import AcceptanceAuthority
from hall.sites import Site

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from hall.intake.authorities.queries import AuthorityView
    from hall.unit_of_work import Work

DOCUMENT, REASON, AT_ONCE = 120, 300, 200


@dataclass(frozen=True, slots=True)
class Grant:
    """One document authorises one person (by account key) for some items (by code) of the same hall."""

    staff_id: int
    items: tuple[str, ...]
    document: str
    dated: date | None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Revoke:
    """An authority ends: why."""

    key: int
    reason: str


def grant(work: Work, command: Grant) -> tuple[int, ...]:
    """Enter the authorities of one document, all of them or none; answers their keys.

    Raises Invalid by field (`staff`, `items`, `document`, `dated`, `reason`), Refused for another hall's person.
    """
    staff = work.session.get(Staff, command.staff_id)
    if staff is not None:
        of_site(work.actor, staff.site_id)
    errors = _wrong(work, command, staff)
    items = _items(work, staff, command.items, errors)
    if errors or staff is None:
        raise Invalid(_l("Some of this cannot be used. Please check it."), errors=errors)
    rows = [
        AcceptanceAuthority(
            staff_id=staff.id,
            item_id=item.id,
            document=_plain(command.document),
            dated=command.dated,
            reason=_plain(command.reason),
            granted_at=work.now,
            granted_by=work.actor.id,
        )
        for item in items
    ]
    work.session.add_all(rows)
    work.session.flush()
    for item in items:
        _record(work, facts.AuthorityGranted, staff, item)
    return tuple(row.id for row in rows)


def _wrong(work: Work, command: Grant, staff: Staff | None) -> dict[str, list[object]]:
    """What is wrong with all but the items, by field."""
    errors: dict[str, list[object]] = {}
    if staff is None or staff.retired_at is not None:
        errors["staff"] = [_l("Choose who is authorised.")]
    elif Can.INTAKE_RECEIVE not in ROLES[Role(staff.role)]:
        errors["staff"] = [_l("Only who receives at a window can be authorised.")]
    if not _plain(command.document):
        errors["document"] = [_l("An authority is in writing: enter the number of the document.")]
    elif len(_plain(command.document)) > DOCUMENT:
        errors["document"] = [_l("This is too long.")]
    if command.dated is None:
        errors["dated"] = [_l("Enter the day of the document.")]
    elif staff is not None and command.dated > _today(work, staff):
        errors["dated"] = [_l("This day is still to come.")]
    if len(_plain(command.reason)) > REASON:
        errors["reason"] = [_l("This is too long.")]
    return errors


def _today(work: Work, staff: Staff) -> date:
    return clock.business_date(work.session.get_one(Site, staff.site_id).zone, work.now)


def _items(
    work: Work, staff: Staff | None, codes: tuple[str, ...], errors: dict[str, list[object]]
) -> Sequence[ServiceItem]:
    """The items that are named, on offer in the person's hall and not held yet; what is wrong goes to `errors`."""
    if not codes:
        errors["items"] = [_l("Choose at least one item.")]
        return ()
    if len(set(codes)) > AT_ONCE:
        errors["items"] = [_l("There are too many.")]
        return ()
    if staff is None:
        return ()
    wanted = select(ServiceItem).where(
        ServiceItem.site_id == staff.site_id,
        ServiceItem.code.in_(set(codes)),
        ServiceItem.retired_at.is_(None),
    )
    items = work.session.scalars(wanted.order_by(ServiceItem.code)).all()
    if len(items) != len(set(codes)):
        errors["items"] = [_l("One of these items is not on offer in this hall (any more).")]
    held = work.session.scalars(
        select(ServiceItem.name)
        .join(AcceptanceAuthority, AcceptanceAuthority.item_id == ServiceItem.id)
        .where(
            AcceptanceAuthority.staff_id == staff.id,
            AcceptanceAuthority.revoked_at.is_(None),
            ServiceItem.id.in_([item.id for item in items]),
        )
    ).all()
    if held:
        errors["items"] = [_l("Authorised already for: %(items)s", items="、".join(held))]
    return items


def revoke(work: Work, command: Revoke) -> AuthorityView:
    """End an authority; what was done under it stays. Raises NotFound, Refused, Invalid, Conflict (`revoked`)."""
    found = work.session.scalar(
        select(AcceptanceAuthority).where(AcceptanceAuthority.id == command.key).with_for_update()
    )
    if found is None:
        raise NotFound(_l("There is no such authority."), code="unknown_authority")
    staff = work.session.get_one(Staff, found.staff_id)
    of_site(work.actor, staff.site_id)
    reason = _plain(command.reason)
    if not 0 < len(reason) <= REASON:
        said = _l("Say why, in at most 300 signs.")
        raise Invalid(said, errors={"reason": [said]})
    if found.revoked_at is not None:
        raise Conflict(_l("This authority was revoked already."), code="revoked")
    found.revoked_at, found.revoked_by, found.revoked_reason = work.now, work.actor.id, reason
    work.session.flush()
    _record(work, facts.AuthorityRevoked, staff, work.session.get_one(ServiceItem, found.item_id))
    return queries.authority(work.session, staff.site_id, found.id)


def _plain(text: str) -> str:
    return " ".join(text.split())


def _record(work: Work, kind: type[facts.AuthorityFact], staff: Staff, item: ServiceItem) -> None:
    site = work.session.get_one(Site, staff.site_id)
    work.record(kind(site_id=site.id, site=site.code, account=f"staff:{staff.id}", matter=item.code))
