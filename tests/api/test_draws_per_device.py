"""A hall may bound what one device draws in a minute: nothing else is slowed, and nobody is counted twice."""

from __future__ import annotations

import uuid
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import func, select

from config import Config, ConfigError
from hall.accounts.draws import MINUTE, Draws
from hall.database import db
from hall.queueing.models import Ticket
from tests.applications import application

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from flask.testing import FlaskClient
    from werkzeug.test import TestResponse

MOST = 3
LINE = "xixian-a"


@pytest.fixture
def bounded(config: Config, demo: dict[str, Any]) -> Iterator[FlaskClient]:
    assert demo
    with application(replace(config, draws_per_device=MOST)) as app:
        yield app.test_client()


def draw(client: FlaskClient, token: str, key: str = "", lang: str = "zh", **body: Any) -> TestResponse:
    headers = {
        "Authorization": f"Bearer {token}",
        "Idempotency-Key": key or uuid.uuid4().hex,
        "Accept-Language": lang,
    }
    path, given = ("visits", body) if "matters" in body else ("tickets", {"line": LINE, **body})
    return client.post(f"/api/v1/{path}", json=given, headers=headers)


def test_a_token_taken_from_a_kiosk_does_not_draw_without_end(
    bounded: FlaskClient, demo: dict[str, Any]
) -> None:
    kiosk = demo["kiosk"]["token"]
    drawn = [draw(bounded, kiosk) for _ in range(MOST - 1)]
    drawn.append(draw(bounded, kiosk, matters=[{"line": LINE}]))
    assert [one.status_code for one in drawn] == [201] * MOST
    for more in (draw(bounded, kiosk), draw(bounded, kiosk, matters=[{"line": LINE}])):
        assert (more.status_code, more.content_type) == (429, "application/problem+json")
        assert more.get_json()["code"] == "too_many"
        assert 0 < int(more.headers["Retry-After"]) <= MINUTE
        assert "请稍等" in more.get_json()["detail"], "whoever stands there reads what to do"
    assert "wait" in draw(bounded, kiosk, lang="en").get_json()["detail"]
    with bounded.application.app_context():
        assert db.session.scalar(select(func.count()).select_from(Ticket)) == MOST
    desk = next(row["token"] for row in demo["staff"] if row["role"] == "reception")
    assert [draw(bounded, desk).status_code for _ in range(MOST + 2)] == [201] * (MOST + 2), "staff go on"


def test_Q2_a_press_made_again_and_one_refused_count_for_nothing(
    bounded: FlaskClient, demo: dict[str, Any]
) -> None:
    kiosk = demo["kiosk"]["token"]
    first = draw(bounded, kiosk, "the same")
    for _ in range(MOST + 2):
        again = draw(bounded, kiosk, "the same")
        assert again.get_json()["number"] == first.get_json()["number"], "Q2: the first answer again"
    refused = [draw(bounded, kiosk, line="no-such-line").status_code for _ in range(MOST)]
    assert set(refused) <= {404, 409, 422}, refused
    assert [draw(bounded, kiosk).status_code for _ in range(MOST)] == [201] * (MOST - 1) + [429]


def test_where_no_bound_is_set_a_device_at_work_is_never_slowed(
    client: FlaskClient, demo: dict[str, Any]
) -> None:
    assert {draw(client, demo["kiosk"]["token"]).status_code for _ in range(70)} == {201}


def test_a_minute_later_the_device_draws_again_and_each_is_counted_alone() -> None:
    draws = Draws(2)
    assert [draws.begin("device:1", at) for at in (100.0, 130.0)] == [0.0, 0.0]
    assert draws.begin("device:1", 140.0) == 20.0, "it waits for the end of the first one's minute"
    assert draws.begin("device:2", 140.0) == 0.0
    assert draws.begin("device:1", 160.0) == 0.0
    assert draws.begin("device:1", 161.0) == 29.0
    draws.forget("device:1", 160.0)
    assert draws.begin("device:1", 161.0) == 0.0


def test_the_setting_is_read_and_nonsense_ends_the_start(tmp_path: Path) -> None:
    assert Config.from_env({"HALL_DATA": str(tmp_path)}).draws_per_device == 0
    given = Config.from_env({"HALL_DATA": str(tmp_path), "DRAWS_PER_DEVICE": "60"})
    assert given.draws_per_device == 60
    with pytest.raises(ConfigError, match="DRAWS_PER_DEVICE"):
        Config.from_env({"HALL_DATA": str(tmp_path), "DRAWS_PER_DEVICE": "-1"})
