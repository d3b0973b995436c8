"""The disk under a served hall fills up in the middle of the day, and somebody makes room (Q1, Q2, Q9)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.request import urlopen

import pytest
import requests

from tests.screens import Screen, until
from tests.servers import LiveHall
from tests.small_disk import kinds, small_disk
from tests.truth import Truth

if TYPE_CHECKING:
    from pathlib import Path

    from tests.servers import Halls

BOARD = "site:xixian:board"
MOST = 3_000
"""SQLite's log is written anew from its beginning now and then: some presses still find room there."""


class Hall:
    """A served hall and who presses there."""

    def __init__(self, live: LiveHall) -> None:
        self.live, self.api = live, f"{live.url}/api/v1"
        self.clerk = next(row for row in live.demo["staff"] if row["window"])
        self.manager = next(row for row in live.demo["staff"] if row["role"] == "manager")
        self.answered: list[str] = []

    def draw(self, key: str) -> requests.Response:
        token = self.live.demo["kiosk"]["token"]
        headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": key, "Accept-Language": "en"}
        said = requests.post(f"{self.api}/tickets", json={"line": "xixian-a"}, headers=headers, timeout=60)
        if said.status_code == 201:
            self.answered.append(said.json()["number"])
        return said

    def press(self, verb: str) -> int:
        path = f"{self.api}/windows/{self.clerk['window']}/{verb}"
        return requests.post(path, headers=self.of(self.clerk), timeout=60).status_code

    @staticmethod
    def of(who: dict[str, Any]) -> dict[str, str]:
        return {"Authorization": f"Bearer {who['token']}"}


@pytest.mark.parametrize("kind", kinds())
def test_Q1_Q2_Q9_a_full_disk_stops_presses_with_a_word_and_reading_never(
    halls: Halls, tmp_path: Path, kind: str
) -> None:
    with small_disk(kind, tmp_path / "disk") as disk:
        live = LiveHall(halls.lay_out("demo", "sqlite", disk.folder / "data"))
        try:
            hall = Hall(live.start())
            assert hall.draw("before").status_code == 201, "Q1: with room on the disk a number is drawn"
            assert hall.press("open") == 200, "Q14: with room on the disk a window opens"
            disk.fill(live)
            last = next(each for each in range(MOST) if hall.draw(f"full-{each}").status_code != 201)
            look_meanwhile(hall, f"full-{last}")
            disk.empty(live)
            assert hall.draw(f"full-{last}").status_code == 201, "Q2: with room again the same press succeeds"
            assert hall.press("call-next") == 200, "Q2: with room again windows call"
            until("Q9: kiosks are told that the server is back", lambda: status(live.url, "/readyz") == 200)
            assert "Traceback" not in live.log, f"Q2: a full disk is no fault of ours:\n{live.log[-3000:]}"
        finally:
            live.stop()
        truth = Truth.read(live.prepared.database_url)
        assert not list(truth.problems()), list(truth.problems())  # each names its rule
        assert sorted(truth.numbers) == sorted(hall.answered), (
            "Q1: what was answered is there, and nothing else"
        )


def look_meanwhile(hall: Hall, key: str) -> None:
    """Nothing can be written: presses say so, everything can be read, staff and machines see it."""
    url = hall.live.url
    said = hall.draw(key)
    assert (said.status_code, said.json()["code"]) == (503, "disk_full"), f"Q2: a press is told: {said.text}"
    assert "disk is full" in said.json()["detail"], f"Q2: in the caller's language: {said.text}"
    assert int(said.headers["Retry-After"]) > 0, "Q2: and when to press again"
    for path in ("/api/v1/sites/xixian/board", "/screen/xixian", "/healthz"):
        assert status(url, path) == 200, f"Q11: {path} is read as ever"
    window = requests.get(
        f"{hall.api}/windows/{hall.clerk['window']}", headers=hall.of(hall.clerk), timeout=60
    )
    assert window.status_code == 200, "Q11: the console shows its window"
    floor = requests.get(f"{hall.api}/sites/xixian/floor", headers=hall.of(hall.manager), timeout=60)
    assert floor.json()["trouble"] == "disk_full", "Q14: the floor page has a line about it"
    with Screen(url, BOARD) as newcomer:
        assert newcomer.states[BOARD]["waiting"]["A"] == len(hall.answered), "Q11: newcomers see the board"
    assert status(url, "/readyz") == 503, "Q9: kiosks draw alone meanwhile"
    with urlopen(f"{url}/metrics", timeout=60) as figures:  # noqa: S310 - the loopback
        told = figures.read().decode()
    assert 'hall_store_trouble{kind="disk_full"} 1.0' in told, "Q9: figures say why kiosks draw alone"


def status(url: str, path: str) -> int:
    return requests.get(f"{url}{path}", timeout=60).status_code
