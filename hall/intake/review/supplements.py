"""What a one-time notice brings in, and what of it the department turns back under the same notice (I4)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from hall.calendar.rules import add_working_days
from hall.errors import Conflict, Invalid
from hall.intake import facts
from hall.intake.models import Filing
from hall.intake.review import papers as checklist
from hall.intake.review.at_hand import Which, for_acceptance, for_staff, said
from hall.intake.review.models import NoticeLine, OneTimeNotice
from hall.intake.review.notices import require_in_time
from hall.intake.rules import Lacking
from hall.intake.states import AT_HAND, PaperState
from hall.intake.visits import count_visit

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from hall.intake.models import Case, FilingPaper
    from hall.intake.review.at_hand import AtHand
    from hall.unit_of_work import Work

NOTE = 200
BROUGHT = {*AT_HAND, PaperState.DEFERRED, PaperState.MISSING, PaperState.NOT_NEEDED} - {PaperState.REUSED}


@dataclass(frozen=True, slots=True)
class Supplement:
    """Papers came in: what each is now; `notes` say what is still wrong with one.

    `lines`: of what the notice asks for besides papers, by the key of its line, whether it came; without a word it did.
    """

    which: Which
    papers: Mapping[int, str]
    notes: Mapping[int, str] = field(default_factory=dict)
    lines: Mapping[int, bool] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class TurnBack:
    """What came in is not what the notice asked for: by the key of the notice's line, what is still wrong."""

    which: Which
    lines: Mapping[int, str]


def supplement(work: Work, command: Supplement) -> Case:
    """Papers came in: the case is with the department again; while something is still missing, it waits on.

    What was brought but is not what the notice asks for stays missing, with a note why: the notice stays the only one.

    The visit is counted (I11). Raises Invalid (`unknown_paper`, `unknown_line`, `not_deferrable`), Conflict.
    """
    at_hand = for_staff(work, command.which)
    if at_hand.case.state != "correction":
        raise Conflict(_l("No notice is out for this case."), code="conflict")
    papers = checklist.papers_of(work.session, at_hand.case)
    if not (command.papers or command.lines) or set(command.papers.values()) - BROUGHT:
        message = _l("Say of each paper what it is now.")
        raise Invalid(message, code="bad_papers", errors={"papers": [message]})
    row, lines = _notice(at_hand)
    _known(lines, command.lines)
    checklist.set_states(papers, dict(command.papers), at_hand)
    for paper in papers:
        if paper.id in command.papers:
            paper.note = " ".join(command.notes.get(paper.id, "").split())[:NOTE]
    filing = work.session.get_one(Filing, at_hand.case.filing_id)
    count_visit(work, filing, went_away=True)
    came = checklist.lacking_of(papers) is not Lacking.NEEDED
    _settle(at_hand, lines, papers, [line.id for line in lines if command.lines.get(line.id, came)])
    complete = came and all(line.settled_at for line in lines if line.paper_id is None)
    if complete:
        for line in lines:
            line.settled_at = line.settled_at or work.now
        row.answered_at = work.now
        at_hand.move("supplement")
    else:
        at_hand.touch()
    at_hand.record(facts.CaseSupplemented, what=None if complete else "in_part")
    return at_hand.case


def turn_back(work: Work, command: TurnBack) -> Case:
    """The department finds that what came in is not what its notice asked for: it is asked for again (I4).

    The notice stays the only one and nothing new is asked for; its term runs anew, because its holder is told today.
    Raises Conflict (`too_late`, nothing came in), Invalid (`unknown_line`, without a word why), Refused.
    """
    at_hand, _authority = for_acceptance(work, command.which)
    if at_hand.case.state != "received":
        raise Conflict(_l("Only what came in after a notice can be turned back."), code="conflict")
    row, lines = _notice(at_hand)
    require_in_time(at_hand)
    if not command.lines:
        message = _l("Choose what is not as the notice asked for it.")
        raise Invalid(message, code="nothing_chosen", errors={"lines": [message]})
    _known(lines, command.lines)
    papers = {paper.id: paper for paper in checklist.papers_of(work.session, at_hand.case)}
    for line in lines:
        if line.id in command.lines:
            _open_again(line, papers, said(command.lines[line.id], f"note-{line.id}", NOTE))
    row.answered_at = None
    row.answer_by = add_working_days(at_hand.calendar(), at_hand.today, row.term_days)
    at_hand.move("turn_back")
    at_hand.record(facts.CaseTurnedBack)
    return at_hand.case


def _open_again(line: NoticeLine, papers: Mapping[int, FilingPaper], why: str) -> None:
    line.settled_at, line.still_wrong = None, why
    paper = papers.get(line.paper_id or 0)
    if paper is not None:
        paper.state, paper.note, paper.handed_in_at = PaperState.MISSING.value, why, None


def _notice(at_hand: AtHand) -> tuple[OneTimeNotice, Sequence[NoticeLine]]:
    """The notice that counts, with its lines. Raises Conflict where none went out."""
    session = at_hand.work.session
    wanted = select(OneTimeNotice).where(OneTimeNotice.case_id == at_hand.case.id)
    row = session.scalar(wanted.order_by(OneTimeNotice.serial.desc()).limit(1))
    if row is None:
        raise Conflict(_l("No notice went out for this case."), code="conflict")
    of_it = select(NoticeLine).where(NoticeLine.notice_id == row.id).order_by(NoticeLine.sort)
    return row, session.scalars(of_it).all()


def _known(lines: Sequence[NoticeLine], named: Mapping[int, object]) -> None:
    if set(named) - {line.id for line in lines}:
        message = _l("This does not stand on the notice. Nothing else can be asked for.")
        raise Invalid(message, code="unknown_line", errors={"lines": [message]})


def _settle(
    at_hand: AtHand, lines: Sequence[NoticeLine], papers: Sequence[FilingPaper], came: Sequence[int]
) -> None:
    """Mark what of the notice is settled: papers that are here, and what else came."""
    here = {paper.id for paper in papers if paper.state != PaperState.MISSING}
    for line in lines:
        settled = line.id in came if line.paper_id is None else line.paper_id in here
        if settled and line.settled_at is None:
            line.settled_at = at_hand.work.now
