"""Who may no longer work leaves no window open behind, on both databases (Q14)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import func, select

from hall.accounts.models import Staff
from hall.catalog.models import Window
from hall.database import db
from hall.queueing.models import Staffing
from tests.api.at_work import W1, W2, AtWork

if TYPE_CHECKING:
    from flask import Flask
    from flask.testing import FlaskClient


class Office(AtWork):
    """The hall with its manager's forms."""

    def manage(self, user: str, verb: str = "", **form: str) -> str:
        """One form of an account, sent by the manager; answers the page that follows."""
        headers = {"Authorization": f"Bearer {self.by_user['manager']['token']}"}
        with self.client.application.app_context():
            key = db.session.scalars(select(Staff.id).where(Staff.user == user)).one()
        answer = self.client.post(
            f"/admin/staff/{key}{verb}", data=form, headers=headers, follow_redirects=True
        )
        assert answer.status_code == 200, answer.text
        return answer.text

    def open_windows(self) -> int:
        """How many are held by somebody."""
        with self.client.application.app_context():
            return db.session.scalar(select(func.count()).where(Staffing.closed_at.is_(None))) or 0


@pytest.fixture
def office(app: Flask, client: FlaskClient, demo: dict[str, Any]) -> Office:
    app.config["WTF_CSRF_METHODS"] = []  # the guard against foreign pages has tests of its own
    return Office(client, demo)


def test_Q14_the_window_of_a_retired_clerk_closes_with_the_account(office: Office) -> None:
    office.at(W1, "open")
    office.at(W2, "open")
    assert "1号窗口已关闭" in office.manage("clerk01", "/retire")
    assert office.open_windows() == 1, "The colleague's stays open."
    assert "1号窗口已关闭" not in office.manage("clerk01", "/retire"), "Twice does nothing more."


def test_Q14_whoever_stands_there_is_served_by_the_next_clerk(office: Office) -> None:
    ticket = office.draw()
    office.at(W1, "open")
    office.at(W1, "call-next")
    office.at(W1, "start")
    assert ticket["number"] in office.manage("clerk01", "/retire"), (
        "The manager is told who still stands there."
    )
    assert office.open_windows() == 0
    form = {"name": "张伟", "role": "window", "window_id": office_window(office, W1)}
    office.manage("clerk02", **form)
    assert office.at(W1, "open", "clerk02").status == 200
    assert office.at(W1, "finish", "clerk02", outcome="done").status == 200
    assert office.read(ticket)["state"] == "finished"


@pytest.mark.parametrize("role", ["window", "auditor"])
def test_Q14_who_gets_another_window_or_post_leaves_the_old_one(office: Office, role: str) -> None:
    office.at(W1, "open")
    office.manage("clerk01", name="王芳", role="window", window_id=office_window(office, W1))
    assert office.open_windows() == 1, "The same window: nothing changes."
    office.manage("clerk01", name="王芳", role=role, window_id=office_window(office, W2))
    assert office.open_windows() == 0


def office_window(office: Office, code: str) -> str:
    with office.client.application.app_context():
        return str(db.session.scalars(select(Window.id).where(Window.code == code)).one())
