"""A whole reception ends, and may be taken up again (M1). Its history stays as it is, and readable."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from hall.accounts.access import of_site
from hall.errors import Conflict, NotFound
from hall.rota import facts
from hall.rota.at_hand import manages, site_of, today_of
from hall.rota.bulletins.models import Bulletin
from hall.rota.bulletins.states import Paper
from hall.rota.matters.models import HardMatter
from hall.rota.matters.states import OPEN
from hall.rota.models import Duty, Rota, RotaSession
from hall.rota.presence.models import Absence
from hall.rota.presence.states import BEING_CHECKED
from hall.rota.states import LIVE, Held

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from hall.unit_of_work import Work


@dataclass(frozen=True, slots=True)
class RetireRota:
    """A reception is held no longer."""

    rota_id: int


@dataclass(frozen=True, slots=True)
class TakeBackRota:
    """A retired reception is held again."""

    rota_id: int


def retire_rota(work: Work, command: RetireRota) -> Rota:
    """Nothing is made of it any more, nothing of it is public. Pressed twice it is once.

    Not while something of it is still to come or open: nothing gets lost by it. Raises Conflict (`published`,
    `has_turns`, `unchecked`, `open_matters`, `draft_bulletin`), NotFound, Refused.
    """
    rota = _kept(work, command.rota_id)
    if rota.retired_at is None:
        _nothing_ahead(work, rota)
        _nothing_open(work, rota)
        rota.retired_at = work.now
        _say(work, rota, facts.RotaRetired)
    return rota


def take_back(work: Work, command: TakeBackRota) -> Rota:
    """Held again, with the sessions that it had: those to come are as they were. Raises NotFound, Refused."""
    rota = _kept(work, command.rota_id)
    if rota.retired_at is not None:
        rota.retired_at = None
        _say(work, rota, facts.RotaTakenBack)
    return rota


def _kept(work: Work, rota_id: int) -> Rota:
    """The reception, kept from who makes a term of it; in use or not. Raises NotFound, Refused."""
    manages(work)
    wanted = select(Rota).where(Rota.id == rota_id).with_for_update(key_share=True)
    rota = work.session.scalar(wanted.execution_options(populate_existing=True))
    if rota is None:
        raise NotFound(_l("There is no such reception."), code="unknown_rota")
    of_site(work.actor, rota.site_id)
    return rota


def _nothing_ahead(work: Work, rota: Rota) -> None:
    """Its days to come are kept from others: nobody signs up or publishes meanwhile."""
    coming = (
        select(RotaSession)
        .where(RotaSession.rota_id == rota.id, RotaSession.held_on >= today_of(work, rota))
        .order_by(RotaSession.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    rows = work.session.scalars(coming).all()
    public = [row.held_on for row in rows if row.state == Held.PUBLISHED]
    if public:
        said = _l(
            "Published days are still to come (%(days)s). Hold or cancel them first.", days=_days(public)
        )
        raise Conflict(said, code="published")
    live = select(Duty.session_id).where(Duty.session_id.in_([row.id for row in rows]), Duty.state.in_(LIVE))
    signed = set(work.session.scalars(live))
    if signed:
        days = _days(row.held_on for row in rows if row.id in signed)
        said = _l(
            "Somebody has signed up for days to come (%(days)s). Do not hold these days first.", days=days
        )
        raise Conflict(said, code="has_turns")


def _nothing_open(work: Work, rota: Rota) -> None:
    unchecked = (
        select(Absence.id)
        .join(Duty, Duty.id == Absence.duty_id)
        .join(RotaSession, RotaSession.id == Duty.session_id)
        .where(RotaSession.rota_id == rota.id, Absence.state.in_([state.value for state in BEING_CHECKED]))
    )
    if work.session.scalar(unchecked.limit(1)) is not None:
        raise Conflict(
            _l("Absences are not checked with their departments yet. Finish that in today’s room."),
            code="unchecked",
        )
    matters = select(HardMatter.id).where(
        HardMatter.rota_id == rota.id, HardMatter.state.in_([state.value for state in OPEN])
    )
    if work.session.scalar(matters.limit(1)) is not None:
        raise Conflict(
            _l("Hard matters of citizens are still open. Finish them under “Matters” first."),
            code="open_matters",
        )
    drafts = select(Bulletin.id).where(Bulletin.rota_id == rota.id, Bulletin.state == Paper.DRAFT.value)
    if work.session.scalar(drafts.limit(1)) is not None:
        raise Conflict(
            _l("A bulletin of this reception is still a draft. Have it signed off, or drop it first."),
            code="draft_bulletin",
        )


def _days(days: Iterable[date | None]) -> str:
    return ", ".join(sorted(str(day) for day in days))


def _say(work: Work, rota: Rota, kind: type[facts.RotaFact]) -> None:
    work.session.flush()
    site = site_of(work, rota)
    work.record(kind(site_id=site.id, site=site.code, rota=rota.code))
