"""What the desk keeps of its day: questions that needed no ticket, the opening checklist, the closing sweep (Q14)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from flask_babel import lazy_gettext as _l
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from hall import facts
from hall.desk import queries, rules
from hall.desk.models import ChecklistTick, DeskQuestion
from hall.errors import Conflict, Invalid, Refused
from hall.queueing.queries import today
from hall.sites import Site
from hall.unit_of_work import LostRace, Work


@dataclass(frozen=True, slots=True)
class Question:
    """A topic from the site's list; for taking back, none."""

    site_id: int
    topic: str = ""


@dataclass(frozen=True, slots=True)
class Tick:
    """One point of a list, done or open again."""

    site_id: int
    kind: str
    point: str
    done: bool = True
    note: str = ""


def count_question(work: Work, command: Question) -> dict[str, int]:
    """Count a question that needed no ticket; answers the day's counts by topic. Raises Invalid."""
    site = work.session.get_one(Site, command.site_id)
    if command.topic not in site.settings.question_topics:
        said = _l("Choose a topic from the list.")
        raise Invalid(said, code="unknown_topic", errors={"topic": [said]})
    day = today(site, work.now)
    staff_id = _staff(work)
    work.session.add(
        DeskQuestion(
            site_id=site.id, business_date=day, topic=command.topic, staff_id=staff_id, asked_at=work.now
        )
    )
    work.session.flush()
    work.record(facts.QuestionCounted(site_id=site.id, site=site.code, what=command.topic))
    return queries.questions(work.session, site.id, day)


def take_back_question(work: Work, command: Question) -> dict[str, int]:
    """Take back one's own last tap within a minute; answers the day's counts. Raises Conflict."""
    site = work.session.get_one(Site, command.site_id)
    day = today(site, work.now)
    last = work.session.scalar(
        select(DeskQuestion)
        .where(
            DeskQuestion.site_id == site.id,
            DeskQuestion.business_date == day,
            DeskQuestion.staff_id == _staff(work),
            DeskQuestion.undone_at.is_(None),
            DeskQuestion.asked_at >= work.now - timedelta(seconds=site.settings.question_undo_s),
        )
        .order_by(DeskQuestion.id.desc())
        .limit(1)
    )
    if last is None:
        raise Conflict(_l("There is nothing to take back any more."), code="nothing_to_undo")
    done = work.session.execute(
        update(DeskQuestion)
        .where(DeskQuestion.id == last.id, DeskQuestion.undone_at.is_(None))
        .values(undone_at=work.now)
    )
    if done.rowcount != 1:  # type: ignore[attr-defined]
        raise LostRace
    work.record(facts.QuestionTakenBack(site_id=site.id, site=site.code, what=last.topic))
    return queries.questions(work.session, site.id, day)


def tick(work: Work, command: Tick) -> list[queries.Point]:
    """Tick a point of today's list, or open it again (Q14). Doing it twice changes nothing. Raises Invalid."""
    site = work.session.get_one(Site, command.site_id)
    if command.kind not in rules.LISTS or command.point not in queries.point_codes(site, command.kind):
        said = _l("This point is not on the list.")
        raise Invalid(said, code="unknown_point", errors={"point": [said]})
    day = today(site, work.now)
    key = {"site_id": site.id, "business_date": day, "kind": command.kind, "point": command.point}
    row = work.session.scalar(select(ChecklistTick).filter_by(**key))
    was = (row.done, row.note) if row else (False, "")
    if was != (command.done, command.note):
        row = row or ChecklistTick(**key)
        row.done, row.note, row.staff_id, row.ticked_at = command.done, command.note, _staff(work), work.now
        _keep(work, row)
        what = f"{command.kind}:{command.point}"
        work.record(
            facts.ChecklistTicked(site_id=site.id, site=site.code, what=what, count=int(command.done))
        )
    return queries.points(work.session, site, day, command.kind)


def _keep(work: Work, row: ChecklistTick) -> None:
    """Write a tick; two desks that tick the same point at once are one after the other."""
    work.session.add(row)
    try:
        work.session.flush()
    except IntegrityError as taken:
        raise LostRace from taken


def _staff(work: Work) -> int:
    """Who is at the desk. Raises Refused for what is not a person."""
    if work.actor.id is None:
        raise Refused(_l("Only staff may do this."))
    return work.actor.id
