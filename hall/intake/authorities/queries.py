"""Reading authorities: the list, one of them, and what can be chosen when granting."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import aliased

from hall.accounts.models import Staff
from hall.accounts.roles import ROLES, STAFF_ROLES, Can
from hall.catalog.models import Department, ServiceItem
from hall.errors import NotFound
from hall.intake.models import AcceptanceAuthority, Case

if TYPE_CHECKING:
    from datetime import date, datetime

    from sqlalchemy.orm import Session

PAGE = 50
RECEIVING = tuple(role.value for role in STAFF_ROLES if Can.INTAKE_RECEIVE in ROLES[role])
GRANTER, REVOKER = aliased(Staff), aliased(Staff)


@dataclass(frozen=True, slots=True)
class AuthorityView:
    """Who may accept, and decide where `mode` is `same_desk`, which item, under which document."""

    id: int
    user: str
    name: str
    role: str
    retired: bool
    item: str
    item_name: str
    item_name_en: str
    mode: str
    second_review: bool
    department: str
    document: str
    dated: date | None
    reason: str
    granted_at: datetime
    granted_by: str
    revoked_at: datetime | None
    revoked_by: str
    revoked_reason: str


@dataclass(frozen=True, slots=True)
class Search:
    """What a list is narrowed to: `text` is of an item, a document, or `by_person` a person. Pages count from 1."""

    text: str = ""
    revoked: bool = False
    page: int = 1
    by_person: bool = True


@dataclass(frozen=True, slots=True)
class Found:
    """One page of them, with how many there are in all."""

    rows: tuple[AuthorityView, ...]
    count: int
    page: int
    pages: int


def authorities(session: Session, site_id: int, search: Search) -> Found:
    """Those of a hall, by person and item; two statements whatever the length."""
    wanted = _all(site_id).where(
        AcceptanceAuthority.revoked_at.is_not(None)
        if search.revoked
        else AcceptanceAuthority.revoked_at.is_(None)
    )
    if search.text:
        like = f"%{_literal(search.text)}%"
        person = (Staff.user, Staff.name) if search.by_person else ()
        matter = (ServiceItem.code, ServiceItem.name, ServiceItem.name_en, AcceptanceAuthority.document)
        named = [column.ilike(like, escape="\\") for column in (*person, *matter)]
        wanted = wanted.where(or_(*named))
    count = session.scalar(select(func.count()).select_from(wanted.subquery())) or 0
    pages = max(1, -(-count // PAGE))
    page = min(max(1, search.page), pages)
    order = (Staff.user, ServiceItem.code, AcceptanceAuthority.id.desc())
    rows = session.execute(wanted.order_by(*order).limit(PAGE).offset((page - 1) * PAGE))
    return Found(tuple(_view(row) for row in rows.mappings()), count, page, pages)


def authority(session: Session, site_id: int, key: int) -> AuthorityView:
    """One of the hall's. Raises NotFound."""
    row = session.execute(_all(site_id).where(AcceptanceAuthority.id == key)).mappings().first()
    if row is None:
        raise NotFound(_l("There is no such authority."), code="unknown_authority")
    return _view(row)


def used(session: Session, key: int) -> tuple[int, int]:
    """How many cases were accepted, and how many decided, under it."""
    accepted = select(func.count()).where(Case.authority_id == key)
    decided = select(func.count()).where(Case.decision_authority_id == key)
    return session.scalar(accepted) or 0, session.scalar(decided) or 0


def _all(site_id: int) -> Select[*tuple[Any, ...]]:
    return (
        select(
            AcceptanceAuthority.id,
            Staff.user,
            Staff.name,
            Staff.role,
            Staff.retired_at.label("retired"),
            ServiceItem.code.label("item"),
            ServiceItem.name.label("item_name"),
            ServiceItem.name_en.label("item_name_en"),
            ServiceItem.mode,
            ServiceItem.second_review,
            Department.name.label("department"),
            AcceptanceAuthority.document,
            AcceptanceAuthority.dated,
            AcceptanceAuthority.reason,
            AcceptanceAuthority.granted_at,
            GRANTER.name.label("granted_by"),
            AcceptanceAuthority.revoked_at,
            REVOKER.name.label("revoked_by"),
            AcceptanceAuthority.revoked_reason,
        )
        .join(Staff, Staff.id == AcceptanceAuthority.staff_id)
        .join(ServiceItem, ServiceItem.id == AcceptanceAuthority.item_id)
        .join(Department, Department.id == ServiceItem.department_id)
        .outerjoin(GRANTER, GRANTER.id == AcceptanceAuthority.granted_by)
        .outerjoin(REVOKER, REVOKER.id == AcceptanceAuthority.revoked_by)
        .where(Staff.site_id == site_id)
    )


def _view(row: Any) -> AuthorityView:  # noqa: ANN401 - a row of `_all`
    said = dict(row)
    said["retired"] = said["retired"] is not None
    for name in ("granted_by", "revoked_by", "revoked_reason"):
        said[name] = said[name] or ""
    return AuthorityView(**said)


def _literal(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def people(session: Session, site_id: int) -> list[Staff]:
    """Who can be authorised: those in use who receive at windows, by account."""
    wanted = select(Staff).where(
        Staff.site_id == site_id, Staff.retired_at.is_(None), Staff.role.in_(RECEIVING)
    )
    return list(session.scalars(wanted.order_by(Staff.user)))


def departments(session: Session, site_id: int) -> list[Department]:
    """Departments with items on offer, by code."""
    with_items = select(ServiceItem.department_id).where(
        ServiceItem.site_id == site_id, ServiceItem.retired_at.is_(None)
    )
    return list(
        session.scalars(select(Department).where(Department.id.in_(with_items)).order_by(Department.code))
    )


def items(session: Session, site_id: int, department_id: int) -> list[ServiceItem]:
    """A department's items on offer, those that can be decided at the window first."""
    wanted = select(ServiceItem).where(
        ServiceItem.site_id == site_id,
        ServiceItem.department_id == department_id,
        ServiceItem.retired_at.is_(None),
    )
    return list(session.scalars(wanted.order_by(ServiceItem.mode != "same_desk", ServiceItem.code)))
