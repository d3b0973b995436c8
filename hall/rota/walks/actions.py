"""What happens on a walk: begin, the next step, the end (M6). One verb a function."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from hall import tokens
from hall.accounts.access import of_site
from hall.catalog.models import ServiceItem
from hall.clock import business_date
from hall.errors import Conflict, Invalid, NotFound, Refused
from hall.rota.at_hand import acts_for, rota_of
from hall.rota.models import Duty, Rota, RotaBody, RotaSession
from hall.rota.states import Turn
from hall.rota.walks import facts, queries
from hall.rota.walks.models import Walk, WalkStep
from hall.rota.walks.queries import WalkView
from hall.rota.walks.states import WALK_MOVES, Walking
from hall.sites import Site

if TYPE_CHECKING:
    from hall.unit_of_work import Work

LONGEST_NAME, LONGEST_REMARK, LONGEST_WORDS = 40, 300, 500
MOST_STEPS, MOST = 60, 999
NEXT_REVISION = Walk.revision + 1


@dataclass(frozen=True, slots=True)
class Begin:
    """Go through an item for a body, beginning with a step of this name."""

    body_id: int
    item: str
    step: str


@dataclass(frozen=True, slots=True)
class Next:
    """The step that runs (`number`, as the walker saw it) ends with a remark, and the next one begins."""

    nonce: bytes | None
    number: int
    name: str
    remark: str = ""


@dataclass(frozen=True, slots=True)
class End:
    """It is over: the last remark, what was met with, and a conclusion; None and "" are not said."""

    nonce: bytes | None
    remark: str
    days: int | None
    visits: int | None
    papers: int | None
    fee: str
    conclusion: str


def begin(work: Work, command: Begin) -> WalkView:
    """The stopwatch of the first step starts. Raises Conflict (`walking`), Invalid, NotFound, Refused."""
    body = work.session.get(RotaBody, command.body_id)
    if body is None:
        raise NotFound(_l("There is no such department here."), code="unknown_body")
    rota = rota_of(work, body.rota_id)
    acts_for(work, body)
    item = work.session.scalar(
        select(ServiceItem).where(
            ServiceItem.site_id == rota.site_id,
            ServiceItem.code == command.item,
            ServiceItem.retired_at.is_(None),
        )
    )
    if item is None:
        said = _l("Please choose one of the items of the catalogue.")
        raise Invalid(said, errors={"item": [said]})
    if work.actor.id is None or queries.open_of(work.session, work.actor.id) is not None:
        raise Conflict(_l("You are on a walk already: end it, or give it up."), code="walking")
    told = queries.promised_by(work.session, item)
    row = Walk(
        site_id=rota.site_id,
        rota_id=rota.id,
        body_id=body.id,
        session_id=_session_today(work, rota, body.id),
        item_id=item.id,
        staff_id=work.actor.id,
        nonce=tokens.new_nonce(),
        state=Walking.WALKING.value,
        begun_at=work.now,
        promised_days=told.days,
        promised_visits=told.visits,
        promised_papers=told.papers,
        promised_fee=told.fee,
    )
    work.session.add(row)
    work.session.flush()
    _step(work, row, 1, command.step)
    _record(work, facts.WalkBegun, row)
    return queries.view(work.session, row)


def _session_today(work: Work, rota: Rota, body_id: int) -> int | None:
    site = work.session.get_one(Site, rota.site_id)
    return work.session.scalar(
        select(RotaSession.id)
        .join(Duty, Duty.session_id == RotaSession.id)
        .where(
            RotaSession.rota_id == rota.id,
            RotaSession.held_on == business_date(site.zone, work.now),
            Duty.body_id == body_id,
            Duty.state == Turn.CONFIRMED.value,
        )
    )


def next_step(work: Work, command: Next) -> WalkView:
    """One step ends and the next begins at the same moment; the same press twice is one. Raises Conflict, Invalid."""
    row = _own(work, command.nonce)
    running = _running(work, row)
    if running.number != command.number:
        if running.number == command.number + 1 and running.name == _plain(command.name, LONGEST_NAME):
            return queries.view(work.session, row)
        raise Conflict(_l("This walk has gone on meanwhile: here is how it stands now."), code="stale_walk")
    if running.number >= MOST_STEPS:
        raise Conflict(_l("A walk has %(count)s steps at the most.", count=MOST_STEPS), code="too_many_steps")
    _finish(work, running, command.remark)
    _step(work, row, running.number + 1, command.name)
    return queries.view(work.session, row)


def end(work: Work, command: End) -> WalkView:
    """The last step ends, and what was met with is kept beside the promise. Raises Conflict, Invalid, Refused."""
    row = _own(work, command.nonce)
    wrong: dict[str, list[object]] = {
        name: [_l("Please give a whole number, or nothing.")]
        for name, count in (("days", command.days), ("visits", command.visits), ("papers", command.papers))
        if count is not None and not 0 <= count <= MOST
    }
    conclusion = _plain(command.conclusion, LONGEST_WORDS)
    if not conclusion:
        wrong["conclusion"] = [_l("Please say in a few words how it went.")]
    if wrong:
        raise Invalid(_l("Some of this cannot be used. Please check it."), errors=wrong)
    _finish(work, _running(work, row), command.remark)
    work.move(
        WALK_MOVES,
        row,
        "end",
        ended_at=work.now,
        found_days=command.days,
        found_visits=command.visits,
        found_papers=command.papers,
        found_fee=_plain(command.fee, 200),
        conclusion=conclusion,
        revision=NEXT_REVISION,
    )
    _record(work, facts.WalkEnded, row)
    return queries.view(work.session, row)


def give_up(work: Work, nonce: bytes | None) -> WalkView:
    """It is not gone to the end; what was noted stays. Raises Conflict, Refused."""
    row = _own(work, nonce)
    _finish(work, _running(work, row), "")
    work.move(WALK_MOVES, row, "give_up", ended_at=work.now, revision=NEXT_REVISION)
    _record(work, facts.WalkGivenUp, row)
    return queries.view(work.session, row)


def _own(work: Work, nonce: bytes | None) -> Walk:
    """A walk that the caller is on, kept from others. Raises NotFound, Refused, Conflict."""
    row = nonce and work.session.scalar(select(Walk).where(Walk.nonce == nonce).with_for_update())
    if not row:
        raise NotFound(_l("There is no such walk."), code="unknown_walk")
    of_site(work.actor, row.site_id)
    if row.staff_id != work.actor.id:
        raise Refused(_l("Only who walks can go on with it."))
    if row.state != Walking.WALKING:
        raise Conflict(_l("This walk is over."), code="walk_over")
    return row


def _running(work: Work, row: Walk) -> WalkStep:
    return work.session.scalars(
        select(WalkStep).where(WalkStep.walk_id == row.id, WalkStep.ended_at.is_(None))
    ).one()


def _finish(work: Work, step: WalkStep, remark: str) -> None:
    step.ended_at, step.remark = work.now, _plain(remark, LONGEST_REMARK)
    work.session.flush()


def _step(work: Work, row: Walk, number: int, name: str) -> None:
    """A step begins now. Raises Invalid without a name."""
    plain = _plain(name, LONGEST_NAME)
    if not plain:
        said = _l("Please name the step.")
        raise Invalid(said, errors={"step": [said]})
    work.session.add(WalkStep(walk_id=row.id, number=number, name=plain, started_at=work.now))
    work.session.flush()


def _plain(text: str, most: int) -> str:
    return " ".join(text.split())[:most]


def _record(work: Work, kind: type[facts.WalkFact], row: Walk) -> None:
    site = work.session.get_one(Site, row.site_id)
    work.record(
        kind(
            site_id=site.id,
            site=site.code,
            rota=work.session.get_one(Rota, row.rota_id).code,
            walk_id=row.id,
            body_id=row.body_id,
            item=work.session.get_one(ServiceItem, row.item_id).code,
        )
    )
