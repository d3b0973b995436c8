"""The manager cancels a published day by its form, in both languages; what is missing is said at its field (M3)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select

from hall.database import db
from hall.rota.models import RotaSession
from tests.cases_at_work import at
from tests.pages.premises import Manager
from tests.rota_at_work import EARLY

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask import Flask
    from flask.testing import FlaskClient

BECAUSE = "台风预警，大厅停止对外服务"


@pytest.fixture
def manager(app: Flask, client: FlaskClient, demo: dict[str, Any]) -> Iterator[Manager]:
    with at(EARLY):
        yield Manager(app, client, demo)


def test_M3_a_published_day_is_cancelled_by_its_form_with_a_reason(manager: Manager, app: Flask) -> None:
    with app.app_context():
        public = select(RotaSession.id).where(RotaSession.state == "published")
        key = db.session.scalar(public.order_by(RotaSession.held_on.desc()).limit(1))
        db.session.remove()
    page = f"receptions/monday/sessions/{key}"
    assert "确认取消本期" in manager.get(page).text
    missing = manager.post(f"{page}/cancel", seen=page, because=" ")
    assert missing.status == 422 and "请写明原因" in missing.text
    long = manager.post(f"{page}/cancel", seen=page, because="因" * 201)
    assert long.status == 422 and "因" * 201 in long.text, "and what was typed stays"
    done = manager.post(f"{page}/cancel", seen=page, because=BECAUSE)
    assert done.status == 303 and BECAUSE in done.text and "本期没有人预约" in done.text
    assert "确认取消本期" not in done.text
    assert BECAUSE in manager.get("receptions/monday?quarter=2026-4").text
    manager.speak("en")
    assert f"This day is cancelled: {BECAUSE}" in manager.get(page).text
