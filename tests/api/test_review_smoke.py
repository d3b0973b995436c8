"""Cases behind the window."""

from __future__ import annotations

from typing import Any

from flask.testing import FlaskClient

from hall import clock
from hall.accounts.access import actor_of_token
from hall.database import db
from hall.intake.review import accepting, actions, deciding, inbox
from hall.intake.review.at_hand import Which
from hall.intake.review.reminders import JOBS
from tests.cases_at_work import Behind


def test_a_case_goes_from_receipt_to_the_issue_window(client: FlaskClient, demo: dict[str, Any]) -> None:
    hall = Behind(client, demo)
    case = hall.received()
    which = Which(hall.case(case["number"]).nonce)
    hall.act("review-scjg", actions.claim, actions.Claim(which))
    hall.act("review-scjg", accepting.accept, accepting.Accept(which))
    done = hall.act("review-scjg", deciding.decide, deciding.Decide(which, "granted", "符合条件"))
    if done.state == "proposed":
        hall.act("second-scjg", deciding.confirm, which)
    hall.act("review-scjg", deciding.make_ready, deciding.MakeReady(which))
    assert hall.case(case["number"]).state == "ready"
    for job in JOBS:
        for _ in range(2):
            hall.run(job.run)
    with client.application.app_context():
        actor = actor_of_token(db.session(), hall.tokens["review-scjg"])
        assert actor is not None
        seen = inbox.inbox(
            db.session(),
            actor,
            inbox.department_of(db.session(), actor, "411528-SCJG"),
            inbox.Asked(),
            clock.now(),
        )
        assert [row.number for row in seen.rows] == []
