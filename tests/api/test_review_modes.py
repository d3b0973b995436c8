"""Who may do what with a case: its mode, its department, two pairs of eyes, two at once (I1, I8), on both databases."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from hall import clock
from hall.accounts.models import Staff
from hall.catalog.models import ServiceItem
from hall.intake.models import AcceptanceAuthority
from hall.intake.review.models import CaseNote
from tests.cases_at_work import ITEM, Behind

INBOX = "/departments/411528-SCJG/inbox"


@pytest.fixture
def hall(client: FlaskClient, demo: dict[str, Any]) -> Behind:
    found = Behind(client, demo)
    found.set_item(second_review=False, mode="separated", committed_days=5, statutory_days=20)
    return found


def go(hall: Behind, user: str, case: dict[str, Any], verb: str, **body: Any) -> Any:
    return hall.ask(user, f"/cases/{case['token']}/{verb}", body)


def staff(hall: Behind, user: str) -> int:
    return int(hall.write(lambda session: session.scalar(select(Staff.id).where(Staff.user == user))))


def test_a_case_goes_from_the_inbox_to_the_issue_window(hall: Behind) -> None:
    case = hall.received()
    seen = hall.look("review-scjg", INBOX).json
    assert [(row["number"], row["state"], row["light"]) for row in seen["rows"]] == [
        (case["number"], "received", "green")
    ]
    for verb, body in (
        ("claim", {}),
        ("note", {"text": "已电话核实"}),
        ("accept", {}),
        ("decide", {"decision": "granted", "reasons": "符合条件"}),
        ("make-ready", {"number": "9141", "valid_until": "2099-01-01"}),
    ):
        said = go(hall, "review-scjg", case, verb, **body)
        assert said.status_code == 200, (verb, said.text)
    whole = hall.look("review-scjg", f"/cases/{case['token']}").json
    assert (whole["state"], whole["result_number"], whole["claimed_by"] != "") == ("ready", "9141", True)
    assert [entry["fact"] for entry in whole["history"]] == [
        "case_received",
        "case_claimed",
        "case_accepted",
        "case_decided",
        "case_ready",
    ]
    assert hall.look("review-scjg", INBOX).json["rows"] == []


def test_I1_only_the_own_department_reviews_and_managers_do_not(hall: Behind) -> None:
    case = hall.received()
    for user in ("review-zrzy", "official-rsj"):
        refused = go(hall, user, case, "claim")
        assert (refused.status_code, refused.json["code"]) == (403, "other_department"), user
        assert hall.look(user, INBOX).status_code == 403
    assert go(hall, "manager", case, "decide", decision="granted").status_code == 403
    assert go(hall, "manager", case, "accept").json["code"] == "no_authority"
    assert hall.look("manager", INBOX).status_code == 200
    assert hall.look("review-zrzy", f"/cases/{case['token']}").status_code == 403
    assert go(hall, "review-scjg", {"token": "A" * 24}, "claim").status_code == 404


def test_I1_who_received_neither_accepts_nor_decides_also_against_the_database(hall: Behind) -> None:
    case = hall.received()
    official = staff(hall, "official-scjg")
    hall.sql("UPDATE service_case SET received_by = :who", who=official)
    assert go(hall, "official-scjg", case, "accept").json["code"] == "received_it"
    assert go(hall, "review-scjg", case, "accept").status_code == 200
    refused = go(hall, "official-scjg", case, "decide", decision="granted")
    assert (refused.status_code, refused.json["code"]) == (403, "received_it")
    with pytest.raises(IntegrityError):
        hall.sql("UPDATE service_case SET decided_by = received_by")
    with pytest.raises(IntegrityError):
        hall.sql("UPDATE service_case SET accepted_by = received_by, authority_id = NULL")
    hall.sql("UPDATE service_case SET mode = 'same_desk', decided_by = received_by")  # there it may be


def test_I1_at_the_window_acceptance_needs_a_written_authority(hall: Behind) -> None:
    case = hall.received()
    clerk = next(row["user"] for row in hall.demo["staff"] if row["token"] == hall.clerk.token)
    assert go(hall, clerk, case, "accept").json["code"] == "no_authority"
    decline = {"reason": "不属于本部门", "remedy": "可申请复议"}
    assert go(hall, clerk, case, "decline", **decline).json["code"] == "no_authority"

    def authorise(session: Any) -> None:
        item = session.scalar(select(ServiceItem.id).where(ServiceItem.code == ITEM))
        row = AcceptanceAuthority(
            staff_id=staff_id, item_id=item, document="息市监授〔2026〕1号", granted_at=clock.now()
        )
        session.add(row)

    staff_id = staff(hall, clerk)
    hall.write(authorise)
    other = next(
        row["user"] for row in hall.demo["staff"] if row["role"] == "window" and row["user"] != clerk
    )
    assert go(hall, other, case, "accept").json["code"] == "no_authority"
    assert go(hall, clerk, case, "accept").status_code == 200
    stored = hall.case(case["number"])
    assert (stored.accepted_by == stored.received_by, stored.authority_id is not None) == (True, True)
    assert go(hall, clerk, case, "decide", decision="granted").status_code == 403


def test_I1_a_second_pair_of_eyes_is_somebody_elses_also_for_the_database(hall: Behind) -> None:
    hall.set_item(second_review=True)
    case = hall.received()
    assert go(hall, "review-scjg", case, "accept").status_code == 200
    proposed = go(hall, "review-scjg", case, "decide", decision="refused", reasons="场所不符合规定")
    assert proposed.json["state"] == "proposed"
    assert go(hall, "review-scjg", case, "confirm").json["code"] == "second_pair_of_eyes"
    with pytest.raises(IntegrityError):
        hall.sql("UPDATE service_case SET state = 'decided'")
    with pytest.raises(IntegrityError):
        hall.sql("UPDATE service_case SET state = 'decided', confirmed_by = decided_by")
    back = go(hall, "second-scjg", case, "send-back", reason="请补充依据")
    assert back.json["state"] == "accepted"
    assert go(hall, "review-scjg", case, "decide", decision="granted").json["state"] == "proposed"
    assert go(hall, "second-scjg", case, "confirm").json["state"] == "decided"


def test_I1_one_in_ten_same_desk_cases_is_looked_at_by_another(hall: Behind) -> None:
    hall.set_item(mode="same_desk")
    official = staff(hall, "official-scjg")
    found = []
    for serial in (9, 10):
        case = hall.received()
        hall.sql(
            "UPDATE service_case SET received_by = :who, serial = :serial WHERE number = :number",
            who=official,
            serial=serial,
            number=case["number"],
        )
        assert go(hall, "official-scjg", case, "accept").status_code == 200
        assert go(hall, "official-scjg", case, "decide", decision="granted").status_code == 200
        found.append(case)
    plain, sampled = found
    assert [hall.case(case["number"]).sampled for case in found] == [False, True]
    assert go(hall, "review-scjg", plain, "look").status_code == 409
    assert go(hall, "official-scjg", sampled, "look").json["code"] == "sampled_by_another"
    assert go(hall, "review-scjg", sampled, "look").status_code == 200
    with pytest.raises(IntegrityError):
        hall.sql("UPDATE service_case SET sampled_by = decided_by WHERE sampled")


def test_of_two_who_decide_at_once_one_wins_and_the_other_is_told(hall: Behind) -> None:
    case = hall.received()
    assert go(hall, "review-scjg", case, "accept").status_code == 200

    def decide(user: str, decision: str) -> tuple[int, str]:
        client = hall.client.application.test_client()
        said = client.post(
            f"/api/v1/cases/{case['token']}/decide",
            json={"decision": decision, "reasons": "理由"},
            headers={"Authorization": f"Bearer {hall.tokens[user]}"},
        )
        return said.status_code, str((said.get_json() or {}).get("code", ""))

    with ThreadPoolExecutor(2) as pool:
        both = [
            pool.submit(decide, "review-scjg", "granted"),
            pool.submit(decide, "second-scjg", "refused"),
        ]
        answers = sorted(one.result() for one in both)
    assert answers == [(200, ""), (409, "conflict")]
    assert len([fact for fact in facts(hall, case) if fact == "case_decided"]) == 1


def facts(hall: Behind, case: dict[str, Any]) -> list[str]:
    history = hall.look("review-scjg", f"/cases/{case['token']}").json["history"]
    return [entry["fact"] for entry in history]


def test_a_stale_page_is_told_that_the_case_changed(hall: Behind) -> None:
    case = hall.received()
    seen = hall.look("review-scjg", f"/cases/{case['token']}").json["revision"]
    assert go(hall, "second-scjg", case, "claim", revision=seen).status_code == 200
    late = go(hall, "review-scjg", case, "accept", revision=seen)
    assert (late.status_code, late.json["code"]) == (409, "stale_case")
    assert go(hall, "review-scjg", case, "claim").json["code"] == "claimed"
    assert go(hall, "review-scjg", case, "claim", note="A岗休假").status_code == 200
    assert go(hall, "review-scjg", case, "claim", colour="x").status_code == 422


def test_I8_the_first_contact_moves_with_a_note(hall: Behind) -> None:
    case = hall.received()
    before = hall.case(case["number"]).owner_id
    assert go(hall, "second-scjg", case, "owner", owner="clerk02", note="").status_code == 422
    unknown = go(hall, "second-scjg", case, "owner", owner="nobody", note="调岗")
    assert (unknown.status_code, unknown.json["code"]) == (422, "unknown_owner")
    assert go(hall, "clerk05", case, "owner", owner="clerk02", note="调岗").json["code"] == "not_owner"
    assert go(hall, "second-scjg", case, "owner", owner="clerk02", note="调岗").status_code == 200
    assert hall.case(case["number"]).owner_id == staff(hall, "clerk02") != before
    notes = hall.write(lambda session: [row.text for row in session.scalars(select(CaseNote))])
    assert notes == ["调岗"]
    assert "case_owner_changed" in facts(hall, case)
