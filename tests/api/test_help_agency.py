"""An agency (H1, H7): its mandate signed on paper or on the screen, and the case that it becomes at the window."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select

from hall.helpers.records import HelpRecord
from hall.journal import JournalEntry
from tests.api.test_issuing import drawn
from tests.cases_at_work import Behind
from tests.helpers_at_work import Help
from tests.intake_at_work import NUMBER

if TYPE_CHECKING:
    from flask.testing import FlaskClient

SCOPE = "代为提交公司设立登记材料"
OTHER = "440524188001010014"


@pytest.fixture
def hall(client: FlaskClient, demo: dict[str, Any]) -> Help:
    return Help(client, demo)


def agency(hall: Help) -> dict[str, Any]:
    found: dict[str, Any] = hall.done("POST", "/helper/records", {"kind": "agency"}, who="helper01")
    return found


def on(hall: Help, line: dict[str, Any], verb: str, who: str = "helper01", **body: Any) -> Any:
    return hall.ask("POST", f"/help-records/{line['token']}/{verb}", body, who=who)


def kept(hall: Help) -> HelpRecord:
    found: HelpRecord = hall.change(lambda session: session.scalars(select(HelpRecord)).one())
    return found


def page(hall: Help, who: str, path: str) -> Any:
    """A page as this account sees it in a browser."""
    from tests.pages.premises import Manager  # noqa: PLC0415 - it signs in

    fresh = hall.client.application.test_client()
    Manager(hall.client.application, fresh, hall.demo, who)
    return fresh.get(path)


def test_H7_the_case_number_is_one_of_the_hall_s_and_both_sides_know_each_other(hall: Help) -> None:
    case = Behind(hall.client, hall.demo).received()
    line = agency(hall)
    unknown = on(hall, line, "progress", progress="handed_in", case_number="411528-2026-000000")
    body = unknown.get_json()
    assert (unknown.status_code, body["code"]) == (422, "unknown_case") and body["errors"]["case_number"]
    assert kept(hall).progress == "begun", "nothing is half written"
    linked = on(hall, line, "progress", progress="handed_in", case_number=f" {case['number']} ").get_json()
    assert (linked["case_number"], linked["case_state"]) == (case["number"], "received")
    assert kept(hall).case_id is not None
    told = page(hall, "manager", f"/cases/{case['token']}")
    assert told.status_code == 200 and line["number"] in told.text and "经帮办代办" in told.text
    assert case["number"] in page(hall, "manager", "/help-records").text
    taken_back = on(hall, line, "progress", progress="papers", case_number="").get_json()
    assert (taken_back["case_number"], taken_back["case_state"]) == ("", None)
    assert line["number"] not in page(hall, "manager", f"/cases/{case['token']}").text


def test_H7_the_case_of_somebody_else_is_not_linked(hall: Help) -> None:
    case = Behind(hall.client, hall.demo).received()
    line = agency(hall)
    for number, status in ((OTHER, 422), (NUMBER, 200)):
        assert on(hall, line, "person", name="王小明", id_number=number).status_code == 200
        answer = on(hall, line, "progress", progress="handed_in", case_number=case["number"])
        assert answer.status_code == status, answer.text
        assert answer.get_json().get("code") == ("another_person" if status == 422 else None)


def signed(hall: Help, line: dict[str, Any], *, ink: bool = True, **more: Any) -> Any:
    state = hall.done("GET", f"/help-records/{line['token']}", who="helper01")
    return on(
        hall, line, "mandate/sign", **{"revision": state["revision"], "signature": drawn(ink=ink), **more}
    )


def test_H1_a_mandate_is_signed_on_the_screen_as_it_stood_there(hall: Help) -> None:
    line = agency(hall)
    assert signed(hall, line).get_json()["code"] == "no_mandate"
    seen = on(hall, line, "mandate", scope=SCOPE).get_json()["revision"]
    on(hall, line, "mandate", scope=f"{SCOPE}并领取结果")
    stale = signed(hall, line, revision=seen)
    assert (stale.status_code, stale.get_json()["code"]) == (409, "stale_mandate")
    assert signed(hall, line, ink=False).get_json()["code"] == "empty_signature"
    assert signed(hall, line, signature="x").get_json()["code"] == "bad_signature"
    assert on(hall, line, "mandate/sign", "helper02", revision=1, signature=drawn()).status_code == 403
    assert on(hall, line, "close", result="done").get_json()["code"] == "no_mandate"
    done = signed(hall, line).get_json()["mandate"]
    assert done["drawn"] and done["signed_at"]
    facts = hall.change(lambda session: session.scalars(select(JournalEntry.data)).all())
    assert any('"what":"mandate_drawn"' in one for one in facts)
    assert on(hall, line, "close", result="handed_in").status_code == 200


def test_H1_another_scope_is_signed_anew_and_paper_stays_a_way(hall: Help) -> None:
    line = agency(hall)
    on(hall, line, "mandate", scope=SCOPE)
    first = signed(hall, line).get_json()["mandate"]
    same = on(hall, line, "mandate", scope=SCOPE, signed=True).get_json()["mandate"]
    assert same == first, "saving the same keeps what was drawn"
    other = on(hall, line, "mandate", scope="代领营业执照").get_json()["mandate"]
    assert not other["drawn"] and other["signed_at"] is None
    paper = on(hall, line, "mandate", scope="代领营业执照", signed=True).get_json()["mandate"]
    assert paper["signed_at"] and not paper["drawn"]
    assert on(hall, line, "close", result="done").status_code == 200


def test_H1_who_signs_reads_the_scope_and_the_printed_mandate_bears_what_was_drawn(hall: Help) -> None:
    line = agency(hall)
    path = f"/helper/records/{line['token']}"
    assert page(hall, "helper01", f"{path}/sign").status_code == 302, "there is nothing to sign yet"
    on(hall, line, "mandate", scope=SCOPE, until="2027-06-30")
    shown = page(hall, "helper01", f"{path}/sign")
    assert shown.status_code == 200 and SCOPE in shown.text and "2027-06-30" in shown.text
    assert page(hall, "helper01", f"{path}/signature.png").status_code == 404
    signed(hall, line)
    picture = page(hall, "helper01", f"{path}/signature.png")
    assert picture.status_code == 200 and picture.data.startswith(b"\x89PNG")
    assert page(hall, "helper02", f"{path}/signature.png").status_code == 403
    assert page(hall, "helper02", f"{path}/sign").status_code == 403
    assert "signature.png" in page(hall, "helper01", path).text
