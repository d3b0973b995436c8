"""The issue window: who hands what to whom, by which proof, and never too early (I1, I6, I7), on both databases."""

from __future__ import annotations

import base64
import io
from typing import Any

import pytest
from flask.testing import FlaskClient
from PIL import Image, ImageDraw
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from hall.accounts.models import Staff
from hall.applicants.vault import Vault
from hall.intake.issuing.models import Delivery
from hall.intake.models import Case, Licence
from hall.unit_of_work import units
from tests.intake_at_work import Clerk
from tests.results_at_work import change, ready, received


def drawn(*, ink: bool = True) -> str:
    held, picture = io.BytesIO(), Image.new("RGB", (300, 100), "white")
    if ink:
        ImageDraw.Draw(picture).line([(20, 20), (150, 80), (280, 30)], "black", 5)
    picture.save(held, "PNG")
    return base64.b64encode(held.getvalue()).decode()


@pytest.fixture
def clerk(client: FlaskClient, demo: dict[str, Any]) -> Clerk:
    return Clerk(client, demo)


def lies_ready(clerk: Clerk, **entries: Any) -> dict[str, Any]:
    form = received(clerk, **entries)
    ready(clerk.client.application, form["cases"][0]["number"])
    return dict(form["cases"][0])


def rows(clerk: Clerk, wanted: Any) -> list[Any]:
    with clerk.client.application.app_context():
        return units().run(lambda session: list(session.scalars(wanted)))


def give(clerk: Clerk, case: dict[str, Any], **more: Any) -> Any:
    body = {"receipt": case["number"], "signature": drawn(), **more}
    return clerk.ask(f"/cases/{case['token']}/hand-over", body)


def test_I1_handing_over_is_an_act_of_its_own_with_person_time_and_signature(clerk: Clerk) -> None:
    case = lies_ready(clerk)
    said = give(clerk, case)
    assert said.status_code == 200, said.text
    assert (said.json["way"], said.json["outcome"], said.json["signed"]) == ("issue_window", "taken", True)
    (row,) = rows(clerk, select(Case))
    assert (row.state, row.delivered_by) == ("delivered", row.received_by)
    assert row.delivered_at is not None
    (delivery,) = rows(clerk, select(Delivery))
    assert delivery.ticket_id is not None
    shown = clerk.client.get(
        f"/cases/{case['token']}/signature.png", headers={"Authorization": f"Bearer {clerk.token}"}
    )
    assert shown.data == base64.b64decode(drawn())
    (licence,) = rows(clerk, select(Licence))
    assert (licence.name, licence.case_id) == (row.result_name, row.id)


def test_I1_who_decided_does_not_hand_over_unless_one_desk_does_both(clerk: Clerk) -> None:
    case, app = lies_ready(clerk), clerk.client.application
    (me,) = rows(clerk, select(Case.received_by))
    (other,) = rows(clerk, select(Staff.id).where(Staff.id != me).limit(1))
    change(app, case["number"], received_by=other, decided_by=me, accepted_by=me)
    refused = give(clerk, case)
    assert (refused.status_code, refused.json["code"]) == (403, "decided_it")
    with pytest.raises(IntegrityError):
        change(app, case["number"], delivered_by=me)
    change(app, case["number"], mode="same_desk")
    assert give(clerk, case).json["way"] == "same_desk"


def test_I7_no_result_leaves_before_the_deferred_paper_is_in(clerk: Clerk) -> None:
    form = received(clerk)
    case, app = form["cases"][0], clerk.client.application
    change(app, case["number"], open_deferrals=1)
    refused = give(clerk, case)
    assert (refused.status_code, refused.json["code"]) == (409, "deferral_open")
    with pytest.raises(IntegrityError):
        ready(app, case["number"], open_deferrals=1)
    assert rows(clerk, select(Delivery)) == []


def test_I6_what_is_collected_together_goes_in_part_only_at_the_holder_s_wish(clerk: Clerk) -> None:
    case = lies_ready(clerk, bundle="xixian-company-start")
    waits = give(clerk, case)
    assert (waits.status_code, waits.json["code"]) == (409, "not_all_ready")
    assert give(clerk, case, partly=True).status_code == 200


def test_a_result_leaves_once(clerk: Clerk) -> None:
    case = lies_ready(clerk)
    assert give(clerk, case).status_code == 200
    again = give(clerk, case)
    assert (again.status_code, again.json["code"]) == (409, "not_ready")
    assert len(rows(clerk, select(Delivery))) == 1


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"receipt": "411528-2026-999999"}, "wrong_receipt"),
        ({"receipt": "http://[half"}, "wrong_receipt"),
        ({"signature": "aGVsbG8="}, "bad_signature"),
        ({"signature": "no base64!"}, "bad_signature"),
        ({"signature": None}, "not_signed"),
        ({"signature": drawn(ink=False)}, "empty_signature"),
        ({"taker": "agent"}, "no_agent"),
    ],
)
def test_without_receipt_or_signature_nothing_leaves(clerk: Clerk, more: dict[str, Any], code: str) -> None:
    said = give(clerk, lies_ready(clerk), **more)
    assert (said.status_code, said.json["code"]) == (422, code)
    assert rows(clerk, select(Delivery)) == []


def test_posting_seals_the_address_and_what_comes_back_lies_here_again(clerk: Clerk) -> None:
    case = lies_ready(clerk)
    path = f"/cases/{case['token']}"
    assert clerk.ask(f"{path}/post", {"tracking": "EMS 123"}).json["code"] == "no_address"
    address = "息县谯楼街道 1 号"
    assert clerk.ask(f"{path}/post", {"tracking": "EMS 123", "address": address}).status_code == 200
    (row,) = rows(clerk, select(Delivery))
    assert address.encode() not in row.address_sealed
    assert Vault(clerk.client.application.config["HALL"].keys).open(row.address_sealed) == address
    assert clerk.ask(f"{path}/returned", {"note": "无人签收"}).json["outcome"] == "returned"
    assert clerk.ask(f"{path}/refuse", {"note": "姓名有误"}).json["outcome"] == "refused"
    assert give(clerk, case).status_code == 200
    assert len(rows(clerk, select(Licence))) == 1


def test_what_is_ready_is_found_by_holder_number_and_receipt(clerk: Clerk) -> None:
    case = lies_ready(clerk)
    site = clerk.demo["site"]
    papers = (case["number"], case["token"], f"https://hall.example/case/{case['token']}")
    for asked in ("测试甲", *papers):
        found = clerk.ask(f"/sites/{site}/ready", {"q": asked}).json["ready"]
        assert [row["number"] for row in found] == [case["number"]], asked
    for asked in papers:
        found = clerk.look(f"/sites/{site}/ready?q={asked}").json["ready"]
        assert [row["number"] for row in found] == [case["number"]], asked
    assert clerk.look(f"/sites/{site}/ready?q=http://[x").json["ready"] == []
    assert clerk.look(f"/sites/{site}/ready?q=测试甲").json["ready"] == [], "E2: names go in no address"
    assert clerk.ask(f"/sites/{site}/ready", {"q": "x" * 301}).status_code == 422


def test_E2_a_receipt_that_was_scanned_is_at_hand_in_the_result_until_the_list_is_opened_again(
    clerk: Clerk,
) -> None:
    case = lies_ready(clerk)
    headers = {"Authorization": f"Bearer {clerk.token}"}
    result = f"/issuing/{case['token']}"

    def field() -> str:
        return clerk.client.get(result, headers=headers).text.split('id="field-receipt"')[1].split(">")[0]

    for asked, kept in ((case["token"], True), (case["number"], True), ("测试甲", False)):
        found = clerk.client.post("/issuing", data={"q": asked}, headers=headers)
        assert (found.status_code, found.headers["Location"]) == (303, result), asked
        assert (f'value="{asked}"' in field()) is kept, f"I6: only what stands on the receipt is one: {asked}"
    clerk.client.post("/issuing", data={"q": case["number"]}, headers=headers)
    clerk.client.get("/issuing", headers=headers)
    assert case["number"] not in field(), "I6: whoever comes next shows a receipt of their own"


def test_the_list_s_page_says_how_many_there_are_and_a_strange_choice_shows_all(clerk: Clerk) -> None:
    case = lies_ready(clerk)
    headers = {"Authorization": f"Bearer {clerk.token}"}
    for choice in ("", "?only=nonsense", "?only=post", "?only=late"):
        page = clerk.client.get(f"/issuing{choice}", headers=headers)
        assert page.status_code == 200, choice
        assert (case["number"] in page.text) is (choice in {"", "?only=nonsense"}), choice
    nobody = clerk.client.post("/issuing", data={"q": "nobody"}, headers=headers)
    assert (nobody.status_code, case["number"] in nobody.text) == (200, False)
    assert "共 1 件" in clerk.client.get("/issuing", headers=headers).text


def test_what_lies_elsewhere_is_told_by_number_and_while_it_is_open_by_name(clerk: Clerk) -> None:
    (case,) = received(clerk)["cases"]
    headers = {"Authorization": f"Bearer {clerk.token}"}

    def find(asked: str) -> str:
        return str(clerk.client.post("/issuing", data={"q": asked}, headers=headers).text)

    for asked in (case["number"], "测试甲"):
        assert case["number"] in find(asked), asked
    change(clerk.client.application, case["number"], state="withdrawn")
    assert case["number"] in find(case["number"])
    assert case["number"] not in find("测试甲"), "nobody looks through the names of what is over"
