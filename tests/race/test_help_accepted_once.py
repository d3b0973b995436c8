"""Twenty helpers accept one call at the same moment: exactly one comes, and the others are told (H5)."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from hall import clock, tokens
from hall.accounts.models import Staff, StaffToken
from hall.helpers.models import Helper
from hall.helpers.records import HelpCall
from hall.unit_of_work import units
from tests.helpers_at_work import Help

if TYPE_CHECKING:
    from flask import Flask
    from sqlalchemy.orm import Session

CROWD = 20


def crowd(session: Session) -> list[str]:
    """Twenty more helpers, each with a token."""
    site = session.scalars(select(Staff.site_id)).first()
    found = []
    for number in range(CROWD):
        person = Staff(
            site_id=site,
            user=f"crowd{number}",
            name=f"帮{number}",
            role="helper",
            password_hash="x",
            session_nonce=tokens.new_nonce(),
        )
        session.add(person)
        session.flush()
        token = tokens.secret_token()
        session.add(Helper(site_id=site, staff_id=person.id, badge=f"C{number}"))
        session.add(StaffToken(staff_id=person.id, digest=tokens.digest(token), made_at=clock.now()))
        found.append(token)
    return found


def test_H5_twenty_helpers_accept_one_call_and_exactly_one_comes(app: Flask, demo: dict[str, Any]) -> None:
    hall = Help(app.test_client(), demo)
    with app.app_context():
        bearers = units().run(crowd)
    for _ in range(5):
        call = hall.call("desk")
        start = Barrier(CROWD)

        def press(token: str, call: dict[str, Any] = call, start: Barrier = start) -> tuple[int, str]:
            client = app.test_client()
            start.wait()
            answer = client.post(
                f"/api/v1/help-calls/{call['token']}/accept", headers={"Authorization": f"Bearer {token}"}
            )
            return answer.status_code, str(answer.get_json().get("code", ""))

        with ThreadPoolExecutor(CROWD) as pool:
            said = sorted(pool.map(press, bearers))
        assert said == [(200, "")] + [(409, "taken")] * (CROWD - 1)
        rows = hall.change(
            lambda session: session.execute(
                select(HelpCall.state, HelpCall.helper_id).where(HelpCall.state == "accepted")
            ).all()
        )
        assert len(rows) == 1
        hall.on(call, "cancel")
