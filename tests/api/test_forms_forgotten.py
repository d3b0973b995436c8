"""Forms that nobody handed in are given up and forgotten; what was received stays (E2)."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select

from hall import clock
from hall.actor import SYSTEM_ACTOR
from hall.database import db
from hall.intake.filing.forgetting import NOTHING, forget_forms
from hall.intake.models import Filing
from hall.journal import JournalEntry
from hall.unit_of_work import perform
from tests.cases_at_work import at
from tests.intake_at_work import NUMBER, Clerk

if TYPE_CHECKING:
    from datetime import datetime

    from flask import Flask
    from flask.testing import FlaskClient

DAY = timedelta(days=1)
ITEM = "411528-SCJG-001"


@pytest.fixture
def clerk(client: FlaskClient, demo: dict[str, Any]) -> Clerk:
    found = Clerk(client, demo)
    assert found.ask(f"/windows/{found.window}/open").status_code == 200
    found.serve(item=ITEM)
    return found


def filled(clerk: Clerk) -> dict[str, Any]:
    form = clerk.filled(clerk.open(), name="王小明", number=NUMBER, phone="13800138000")
    assert form["state"] == "draft"
    return form


def after(app: Flask, moment: datetime) -> Filing:
    """The form as it is after the job ran, twice."""
    with app.app_context(), at(moment):
        for _run in range(2):
            perform(SYSTEM_ACTOR, forget_forms, None)
        db.session.rollback()
        return db.session.scalars(select(Filing)).one()


def test_E2_a_form_never_handed_in_is_given_up_after_two_months_and_forgotten_a_month_later(
    app: Flask, clerk: Clerk
) -> None:
    filled(clerk)
    begun = clock.now()
    assert after(app, begun + 59 * DAY).state == "draft"
    given_up = after(app, begun + 61 * DAY)
    assert given_up.state == "discarded" and given_up.name == "王小明"
    assert after(app, begun + 90 * DAY).name == "王小明", "a month to find out why"
    gone = after(app, begun + 92 * DAY)
    assert {name: getattr(gone, name) for name in NOTHING} == NOTHING
    with app.app_context():
        told = db.session.scalars(select(JournalEntry).where(JournalEntry.fact == "filing_discarded")).all()
    assert [entry.actor for entry in told] == ["system"], "once, and in the journal"


def test_E2_a_form_that_was_received_is_a_file_and_stays(app: Flask, clerk: Clerk) -> None:
    clerk.receive(filled(clerk))
    kept = after(app, clock.now() + 900 * DAY)
    assert (kept.state, kept.name, bool(kept.number_sealed)) == ("received", "王小明", True)


def test_E2_every_word_about_people_in_a_form_is_among_what_is_forgotten() -> None:
    sealed = {
        column.name for column in Filing.__table__.columns if column.name.endswith(("_sealed", "_shown"))
    }
    assert sealed <= set(NOTHING), "A new column about people needs its place in forgetting.py."
