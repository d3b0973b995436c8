"""The phone page without scripts: plain forms, each press answered on the page, nothing for strangers."""

from __future__ import annotations

import itertools
import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select

from hall.actor import SYSTEM_ACTOR
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
