"""What machines ask a running hall: alive, ready, figures."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

from tests.api.test_queue import Hall

if TYPE_CHECKING:
    from flask.testing import FlaskClient


def figures(client: FlaskClient) -> dict[str, float]:
    answer = client.get("/metrics")
    assert answer.status_code == 200
    lines = [line for line in answer.text.splitlines() if line and not line.startswith("#")]
    return {name: float(value) for name, _, value in (line.rpartition(" ") for line in lines)}


def test_a_hall_says_that_it_is_alive_and_ready(client: FlaskClient) -> None:
    assert client.get("/healthz").text == "ok\n"
    assert client.get("/readyz").text == "ready\n"


@pytest.mark.one_process("each process counts for itself, and is asked for its figures by itself")
def test_figures_tell_people_waiting_windows_facts_and_times(
    client: FlaskClient, demo: dict[str, Any]
) -> None:
    hall = Hall(client, demo)
    before = figures(client)["hall_journal_unsealed"]
    hall.draw()
    hall.draw()
    hall.at("xixian-01", "open")
    hall.at("xixian-01", "call-next")
    found = figures(client)
    assert found['hall_waiting{site="xixian"}'] == 1
    assert found['hall_windows_open{site="xixian"}'] == 1
    assert found['hall_facts_total{fact="ticket_issued"}'] == 2
    assert found['hall_facts_total{fact="ticket_called"}'] == 1
    assert found["hall_journal_unsealed"] == before + 4, "Two drawn, one window opened, one called."
    drawn = [
        count
        for name, count in found.items()
        if name.startswith("hall_http_seconds_count") and 'method="POST",status="201"' in name
    ]
    assert drawn == [2]


def test_E2_figures_hold_no_token(client: FlaskClient, demo: dict[str, Any]) -> None:
    token = Hall(client, demo).draw()["token"]
    client.get(f"/api/v1/tickets/{token}")
    client.get(f"/t/{token}")
    said = client.get("/metrics").text
    assert token not in said
    assert not re.search(r"[A-Za-z0-9_-]{24}=*\"", said.replace("hall_http_seconds", "")), (
        "Something of a token's length is a label: use the endpoint's name."
    )
