"""The phone page without scripts: plain forms, each press answered on the page, nothing for strangers."""

from __future__ import annotations

import itertools
import re
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select

from hall import clock
from hall.actor import SYSTEM_ACTOR
from hall.queueing.day import turn_day
from hall.sites import Site
from hall.unit_of_work import Work, perform

if TYPE_CHECKING:
    from flask import Flask
    from flask.testing import FlaskClient

keys = itertools.count()


def draw(client: FlaskClient, demo: dict[str, Any], **more: Any) -> str:
    headers = {"Authorization": f"Bearer {demo['kiosk']['token']}", "Idempotency-Key": f"draw-{next(keys)}"}
    answer = client.post("/api/v1/tickets", json={"line": "xixian-a", **more}, headers=headers)
    assert answer.status_code == 201, answer.text
    return str(answer.get_json()["token"])


def at(client: FlaskClient, demo: dict[str, Any], verb: str) -> None:
    clerk = next(row for row in demo["staff"] if row["window"] == "xixian-01")
    headers = {"Authorization": f"Bearer {clerk['token']}"}
    answer = client.post(f"/api/v1/windows/xixian-01/{verb}", headers=headers)
    assert answer.status_code == 200, answer.text


def press(client: FlaskClient, token: str, verb: str, **fields: str) -> str:
    """Press a button of the page as a browser without scripts does, and read the page that follows."""
    page = client.get(f"/t/{token}").text
    found = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert found, "The page has no CSRF token in its forms."
    answer = client.post(f"/t/{token}/{verb}", data={"csrf_token": found[1], **fields})
    assert answer.status_code == 303, answer.text
    return client.get(f"/t/{token}").text


def hurry(app: Flask) -> None:
    """Pass after the first call, without the gap between calls (Q6's figures are the site's)."""

    def change(work: Work, _command: None) -> None:
        site = work.session.scalars(select(Site)).one()
        site.settings_json = replace(site.settings, max_calls=1, recall_gap_s=0).dump()

    with app.app_context():
        perform(SYSTEM_ACTOR, change, None)


def test_E1_the_page_says_number_and_people_ahead_before_anything_else(
    client: FlaskClient, demo: dict[str, Any]
) -> None:
    draw(client, demo)
    page = client.get(f"/t/{draw(client, demo)}").text
    main = page[page.index("<main") :]
    assert main.index("A002") < main.index("前面等候 1 人") < main.index("<form")
    assert '<meta http-equiv="refresh"' in page[page.index("<noscript>") :]


def test_a_holder_leaves_by_form_and_the_page_says_so(client: FlaskClient, demo: dict[str, Any]) -> None:
    token = draw(client, demo)
    page = press(client, token, "leave")
    assert "您已退出排队" in page
    assert 'data-state="abandoned"' in page
    assert "<details" not in page, "After leaving there is nothing left to press."


def test_others_go_first_by_form_and_a_senseless_count_is_one(
    client: FlaskClient, demo: dict[str, Any]
) -> None:
    first = draw(client, demo)
    for _person in range(3):
        draw(client, demo)
    assert "前面等候 2 人" in press(client, first, "later", places="2")
    assert "前面等候 3 人" in press(client, first, "later", places="-7")
    assert "您后面没有人等候" in press(client, first, "later", places="1")


def test_Q6_a_passed_holder_comes_back_once_by_form(
    app: Flask, client: FlaskClient, demo: dict[str, Any]
) -> None:
    hurry(app)
    token = draw(client, demo)
    at(client, demo, "open")
    for time in range(2):
        at(client, demo, "call-next")
        at(client, demo, "pass")
        if time == 0:
            assert "已恢复排队" in press(client, token, "rejoin")
    page = client.get(f"/t/{token}").text
    assert 'data-do="rejoin"' not in page, "A number can be restored only once (Q6)."
    assert "该号已不能恢复" in page


def test_a_form_without_its_csrf_token_changes_nothing(client: FlaskClient, demo: dict[str, Any]) -> None:
    token = draw(client, demo)
    assert client.post(f"/t/{token}/leave").status_code == 400
    assert 'data-state="waiting"' in client.get(f"/t/{token}").text


@pytest.mark.parametrize("token", ["x", "A" * 24, "名" * 24, "_" * 24, "A" * 4000])
def test_a_false_token_opens_no_page(client: FlaskClient, demo: dict[str, Any], token: str) -> None:
    assert client.get(f"/t/{token}").status_code == 404
    assert client.get(f"/t/{token}?part=1").status_code == 404


def test_Q7_why_is_said_by_rule_only(client: FlaskClient, demo: dict[str, Any]) -> None:
    page = client.get(f"/t/{draw(client, demo, lane='priority', reason='disabled')}").text
    assert "依规优先" in page
    assert "disabled" not in page[page.index("<main") :].replace(".disabled", "")


def test_the_part_that_scripts_fetch_is_the_page_without_its_frame(
    client: FlaskClient, demo: dict[str, Any]
) -> None:
    token = draw(client, demo)
    part = client.get(f"/t/{token}?part=1").text
    assert "<html" not in part
    assert part.strip().splitlines()[0].strip() in client.get(f"/t/{token}").text


def test_E1_an_unknown_code_is_told_in_both_languages(client: FlaskClient, demo: dict[str, Any]) -> None:
    page = client.get(f"/t/{'A' * 24}")
    assert page.status_code == 404
    assert "没有找到这张号票" in page.text and "We know no such ticket." in page.text


def test_guesses_at_codes_are_limited(client: FlaskClient, demo: dict[str, Any]) -> None:
    token = draw(client, demo)
    answers = [client.get(f"/t/{number:024d}").status_code for number in range(602)]
    assert set(answers) == {404, 429}
    assert answers.index(429) >= 600, (
        "A hall behind one address mistypes some codes: guesses are what is stopped."
    )
    assert client.get(f"/t/{token}").status_code in {200, 429}


def test_Q10_the_page_of_yesterdays_ticket_says_not_served_and_offers_nothing(
    app: Flask, client: FlaskClient, demo: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    token = draw(client, demo)
    tomorrow = clock.now() + timedelta(days=1)
    monkeypatch.setattr(clock, "now", lambda: tomorrow)
    with app.app_context():
        perform(SYSTEM_ACTOR, turn_day, None)
    page = client.get(f"/t/{token}").text
    assert "当日未办，工作人员将与您联系。" in page
    main = page[page.index("<main") :]
    assert "<form" not in main[main.index('id="ticket"') :]
    assert 'http-equiv="refresh"' not in page, "Nothing will change on it any more."


def test_Q13_a_matter_whose_holder_is_at_another_window_says_that_its_place_is_kept(
    client: FlaskClient, demo: dict[str, Any]
) -> None:
    headers = {"Authorization": f"Bearer {demo['kiosk']['token']}", "Idempotency-Key": "two matters"}
    body = {"matters": [{"line": "xixian-a"}, {"line": "xixian-b"}]}
    drawn = client.post("/api/v1/visits", json=body, headers=headers).get_json()["tickets"]
    at(client, demo, "open")
    at(client, demo, "call-next")
    page = client.get(f"/t/{drawn[1]['token']}").text
    assert "您正在其他窗口办理，这个号的位置为您保留" in page


def test_Q6_the_page_of_a_passed_number_knows_when_its_offer_ends(
    app: Flask, client: FlaskClient, demo: dict[str, Any]
) -> None:
    hurry(app)
    token = draw(client, demo)
    at(client, demo, "open")
    at(client, demo, "call-next")
    at(client, demo, "pass")
    assert re.search(r'data-state="passed"[^>]* data-until="\d{4}-', client.get(f"/t/{token}").text)
