"""Taking a case in at a window: drafts, checks, receipt and numbers (I1, I2, I4, I6, I10), on both databases."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update

from hall.applicants.models import Applicant
from hall.catalog.models import ServiceItem
from hall.intake.models import Case, Filing
from hall.journal import JournalEntry
from hall.unit_of_work import units
from tests.intake_at_work import NUMBER, Clerk

ITEM, BUNDLE = "411528-SCJG-001", "xixian-company-start"


@pytest.fixture
def clerk(client: FlaskClient, demo: dict[str, Any]) -> Clerk:
    return Clerk(client, demo)


def rows(clerk: Clerk, wanted: Any) -> list[Any]:
    with clerk.client.application.app_context():
        return units().run(lambda session: list(session.scalars(wanted)))


def test_I1_a_form_begins_from_the_ticket_at_hand_and_its_receipt_makes_a_case(clerk: Clerk) -> None:
    clerk.serve(item=ITEM)
    form = clerk.open()
    assert (form["matter"], form["state"], form["cases"]) == (ITEM, "draft", [])
    assert form["papers"]
    received = clerk.receive(clerk.filled(form))
    assert received["state"] == "received"
    assert [case["state"] for case in received["cases"]] == ["received"]
    assert received["number"] == "110105********002X"
    (case,) = rows(clerk, select(Case))
    assert case.received_by == case.owner_id
    assert (case.accepted_by, case.decided_by) == (None, None)


def test_a_double_click_and_a_second_tab_find_the_same_draft(clerk: Clerk) -> None:
    clerk.serve(item=ITEM)
    first, second = clerk.open(), clerk.open()
    assert first["token"] == second["token"]
    other = clerk.ask(f"/windows/{clerk.window}/forms", {"bundle": BUNDLE})
    assert (other.status_code, other.json["code"]) == (409, "draft_open")
    form = clerk.filled(first)
    body = {"revision": form["revision"]}
    again = [clerk.ask(f"/forms/{form['token']}/receive", body, key="press") for _ in range(2)]
    assert again[0].json == again[1].json
    late = clerk.ask(f"/forms/{form['token']}/receive", body)
    assert (late.status_code, late.json["code"]) == (409, "not_a_draft")
    assert len(rows(clerk, select(Case))) == 1


def test_what_was_typed_survives_a_closed_tab_and_two_tabs_do_not_overwrite_each_other(clerk: Clerk) -> None:
    clerk.serve(item=ITEM)
    form = clerk.open()
    clerk.save(form, name="张", number="4130")
    assert clerk.open()["name"] == "张"
    assert clerk.open()["number"] == "4130"
    stale = clerk.ask(f"/forms/{form['token']}/save", {"revision": form["revision"], "name": "李"})
    assert (stale.status_code, stale.json["code"]) == (409, "stale_form")


def test_I6_a_bundle_makes_one_case_a_department_and_the_first_goes_first(clerk: Clerk) -> None:
    clerk.serve(bundle=BUNDLE)
    received = clerk.receive(clerk.filled(clerk.open()))
    cases = rows(clerk, select(Case).order_by(Case.sort))
    assert len(received["cases"]) == len(cases) == 6
    assert [case.state for case in cases] == ["received", *["waiting_turn"] * 5]
    assert len({case.department_id for case in cases}) > 1
    assert len({paper["name"] for paper in received["papers"]}) == len(received["papers"])


def test_case_numbers_grow_without_gaps_also_past_refused_and_discarded_forms(clerk: Clerk) -> None:
    clerk.serve(item=ITEM)
    clerk.receive(clerk.filled(clerk.open()))
    form = clerk.open(item=ITEM)
    assert clerk.ask(f"/forms/{form['token']}/receive", {"revision": form["revision"]}).status_code == 422
    assert clerk.ask(f"/forms/{form['token']}/discard", {"revision": form["revision"]}).status_code == 200
    clerk.receive(clerk.filled(clerk.open(bundle=BUNDLE)))
    assert sorted(case.serial for case in rows(clerk, select(Case))) == list(range(1, 8))


@pytest.mark.parametrize(
    ("entries", "field"),
    [
        ({"name": ""}, "name"),
        ({"number": "110105194912310021"}, "number"),
        ({"number": "110105194902300021"}, "number"),
        ({"number_kind": "social_credit"}, "number"),
        ({"phone": "12345"}, "phone"),
        ({"delivery": "post"}, "address"),
        ({"agent_name": "代办"}, "agent_number"),
        ({"agent_name": "代办", "agent_number": NUMBER}, "mandate_scope"),
        (
            {
                "agent_name": "代",
                "agent_number": NUMBER,
                "mandate_scope": "办照",
                "mandate_until": "2020-01-01",
            },
            "mandate_until",
        ),
    ],
)
def test_I10_an_incomplete_or_wrong_form_is_not_received(
    clerk: Clerk, entries: dict[str, Any], field: str
) -> None:
    clerk.serve(item=ITEM)
    form = clerk.filled(clerk.open(), **entries)
    refused = clerk.ask(f"/forms/{form['token']}/receive", {"revision": form["revision"]})
    assert (refused.status_code, refused.json["code"]) == (422, "incomplete_form")
    assert field in refused.json["errors"]
    assert "X" not in str(refused.json["errors"])  # the digit that would be right is not revealed
    assert rows(clerk, select(Case)) == []


def test_I2_every_paper_is_gone_through_and_only_deferrable_ones_are_deferred(clerk: Clerk) -> None:
    clerk.serve(item=ITEM)
    form = clerk.open()
    unchecked = clerk.save(form, name="甲", number=NUMBER)
    refused = clerk.ask(f"/forms/{form['token']}/receive", {"revision": unchecked["revision"]})
    assert "papers" in refused.json["errors"]
    firm = next(paper for paper in form["papers"] if not paper["deferrable"])
    body = {"revision": unchecked["revision"], "papers": [{"id": firm["id"], "state": "deferred"}]}
    assert clerk.ask(f"/forms/{form['token']}/save", body).json["code"] == "not_deferrable"
    foreign = {"revision": unchecked["revision"], "papers": [{"id": firm["id"] + 9999, "state": "present"}]}
    assert clerk.ask(f"/forms/{form['token']}/save", foreign).json["code"] == "unknown_paper"


def test_I10_numbers_rest_sealed_and_the_same_person_is_one_applicant(clerk: Clerk) -> None:
    clerk.serve(item=ITEM)
    clerk.receive(clerk.filled(clerk.open()))
    clerk.receive(clerk.filled(clerk.open(item=ITEM), number=NUMBER.lower(), name="测试乙"))
    (person,) = rows(clerk, select(Applicant))
    assert (person.name, person.number_shown) == ("测试乙", "110105********002X")
    stored = [str(vars(row)) for row in (*rows(clerk, select(Applicant)), *rows(clerk, select(Filing)))]
    assert not [text for text in stored if NUMBER in text]
    said = [entry.data for entry in rows(clerk, select(JournalEntry))]
    assert not [text for text in said if NUMBER in str(text) or "测试" in str(text)]


def test_an_item_withdrawn_while_the_form_is_filled_is_refused_with_words(clerk: Clerk) -> None:
    clerk.serve(item=ITEM)
    form = clerk.filled(clerk.open())
    with clerk.client.application.app_context():
        gone = update(ServiceItem).where(ServiceItem.code == ITEM).values(retired_at=form_time())
        units().run(lambda session: session.execute(gone))
    refused = clerk.ask(f"/forms/{form['token']}/receive", {"revision": form["revision"]})
    assert (refused.status_code, refused.json["code"]) == (422, "unknown_matter")


def form_time() -> Any:
    from hall import clock  # noqa: PLC0415 - one use

    return clock.now()


def test_another_windows_clerk_cannot_touch_the_form(
    clerk: Clerk, client: FlaskClient, demo: dict[str, Any]
) -> None:
    clerk.serve(item=ITEM)
    form, other = clerk.open(), Clerk(client, demo, place=1)
    refused = other.ask(f"/forms/{form['token']}/save", {"revision": form["revision"], "name": "x"})
    assert refused.status_code == 403
    assert clerk.ask("/forms/AAAAAAAAAAAAAAAAAAAAAAAA/save", {"revision": 1}).status_code == 404
