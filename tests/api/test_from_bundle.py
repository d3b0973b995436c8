"""A paper that an earlier case of the same bundle makes is not asked of the applicant (I2, I6)."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import update

from hall import clock
from hall.catalog.models import Bundle, ServiceItem
from tests.cases_at_work import ITEM, Behind

BUNDLE, LICENCE = "xixian-company-start", "营业执照"
SEAL, TAX, FUND = "411528-GAJ-001", "411528-SWJ-001", "411528-GJJ-005"


@pytest.fixture
def hall(client: FlaskClient, demo: dict[str, Any]) -> Behind:
    found = Behind(client, demo)
    found.set_item(second_review=False, mode="separated", committed_days=5)
    return found


def licence(form: dict[str, Any]) -> dict[str, Any]:
    (found,) = [row for row in form["papers"] if row["name"] == LICENCE]
    return dict(found)


def filled(hall: Behind) -> dict[str, Any]:
    """A form of the bundle with everything that its applicant has to bring."""
    hall.clerk.serve(bundle=BUNDLE)
    form = hall.clerk.open()
    asked = [row for row in form["papers"] if row["state"] == "unchecked"]
    said = {"name": "测试甲", "number": "11010519491231002X", "phone": "13800000000"}
    return hall.clerk.save(form, papers=[{"id": row["id"], "state": "present"} for row in asked], **said)


def go(hall: Behind, case: dict[str, Any], verb: str, **body: Any) -> Any:
    return hall.ask("review-scjg", f"/cases/{case['token']}/{verb}", body)


def states(hall: Behind, form: dict[str, Any]) -> dict[str, str]:
    now = hall.clerk.look(f"/forms/{form['token']}").json
    return {case["item"]: case["state"] for case in now["cases"]}


def papers(hall: Behind, form: dict[str, Any]) -> str:
    return str(licence(hall.clerk.look(f"/forms/{form['token']}").json)["state"])


def test_I6_what_the_bundle_makes_itself_is_not_asked_and_there_when_it_is_granted(hall: Behind) -> None:
    form = filled(hall)
    row = licence(form)
    assert (row["state"], row["made_by"]) == ("from_bundle", ITEM)
    assert row["items"] == sorted([SEAL, TAX, FUND])
    assert form["spared"]["papers_after"] == len(form["papers"]) - 1, "nobody brings it"
    form = hall.clerk.receive(form)
    first = form["cases"][0]
    assert go(hall, first, "accept").status_code == 200
    assert papers(hall, form) == "from_bundle"
    assert go(hall, first, "decide", decision="granted").status_code == 200
    assert papers(hall, form) == "reused"
    assert states(hall, form)[SEAL] == "received"
    seen = hall.look("manager", f"/cases/{form['cases'][1]['token']}").json
    assert seen["lacks"] == "nothing"
    assert [row["note"] for row in seen["papers"] if row["name"] == LICENCE] == [first["number"]]


def test_I6_what_the_bundle_does_not_grant_is_missing_for_the_others(hall: Behind) -> None:
    form = hall.clerk.receive(filled(hall))
    first = form["cases"][0]
    assert go(hall, first, "accept").status_code == 200
    assert go(hall, first, "decide", decision="refused", reasons="名称不予核准").status_code == 200
    assert papers(hall, form) == "missing"
    seen = hall.look("manager", f"/cases/{form['cases'][1]['token']}").json
    assert (seen["state"], seen["lacks"]) == ("received", "needed")


def test_I6_a_case_withdrawn_before_it_made_the_paper_leaves_it_missing(hall: Behind) -> None:
    form = hall.clerk.receive(filled(hall))
    assert go(hall, form["cases"][0], "withdraw", reason="不办了").status_code == 200
    assert papers(hall, form) == "missing"


def test_I6_side_by_side_only_those_wait_that_need_the_paper(hall: Behind) -> None:
    hall.write(
        lambda session: session.execute(update(Bundle).where(Bundle.code == BUNDLE).values(in_turn=False))
    )
    form = hall.clerk.receive(filled(hall))
    first, others = form["cases"][0], states(hall, form)
    assert {code for code, state in others.items() if state == "waiting_turn"} == {SEAL, TAX, FUND}
    assert go(hall, first, "accept").status_code == 200
    assert go(hall, first, "decide", decision="granted").status_code == 200
    assert "waiting_turn" not in states(hall, form).values()


def test_I6_where_the_item_that_makes_it_is_withdrawn_the_paper_is_asked_for(hall: Behind) -> None:
    form = filled(hall)
    gone = update(ServiceItem).where(ServiceItem.code == ITEM).values(retired_at=clock.now())
    hall.write(lambda session: session.execute(gone))
    body = {"revision": form["revision"], "without": [ITEM]}
    told = hall.clerk.ask(f"/forms/{form['token']}/receive", body)
    assert (told.status_code, told.json["code"]) == (422, "incomplete_form")
    assert LICENCE in told.text
    form = hall.clerk.save(form, papers=[{"id": licence(form)["id"], "state": "present"}])
    body["revision"] = form["revision"]
    assert hall.clerk.ask(f"/forms/{form['token']}/receive", body).status_code == 200


def test_I2_no_other_paper_can_be_said_to_come_from_the_bundle(hall: Behind) -> None:
    form = filled(hall)
    other = next(row for row in form["papers"] if row["name"] != LICENCE)
    body = {"revision": form["revision"], "papers": [{"id": other["id"], "state": "from_bundle"}]}
    refused = hall.clerk.ask(f"/forms/{form['token']}/save", body)
    assert (refused.status_code, refused.json["code"]) == (422, "not_from_bundle")
    back = [{"id": licence(form)["id"], "state": "present"}]
    form = hall.clerk.save(form, papers=back)
    again = [{"id": licence(form)["id"], "state": "from_bundle"}]
    assert licence(hall.clerk.save(form, papers=again))["state"] == "from_bundle", (
        "the clerk may take it back"
    )
