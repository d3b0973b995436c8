"""What the screens' pages hold before any script runs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from hall.accounts import actions
from hall.accounts.models import Device
from hall.actor import SYSTEM_ACTOR
from hall.catalog.models import Notice
from hall.database import db
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
    assert set(told) == {"as_of", "number", "state", "called_at", "open"}
    assert told["number"] == "" and told["open"] is False


def enrolled(client: FlaskClient, demo: dict[str, Any], kind: str = "screen") -> None:
    client.set_cookie("hall_device", demo[kind]["token"])


def test_an_enrolled_screen_starts_at_its_own_board_with_its_switches(
    client: FlaskClient, demo: dict[str, Any]
) -> None:
    enrolled(client, demo)
    answer = client.get("/screen?sound=0&lang=en&_external=1&_scheme=ftp&site=nowhere")
    assert answer.status_code == 302
    assert answer.location == "/screen/xixian?sound=0&lang=en"
    page = client.get(answer.location)
    assert '<meta name="hall-screen"' in page.text
    assert "hall_device=" in page.headers["Set-Cookie"], (
        "Each visit renews the cookie, or it ends after a year."
    )


def test_only_a_screen_reports_itself_as_one(client: FlaskClient, demo: dict[str, Any]) -> None:
    for kind in ("kiosk", ""):
        client.delete_cookie("hall_device")
        if kind:
            enrolled(client, demo, kind)
        page = client.get("/screen/xixian")
        assert page.status_code == 200
        assert '<meta name="hall-screen"' not in page.text


def test_a_screen_of_one_hall_opens_it_also_where_the_county_has_two(
    app: Flask, client: FlaskClient, demo: dict[str, Any]
) -> None:
    def second(work: Work, _command: None) -> None:
        work.session.add(Site(code="east", name="城东分厅"))

    with app.app_context():
        perform(SYSTEM_ACTOR, second, None)
    choice = client.get("/screen")
    assert choice.status_code == 200
    assert "/screen/east" in choice.text and "/screen/xixian" in choice.text
    enrolled(client, demo)
    assert client.get("/screen").location == "/screen/xixian"


def test_Q12_one_screen_of_a_room_speaks_the_others_are_told_not_to(
    client: FlaskClient, demo: dict[str, Any]
) -> None:
    assert 'data-spoken="1"' in client.get("/screen/xixian").text
    assert 'data-spoken="0"' in client.get("/screen/xixian?sound=0").text


def test_Q12_a_screen_kept_quiet_by_its_device_is_quiet_at_every_address_and_hears_when_that_ends(
    app: Flask, client: FlaskClient, demo: dict[str, Any]
) -> None:
    enrolled(client, demo)
    with app.app_context():
        number = db.session.scalars(select(Device.id).where(Device.role == "screen")).one()
    for quiet in (True, False):
        with app.app_context():
            perform(SYSTEM_ACTOR, actions.rename_device, actions.RenameDevice(number, "东屏", quiet=quiet))
        board = client.get("/screen/xixian").text
        assert f'data-spoken="{int(not quiet)}"' in board
        assert f'content="{"quiet" if quiet else "enrolled"}"' in board
        heard = client.post("/api/v1/devices/here", json={}, headers={"Hall-Device": "1"}).json
        assert heard == {"ok": True, "quiet": quiet}


def test_E1_a_screen_may_be_english_by_its_address(client: FlaskClient, demo: dict[str, Any]) -> None:
    assert 'lang="en"' in client.get("/screen/xixian?lang=en").text[:60]
    assert "People waiting" in client.get("/screen/xixian?lang=en").text
    assert "Closed for now" in client.get("/screen/window/xixian-03?lang=en").text
    assert client.get("/screen/xixian?lang=%3Cscript%3E").status_code == 200


def test_both_screens_say_as_of_when(client: FlaskClient, demo: dict[str, Any]) -> None:
    for address in ("/screen/xixian", "/screen/window/xixian-03"):
        assert 'id="as-of">截至' in client.get(address).text, address
