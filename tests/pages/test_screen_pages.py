"""What the screens' pages hold before any script runs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from hall.actor import SYSTEM_ACTOR
from hall.catalog.models import Notice
from hall.sites import Site
from hall.unit_of_work import Work, perform

if TYPE_CHECKING:
    from flask import Flask
    from flask.testing import FlaskClient

HOSTILE = "<script>alert(1)</script> 🙂 \u202eabc"


def post_notice(app: Flask, text: str) -> None:
    def change(work: Work, _command: None) -> None:
        site = work.session.scalars(select(Site)).one()
        work.session.add(Notice(site_id=site.id, text=text, text_en="", posted_at=work.now))

    with app.app_context():
        perform(SYSTEM_ACTOR, change, None)


def test_an_empty_board_tells_what_to_do(client: FlaskClient, demo: dict[str, Any]) -> None:
    page = client.get("/screen/xixian").text
    assert "今天还没有叫号" in page
    assert "现在没有人在等，取号即可办理" in page


def test_a_notice_runs_as_text_whatever_it_holds(
    app: Flask, client: FlaskClient, demo: dict[str, Any]
) -> None:
    post_notice(app, HOSTILE)
    page = client.get("/screen/xixian").text
    assert "&lt;script&gt;alert(1)" in page
    assert "<script>alert" not in page


def test_unknown_halls_and_windows_are_a_page_not_a_fault(client: FlaskClient, demo: dict[str, Any]) -> None:
    for address in ("/screen/nowhere", "/screen/window/nowhere", "/screen/window/nowhere/state"):
        assert client.get(address).status_code == 404, address


def test_Q11_the_plate_tells_the_public_number_and_state_only(
    client: FlaskClient, demo: dict[str, Any]
) -> None:
    told = client.get("/screen/window/xixian-03/state").get_json()
    assert set(told) == {"as_of", "number", "state", "open"}
    assert told["number"] == "" and told["open"] is False
