"""What the database counts is what one would count by hand, case by case (I6, I11), on both databases."""

from __future__ import annotations

import random
from contextlib import AbstractContextManager
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import chinese_calendar
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import delete, insert, select

from hall import clock
from hall.actor import SYSTEM_ACTOR
from hall.calendar.actions import SetYear, set_year
from hall.calendar.models import CalendarYear
from hall.calendar.published import days_of, published
from hall.catalog.models import Bundle
from hall.database import db
from hall.intake.measures.counting import WHOLE
from hall.intake.measures.queries import Span, figures
from hall.intake.models import Case, Filing, FilingPaper, PaperUse
from hall.intake.review.models import ClockStop, OneTimeNotice
from hall.intake.review.pending import find_dates
from hall.sites import Site
from hall.unit_of_work import perform, units
from tests.intake_at_work import Clerk

if TYPE_CHECKING:
    from collections.abc import Callable

SPRING = Span(date(2026, 1, 1), date(2026, 4, 1))
MOMENT = datetime(2026, 7, 6, 2, tzinfo=UTC)
STATES = ("present", "reused", "from_bundle", "not_needed", "unchecked")
COPIES = 24


def columns(row: Any) -> dict[str, Any]:
    return {column.name: getattr(row, column.name) for column in row.__table__.c}


def multiply(session: Any, chance: random.Random) -> None:
    """Make of one received form and its cases many more, each as chance has it."""
    form = session.scalar(select(Filing).where(Filing.state == "received"))
    cases = session.scalars(select(Case).order_by(Case.sort)).all()
    paper = session.scalar(select(FilingPaper).order_by(FilingPaper.id).limit(1))
    keys = {"filing": form.id, "case": cases[-1].id, "paper": 100_000, "serial": 1000}
    for number in range(1, COPIES + 1):
        at = datetime(2025, 12, 20, 3, tzinfo=UTC) + timedelta(
            days=chance.randrange(150), hours=chance.randrange(9)
        )
        keys["filing"] += 1
        own = {"id": keys["filing"], "nonce": bytes([200, number] * 4 + [0]), "ticket_id": None}
        visits = {"visits": chance.randint(1, 4), "received_at": at}
        bundle = {} if chance.random() < 0.6 else {"bundle_id": None, "item_id": cases[0].item_id}
        session.execute(insert(Filing).values(**{**columns(form), **own, **visits, **bundle}))
        kept = [case for case in cases if chance.random() < 0.7] or [cases[0]]
        for case in kept:
            keys["case"] += 1
            keys["serial"] += 1
            session.execute(insert(Case).values(**copied(case, keys, at, chance)))
            beside(session, keys["case"], at, case.received_by + 1, chance)
        for sort in range(5):
            keys["paper"] += 1
            said = {
                "id": keys["paper"],
                "filing_id": keys["filing"],
                "sort": sort,
                "state": chance.choice(STATES),
                "made_by_id": cases[0].item_id,
            }
            session.execute(insert(FilingPaper).values(**{**columns(paper), **said, "deferrable": False}))
            for case in kept:
                if chance.random() < 0.6:
                    session.execute(insert(PaperUse).values(paper_id=keys["paper"], item_id=case.item_id))


def copied(case: Case, keys: dict[str, int], at: datetime, chance: random.Random) -> dict[str, Any]:
    own = {"id": keys["case"], "filing_id": keys["filing"], "serial": keys["serial"], "received_at": at}
    marks: dict[str, Any] = {
        "nonce": keys["case"].to_bytes(9, "big"),
        "number": f"n-{keys['case']}",
        "state": "accepted",
    }
    marks |= {"statutory_days": chance.choice([None, 20]), "committed_days": chance.choice([None, 3, 7])}
    marks |= {"notice_breach": chance.random() < 0.2, "overdue_since": chance.choice([None, at.date()])}
    marks |= {"accepted_by": case.received_by + 1, "accepted_at": at, "clock_from": at.date()}
    marks |= {"accepted_basis": chance.choice(["decision", "lapse"])}
    if (
        chance.random() < 0.7
    ):  # also late in the evening, which is still this business date, and after midnight
        decided = at + timedelta(days=chance.randrange(30), hours=chance.choice([0, 9, 13]))
        marks |= {"decided_at": decided, "decided_by": case.received_by + 1, "state": "decided"}
    return {**columns(case), **own, **marks, "second_review": False, "changed_at": at}


def beside(session: Any, case: int, at: datetime, who: int, chance: random.Random) -> None:
    if chance.random() < 0.4:
        begun = at.date() + timedelta(days=chance.randrange(-1, 12))
        over = None if chance.random() < 0.3 else begun + timedelta(days=chance.randrange(20))
        said: dict[str, Any] = {
            "procedure": "听证",
            "basis": "x",
            "planned_days": 3,
            "stopped_by": who,
            "stopped_at": at,
        }
        ended = {"resumed_on": over, "resumed_at": at if over else None}
        session.execute(insert(ClockStop).values(case_id=case, stopped_on=begun, **said, **ended))
    if chance.random() < 0.4:
        sent = {"serial": 1, "nonce": case.to_bytes(9, "big"), "term_days": 5, "sent_by": who, "sent_at": at}
        session.execute(insert(OneTimeNotice).values(case_id=case, basis="", consequence="", **sent))


@pytest.fixture
def hall(client: FlaskClient, demo: dict[str, Any]) -> Flask:
    clerk = Clerk(client, demo)
    clerk.serve(bundle="xixian-company-start")
    clerk.receive(clerk.filled(clerk.open()))
    app = client.application
    with app.app_context():
        units().run(lambda session: multiply(session, random.Random(1)))
    return app


def count_days(app: Flask) -> None:
    """As the hourly job does for cases whose days could not be told when they were decided."""
    with app.app_context():
        perform(SYSTEM_ACTOR, find_dates, None)


def by_hand(by: str) -> dict[Any, dict[str, Any]]:
    """The same figures, counted case by case in plain Python."""
    session = db.session()
    forms = {form.id: form for form in session.scalars(select(Filing))}
    first, last = datetime(2025, 12, 31, 16, tzinfo=UTC), datetime(2026, 4, 30, 16, tzinfo=UTC)
    groups: dict[Any, list[Case]] = {}
    for case in session.scalars(select(Case).where(Case.received_at >= first, Case.received_at < last)):
        key = {
            "item": case.item_id,
            "department": case.department_id,
            "bundle": forms[case.filing_id].bundle_id,
            "month": f"{case.received_at + timedelta(hours=8):%Y-%m}",
        }.get(by, WHOLE)
        if key is not None:
            groups.setdefault(key, []).append(case)
    return {key: counted(cases, forms) for key, cases in groups.items()}


def counted(cases: list[Case], forms: dict[int, Filing]) -> dict[str, Any]:
    session = db.session()
    papers = {paper.id: paper for paper in session.scalars(select(FilingPaper))}
    pairs = {(case.filing_id, case.item_id) for case in cases}
    asked = {
        use.paper_id
        for use in session.scalars(select(PaperUse))
        if (papers[use.paper_id].filing_id, use.item_id) in pairs and papers[use.paper_id].state in STATES[:3]
    }
    bundles = {row.id: row for row in session.scalars(select(Bundle))}
    own = [forms[key] for key in {case.filing_id for case in cases}]
    promised = [bundles[form.bundle_id] for form in own if form.bundle_id is not None]
    days = [taken(case) for case in cases if case.decided_at is not None]
    noticed = session.scalars(select(OneTimeNotice.case_id)).all()
    return {
        "cases": len(cases),
        "decided": len(days),
        "statutory": mean([case.statutory_days for case in cases]),
        "committed": mean([case.committed_days for case in cases]),
        "actual": mean(days),
        "asked": len(asked),
        "reused": sum(papers[key].state in {"reused", "from_bundle"} for key in asked),
        "visits_before": mean([row.visits_before for row in promised]),
        "visits_promised": mean([row.visits_after for row in promised]),
        "visits_made": mean([form.visits for form in own]),
        "notices": sum(case.id in noticed for case in cases),
        "breaches": sum(case.notice_breach for case in cases),
        "lapses": sum(case.accepted_basis == "lapse" for case in cases),
        "overdue": sum(case.overdue_since is not None for case in cases),
    }


def mean(values: list[Any]) -> float | None:
    known = [value for value in values if value is not None]
    return sum(known) / len(known) if known else None


def taken(case: Case) -> int:
    """Working days after the first day up to the decision on which the clock ran, as published."""
    assert case.clock_from and case.decided_at
    ended = (case.decided_at + timedelta(hours=4)).date()  # eight hours east, and the day turns at four
    stops = db.session.scalars(select(ClockStop).where(ClockStop.case_id == case.id)).all()
    days = (case.clock_from + timedelta(days=at) for at in range(1, (ended - case.clock_from).days + 1))
    return sum(
        chinese_calendar.is_workday(day)
        for day in days
        if not any(stop.stopped_on < day <= (stop.resumed_on or ended) for stop in stops)
    )


@pytest.mark.parametrize("by", ["item", "department", "bundle", "month", WHOLE])
def test_I11_each_grouping_is_what_one_counts_by_hand(
    hall: Flask, by: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clock, "now", lambda: MOMENT)
    count_days(hall)
    with hall.app_context():
        site = db.session.scalars(select(Site)).one()
        found = figures(db.session(), site, SPRING, by)
        expected = by_hand(by)
        straight = units().run(lambda session: figures(session, site, SPRING, by))
        assert straight == found, "SQLite's driver alone, as the server counts, says the same"
        assert found.keys() == expected.keys()
        for key, row in expected.items():
            assert {name: getattr(found[key], name) for name in row} == pytest.approx(row), (by, key)


def test_I5_I11_days_over_an_unconfirmed_year_are_told_when_it_is_confirmed(
    hall: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clock, "now", lambda: MOMENT)
    with hall.app_context():
        known = days_of(published(), 2026)
        units().run(lambda session: session.execute(delete(CalendarYear).where(CalendarYear.year == 2026)))
    count_days(hall)
    for confirmed in (False, True):
        if confirmed:
            with hall.app_context():
                perform(SYSTEM_ACTOR, set_year, SetYear(2026, known))
        with hall.app_context():
            site = db.session.scalars(select(Site)).one()
            row = figures(db.session(), site, SPRING)[WHOLE]
            assert row.decided > 0
            assert (row.actual is not None) is confirmed


def test_I11_the_database_counts_in_four_statements_and_no_case_is_read(
    hall: Flask, queries: Callable[[], AbstractContextManager[list[str]]]
) -> None:
    with hall.app_context():
        site = db.session.scalars(select(Site)).one()
        with queries() as said:
            figures(db.session(), site, SPRING, "item")
    counting = [text for text in said if "service_case" in text]
    assert len(counting) == 4
    assert all("GROUP BY" in text for text in counting)
