"""Results brought where a test wants them: received by the clerk, then changed straight in the tables."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from sqlalchemy import select, update

from hall import clock, tokens
from hall.accounts.models import Staff
from hall.intake.models import Case, FilingPaper
from hall.intake.review.models import Deferral, NoticeLine, OneTimeNotice
from hall.unit_of_work import units

if TYPE_CHECKING:
    from flask import Flask
    from sqlalchemy.orm import Session

    from tests.intake_at_work import Clerk

ITEM, BUNDLE = "411528-SCJG-001", "xixian-company-start"


def received(clerk: Clerk, *, papers: str = "present", **entries: Any) -> dict[str, Any]:
    """A received form; `item` or `bundle` among the entries says for what."""
    matter = {name: entries.pop(name) for name in ("item", "bundle") if name in entries} or {"item": ITEM}
    clerk.serve(**matter)
    return clerk.receive(clerk.filled(clerk.open(), papers=papers, **entries))


def change(app: Flask, number: str, **values: Any) -> None:
    """Set a case's columns."""
    with app.app_context():
        units().run(
            lambda session: session.execute(update(Case).where(Case.number == number).values(**values))
        )


def another(session: Session, case: Case) -> int:
    """Somebody of the hall who did not receive the case."""
    return session.scalars(
        select(Staff.id).where(Staff.site_id == case.site_id, Staff.id != case.received_by).order_by(Staff.id)
    ).all()[-1]


def ready(app: Flask, number: str, **values: Any) -> None:
    """Decided by another, its result at the issue window."""

    def make(session: Session) -> None:
        case = session.scalars(select(Case).where(Case.number == number)).one()
        reviewer, now = another(session, case), clock.now()
        given = {
            "accepted_by": reviewer, "accepted_at": now, "accepted_basis": "decision", "due_days": 5,
            "decided_by": reviewer, "decided_at": now, "decision": "granted",
            "result_name": "食品经营许可证", "result_number": "JY14115280001",
            "confirmed_by": None, "second_review": False,
            "ready_at": now, "state": "ready", "changed_at": now,
        }  # fmt: skip
        session.execute(update(Case).where(Case.id == case.id).values(**{**given, **values}))

    with app.app_context():
        units().run(make)


def noticed(app: Flask, number: str, lines: int = 2) -> bytes:
    """The one-time notice is out; answers its nonce."""
    nonce = tokens.new_nonce()

    def make(session: Session) -> None:
        case = session.scalars(select(Case).where(Case.number == number)).one()
        notice = OneTimeNotice(
            case_id=case.id, serial=1, nonce=nonce, basis="《行政许可法》第三十二条", term_days=15,
            answer_by=date(2026, 12, 15), sent_by=another(session, case), sent_at=clock.now(),
        )  # fmt: skip
        session.add(notice)
        session.flush()
        for sort in range(lines):
            session.add(
                NoticeLine(
                    notice_id=notice.id, sort=sort, material=f"经营场所使用证明{sort}", problem="未签字盖章",
                    wanted="请出租方签字并加盖公章", copies="原件 1 份", where_to_get="不动产登记中心",
                )
            )  # fmt: skip
        session.execute(update(Case).where(Case.id == case.id).values(state="correction"))

    with app.app_context():
        units().run(make)
    return nonce


def deferred(app: Flask, number: str, until: date | None) -> None:
    """Accepted under an undertaking for the form's first paper."""

    def make(session: Session) -> None:
        case = session.scalars(select(Case).where(Case.number == number)).one()
        paper = session.scalars(
            select(FilingPaper).where(FilingPaper.filing_id == case.filing_id).order_by(FilingPaper.sort)
        ).first()
        assert paper is not None
        reviewer = another(session, case)
        paper.deferrable, paper.state = True, "deferred"
        session.add(
            Deferral(
                case_id=case.id, paper_id=paper.id, days=5, until=until,
                granted_by=reviewer, granted_at=clock.now(),
            )
        )  # fmt: skip
        session.flush()
        session.execute(
            update(Case)
            .where(Case.id == case.id)
            .values(
                state="accepted", accepted_by=reviewer, accepted_at=clock.now(), accepted_basis="deferral",
                due_days=5, due_on=until, open_deferrals=1,
            )
        )  # fmt: skip

    with app.app_context():
        units().run(make)
