"""Two clerks give the same result away at the same moment: one does, the other is told, nothing is double (I1, I6)."""

from __future__ import annotations

from functools import partial
from threading import Barrier
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import func, select

from hall.database import db
from hall.intake.issuing.models import Delivery
from hall.intake.models import Case, Licence
from hall.journal import JournalEntry
from tests.api.test_issuing import drawn
from tests.intake_at_work import Clerk, Said
from tests.race.presses import together
from tests.results_at_work import BUNDLE, ITEM, ready, received

if TYPE_CHECKING:
    from flask import Flask

TIMES = 4


@pytest.fixture
def clerks(app: Flask, demo: dict[str, Any]) -> tuple[Clerk, Clerk]:
    """Two windows, each with a browser of its own."""
    return Clerk(app.test_client(), demo), Clerk(app.test_client(), demo, place=1)


def counted(app: Flask, *wanted: Any) -> list[int]:
    with app.app_context():
        return [db.session.scalar(one) or 0 for one in wanted]


def press(start: Barrier, clerk: Clerk, verb: str, cases: list[dict[str, Any]]) -> Said:
    first, *also = cases
    with_it = {"also": [one["token"] for one in also]}
    bodies = {
        "hand-over": {"receipt": first["number"], "signature": drawn(), "partly": True, **with_it},
        "post": {"tracking": "EMS1", "address": "息县谯楼街道 1 号", **with_it},
    }
    start.wait()
    return clerk.ask(f"/cases/{first['token']}/{verb}", bodies[verb])


@pytest.mark.parametrize("other", ["hand-over", "post"])
def test_I1_of_two_clerks_with_the_same_result_one_hands_it_over_and_the_other_is_told(
    clerks: tuple[Clerk, Clerk], app: Flask, other: str
) -> None:
    one, two = clerks
    for _ in range(TIMES):
        case = received(one, item=ITEM)["cases"][0]
        ready(app, case["number"])
        start = Barrier(2)
        said = together(
            partial(press, start, one, "hand-over", [case]), partial(press, start, two, other, [case])
        )
        assert sorted(answer.status_code for answer in said) == [200, 409], [answer.text for answer in said]
        late = next(answer for answer in said if answer.status_code == 409)
        assert (late.json["code"], "同事" in late.json["detail"]) == ("not_ready", True)
        one.ask(f"/windows/{one.window}/finish", {"outcome": "received", "items": []})
    told = select(func.count()).select_from(JournalEntry).where(JournalEntry.fact == "case_delivered")
    deliveries = select(func.count()).select_from(Delivery)
    assert counted(app, deliveries, told, select(func.count()).select_from(Licence)) == [TIMES] * 3


def test_I6_two_clerks_with_parts_of_one_form_neither_wait_for_ever_nor_give_anything_twice(
    clerks: tuple[Clerk, Clerk], app: Flask
) -> None:
    one, two = clerks
    cases = received(one, bundle=BUNDLE)["cases"]
    for case in cases:
        ready(app, case["number"])
    start = Barrier(2)
    said = together(
        partial(press, start, one, "hand-over", cases),
        partial(press, start, two, "hand-over", list(reversed(cases[1:]))),
    )
    assert sorted(answer.status_code for answer in said) == [200, 409], [answer.text for answer in said]
    given = len(cases) if said[0].status_code == 200 else len(cases) - 1
    delivered = select(func.count()).select_from(Case).where(Case.state == "delivered")
    assert counted(app, delivered, select(func.count()).select_from(Delivery)) == [given, given]
