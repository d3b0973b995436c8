"""Papers that the hall has already stand for others (一证通办, I2); what a form keeps when things change meanwhile."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import insert, select, update

from hall import clock
from hall.applicants.models import Applicant
from hall.catalog.models import Bundle, BundleItem, FormerContent, Material, ServiceItem
from hall.intake.models import Case, FilingPaper, Licence
from hall.queueing.models import Ticket
from hall.unit_of_work import units
from tests.intake_at_work import NUMBER, Clerk

ITEM, BUNDLE = "411528-SCJG-001", "xixian-company-start"
OTHER_NUMBER = "440308199901101512"


@pytest.fixture
def clerk(client: FlaskClient, demo: dict[str, Any]) -> Clerk:
    return Clerk(client, demo)


def run(clerk: Clerk, statement: Any, *, rows: bool = False) -> Any:
    with clerk.client.application.app_context():
        if rows:
            return units().run(lambda session: list(session.scalars(statement)))
        return units().run(lambda session: session.execute(statement).closed)


def offered(clerk: Clerk, form: dict[str, Any]) -> list[dict[str, Any]]:
    return list(clerk.look(f"/forms/{form['token']}/reusable").json)


def second_form(clerk: Clerk, number: str = NUMBER) -> dict[str, Any]:
    """The same person's next form, after one that was received with every paper."""
    clerk.serve(item=ITEM)
    clerk.receive(clerk.filled(clerk.open()))
    return clerk.save(clerk.open(item=ITEM), name="测试甲", number=number)


def taken(clerk: Clerk, form: dict[str, Any], one: dict[str, Any]) -> dict[str, Any]:
    papers = [{"id": row["id"], "state": "present"} for row in form["papers"]]
    papers.append({"id": one["paper_id"], "state": "reused", "reused_from": one["source"]})
    return clerk.save(form, papers=papers)


def test_I2_papers_of_an_earlier_case_of_the_same_applicant_are_offered_and_counted(clerk: Clerk) -> None:
    form = second_form(clerk)
    found = offered(clerk, form)
    assert {one["paper_id"] for one in found} == {row["id"] for row in form["papers"]}
    (earlier,) = run(clerk, select(Case), rows=True)
    assert {one["number"] for one in found} == {earlier.number}
    saved = taken(clerk, form, found[0])
    (reused,) = [row for row in saved["papers"] if row["state"] == "reused"]
    assert (reused["id"], reused["reused_from"]) == (found[0]["paper_id"], found[0]["source"])
    assert saved["spared"]["papers_reused"] == 1
    assert clerk.receive(saved)["spared"]["papers_reused"] == 1


def test_I2_nobody_elses_papers_are_offered_or_taken(clerk: Clerk) -> None:
    form = second_form(clerk, number=OTHER_NUMBER)
    assert offered(clerk, form) == []
    (row, *_rest) = run(clerk, select(FilingPaper).order_by(FilingPaper.id), rows=True)
    body = {"id": form["papers"][0]["id"], "state": "reused", "reused_from": f"paper:{row.id}"}
    refused = clerk.ask(f"/forms/{form['token']}/save", {"revision": form["revision"], "papers": [body]})
    assert (refused.status_code, refused.json["code"]) == (422, "not_reusable")


def test_I2_a_number_changed_after_reuse_is_found_when_the_form_is_received(clerk: Clerk) -> None:
    form = second_form(clerk)
    saved = taken(clerk, form, offered(clerk, form)[0])
    changed = clerk.save(saved, number=OTHER_NUMBER)
    refused = clerk.ask(f"/forms/{form['token']}/receive", {"revision": changed["revision"]})
    assert (refused.status_code, list(refused.json["errors"])) == (422, ["papers"])


def test_I2_papers_that_went_back_to_the_applicant_are_not_offered(clerk: Clerk) -> None:
    form = second_form(clerk)
    run(clerk, update(Case).values(state="withdrawn"))
    assert offered(clerk, form) == []


def test_I2_a_valid_licence_stands_for_the_paper_of_its_name(clerk: Clerk) -> None:
    form = second_form(clerk)
    run(clerk, update(Case).values(state="withdrawn"))
    (person,) = run(clerk, select(Applicant), rows=True)
    paper, today = form["papers"][0], clock.now().date()
    ran_out = {"valid_until": today - timedelta(days=3)}
    for number, more in (("good", {"valid_until": None}), ("old", ran_out)):
        name = f"{paper['name']}（正本）"
        row = {"applicant_id": person.id, "name": name, "number": number, "issued_on": date(2020, 1, 1)}
        run(clerk, insert(Licence).values(**row, **more))
    found = offered(clerk, form)
    assert [(one["paper_id"], one["number"]) for one in found] == [(paper["id"], "good")]
    saved = taken(clerk, form, found[0])
    assert saved["papers"][0]["reused_from"].startswith("licence:")
    run(clerk, update(Licence).values(revoked_at=clock.now()))
    refused = clerk.ask(f"/forms/{form['token']}/receive", {"revision": saved["revision"]})
    assert "papers" in refused.json["errors"]


def test_I2_the_checklist_stays_as_it_began_when_the_catalogue_changes(clerk: Clerk) -> None:
    clerk.serve(bundle=BUNDLE)
    form = clerk.open()
    (bundle,) = run(clerk, select(Bundle).where(Bundle.code == BUNDLE), rows=True)
    (extra,) = run(clerk, select(ServiceItem).where(ServiceItem.code == "411528-MZJ-001"), rows=True)
    kept = run(
        clerk, select(BundleItem.item_id).where(BundleItem.bundle_id == bundle.id).order_by(BundleItem.sort),
        rows=True,
    )  # fmt: skip
    content = f'{{"items": {kept}}}'
    former = {"kind": "bundle", "owner_id": bundle.id, "revision": 1, "content": content}
    run(clerk, insert(FormerContent).values(**former, replaced_at=clock.now()))
    run(clerk, update(Bundle).where(Bundle.id == bundle.id).values(revision=2))
    run(clerk, insert(BundleItem).values(bundle_id=bundle.id, item_id=extra.id, sort=99))
    run(clerk, update(Material).values(name=Material.name + "新"))
    again = clerk.open()
    assert [row["name"] for row in again["papers"]] == [row["name"] for row in form["papers"]]
    received = clerk.receive(clerk.filled(again))
    assert len(received["cases"]) == len(form["items"]) == 6


def test_I6_an_item_withdrawn_from_a_bundle_is_told_before_the_others_are_received(clerk: Clerk) -> None:
    clerk.serve(bundle=BUNDLE)
    form = clerk.filled(clerk.open())
    gone = form["items"][2]["code"]
    run(clerk, update(ServiceItem).where(ServiceItem.code == gone).values(retired_at=clock.now()))
    body = {"revision": form["revision"]}
    told = clerk.ask(f"/forms/{form['token']}/receive", body)
    assert (told.status_code, told.json["code"]) == (409, "item_withdrawn")
    received = clerk.ask(f"/forms/{form['token']}/receive", {**body, "without": [gone]})
    assert gone not in {case["item"] for case in received.json["cases"]}
    assert len(received.json["cases"]) == 5


def test_I6_the_form_says_which_office_asks_which_paper_and_what_is_spared(clerk: Clerk) -> None:
    clerk.serve(bundle=BUNDLE)
    form = clerk.open()
    spared = form["spared"]
    assert (spared["visits_before"], spared["visits_after"]) == (6, 1)
    assert spared["papers_before"] == sum(len(row["items"]) for row in form["papers"])
    made = sum(row["state"] == "from_bundle" for row in form["papers"])
    assert spared["papers_after"] == len(form["papers"]) - made < spared["papers_before"]
    assert {code for row in form["papers"] for code in row["items"]} <= {row["code"] for row in form["items"]}


def test_a_form_outlives_its_ticket_and_waits_at_its_window_for_whoever_opens_it(clerk: Clerk) -> None:
    clerk.serve(item=ITEM)
    form = clerk.filled(clerk.open())
    path = f"/windows/{clerk.window}"
    assert clerk.ask(f"{path}/finish", {"outcome": "done"}).status_code == 200
    assert [row["token"] for row in clerk.look(f"{path}/forms").json["forms"]] == [form["token"]]
    assert clerk.ask(f"{path}/close").status_code == 200
    refused = clerk.ask(f"/forms/{form['token']}/receive", {"revision": form["revision"]})
    assert (refused.status_code, refused.json["code"]) == (409, "window_closed")
    assert clerk.ask(f"{path}/open").status_code == 200
    assert clerk.receive(form)["ticket"] == run(clerk, select(Ticket), rows=True)[0].number


def test_I10_a_number_is_checked_in_words_while_it_is_typed(clerk: Clerk) -> None:
    body = {"party": "person", "number_kind": "id_card", "number": NUMBER}
    assert clerk.ask("/numbers/check", body).json == {"fault": "", "hint": "北京"}
    spoken = {"Authorization": f"Bearer {clerk.token}", "Accept-Language": "en"}
    said = clerk.client.post("/api/v1/numbers/check", json=body, headers=spoken)
    assert said.get_json()["hint"] == "Beijing"
    wrong = clerk.ask("/numbers/check", {**body, "number": NUMBER[:-1] + "1"}).json
    assert "X" not in wrong["fault"]
    assert wrong["fault"]
    assert clerk.ask("/numbers/check", {**body, "number_kind": "nonsense"}).json["fault"]
