"""Which hall a page about receptions is for: its address's, the reader's own, the only one, or still to be chosen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select

from hall.rota.models import Rota, RotaSession
from hall.sites import Site, site_by_code

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from hall.actor import Actor


@dataclass(frozen=True, slots=True)
class Choice:
    """A hall among several, with the receptions that it holds."""

    site: Site
    rotas: tuple[Rota, ...]


def hall_of(session: Session, actor: Actor, code: str = "") -> Site | None:
    """The hall of this address; None where there is none yet, or the reader has to choose. Raises NotFound."""
    if code:
        return site_by_code(session, code)
    own = session.get(Site, actor.site_id) if actor.site_id else None
    if own is not None and own.retired_at is None:
        return own
    found = _halls(session)
    return found[0] if len(found) == 1 else None


def several(session: Session) -> bool:
    """Whether there are halls to choose among: only then an address names one."""
    return len(_halls(session)) > 1


def choices(session: Session) -> list[Choice]:
    """All halls, in their order, with what each holds; two statements."""
    held: dict[int, list[Rota]] = {}
    for rota in session.scalars(select(Rota).where(Rota.retired_at.is_(None)).order_by(Rota.code)):
        held.setdefault(rota.site_id, []).append(rota)
    return [Choice(site, tuple(held.get(site.id, ()))) for site in _halls(session)]


def hall_of_session(session: Session, key: int) -> Site | None:
    """The hall in which a session is held."""
    return session.scalar(
        select(Site)
        .join(Rota, Rota.site_id == Site.id)
        .join(RotaSession, RotaSession.rota_id == Rota.id)
        .where(RotaSession.id == key, Site.retired_at.is_(None))
    )


def _halls(session: Session) -> list[Site]:
    return list(session.scalars(select(Site).where(Site.retired_at.is_(None)).order_by(Site.id)))
