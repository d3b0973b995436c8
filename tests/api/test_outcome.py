"""The outcome at the window: at once where item and person are authorised, else not (I1, I3), on both databases."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy.exc import IntegrityError

from tests.authorities_at_work import DOCUMENT, account, grant, granted, put, revoke
from tests.cases_at_work import ITEM, Behind

OTHER_ITEM = "411528-SCJG-002"


@pytest.fixture
def hall(client: FlaskClient, demo: dict[str, Any]) -> Behind:
    found = Behind(client, demo)
    found.set_item(second_review=False, mode="same_desk", committed_days=0, statutory_days=20, task_type=1)
    return found


def decide(hall: Behind, case: dict[str, Any], user: str = "", **body: Any) -> Any:
    return hall.ask(user or account(hall), f"/cases/{case['token']}/outcome", {"decision": "granted", **body})


def ways(hall: Behind, case: dict[str, Any]) -> list[tuple[str, str]]:
    said = hall.look(account(hall), f"/forms/{case['form']}/outcomes")
    assert said.status_code == 200, said.text
    return [(row["way"], row["why"]) for row in said.json]


def test_I3_under_an_authority_the_clerk_grants_at_once_and_the_result_is_ready(hall: Behind) -> None:
    key = granted(hall, account(hall), ITEM)
    case = hall.received()
    (seen,) = hall.look(account(hall), f"/forms/{case['form']}/outcomes").json
    assert (seen["way"], seen["document"], seen["lacks"]) == ("decide", DOCUMENT, "nothing")
    said = decide(hall, case, revision=seen["revision"], number="补〔2026〕7号", valid_until="2099-01-01")
    assert (said.status_code, said.json["state"]) == (200, "ready"), said.text
    stored = hall.case(case["number"])
    assert stored.received_by == stored.accepted_by == stored.decided_by
    assert (stored.authority_id, stored.decision_authority_id) == (key, key)
    assert (stored.decision, stored.result_number) == ("granted", "补〔2026〕7号")
    history = hall.look("review-scjg", f"/cases/{case['token']}").json["history"]
    assert [row["fact"] for row in history][1:] == ["case_accepted", "case_decided", "case_ready"]
    assert ways(hall, case) == [("over", "case_past")]
    again = decide(hall, case)
    assert (again.status_code, again.json["code"]) == (409, "case_past")


def test_I3_a_refusal_at_the_window_has_reasons_and_its_decision_lies_ready(hall: Behind) -> None:
    granted(hall, account(hall), ITEM)
    case = hall.received()
    bare = decide(hall, case, decision="refused")
    assert (bare.status_code, list(bare.json["errors"])) == (422, ["reasons"])
    assert hall.case(case["number"]).state == "received"  # nothing half-done
    said = decide(hall, case, decision="refused", reasons="登记事项不符")
    assert said.json["state"] == "ready", said.text
    stored = hall.case(case["number"])
    assert (stored.decision, stored.reasons, stored.result_name) == (
        "refused",
        "登记事项不符",
        "不予行政许可决定书",
    )


def test_I3_without_an_authority_it_goes_on_to_the_department(hall: Behind) -> None:
    case = hall.received()
    assert ways(hall, case) == [("department", "no_authority")]
    for user in (account(hall), "manager", "official-scjg"):
        refused = decide(hall, case, user)
        assert refused.status_code == 403, user
        assert refused.json["code"] == ("no_authority" if user == account(hall) else "not_receiver")
    assert decide(hall, case, "review-scjg").status_code == 403  # who does not receive, decides at no window
    assert hall.case(case["number"]).state == "received"
    assert hall.ask("review-scjg", f"/cases/{case['token']}/accept").status_code == 200
    assert ways(hall, case) == [("over", "case_past")]


def test_I3_an_authority_of_another_person_or_item_opens_nothing(hall: Behind) -> None:
    granted(hall, "clerk05", ITEM)
    granted(hall, account(hall), OTHER_ITEM)
    case = hall.received()
    assert decide(hall, case).json["code"] == "no_authority"
    assert decide(hall, case, "clerk05").json["code"] == "not_receiver"
    assert ways(hall, case) == [("department", "no_authority")]


def test_I3_an_authority_revoked_while_the_form_is_open_is_told_and_the_case_goes_on(hall: Behind) -> None:
    key = granted(hall, account(hall), ITEM)
    case = hall.received()
    assert ways(hall, case) == [("decide", "")]
    assert revoke(hall, key).status_code == 200
    refused = decide(hall, case)
    assert (refused.status_code, refused.json["code"]) == (403, "authority_revoked")
    assert "撤销" in refused.json["detail"]
    assert ways(hall, case) == [("department", "authority_revoked")]
    late = hall.ask(account(hall), f"/cases/{case['token']}/accept")
    assert (late.status_code, late.json["code"]) == (403, "authority_revoked")
    assert hall.ask("review-scjg", f"/cases/{case['token']}/accept").status_code == 200
    granted(hall, account(hall), ITEM)  # a new document is a new row
    assert ways(hall, hall.received()) == [("decide", "")]


@pytest.mark.parametrize("mode", ["separated", "township"])
def test_I1_the_item_s_mode_says_no_then_the_clerk_accepts_and_the_department_decides(
    hall: Behind, mode: str
) -> None:
    hall.set_item(mode=mode)
    granted(hall, account(hall), ITEM)
    case = hall.received()
    assert ways(hall, case) == [("accept", "not_at_the_window")]
    refused = decide(hall, case)
    assert (refused.status_code, refused.json["code"]) == (403, "not_at_the_window")
    assert hall.ask(account(hall), f"/cases/{case['token']}/accept").status_code == 200
    assert ways(hall, case) == [("department", "not_at_the_window")]
    assert decide(hall, case).status_code == 403


def test_I3_a_second_pair_of_eyes_is_not_at_the_window(hall: Behind) -> None:
    hall.set_item(second_review=True)
    granted(hall, account(hall), ITEM)
    case = hall.received()
    assert ways(hall, case) == [("accept", "second_pair_of_eyes")]
    assert decide(hall, case).json["code"] == "second_pair_of_eyes"


def test_I3_missing_papers_are_asked_for_first_and_a_deferred_one_keeps_the_result_back(hall: Behind) -> None:
    granted(hall, account(hall), ITEM)
    case = hall.received({"firm": "missing"})
    refused = decide(hall, case)
    assert (refused.status_code, refused.json["code"]) == (409, "papers_missing")
    waits = hall.received({"deferrable": "deferred"})
    said = decide(hall, waits)
    assert (said.json["state"], said.json["open_deferrals"]) == ("decided", 1), said.text


def test_I3_stale_foreign_and_malformed_requests_are_told(hall: Behind) -> None:
    granted(hall, account(hall), ITEM)
    case = hall.received()
    assert decide(hall, case, revision=99).json["code"] == "stale_case"
    assert decide(hall, {"token": "A" * 24}).status_code == 404
    assert decide(hall, case, decision="perhaps").status_code == 422
    assert decide(hall, case, colour="x").status_code == 422
    assert decide(hall, case, valid_until="2020-01-01").status_code == 422
    assert hall.case(case["number"]).state == "received"
    assert hall.look(account(hall), f"/forms/{'A' * 24}/outcomes").status_code == 404


def test_I3_the_database_itself_refuses_every_authority_that_does_not_fit(hall: Behind) -> None:
    clerk, case = account(hall), hall.received()
    mine, foreign, other = put(hall, clerk, ITEM), put(hall, "clerk05", ITEM), put(hall, clerk, OTHER_ITEM)
    decided = "UPDATE service_case SET decided_by = received_by, decision_authority_id = :key"
    accepted = "UPDATE service_case SET accepted_by = received_by, authority_id = :key"
    for key in (foreign, other, None):
        with pytest.raises(IntegrityError):
            hall.sql(decided, key=key)
    for key in (foreign, other):
        with pytest.raises(IntegrityError):
            hall.sql(accepted, key=key)
    hall.sql("UPDATE service_case SET mode = 'separated'")
    with pytest.raises(IntegrityError):
        hall.sql(decided, key=mine)
    hall.sql("UPDATE service_case SET mode = 'same_desk', second_review = (1 = 1)")
    with pytest.raises(IntegrityError):
        hall.sql(decided, key=mine)
    hall.sql("UPDATE service_case SET second_review = (1 = 0)")
    hall.sql(decided, key=mine)
    hall.sql(accepted, key=mine)
    hall.sql("UPDATE acceptance_authority SET revoked_at = granted_at")
    hall.sql("UPDATE service_case SET reasons = 'x'")  # what was right stays so
    hall.sql("UPDATE service_case SET decided_by = NULL, decision_authority_id = NULL")
    with pytest.raises(IntegrityError):
        hall.sql(decided, key=mine)
    with pytest.raises(IntegrityError):
        hall.sql(
            "UPDATE service_case SET mode = 'separated', authority_id = NULL WHERE number = :n",
            n=case["number"],
        )


def test_I1_granting_is_the_manager_s_in_writing_and_once(hall: Behind) -> None:
    clerk = account(hall)
    assert grant(hall, clerk, ITEM, by="desk").status_code == 403
    assert grant(hall, clerk, ITEM, by=clerk).status_code == 403
    for body, field in (
        ({"document": " "}, "document"),
        ({"dated": "2999-01-01"}, "dated"),
        ({"staff": "nobody"}, "staff"),
        ({"staff": "review-scjg"}, "staff"),
        ({"items": ["411528-SCJG-001", "no-such"]}, "items"),
    ):
        refused = grant(hall, clerk, ITEM, **body)
        assert (refused.status_code, list(refused.json["errors"])) == (422, [field]), body
    key = granted(hall, clerk, ITEM, OTHER_ITEM)
    twice = grant(hall, clerk, ITEM)
    assert (twice.status_code, list(twice.json["errors"])) == (422, ["items"])
    with pytest.raises(IntegrityError):
        put(hall, clerk, ITEM)
    for listed in (
        hall.look("manager", "/sites/xixian/authorities?q=SCJG-001"),
        hall.ask("manager", "/sites/xixian/authorities", {"q": "SCJG-001"}),
    ):
        assert [(row["staff"], row["item"], row["document"]) for row in listed.json["authorities"]] == [
            (clerk, ITEM, DOCUMENT)
        ]
    assert hall.look("manager", f"/sites/xixian/authorities?q={clerk}").json["count"] == 0, (
        "E2: no names there"
    )
    assert hall.ask("manager", "/sites/xixian/authorities", {"q": clerk}).json["count"] >= 2
    assert revoke(hall, key, by=clerk).status_code == 403
    assert revoke(hall, key, reason=" ").status_code == 422
    assert revoke(hall, key).json["revoked_at"]
    assert revoke(hall, key).json["code"] == "revoked"
    assert revoke(hall, 999999).status_code == 404
    gone = hall.look("manager", "/sites/xixian/authorities?revoked=1").json["authorities"]
    assert [row["revoked_reason"] for row in gone] == ["岗位调整"]


def test_I1_granting_and_revoking_stand_in_the_journal_without_names(hall: Behind) -> None:
    key = granted(hall, account(hall), ITEM)
    revoke(hall, key)
    from sqlalchemy import select  # noqa: PLC0415

    from hall.journal import JournalEntry  # noqa: PLC0415

    said = hall.write(
        lambda session: [
            (row.fact, row.data)
            for row in session.scalars(select(JournalEntry).order_by(JournalEntry.id))
            if row.fact.startswith("authority_")
        ]
    )
    assert [fact for fact, _data in said] == ["authority_granted", "authority_revoked"]
    assert all(ITEM in data and DOCUMENT not in data and "岗位" not in data for _fact, data in said)
