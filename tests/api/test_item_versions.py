"""A case keeps the version of the item with which its form began; an item withdrawn midway loses nothing (I2)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from hall.catalog import actions as catalogue
from hall.catalog import demo as demo_data
from hall.catalog.changes import Wanted
from hall.catalog.columns import Procedure
from hall.catalog.demo import wanted as demo_wanted
from hall.catalog.editing import Retire, retire
from hall.catalog.models import ServiceItem
from hall.intake.models import FilingItem
from tests.cases_at_work import ITEM, Behind
from tests.intake_at_work import NUMBER

BUNDLE, ALONE = "xixian-company-start", "411528-SCJG-003"  # which no bundle needs


@pytest.fixture
def hall(client: FlaskClient, demo: dict[str, Any]) -> Behind:
    return Behind(client, demo)


def item_of(hall: Behind, code: str = ITEM) -> ServiceItem:
    found: ServiceItem = hall.write(
        lambda session: session.scalar(select(ServiceItem).where(ServiceItem.code == code))
    )
    return found


def edit(hall: Behind, code: str = ITEM, **values: Any) -> None:
    """The manager saves the item anew, with its first paper alone."""
    whole = demo_wanted.wanted(demo_data.load())
    row = replace(next(one for one in whole.items if one.code == code), **values)
    papers = [one for one in whole.materials if one.item_code == code][:1]
    load = catalogue.Load(item_of(hall).site_id, Wanted([row], papers, whole_papers=True))
    hall.act("manager", catalogue.load, load)


def off_offer(hall: Behind, *, gone: bool = True) -> None:
    item = item_of(hall, ALONE)
    hall.act("manager", retire, Retire(item.site_id, ServiceItem, item.id, gone))


def test_I2_days_mode_and_papers_are_those_of_the_form_s_beginning(hall: Behind) -> None:
    before = item_of(hall)
    hall.clerk.serve(item=ITEM)
    hall.serving = True
    form = hall.clerk.open(item=ITEM)
    edit(hall, committed_days=19, statutory_days=60, mode="same_desk", second_review=True, result_name="新证")
    assert item_of(hall).revision == before.revision + 1
    filled = hall.clerk.filled(form)
    assert [row["name"] for row in filled["papers"]] == [row["name"] for row in form["papers"]]
    assert len(filled["papers"]) > 1
    case = hall.case(hall.clerk.receive(filled)["cases"][0]["number"])
    assert case.item_revision == before.revision
    assert (case.committed_days, case.statutory_days) == (before.committed_days, before.statutory_days)
    assert (case.mode, case.second_review) == (before.mode, before.second_review)
    assert (case.kind, case.result_name) == (before.kind, before.result_name)
    later = hall.received(item=ITEM)
    assert len(later["papers"]) == 1
    stored = hall.case(later["number"])
    assert (stored.item_revision, stored.committed_days, stored.mode) == (
        before.revision + 1,
        19,
        "same_desk",
    )


def test_I2_each_item_of_a_bundle_keeps_its_own_version(hall: Behind) -> None:
    hall.clerk.serve(bundle=BUNDLE)
    form = hall.clerk.open(bundle=BUNDLE)
    first, second = form["items"][0]["code"], form["items"][1]["code"]
    before = item_of(hall, first), item_of(hall, second)
    edit(hall, first, statutory_days=77)
    edit(hall, first, statutory_days=78)  # twice: the form's own version is found, not the last one before
    cases = hall.clerk.receive(hall.clerk.filled(form))["cases"]
    kept = [hall.case(one["number"]) for one in cases[:2]]
    assert [one.item_revision for one in kept] == [item.revision for item in before]
    assert [one.statutory_days for one in kept] == [item.statutory_days for item in before]
    assert item_of(hall, first).statutory_days == 78


def test_I2_a_form_notes_the_revision_of_each_item_when_it_begins(hall: Behind) -> None:
    edit(hall, result_name="新证")
    hall.clerk.serve(bundle=BUNDLE)
    form = hall.clerk.open(bundle=BUNDLE)
    kept = hall.write(
        lambda session: dict(
            session.execute(
                select(ServiceItem.code, FilingItem.item_revision)
                .join(ServiceItem, ServiceItem.id == FilingItem.item_id)
                .order_by(FilingItem.sort)
            ).all()
        )
    )
    assert list(kept) == [item["code"] for item in form["items"]]
    assert kept == {code: item_of(hall, code).revision for code in kept}


def test_I2_an_item_withdrawn_midway_is_told_and_nothing_typed_is_lost(hall: Behind) -> None:
    hall.clerk.serve(item=ALONE)
    form = hall.clerk.filled(hall.clerk.open(item=ALONE))
    off_offer(hall)
    told = hall.clerk.ask(f"/forms/{form['token']}/receive", {"revision": form["revision"]})
    assert (told.status_code, told.json["code"]) == (422, "unknown_matter")
    assert "保留" in told.json["detail"]
    seen = hall.clerk.look(f"/forms/{form['token']}").json
    assert (seen["state"], seen["name"], seen["number"]) == ("draft", "测试甲", NUMBER)
    assert [item["withdrawn"] for item in seen["items"]] == [True]
    kept = hall.clerk.save(form, subject="补充说明")  # it can still be filled in
    off_offer(hall, gone=False)
    received = hall.clerk.receive(kept)
    assert [case["number"][-6:] for case in received["cases"]] == ["000001"]  # no number was used up


def test_I2_the_clock_stops_for_procedures_of_the_form_s_beginning_alone(hall: Behind) -> None:
    edit(hall, procedures=(Procedure("听证", 10, "《行政许可法》"),))
    hall.set_item(mode="separated", second_review=False)
    case = hall.received()
    edit(hall, procedures=(Procedure("专家评审", 30),))
    assert hall.ask("review-scjg", f"/cases/{case['token']}/accept").status_code == 200
    seen = hall.look("review-scjg", f"/cases/{case['token']}").json
    assert [(one["name"], one["planned_days"]) for one in seen["procedures"]] == [("听证", 10)]
    stop = f"/cases/{case['token']}/stop-clock"
    fresh = hall.ask("review-scjg", stop, {"procedure": "专家评审", "told": True})
    assert (fresh.status_code, fresh.json["code"]) == (422, "unknown_procedure")
    longer = hall.ask("review-scjg", stop, {"procedure": "听证", "told": True, "planned_days": 11})
    assert longer.json["code"] == "too_long"
    assert hall.ask("review-scjg", stop, {"procedure": "听证", "told": True}).json["state"] == "stopped"
