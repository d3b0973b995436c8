"""A problem enters the ledger, and evidence is added to it (M7)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, cast

from flask_babel import lazy_gettext as _l
from sqlalchemy import Table, bindparam, func, select
from sqlalchemy.dialects import postgresql, sqlite

from hall.errors import Conflict, Invalid
from hall.rota.at_hand import rota_of
from hall.rota.findings import facts
from hall.rota.findings.at_hand import finding_of, record, step, today_at
from hall.rota.findings.models import Finding, FindingEvidence, FindingSeries
from hall.rota.findings.origins import day_of, taken_from
from hall.rota.findings.rules import MOST_FILES, plain_name
from hall.rota.findings.states import Source
from hall.rota.matters.models import HardMatter
from hall.rota.models import RotaSession

if TYPE_CHECKING:
    from datetime import date

    from hall.rota.findings.files import Kept
    from hall.rota.findings.origins import From
    from hall.rota.walks.models import Walk
    from hall.unit_of_work import Work

TITLE, DETAIL, SHOWN = 80, 1000, 60


@dataclass(frozen=True, slots=True)
class Citizen:
    """Whom it concerns: sealed, and the name as it may be shown."""

    name_sealed: bytes | None
    shown: str
    phone_sealed: bytes | None


@dataclass(frozen=True, slots=True)
class Find:
    """A problem: `title` may be read by all, `detail` by those concerned; `source` is one of sit, walk, do, other.

    Made of a walk or hard matter (`origin`), it has that one's session and source, and its reception where
    `rota_id` is 0; whose matter it was is called back.
    """

    rota_id: int
    title: str
    detail: str
    source: str
    session_day: date | None = None
    citizen: Citizen | None = None
    origin: From | None = None


@dataclass(frozen=True, slots=True)
class AddEvidence:
    """A file that was kept, for a finding."""

    finding_id: int
    file: Kept
    name: str


def find(work: Work, command: Find) -> Finding:
    """Enter a problem into the ledger. Raises Conflict (`not_taken_up`), Invalid by field, NotFound, Refused."""
    origin = taken_from(work, command.origin) if command.origin else None
    rota = rota_of(work, command.rota_id or (origin.rota_id if origin else 0))
    if origin is not None and origin.rota_id != rota.id:
        raise Invalid(_l("This walk or matter belongs to another reception."), code="other_rota")
    today = today_at(work, rota.site_id)
    title, detail = _title(command.title), command.detail.strip()
    if len(detail) > DETAIL:
        said = _l("At most %(most)s signs, please.", most=DETAIL)
        raise Invalid(said, errors={"detail": [said]})
    row = Finding(
        site_id=rota.site_id,
        rota_id=rota.id,
        year=today.year,
        serial=_next_serial(work, rota.site_id, today.year),
        state="found",
        title=title,
        detail=detail,
        found_at=work.now,
        found_by=work.actor.id,
        **(
            _of(work, origin, command)
            if origin
            else {
                "session_id": _session(work, rota.id, command.session_day, today),
                "source": command.source,
                "found_on": command.session_day or today,
            }
        ),
    )
    _of_citizen(row, command.citizen, origin)
    work.session.add(row)
    work.session.flush()
    step(work, row, "found")
    record(work, facts.FindingRecorded, row, row.source)
    return row


def _of(work: Work, origin: Walk | HardMatter, command: Find) -> dict[str, Any]:
    """The columns of a finding that its walk or matter decides."""
    here: dict[str, Any] = {
        "session_id": origin.session_id,
        "found_on": day_of(work.session, origin),
    }
    if isinstance(origin, HardMatter):
        return {**here, "source": Source.DO.value, "matter_id": origin.id}
    number = command.origin.step if command.origin else None
    return {**here, "source": Source.WALK.value, "walk_id": origin.id, "walk_step": number}


def _of_citizen(row: Finding, given: Citizen | None, origin: Walk | HardMatter | None) -> None:
    """Whom it concerns; of a matter with a telephone, whose matter it is and nobody else. Raises Invalid."""
    if isinstance(origin, HardMatter) and origin.phone_sealed is not None:
        if given is not None:
            said = _l("Whose matter it is will be called back. Leave name and telephone empty.")
            raise Invalid(said, errors={"citizen": [said]})
        row.citizen_sealed, row.citizen_shown = origin.name_sealed, origin.name_shown[:SHOWN]
        row.phone_sealed = origin.phone_sealed
    elif given is not None:
        row.citizen_sealed, row.citizen_shown = given.name_sealed, given.shown
        row.phone_sealed = given.phone_sealed


def _title(given: str) -> str:
    title = " ".join(given.split())
    if not 0 < len(title) <= TITLE:
        said = _l("Say in one line what the problem is, at most %(most)s signs.", most=TITLE)
        raise Invalid(said, errors={"title": [said]})
    return title


def _session(work: Work, rota_id: int, day: date | None, today: date) -> int | None:
    """The session it was found on, where it was one."""
    if day is None:
        return None
    held = select(RotaSession.id).where(RotaSession.rota_id == rota_id, RotaSession.held_on == day)
    found = work.session.scalar(held.where(RotaSession.state == "published"))
    if found is None or day > today:
        said = _l("There was no session on this day. Choose another day, or leave it empty.")
        raise Invalid(said, errors={"day": [said]})
    return found


def _next_serial(work: Work, site_id: int, year: int) -> int:
    statement = _counting(work.session.get_bind().dialect.name)
    return int(
        work.session.connection().execute(statement, {"at_site": site_id, "in_year": year}).scalar_one()
    )


@cache
def _counting(dialect: str) -> Any:  # noqa: ANN401 - an INSERT of either dialect
    series = cast("Table", FindingSeries.__table__)
    first = (sqlite.insert if dialect == "sqlite" else postgresql.insert)(series).values(
        site_id=bindparam("at_site"), year=bindparam("in_year"), last_serial=1
    )
    return first.on_conflict_do_update(
        index_elements=[series.c.site_id, series.c.year], set_={"last_serial": series.c.last_serial + 1}
    ).returning(series.c.last_serial)


def takes(work: Work, command: AddEvidence) -> FindingEvidence | None:
    """Whether a finding takes this file now; the row of one that it has already.

    Asked before the file is written, too, that none lies where nobody will ever look for it.
    Raises Conflict (`not_now`, `too_many`), NotFound.
    """
    row = finding_of(work, command.finding_id)
    if row.state not in {"found", "assigned"}:
        raise Conflict(_l("Nothing can be added to this finding any more."), code="not_now")
    of_it = FindingEvidence.finding_id == row.id
    same = select(FindingEvidence).where(
        of_it, FindingEvidence.shows == _shows(row), FindingEvidence.digest == command.file.digest
    )
    known = work.session.scalar(same)
    if known is None and (work.session.scalar(select(func.count()).where(of_it)) or 0) >= MOST_FILES:
        raise Conflict(_l("At most %(most)s files, please.", most=MOST_FILES), code="too_many")
    return known


def _shows(row: Finding) -> str:
    return "problem" if row.state == "found" else "cure"


def add_evidence(work: Work, command: AddEvidence) -> FindingEvidence:
    """Add a photo or document: of the problem until it is assigned, of its cure from then on.

    The same file again changes nothing. Raises as `takes`.
    """
    known = takes(work, command)
    if known is not None:
        return known
    row = finding_of(work, command.finding_id)
    shows = _shows(row)
    added = FindingEvidence(
        finding_id=row.id,
        shows=shows,
        digest=command.file.digest,
        sort=command.file.sort,
        size=command.file.size,
        name=plain_name(command.name),
        added_at=work.now,
        added_by=work.actor.id,
    )
    work.session.add(added)
    work.session.flush()
    record(work, facts.FindingEvidenceAdded, row, shows)
    return added
