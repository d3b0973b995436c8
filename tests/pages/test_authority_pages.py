"""Pages on which managers enter and end written authorities (I1, I3)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

from tests.pages.test_account_page import sign_in

if TYPE_CHECKING:
    from flask.testing import FlaskClient
    from werkzeug.test import TestResponse

HOME = "/admin/authorities"
ITEMS = ["411528-RSJ-003", "411528-RSJ-004"]


def as_(client: FlaskClient, demo: dict[str, Any], role: str) -> FlaskClient:
    row = next(row for row in demo["staff"] if row["role"] == role)
    sign_in(client, row["user"], row["password"])
    return client


@pytest.fixture
def manager(client: FlaskClient, demo: dict[str, Any]) -> FlaskClient:
    return as_(client, demo, "manager")


def post(client: FlaskClient, path: str, **given: Any) -> TestResponse:
    page = client.get(f"{HOME}/new").text
    found = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert found
    return client.post(path, data={"csrf_token": found.group(1), **given})


def key_of(client: FlaskClient, user: str) -> str:
    found = re.search(rf'<option value="(\d+)">[^<]*\({user}\)', client.get(f"{HOME}/new").text)
    assert found
    return found.group(1)


def document(client: FlaskClient, user: str = "clerk02", **changes: Any) -> dict[str, Any]:
    said = {"staff": key_of(client, user), "document": "息人社授〔2026〕3号", "dated": "2026-01-05"}
    return {**said, "department": "411528-RSJ", "items": ITEMS, **changes}


def test_I1_only_the_manager_sees_and_grants_authorities(client: FlaskClient, demo: dict[str, Any]) -> None:
    as_(client, demo, "window")
    assert client.get(HOME).status_code == 403
    assert client.get(f"{HOME}/new").status_code == 403
    assert client.get(f"{HOME}/1").status_code == 403


def test_I1_one_document_grants_several_items_and_each_is_revoked_with_a_reason(manager: FlaskClient) -> None:
    shown = post(manager, f"{HOME}/new", **document(manager, items=[], step="items"))
    assert shown.status_code == 200
    assert all(f'value="{code}"' in shown.text for code in ITEMS)
    assert shown.text.index("411528-RSJ-004") < shown.text.index("411528-RSJ-001")  # one-desk items first
    done = post(manager, f"{HOME}/new", **document(manager, reason="岗位需要"))
    assert (done.status_code, done.headers["Location"]) == (303, HOME)
    assert "已新增 2 项授权" in manager.get(HOME).text
    listed = post(manager, HOME, q="RSJ-00").text
    rows = re.findall(rf'href="{HOME}/(\d+)"', listed)
    assert len(rows) == 2
    assert "息人社授〔2026〕3号" in listed
    one = f"{HOME}/{rows[0]}"
    assert "岗位需要" in manager.get(one).text
    bare = post(manager, f"{one}/revoke", reason=" ")
    assert (bare.status_code, "field-reason" in bare.text) == (422, True)
    assert post(manager, f"{one}/revoke", reason="岗位调整").status_code == 303
    late = post(manager, f"{one}/revoke", reason="再次")
    assert late.status_code == 409
    assert "已经撤销" in late.text
    ended = manager.get(one).text
    assert "岗位调整" in ended
    assert f"{one}/revoke" not in ended
    assert len(re.findall(rf'href="{HOME}/\d+"', post(manager, HOME, q="RSJ-00").text)) == 1
    assert "息人社授" in manager.get(f"{HOME}?revoked=1").text  # nothing is deleted
    journal = manager.get("/journal").text
    assert "窗口授权" in journal
    assert "撤销授权" in journal


def test_I1_what_is_wrong_is_told_at_its_field_and_what_was_typed_stays(manager: FlaskClient) -> None:
    refused = post(manager, f"{HOME}/new", **document(manager, staff="", dated="2026-02-30"))
    assert refused.status_code == 422
    assert 'href="#field-staff"' in refused.text
    assert 'href="#field-dated"' in refused.text
    assert 'value="息人社授〔2026〕3号"' in refused.text
    assert len(re.findall(r'name="items" value="[^"]+" checked', refused.text)) == 2
    assert post(manager, f"{HOME}/new", **document(manager, items=[])).status_code == 422
    assert post(manager, f"{HOME}/new", **document(manager, document="\u202e1")).status_code == 422
    assert manager.get(f"{HOME}/999999").status_code == 404
    assert post(manager, HOME, page="99", q="%").status_code == 200
    assert "没有找到授权" in post(manager, HOME, q="%").text


def test_I1_sixty_authorities_stand_on_two_pages_in_both_languages(
    manager: FlaskClient, demo: dict[str, Any]
) -> None:
    api = {
        "Authorization": f"Bearer {next(row['token'] for row in demo['staff'] if row['role'] == 'manager')}"
    }
    offers = manager.get("/api/v1/sites/xixian/catalogue?limit=50").get_json()
    codes = [row["code"] for row in offers if row["type"] == "item"][:30]
    for user in ("clerk02", "clerk03"):
        body = {"staff": user, "items": codes, "document": "息政授〔2026〕9号", "dated": "2026-01-05"}
        assert manager.post("/api/v1/authorities", json=body, headers=api).status_code == 200
    first = manager.get(HOME).text
    assert len(re.findall(rf'href="{HOME}/\d+"', first)) == 50
    assert 'rel="next"' in first
    manager.post("/preferences", data={"lang": "en", "next": HOME, "csrf_token": _csrf(manager)})
    english = manager.get(f"{HOME}?page=2").text
    assert "Authorities in force" in english
    assert 'rel="prev"' in english
    named = post(manager, HOME, q="息政授", page="2").text
    assert '<button type="submit" form="search" name="page" value="1"' in named
    assert not re.search(r'(?:href|action)="[^"]*(?:息|%E6%81%AF)', named), (
        "E2: what is typed is in no address"
    )


def _csrf(client: FlaskClient) -> str:
    found = re.search(r'name="csrf_token" value="([^"]+)"', client.get(f"{HOME}/new").text)
    assert found
    return found.group(1)
