"""The slip and its code, for the holder of the token."""

from __future__ import annotations

import io
import itertools
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from PIL import Image

from tests.printers import API

if TYPE_CHECKING:
    from flask import Flask
    from flask.testing import FlaskClient

keys = itertools.count()


def draw(client: FlaskClient, demo: dict[str, Any], path: str = "tickets", **body: Any) -> dict[str, Any]:
    headers = {"Authorization": f"Bearer {demo['kiosk']['token']}", "Idempotency-Key": f"slip-{next(keys)}"}
    response = client.post(f"{API}/{path}", json=body, headers=headers)
    assert response.status_code == 201, response.text
    drawn: dict[str, Any] = response.get_json()
    return drawn


def test_the_slip_says_number_people_ahead_and_where(client: FlaskClient, demo: dict[str, Any]) -> None:
    draw(client, demo, line="xixian-a")
    token = draw(client, demo, line="xixian-a")["token"]
    text = client.get(f"{API}/tickets/{token}/slip.txt").text
    for said in ("息县政务服务大厅", "A002", "综合受理", "前面等候 1 人", "一楼 1—8 号窗口", "0376-5951234"):
        assert said in text
    english = draw(client, demo, line="xixian-a", lang="en")["token"]
    assert "Floor 1, windows 1–8" in client.get(f"{API}/tickets/{english}/slip.txt").text


def test_Q13_the_slip_of_any_ticket_of_a_visit_is_the_same_one(
    client: FlaskClient, demo: dict[str, Any]
) -> None:
    drawn = draw(client, demo, "visits", matters=[{"line": "xixian-b"}, {"line": "xixian-c"}])
    texts = {client.get(f"{API}/tickets/{ticket['token']}/slip.txt").text for ticket in drawn["tickets"]}
    assert len(texts) == 1
    text = texts.pop()
    assert "B001" in text and "C001" in text


def test_the_picture_is_as_wide_as_the_paper(client: FlaskClient, demo: dict[str, Any]) -> None:
    token = draw(client, demo, line="xixian-a")["token"]
    for query, width in (("", 576), ("?width=576", 576), ("?width=384", 384)):
        answer = client.get(f"{API}/tickets/{token}/slip.png{query}")
        assert answer.content_type == "image/png"
        assert Image.open(io.BytesIO(answer.data)).width == width
    assert client.get(f"{API}/tickets/{token}/slip.png?width=9").status_code == 422


@pytest.mark.parametrize("what", ["slip.png", "slip.txt", "qr.svg"])
def test_a_false_token_shows_nothing(client: FlaskClient, demo: dict[str, Any], what: str) -> None:
    answer = client.get(f"{API}/tickets/{'x' * 24}/{what}")
    assert (answer.status_code, answer.get_json()["code"]) == (404, "unknown_ticket")


def test_E2_a_code_only_where_phones_can_reach_the_hall(
    client: FlaskClient, app: Flask, demo: dict[str, Any]
) -> None:
    token = draw(client, demo, line="xixian-a")["token"]
    refused = client.get(f"{API}/tickets/{token}/qr.svg")
    assert (refused.status_code, refused.get_json()["code"]) == (404, "no_public_address")
    plain = client.get(f"{API}/tickets/{token}/slip.txt").text
    assert "http" not in plain
    app.config["HALL"] = replace(app.config["HALL"], public_url="https://hall.example.cn")
    code = client.get(f"{API}/tickets/{token}/qr.svg")
    assert (code.status_code, code.mimetype) == (200, "image/svg+xml")
    assert f"https://hall.example.cn/t/{token}" in client.get(f"{API}/tickets/{token}/slip.txt").text
