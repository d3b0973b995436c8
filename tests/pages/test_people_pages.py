"""Managers keep accounts and devices in the administration."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import insert, select

from hall import tokens
from hall.accounts.models import Device, Staff
from hall.database import db
from hall.sites import Site
from hall.unit_of_work import units
from tests.pages.test_account_page import sign_in
from tests.pages.test_front import csrf

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

    from flask import Flask
    from flask.testing import FlaskClient


@pytest.fixture
def manager(client: FlaskClient, demo: dict[str, Any]) -> FlaskClient:
    row = next(row for row in demo["staff"] if row["role"] == "manager")
    sign_in(client, row["user"], row["password"])
    return client


def post(client: FlaskClient, address: str, **form: str) -> Any:
    return client.post(address, data={**form, "csrf_token": csrf(client.get("/admin/staff/new").text)})


def number_of(app: Flask, user: str) -> int:
    with app.app_context():
        return int(db.session.scalars(select(Staff.id).where(Staff.user == user)).one())


def add(manager: FlaskClient, user: str, role: str, **more: str) -> str:
    made = post(manager, "/admin/staff/new", user=user, name="新同事", role=role, **more)
    assert made.status_code == 200, made.text
    found = re.search(r'class="secret">([^<]+)<', made.text)
    assert found
    return found.group(1)


def test_a_new_person_gets_a_password_that_opens_only_its_change(app: Flask, manager: FlaskClient) -> None:
    password = add(manager, "zhang.wei", "reception")
    assert password not in manager.get("/admin/staff").text
    person = app.test_client()
    assert sign_in(person, "zhang.wei", password).headers["Location"] == "/account"
    assert person.get("/admin").headers["Location"] == "/account"


def test_a_form_with_faults_keeps_what_was_typed_and_makes_nobody(manager: FlaskClient) -> None:
    for user, name, role in (("x", "王", "window"), ("wang", " ", "window"), ("wang", "王", "king")):
        refused = post(manager, "/admin/staff/new", user=user, name=name, role=role)
        assert refused.status_code == 422
        assert f'value="{user}"' in refused.text
        assert 'id="error-summary"' in refused.text
    assert post(manager, "/admin/staff/new", user="CLERK01", name="王", role="window").status_code == 422
    assert "没有找到" in post(manager, "/admin/staff", q="wang").text


def test_a_retired_person_is_out_at_once_and_can_come_back(
    app: Flask, manager: FlaskClient, demo: dict[str, Any]
) -> None:
    clerk = next(row for row in demo["staff"] if row["window"])
    browser = app.test_client()
    sign_in(browser, clerk["user"], clerk["password"])
    number = number_of(app, clerk["user"])
    post(manager, f"/admin/staff/{number}/retire")
    assert browser.get("/account").status_code == 302
    bearer = {"Authorization": f"Bearer {clerk['token']}"}
    assert app.test_client().get(f"/api/v1/windows/{clerk['window']}", headers=bearer).status_code == 401
    assert clerk["user"] in manager.get("/admin/staff?retired=1").text
    post(manager, f"/admin/staff/{number}/restore")
    assert sign_in(browser, clerk["user"], clerk["password"]).status_code == 302


def test_a_locked_person_can_be_let_in_again(app: Flask, manager: FlaskClient, demo: dict[str, Any]) -> None:
    clerk = next(row for row in demo["staff"] if row["window"])
    browser = app.test_client()
    for _ in range(5):
        sign_in(browser, clerk["user"], "not this one")
    assert sign_in(browser, clerk["user"], clerk["password"]).status_code == 403
    number = number_of(app, clerk["user"])
    assert "已锁定" in manager.get(f"/admin/staff/{number}").text
    post(manager, f"/admin/staff/{number}/unlock")
    assert sign_in(browser, clerk["user"], clerk["password"]).status_code == 302


def test_nobody_can_take_the_last_manager_from_a_hall(app: Flask, manager: FlaskClient) -> None:
    number = number_of(app, "manager")
    kept = post(manager, f"/admin/staff/{number}/retire")
    assert "至少要有一位负责人" in manager.get(kept.headers["Location"]).text
    assert post(manager, f"/admin/staff/{number}", name="周", role="auditor").status_code == 403
    add(manager, "second", "manager")
    assert post(manager, f"/admin/staff/{number}", name="周", role="auditor").status_code == 302
    assert manager.get("/admin/staff").status_code == 403


def test_a_manager_sees_and_changes_only_the_own_hall(app: Flask, manager: FlaskClient) -> None:
    with app.app_context():
        site = units().run(_other_hall)
        units().run(lambda work: _stranger(work, site))
    stranger = number_of(app, "stranger")
    assert "没有找到" in post(manager, "/admin/staff", q="stranger").text
    assert manager.get(f"/admin/staff/{stranger}").status_code == 404
    for verb in ("retire", "password", "unlock"):
        assert post(manager, f"/admin/staff/{stranger}/{verb}").status_code == 403
    moved = post(manager, "/admin/staff/new", user="spy", name="王", role="window", site_id=str(site))
    assert moved.status_code == 403
    assert (
        post(manager, "/admin/staff/new", user="boss", name="王", role="manager", every_site="1").status_code
        == 403
    )


def _other_hall(session: Any) -> int:
    site = Site(code="town", name="镇便民服务中心")
    session.add(site)
    session.flush()
    return site.id


def _stranger(session: Any, site: int) -> None:
    session.add(
        Staff(
            site_id=site,
            user="stranger",
            name="外人",
            role="window",
            password_hash="x",
            session_nonce=tokens.new_nonce(),
        )
    )


def test_two_hundred_people_are_listed_in_pages_at_the_same_cost(
    app: Flask, manager: FlaskClient, queries: Callable[[], AbstractContextManager[list[str]]]
) -> None:
    with queries() as few:
        manager.get("/admin/staff")
    with app.app_context():
        site = db.session.scalars(select(Site.id)).first()
        rows = [
            {
                "site_id": site,
                "user": f"person-{number:03}",
                "name": "王" * 60,
                "role": "window",
                "password_hash": "x",
                "session_nonce": tokens.new_nonce(),
            }
            for number in range(200)
        ]
        units().run(lambda session: session.execute(insert(Staff), rows))
    with queries() as many:
        page = manager.get("/admin/staff?page=2").text
    assert len(many) == len(few)
    assert 'aria-current="page">2<' in page
    assert page.count('scope="row"') == 50
    assert post(manager, "/admin/staff", q="person-1%").text.count('scope="row"') == 0
    assert post(manager, "/admin/staff", q="person-199", page="9").text.count('scope="row"') == 1
    named = post(manager, "/admin/staff", q="王" * 60, page="2").text
    assert named.count('scope="row"') == 50
    assert '<button type="submit" form="search" name="page" value="3"' in named
    assert not re.search(r'(?:href|action)="[^"]*(?:王|%E7%8E%8B)', named), "E2: a name is in no address"


def test_E1_windows_are_named_in_the_reader_s_language(manager: FlaskClient) -> None:
    token = csrf(manager.get("/admin/staff").text)
    manager.post("/preferences", data={"lang": "en", "next": "/", "csrf_token": token})
    for page in ("/admin/staff", "/admin/staff/new"):
        shown = manager.get(page).text
        assert "Window 3" in shown and "3号窗口" not in shown, page


def test_a_device_is_added_shown_its_code_and_revoked(app: Flask, manager: FlaskClient) -> None:
    shown = post(manager, "/admin/devices", role="kiosk", name="东门取号机").text
    code = re.search(r'class="code-digits"[^>]*>(\d{3}) (\d{3})<', shown)
    assert code
    assert "东门取号机" in manager.get("/admin/devices").text
    kiosk = app.test_client()
    form = {"csrf_token": csrf(kiosk.get("/enrol").text), "code": "".join(code.groups())}
    assert kiosk.post("/enrol", data=form).headers["Location"] == "/kiosk"
    with app.app_context():
        number = db.session.scalars(select(Device.id).where(Device.name == "东门取号机")).one()
    post(manager, "/admin/devices", role="printer", name="东门打印机")
    page = manager.get(f"/admin/devices/{number}").text
    printer = re.search(r'<option value="(\d+)">东门打印机', page)
    assert printer
    post(manager, f"/admin/devices/{number}", name="东门", printer_id=printer.group(1))
    assert "东门打印机" in manager.get("/admin/devices").text.split('id="kind-printer"')[0]
    post(manager, f"/admin/devices/{number}/revoke")
    assert manager.get(f"/admin/devices/{number}").status_code == 404
    assert post(manager, "/admin/devices", role="toaster", name="x").status_code == 422


def test_the_first_page_lists_what_each_role_may_set_up(app: Flask, demo: dict[str, Any]) -> None:
    def sections(role: str) -> str:
        row = next(row for row in demo["staff"] if row["role"] == role)
        client = app.test_client()
        sign_in(client, row["user"], row["password"])
        return client.get("/admin").text

    assert 'href="/admin/staff"' in sections("manager")
    assert 'href="/admin/staff"' not in sections("auditor")
    assert app.test_client().get("/admin").status_code == 302
