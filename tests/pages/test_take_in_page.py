"""The page that takes cases in: who may open it, and that it stands without scripts of strangers (I1)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.pages.test_account_page import sign_in

if TYPE_CHECKING:
    from flask.testing import FlaskClient


def as_(client: FlaskClient, demo: dict[str, Any], role: str) -> dict[str, Any]:
    row: dict[str, Any] = next(row for row in demo["staff"] if row["role"] == role)
    sign_in(client, row["user"], row["password"])
    return row


def test_I1_a_clerk_opens_the_page_of_the_own_window_and_of_no_other(
    client: FlaskClient, demo: dict[str, Any]
) -> None:
    own = as_(client, demo, "window")["window"]
    page = client.get(f"/windows/{own}/form")
    assert page.status_code == 200
    assert "<style" not in page.text
    assert " style=" not in page.text
    other = next(row["window"] for row in demo["staff"] if row["window"] not in {None, own})
    assert client.get(f"/windows/{other}/form").status_code == 403
    assert client.get("/windows/nowhere/form").status_code == 404


def test_I1_reviewers_do_not_take_in(client: FlaskClient, demo: dict[str, Any]) -> None:
    as_(client, demo, "reviewer")
    window = next(row["window"] for row in demo["staff"] if row["window"])
    assert client.get(f"/windows/{window}/form").status_code == 403


def test_the_console_leads_to_the_page(client: FlaskClient, demo: dict[str, Any]) -> None:
    own = as_(client, demo, "window")["window"]
    assert f'href="/windows/{own}/form"' in client.get("/console").text
