"""What days do to cases: notices, lapse, deadlines, clock stops, deferred papers (I3–I7), on both databases."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from hall.intake.review import jobs, reminders
from hall.intake.review.models import Deferral, OneTimeNotice, Reminder
from tests.cases_at_work import MONDAY, Behind, at

DAY = timedelta(days=1)
LINE = {"material": "章程", "problem": "未签字", "wanted": "全体股东签字的原件", "copies": "1份原件"}
WRONG = {"state": "missing", "note": "仍缺股东签字"}


@pytest.fixture
def hall(client: FlaskClient, demo: dict[str, Any]) -> Behind:
    found = Behind(client, demo)
    found.set_item(second_review=False, mode="separated", committed_days=5, statutory_days=20, task_type=1)
    return found


def go(hall: Behind, case: dict[str, Any], verb: str, user: str = "review-scjg", **body: Any) -> Any:
    return hall.ask(user, f"/cases/{case['token']}/{verb}", body)


def paper(case: dict[str, Any], state: str) -> int:
    return next(int(row["id"]) for row in case["papers"] if row["state"] == state)


def notice(hall: Behind, case: dict[str, Any], user: str = "review-scjg", **more: Any) -> Any:
    line = {**LINE, "paper": paper(case, "missing")}
    return go(hall, case, "notice", user, lines=[line], term_days=5, **more)


def test_I3_accepted_accepted_with_deferral_or_correction_as_the_papers_allow(hall: Behind) -> None:
    with at(MONDAY):
        whole = hall.received()
        assert go(hall, whole, "accept").json["due_on"] == "2026-03-09"
        assert hall.case(whole["number"]).accepted_basis == "decision"
        firm = hall.received({"firm": "missing"})
        refused = go(hall, firm, "accept")
        assert (refused.status_code, refused.json["code"]) == (409, "papers_missing")
        later = hall.received({"deferrable": "deferred"})
        assert go(hall, later, "accept", deferral_days=6).json["code"] == "deferral_too_long"
        accepted = go(hall, later, "accept", deferral_days=3)
        assert (accepted.json["open_deferrals"], accepted.json["state"]) == (1, "accepted")
        assert hall.case(later["number"]).accepted_basis == "deferral"
        (deferral,) = hall.write(lambda session: session.scalars(select(Deferral)).all())
        assert deferral.until == date(2026, 3, 5)
        gone = hall.received()
        said = {"reason": "不属于本县管辖", "remedy": "60日内可申请复议", "where_to_go": "信阳市局"}
        assert go(hall, gone, "decline", **{**said, "remedy": ""}).json["errors"].keys() == {"remedy"}
        assert go(hall, gone, "decline", **said).json["state"] == "not_accepted"


def test_I4_a_notice_goes_out_once_with_everything_and_only_before_acceptance(hall: Behind) -> None:
    with at(MONDAY):
        case = hall.received({"firm": "missing"})
        some = go(hall, case, "notice", lines=[LINE], term_days=5)
        assert (some.status_code, some.json["code"]) == (422, "notice_incomplete")
        assert notice(hall, case).json["state"] == "correction"
        assert notice(hall, case).status_code == 409
        part = go(hall, case, "supplement", papers=[{**WRONG, "id": paper(case, "missing")}])
        assert part.json["state"] == "correction", "a refused correction is no second notice"
        papers = hall.look("review-scjg", f"/cases/{case['token']}").json["papers"]
        assert [row["note"] for row in papers if row["state"] == "missing"] == ["仍缺股东签字"]
        here = go(hall, case, "supplement", papers=[{"id": paper(case, "missing"), "state": "present"}])
        assert here.json["state"] == "received"
        seen = hall.look("review-scjg", f"/cases/{case['token']}").json
        assert seen["visits"] == 2, "what is handed in on one day is one visit (I11)"
        assert seen["notices"][0]["lines"][0]["settled_at"]
        assert re.fullmatch(r"[0-9A-Z]{5}-[0-9A-Z]{5}", seen["notices"][0]["return_code"]), "as on the paper"
        assert notice(hall, case).json["code"] == "second_notice"
        assert notice(hall, case, "manager").json["errors"].keys() == {"breach_reason"}
        assert notice(hall, case, "manager", breach_reason="首次漏列").json["state"] == "correction"
        assert hall.case(case["number"]).notice_breach
        with pytest.raises(IntegrityError):
            hall.sql("UPDATE one_time_notice SET breach_by = NULL WHERE serial = 2")
        done = hall.received()
        assert go(hall, done, "accept").status_code == 200
        assert go(hall, done, "notice", lines=[LINE], term_days=5).status_code == 409


def test_I4_the_notice_is_late_after_five_working_days(hall: Behind) -> None:
    with at(MONDAY):
        case = hall.received({"firm": "missing"})
    with at(MONDAY + 8 * DAY):
        assert notice(hall, case).json["code"] == "too_late"
    with at(MONDAY + 7 * DAY):  # the fifth working day is the next Monday
        assert notice(hall, case).status_code == 200


def test_I4_silence_of_five_working_days_is_acceptance_as_of_the_receipt_and_a_breach(hall: Behind) -> None:
    with at(MONDAY):
        case, noticed = hall.received(), hall.received({"firm": "missing"})
        assert notice(hall, noticed).status_code == 200
    with at(MONDAY + 7 * DAY):
        assert hall.run(jobs.lapse) == 0
    with at(MONDAY + 8 * DAY):
        assert [hall.run(jobs.lapse), hall.run(jobs.lapse)] == [1, 0]
    stored = hall.case(case["number"])
    assert (stored.state, stored.accepted_basis, stored.notice_breach) == ("accepted", "lapse", True)
    assert (stored.accepted_at, stored.due_on) == (stored.received_at, date(2026, 3, 9))
    assert hall.case(noticed["number"]).state == "correction"


def test_I4_what_is_no_permit_does_not_lapse(hall: Behind) -> None:
    hall.set_item(task_type=7)
    with at(MONDAY):
        case = hall.received()
    with at(MONDAY + 30 * DAY):
        assert hall.run(jobs.lapse) == 0
    assert hall.case(case["number"]).state == "received"


def test_I5_the_clock_stops_only_for_a_procedure_of_the_item_and_runs_again_by_itself(hall: Behind) -> None:
    hall.add_procedure("听证", 4)
    with at(MONDAY):
        case = hall.received()
        assert go(hall, case, "accept").json["due_on"] == "2026-03-09"
    with at(MONDAY + DAY):
        unknown = go(hall, case, "stop-clock", procedure="开会", told=True)
        assert unknown.json["code"] == "unknown_procedure"
        assert go(hall, case, "stop-clock", procedure="听证", told=False).json["code"] == "not_told"
        assert (
            go(hall, case, "stop-clock", procedure="听证", told=True, planned_days=9).json["code"]
            == "too_long"
        )
        assert go(hall, case, "stop-clock", procedure="听证", told=True).json["state"] == "stopped"
        assert go(hall, case, "decide", decision="granted").status_code == 409
    with at(MONDAY + 4 * DAY):
        assert hall.run(jobs.resume_clocks) == 0
    with at(MONDAY + 9 * DAY):  # the job is late: the clock ran again on the planned Monday
        assert [hall.run(jobs.resume_clocks), hall.run(jobs.resume_clocks)] == [1, 0]
    stored = hall.case(case["number"])
    assert (stored.state, stored.due_on) == ("accepted", date(2026, 3, 13))


def test_I5_one_extension_of_ten_working_days_by_another_than_who_works_on_it(hall: Behind) -> None:
    with at(MONDAY):
        case = hall.received()
        assert go(hall, case, "claim").status_code == 200
        assert go(hall, case, "accept").status_code == 200
        assert go(hall, case, "extend", reason="案情复杂").json["code"] == "approve_by_another"
        assert go(hall, case, "extend", "second-scjg", reason=" ").status_code == 422
        extended = go(hall, case, "extend", "second-scjg", reason="案情复杂")
        assert extended.json["due_on"] == "2026-03-23"
        assert go(hall, case, "extend", "second-scjg", reason="再次").json["code"] == "extended_already"
    with pytest.raises(IntegrityError):
        hall.sql("UPDATE service_case SET extended_days = 20")


def test_I4_a_notice_that_nobody_answers_is_told_once_and_ends_nothing_by_itself(hall: Behind) -> None:
    with at(MONDAY):
        case = hall.received({"firm": "missing"})
        assert notice(hall, case).status_code == 200
        (row,) = hall.look("review-scjg", "/departments/411528-SCJG/inbox").json["rows"]
        assert (row["light"], row["until"]) == ("none", "2026-03-09"), "with the applicant until then"
    with at(MONDAY + 7 * DAY):  # the last day of five working days
        assert hall.run(reminders.remind) == 0
    with at(MONDAY + 40 * DAY):
        assert [hall.run(reminders.remind), hall.run(reminders.remind), hall.run(jobs.lapse)] == [1, 0, 0]
        assert hall.case(case["number"]).state == "correction"
        (row,) = hall.look("review-scjg", "/departments/411528-SCJG/inbox").json["rows"]
        assert (row["light"], row["until"]) == ("red", "2026-03-09"), "now the department has to decide"
        told = hall.look("review-scjg", f"/cases/{case['token']}").json
        assert (told["light"], told["until"]) == ("red", "2026-03-09")
        assert go(hall, case, "withdraw", reason="逾期未补正，视为放弃申请").json["state"] == "withdrawn"


def test_I4_papers_that_come_late_are_taken_in_and_five_days_run_anew(hall: Behind) -> None:
    with at(MONDAY):
        case = hall.received({"firm": "missing"})
        assert notice(hall, case).status_code == 200
    with at(MONDAY + 14 * DAY):
        here = go(hall, case, "supplement", papers=[{"id": paper(case, "missing"), "state": "present"}])
        assert here.json["state"] == "received"
    with at(MONDAY + 21 * DAY):
        assert hall.run(jobs.lapse) == 0
    with at(MONDAY + 22 * DAY):
        assert [hall.run(jobs.lapse), hall.run(jobs.lapse)] == [1, 0]
    assert hall.case(case["number"]).accepted_at == MONDAY + 14 * DAY


def test_I5_reminders_come_once_and_overdue_stays_in_the_record(hall: Behind) -> None:
    with at(MONDAY):
        case = hall.received()
        assert go(hall, case, "accept").status_code == 200
    kinds = []
    for days in (0, 3, 4, 7, 8):
        with at(MONDAY + days * DAY):
            kinds.append((hall.run(reminders.remind), hall.run(reminders.remind)))
    assert kinds == [(0, 0), (1, 0), (1, 0), (0, 0), (1, 0)]
    told = hall.write(lambda session: [row.kind for row in session.scalars(select(Reminder))])
    assert told == ["half_time", "day_before"]
    assert hall.case(case["number"]).overdue_since == date(2026, 3, 10)
    with at(MONDAY + 8 * DAY):
        assert hall.look("review-scjg", f"/cases/{case['token']}").json["light"] == "overdue"
        assert go(hall, case, "extend", "second-scjg", reason="晚了").json["code"] == "overdue"
        assert go(hall, case, "decide", decision="granted").status_code == 200
        assert go(hall, case, "make-ready").status_code == 200
    assert hall.case(case["number"]).overdue_since == date(2026, 3, 10)
    with at(MONDAY + 40 * DAY):
        assert [hall.run(reminders.remind), hall.run(reminders.remind)] == [1, 0]


def deferred(hall: Behind) -> dict[str, Any]:
    case = hall.received({"deferrable": "deferred"})
    assert go(hall, case, "accept", deferral_days=3).status_code == 200
    return case


def test_I7_the_result_waits_for_deferred_papers_also_for_the_database(hall: Behind) -> None:
    with at(MONDAY):
        case = deferred(hall)
        assert go(hall, case, "decide", decision="granted").status_code == 200
        refused = go(hall, case, "make-ready")
        assert (refused.status_code, refused.json["code"]) == (409, "deferral_open")
        with pytest.raises(IntegrityError):
            hall.sql("UPDATE service_case SET state = 'ready'")
        assert go(hall, case, "hand-in", "clerk05", paper=paper(case, "deferred")).status_code == 200
        again = go(hall, case, "hand-in", "clerk05", paper=paper(case, "deferred"))
        assert again.status_code == 409
        assert go(hall, case, "make-ready").json["state"] == "ready"


def test_I7_the_job_proposes_an_official_signs_and_a_broken_promise_is_made_good(hall: Behind) -> None:
    with at(MONDAY):
        case = deferred(hall)
    with at(MONDAY + 3 * DAY):  # the last day: arrival counts
        assert hall.run(jobs.propose_terminations) == 0
        assert go(hall, case, "terminate", note="材料退回").json["code"] == "not_proposed"
    with at(MONDAY + 4 * DAY):
        assert [hall.run(jobs.propose_terminations), hall.run(jobs.propose_terminations)] == [1, 0]
        assert hall.case(case["number"]).state == "accepted"  # proposed, not done
        longer = go(hall, case, "force-majeure", paper=paper(case, "deferred"), days=2, reason="洪灾")
        assert longer.status_code == 200
    with at(MONDAY + 9 * DAY):
        assert hall.run(jobs.propose_terminations) == 1
        assert go(hall, case, "terminate", "clerk05", note="材料退回").status_code == 403
        assert go(hall, case, "terminate", note="材料退回").json["state"] == "terminated"
        with pytest.raises(IntegrityError):
            hall.sql("UPDATE deferral SET ended_by = NULL WHERE state = 'broken'")
        form = hall.clerk.open(item="411528-SCJG-001")
        form = hall.clerk.filled(form)
        later = next(row["id"] for row in form["papers"] if row["deferrable"])
        form = hall.clerk.save(form, papers=[{"id": later, "state": "deferred"}])
        said = hall.clerk.ask(f"/forms/{form['token']}/receive", {"revision": form["revision"]})
        assert said.json["code"] == "undertaking_broken"
        made_good = go(hall, case, "hand-in", "clerk05", paper=paper(case, "deferred"))
        assert made_good.status_code == 200
        assert hall.clerk.receive(form)["state"] == "received"


def test_I7_a_withdrawn_case_awaits_nothing_and_its_clock_does_not_run_again(hall: Behind) -> None:
    hall.add_procedure("鉴定", 3)
    with at(MONDAY):
        case = deferred(hall)
        assert go(hall, case, "stop-clock", procedure="鉴定", told=True).status_code == 200
        assert go(hall, case, "withdraw", "clerk05", reason="申请人不再办理").json["state"] == "withdrawn"
    with at(MONDAY + 30 * DAY):
        for job in reminders.JOBS:
            hall.run(job.run)
    assert hall.case(case["number"]).state == "withdrawn"
    assert hall.write(lambda session: session.scalars(select(OneTimeNotice)).all()) == []


def test_I6_in_an_ordered_bundle_the_next_case_arrives_when_the_one_before_is_decided(hall: Behind) -> None:
    with at(MONDAY):
        case = hall.received(bundle="xixian-company-start")
        first, second = (hall.case(line["number"]) for line in case["cases"][:2])
        assert (first.state, second.state, second.arrived_at) == ("received", "waiting_turn", None)
        assert go(hall, case, "accept").status_code == 200
        said = go(hall, case, "decide", decision="granted")
        if said.json["state"] == "proposed":
            assert go(hall, case, "confirm", "second-scjg").status_code == 200
    assert [hall.case(line["number"]).state for line in case["cases"][:3]] == [
        "decided",
        "received",
        "waiting_turn",
    ]
