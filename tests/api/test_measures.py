"""What is measured, from cases as they are worked (I4, I11): on both databases."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime
from typing import Any

import openpyxl
import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update

from hall import clock
from hall.actor import SYSTEM_ACTOR
from hall.database import db
from hall.intake.measures.counting import WHOLE
from hall.intake.measures.queries import Span, breaches, figures
from hall.intake.models import Case, Filing
from hall.intake.review.models import ClockStop
from hall.intake.review.pending import find_dates
from hall.sites import Site
from hall.unit_of_work import perform, units
from tests.intake_at_work import Clerk

MARCH = Span(date(2026, 3, 1), date(2026, 3, 1))


def write(clerk: Clerk, change: Any) -> None:
    with clerk.client.application.app_context():
        units().run(change)


@pytest.fixture
def clerk(client: FlaskClient, demo: dict[str, Any]) -> Clerk:
    """A clerk who received a company's bundle on 2 March 2026; its first case was decided after a stop."""
    found = Clerk(client, demo)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(clock, "now", lambda: datetime(2026, 3, 2, 1, tzinfo=UTC))
        found.serve(bundle="xixian-company-start")
        found.receive(found.filled(found.open()))
    decided, stopped = datetime(2026, 3, 12, 2, tzinfo=UTC), datetime(2026, 3, 4, 2, tzinfo=UTC)

    def work(session: Any) -> None:
        case, *_rest, last = session.scalars(select(Case).order_by(Case.sort)).all()
        other = case.received_by + 1
        values: dict[str, Any] = {"accepted_by": other, "accepted_at": datetime(2026, 3, 2, 2, tzinfo=UTC)}
        values |= {"clock_from": date(2026, 3, 2), "decided_by": other, "decided_at": decided}
        values |= {"decision": "granted", "state": "decided", "overdue_since": date(2026, 3, 4)}
        session.execute(update(Case).where(Case.id == case.id).values(**values))
        stop = {
            "procedure": "听证",
            "basis": "x",
            "planned_days": 4,
            "stopped_by": other,
            "stopped_at": stopped,
        }
        session.add(
            ClockStop(
                case_id=case.id,
                stopped_on=date(2026, 3, 4),
                resumed_on=date(2026, 3, 9),
                resumed_at=decided,
                **stop,
            )
        )
        session.execute(update(Case).where(Case.id == last.id).values(notice_breach=True))
        session.execute(update(Filing).values(visits=2))

    write(found, work)
    with client.application.app_context():
        perform(SYSTEM_ACTOR, find_dates, None)  # counts the days of what was decided past all rules
    return found


def test_I11_days_papers_and_visits_of_a_bundle(clerk: Clerk) -> None:
    with clerk.client.application.app_context():
        site = db.session.scalars(select(Site)).one()
        row = figures(db.session(), site, MARCH)[WHOLE]
        apart = sum(one.asked for one in figures(db.session(), site, MARCH, "item").values())
        assert not figures(db.session(), site, Span(date(2026, 2, 1), date(2026, 2, 1)))
    assert (row.cases, row.decided, row.overdue, row.breaches) == (6, 1, 1, 1)
    assert row.actual == 5, "3, 4, 10, 11, 12 March: the hearing's days are taken out"
    assert row.asked < apart, "shared papers count once"
    assert (row.visits_before, row.visits_promised, row.visits_made) == (6, 1, 2)


def test_I11_the_page_and_its_spreadsheet_show_definitions_beside_figures(
    clerk: Clerk, demo: dict[str, Any]
) -> None:
    token = next(row["token"] for row in demo["staff"] if row["role"] == "supervisor")
    head = {"Authorization": f"Bearer {token}"}
    address = "?from=2026-03&until=2026-03"
    for by in ("item", "department", "bundle", "month"):
        page = clerk.client.get(f"/measures{address}&by={by}", headers=head).text
        assert "实际" in page and "不含特别程序" in page, "the definition stands on the same page"
        assert "<svg" in page
    book = openpyxl.load_workbook(io.BytesIO(clerk.client.get(f"/measures.xlsx{address}", headers=head).data))
    assert len(book.sheetnames) == 7
    assert clerk.client.get("/measures?from=2026-13", headers=head).status_code == 422
    assert clerk.client.get("/measures?from=2024-01&until=2026-01", headers=head).status_code == 422
    assert clerk.client.get("/measures?from=2025-01&until=2025-02", headers=head).status_code == 200


def test_I4_breaches_are_listed_without_anybodys_data(clerk: Clerk, demo: dict[str, Any]) -> None:
    with clerk.client.application.app_context():
        site = db.session.scalars(select(Site)).one()
        (found,) = breaches(db.session(), site, MARCH)
    assert (found.kind, found.number[:7]) == ("silence", "411528-")
    assert found.owner, "whom the supervisor asks (I8)"
    token = next(row["token"] for row in demo["staff"] if row["role"] == "supervisor")
    page = clerk.client.get(
        "/measures?from=2026-03&until=2026-03", headers={"Authorization": f"Bearer {token}"}
    ).text
    assert found.number in page
    assert "测试甲" not in page and "110105" not in page
