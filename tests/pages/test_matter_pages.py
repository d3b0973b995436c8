"""A matter's page offers what its state allows, and its list marks what is past its day (M6)."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from tests.cases_at_work import at
from tests.matters_at_work import BEFORE, PUBLISHED, Reception
from tests.rota_at_work import EARLY

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask.testing import FlaskClient

ACTS = ("take-up", "promise", "end", "arrive", "miss")
PAST = datetime(2026, 4, 8, 1, 0, tzinfo=UTC)


@pytest.fixture
def hall(client: FlaskClient, demo: dict[str, Any]) -> Iterator[Reception]:
    with at(EARLY):
        reception = Reception(client, demo)
    with at(PUBLISHED):
        yield reception


def see(hall: Reception, path: str) -> str:
    headers = {"Accept": "text/html", "Authorization": f"Bearer {hall.mondays.tokens['head0']}"}
    said = hall.client.get(path, headers=headers)
    assert said.status_code == 200
    return said.text.split("<main")[-1]


def offered(hall: Reception, token: str) -> set[str]:
    page = see(hall, f"/mondays/matters/{token}")
    return {act for act in ACTS if f'action="/mondays/matters/{token}/{act}"' in page}


def test_M6_a_matter_offers_what_its_state_allows(hall: Reception) -> None:
    token = hall.book()["token"]
    promise = {"what": "书面答复", "due_on": "2026-04-07", "lawful": True}
    promise["answers"] = hall.mondays.people()["副局长0"]
    with at(BEFORE):
        assert offered(hall, token) == {"take-up", "arrive", "miss", "end"}
        hall.must("POST", f"/receptions/bookings/{token}/take-up", None, "head0")
        assert offered(hall, token) == {"promise", "end"}
        hall.must("POST", f"/receptions/bookings/{token}/promise", promise, "head0")
        assert offered(hall, token) == {"end"}
        assert "超期" not in see(hall, "/mondays/matters")
    with at(PAST):
        for path in ("/mondays/matters", f"/mondays/matters/{token}"):
            assert "超期" in see(hall, path), path
        hall.must("POST", f"/receptions/bookings/{token}/end", {"how": "keep", "outcome": "已答复"}, "head0")
        assert offered(hall, token) == set()
        assert "超期" not in see(hall, "/mondays/matters")
